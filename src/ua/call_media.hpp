// What a call brings to its offers and answers, and the audio session that runs by them; knows SDP
// and RTP, not SIP.
#pragma once

#include "solosip/media/session.hpp"
#include "solosip/sdp/offer_answer.hpp"
#include "solosip/ua/engine.hpp"

#include <optional>
#include <string>

namespace solosip::ua
{

class call_media
{
public:
    call_media(const settings& config, random_source& random);

    /// Where we want to hear.
    void set_local(const endpoint& rtp);
    /// Encrypts by other keys from the next offer or answer on.
    void renew_keys();
    /// What we want to do with the stream from the next offer or answer on.
    void set_direction(sdp::direction d) { local_.direction = d; }
    const sdp::local_media& local() const { return local_; }

    /// Audio runs by it from now on; the play queue waits unless `plays`. True where it goes to
    /// another place or by another codec than before.
    bool run(const sdp::agreement& a, bool plays, time_point now);

    bool running() const { return runs_by_.has_value(); }
    /// Whether the other side understands RFC 4733.
    bool can_send_events() const { return runs_by_ && runs_by_->send_events.has_value(); }
    /// Whether it takes all of `keys` so; what is no key is for others to refuse.
    bool takes_events(std::string_view keys) const;
    /// Where our audio goes: as agreed, or where theirs comes from.
    endpoint remote() const { return runs_by_ ? heard_at_.value_or(runs_by_->remote) : endpoint{}; }
    endpoint remote_rtcp() const;
    bool rtcp_mux() const { return runs_by_ && runs_by_->rtcp_mux; }
    /// False where the other side wants to hear nothing. Who has said no address is sent to from
    /// then on.
    bool follow(const endpoint& heard_at, time_point now);
    /// Nothing where it is not encrypted.
    std::optional<srtp_suite> srtp() const
    {
        if (!runs_by_ || !runs_by_->srtp) return std::nullopt;
        return runs_by_->srtp->send.suite;
    }
    std::string codec_name() const { return runs_by_ ? runs_by_->codec.name : std::string(); }

    media::session& session() { return session_; }
    const media::session& session() const { return session_; }

private:
    void retire_keys(const sdp::agreement& now);

    const settings& config_;
    random_source& random_;
    sdp::local_media local_;
    std::optional<sdp::agreement> runs_by_;
    bool plays_ = false;               ///< with `runs_by_`
    std::optional<endpoint> heard_at_; ///< where they are, if not where they said
    media::session session_;
};

} // namespace solosip::ua
