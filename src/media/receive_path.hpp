// From the datagram to the ear: which stream, in what order, at what time; and key presses past it.
#pragma once

#include "dtmf/receiver.hpp"
#include "rtp/jitter_buffer.hpp"
#include "rtp/reception.hpp"
#include "rtp/source_filter.hpp"
#include "solosip/media/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace solosip::media
{

///                                      +-> dtmf receiver ------------------> digits, at once
///     datagram -> parse, payload type -+
///                                      +-> SSRC -> sequence -> jitter buffer -> decode -> sink
///                                                              (60 ms)         (each tick)
class receive_path
{
public:
    void configure(const stream& how, milliseconds packet_time);
    void record(std::unique_ptr<sink> to);
    void stop();

    void receive(std::span<const std::uint8_t> datagram, time_point now);

    /// `frames` packet times have passed: so much is decoded and heard. After a stall of the caller
    /// not all of it at once, so that what waits in the socket can still take its place.
    void tick(std::uint64_t frames, time_point now);

    std::optional<dtmf::press> poll_press() { return presses_.poll(); }
    /// Fills in what concerns this direction.
    void count(statistics& s) const;

private:
    /// Frames heard in one tick where several are owed.
    static constexpr std::uint64_t catch_up = 4;
    /// A program that stands still for longer has lost its audio anyway.
    static constexpr duration most_owed = seconds(3);

    bool is_event(const rtp::packet& p) const;
    void on_event(const rtp::packet& p, time_point now);
    void on_audio(const rtp::packet& p, time_point now);
    void begin_stream();
    void store(const rtp::packet& p, time_point now);

    void play_frame();
    std::size_t take_decoded(std::span<sample> to);
    bool decode_next(std::span<const std::uint8_t> payload, std::int32_t ahead);
    std::uint32_t to_ticks(std::size_t samples) const;
    std::size_t to_samples(std::uint32_t ticks) const;

    stream how_{};
    duration packet_time_{};
    std::unique_ptr<decoder> decoder_;
    std::unique_ptr<sink> sink_;

    dtmf::receiver presses_;
    rtp::source_filter source_;
    rtp::reception reception_;
    rtp::jitter_buffer waiting_;
    bool vouched_ = false; ///< `presses_` knows that our SSRC is no stray

    std::vector<sample> frame_;
    std::vector<sample> decoded_; ///< one packet
    std::size_t decoded_from_ = 0, decoded_to_ = 0;
    std::uint64_t owed_ = 0; ///< frames

    std::uint64_t received_ = 0, late_ = 0, ignored_ = 0, lost_before_ = 0;
};

} // namespace solosip::media
