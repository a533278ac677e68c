// Puts packets back in order and gives them out by the receiver's own clock.
#pragma once

#include "rtp/delay_estimator.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/time.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace solosip::rtp
{

/// Packets of one stream wait here for a delay after the first of them came, so that later ones may
/// take that much longer. The owner plays what stands at `clock()`, by timestamp:
///
///     clock            clock + delay
///       |                   |
///       v    +----+    +----+        one packet is missing, the fifth is just coming in
///       |    | 2  |    | 4  |  <- 5
///       +----+----+----+----+----
///
/// Where `front()` lies ahead of `clock()`, silence is due, and `advance` says how much was played.
/// The delay is 60 ms at first. `surplus()` tells the owner how far it is from what the network
/// needs; to play more or less than the time that passes is the owner's art.
/// All memory is taken by `reset`, which has to come first, and kept until `release`.
class jitter_buffer
{
public:
    static constexpr duration delay = delay_estimator::at_first;
    /// A packet this far ahead of the clock does not belong to the time line that we follow: the
    /// longest delay, and half of it again.
    static constexpr duration ceiling = milliseconds(300);
    /// Nothing but late packets for so long, and the time line is laid anew.
    static constexpr duration patience = milliseconds(100);

    enum class verdict : std::uint8_t
    {
        stored,
        duplicate,
        late,  ///< its time is over
        stray, ///< off the time line; the next one like it moves the time line
        full,
    };

    /// Forgets all; the next packet begins a time line.
    void reset(std::uint32_t clock_rate);
    /// Gives its memory back.
    void release();

    /// `owed`: what the owner should have played until now but has not, because it was held up.
    /// `next_tick`: how long until the owner plays what stands at the clock.
    verdict insert(const packet& p, time_point now, duration owed = {}, duration next_tick = {});

    /// The earliest packet. Valid until the next call of a non-const member.
    struct waiting
    {
        std::int32_t ahead; ///< ticks from the clock; negative where its beginning is late
        std::uint8_t payload_type;
        std::span<const std::uint8_t> payload;
    };
    std::optional<waiting> front() const;
    /// Lets go of the earliest packet, which was `ticks` long, and sets the clock behind it, never
    /// back.
    void pop(std::uint32_t ticks);
    /// `ticks` of silence were played.
    void advance(std::uint32_t ticks) { clock_ += ticks; }

    /// By how much the delay is longer than what the network needs, or shorter where negative.
    duration surplus() const { return actual_ - network_.wanted(); }
    /// From the moment in which a packet that nothing held up comes, to the one in which it is
    /// played.
    duration actual() const { return actual_; }

    /// The owner has played so much less than the time that passed, and so the delay has grown.
    void shifted(duration longer) { actual_ += longer; }

    /// False before the first packet.
    bool begun() const { return begun_; }
    std::uint32_t clock() const { return clock_; }
    std::size_t size() const { return size_; }

private:
    struct slot
    {
        std::uint32_t timestamp = 0;
        std::uint16_t bytes = 0;
        std::uint8_t payload_type = 0;
        std::array<std::uint8_t, limits::rtp_packet_bytes - header_bytes> payload;
    };

    void begin(std::uint32_t timestamp);
    bool on_time_line(std::int32_t ahead, time_point now, duration owed, verdict& why);
    verdict store(const packet& p);

    delay_estimator network_;
    duration actual_ = delay;
    std::unique_ptr<slot[]> slots_; ///< `limits::jitter_packets`
    /// Numbers of slots: the first `size_` in order of their timestamps, then the free ones.
    std::array<std::uint8_t, limits::jitter_packets> order_{};
    std::size_t size_ = 0;

    std::uint32_t clock_rate_ = 0;
    std::int64_t ceiling_ticks_ = 0;
    bool begun_ = false;
    std::uint32_t clock_ = 0;       ///< timestamp of what is played next
    std::uint32_t last_length_ = 0; ///< ticks of the packet that was popped last
    std::optional<time_point> late_since_;
    duration wanted_in_time_{}; ///< of the network, before `late_since_`
    bool stray_before_ = false;
};

} // namespace solosip::rtp
