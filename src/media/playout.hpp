// From the packet to the ear: at what time, and what is heard where nothing came.
#pragma once

#include "dtmf/detector.hpp"
#include "media/comfort_noise.hpp"
#include "media/concealer.hpp"
#include "rtp/jitter_buffer.hpp"
#include "solosip/media/session.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace solosip::media
{

///     packet -> jitter buffer -> decode ---------------------------+-> longer or -> sink
///               20 to 200 ms     noise where the sender is quiet --+   shorter by
///               (each tick)      the last voice where one is lost -+   a period
///
/// Each tick hears one packet time by our clock, so that N seconds of call are N seconds of
/// recording. The delay is kept near what the network needs: a period of the voice is doubled or
/// left out now and then. That evens out clocks that run at different speeds as well.
class playout
{
public:
    void configure(const stream& how, milliseconds packet_time);
    /// Another stream begins.
    void reset();
    void record(std::unique_ptr<sink> to);
    void listen(std::unique_ptr<sink> to);
    void stop();

    /// Whether packets with that number are heard by a codec of `stream::further`.
    bool is_further(std::uint8_t payload_type) const;

    rtp::jitter_buffer::verdict insert(const rtp::packet& p, time_point now);
    /// `frames` packet times have passed: so much is heard. After a stall of the caller not all of
    /// it at once, so that what waits in the socket can still take its place.
    void tick(std::uint64_t frames, time_point now);

    /// Adds to what concerns this part.
    void count(statistics& s) const;

    std::optional<dtmf::press> poll_tone() { return tones_.poll(); }

private:
    /// Frames heard in one tick where several are owed.
    static constexpr std::uint64_t catch_up = 4;
    /// A program that stands still for longer has lost its audio anyway.
    static constexpr duration most_owed = seconds(3);
    /// The delay may be this much too long besides the packet time in which it cannot be told.
    static constexpr duration tolerance = milliseconds(10);
    /// Frames between two periods that are left out; there is no hurry.
    static constexpr unsigned shift_pause = 5;

    void credit(time_point now);
    void play_frame();
    std::ptrdiff_t wanted_shift() const;
    void produce(std::span<sample> to);
    std::size_t fill_gap(std::span<sample> to);
    void conceal(std::span<sample> to);
    std::size_t take_decoded(std::span<sample> to);
    void configure_further(const stream& before);
    decoder& decoder_of(std::uint8_t payload_type);
    void decode_next(const rtp::jitter_buffer::waiting& next);
    duration until_needed(time_point now) const;
    /// Samples of the packet that was decoded last which were not played yet.
    std::size_t decoded() const { return decoded_to_ - decoded_from_; }
    // Mostly there is nothing of it, and a division takes as long as all the rest.
    std::size_t whole_frames() const { return decoded() < frame_ ? 0 : decoded() / frame_; }

    std::uint32_t to_ticks(std::size_t samples) const;
    std::size_t to_samples(std::uint32_t ticks) const;

    stream how_{};
    codec_info info_{};
    duration packet_time_{};
    std::unique_ptr<decoder> decoder_;
    std::array<std::unique_ptr<decoder>, 3> further_; ///< of `stream::further`
    decoder* last_decoder_ = nullptr;
    std::unique_ptr<sink> sink_, listener_;
    rtp::jitter_buffer waiting_;
    concealer concealer_;
    comfort_noise noise_;
    dtmf::detector tones_;

    /// What was heard, the last of it before `at_`; where the room ends, it begins anew in front.
    std::vector<sample> line_;
    std::size_t at_ = 0, history_ = 0, frame_ = 0;

    std::vector<sample> decoded_; ///< one packet
    std::size_t decoded_from_ = 0, decoded_to_ = 0;
    std::uint64_t owed_ = 0;     ///< frames
    std::uint64_t credited_ = 0; ///< of those, for ticks that have not been told of yet
    time_point last_tick_{};
    bool running_ = false; ///< has there been a tick?
    /// The packet that came last is heard so much later than its frame begins.
    duration ahead_in_frame_{};
    bool heard_ = false; ///< there is a voice to go on with
    unsigned since_shift_ = 0;
    std::uint64_t concealed_ = 0; ///< samples
};

} // namespace solosip::media
