// From the datagram to the ear: which stream, in what order, at what time; and key presses past it.
#pragma once

#include "dtmf/receiver.hpp"
#include "media/playout.hpp"
#include "rtp/quality.hpp"
#include "rtp/reception.hpp"
#include "rtp/source_filter.hpp"
#include "solosip/media/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace solosip::media
{

///                                      +-> dtmf receiver -----------> digits, at once
///     datagram -> parse, payload type -+
///                                      +-> sender -> sequence -> playout -> sink
class receive_path
{
public:
    void configure(const stream& how, milliseconds packet_time, time_point now);
    void record(std::unique_ptr<sink> to) { playout_.record(std::move(to)); }
    void listen(std::unique_ptr<sink> to) { playout_.listen(std::move(to)); }
    void stop();

    void receive(std::span<const std::uint8_t> datagram, const endpoint& from, time_point now);
    /// `frames` packet times have passed: so much is heard.
    void tick(std::uint64_t frames, time_point now);

    std::optional<dtmf::press> poll_press() { return presses_.poll(); }
    const rtp::reception* reception() const
    {
        return reception_.received() > 0 ? &reception_ : nullptr;
    }
    const rtp::burst_counter& bursts() const { return bursts_; }
    std::uint32_t heard_ssrc() const { return source_.current(); }
    /// Packets of the present stream that came too late.
    std::uint64_t late() const { return late_ - late_before_; }
    /// Where the sender is; null while it may be an accident.
    const endpoint* heard_at() const { return source_.proven() ? &source_.address() : nullptr; }
    void ignore() { ++ignored_; }
    std::uint64_t ignored() const { return ignored_; }
    std::optional<dtmf::press> poll_tone() { return playout_.poll_tone(); }
    /// Where the sender that is heard has moved to; once for each time.
    std::optional<endpoint> poll_moved();
    /// Fills in what concerns this direction.
    void count(statistics& s) const;

private:
    bool is_event(const rtp::packet& p) const;
    void on_event(const rtp::packet& p, const endpoint& from, time_point now);
    void on_audio(const rtp::packet& p, const endpoint& from, time_point now);
    void on_unwanted(const rtp::packet& p, const endpoint& from, time_point now);
    bool is_codec(std::uint8_t payload_type) const;
    bool is_noise(const rtp::packet& p) const;
    void begin_stream();
    void locate(time_point now);
    bool store(const rtp::packet& p, time_point now);

    stream how_{};

    dtmf::receiver presses_;
    rtp::source_filter source_;
    rtp::reception reception_;
    rtp::burst_counter bursts_;
    playout playout_;
    bool vouched_ = false; ///< `presses_` knows that our SSRC is no stray

    endpoint told_{}; ///< where our side sends, as far as it was told
    time_point announced_at_{};
    endpoint heard_at_{}, heard_under_{}; ///< where the sender was, and what was announced then
    bool heard_here_ = false;             ///< that is what is announced now
    std::uint32_t moves_ = 0;             ///< of the sender, that we know of
    std::uint64_t received_ = 0, late_ = 0, ignored_ = 0;
    std::uint64_t lost_before_ = 0, late_before_ = 0; ///< of the streams before
};

} // namespace solosip::media
