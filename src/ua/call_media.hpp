// A call's session descriptions and the audio session that runs by them; knows SDP and RTP, not
// SIP.
#pragma once

#include "solosip/media/session.hpp"
#include "solosip/sdp/offer_answer.hpp"
#include "solosip/ua/engine.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace solosip::ua
{

class call_media
{
public:
    call_media(const settings& config, random_source& random);

    /// Where we want to hear.
    void set_local(const endpoint& rtp) { local_.rtp = rtp; }

    /// The text of a new offer of ours.
    std::string make_offer();
    /// Whether an offer of theirs can be answered; it is kept for `make_answer`.
    /// Errors: bad_syntax, no_common_codec.
    result<void> consider(std::string_view offer);
    /// The answer to the offer that was considered; audio runs by it from now on.
    result<std::string> make_answer(time_point now);
    /// Their answer to our offer; audio runs by it from now on. Errors as `consider`.
    result<void> on_answer(std::string_view answer, time_point now);

    bool agreed() const { return agreed_.has_value(); }
    /// Whether the other side understands RFC 4733.
    bool can_send_events() const { return agreed_ && agreed_->send_events.has_value(); }
    endpoint remote() const { return agreed_ ? agreed_->remote : endpoint{}; }
    std::string codec_name() const { return agreed_ ? agreed_->codec.name : std::string(); }

    media::session& session() { return session_; }
    const media::session& session() const { return session_; }

private:
    void run(const sdp::agreement& a, time_point now);

    const settings& config_;
    sdp::local_media local_;
    sdp::description ours_;                  ///< what did we say last?
    std::optional<sdp::description> theirs_; ///< which offer waits for our answer?
    std::optional<sdp::agreement> agreed_;
    media::session session_;
};

} // namespace solosip::ua
