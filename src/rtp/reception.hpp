// What one sender's sequence numbers and timestamps tell: loss, repetition and jitter.
#pragma once

#include "solosip/base/time.hpp"

#include <bitset>
#include <cstdint>
#include <optional>

namespace solosip::rtp
{

/// `d` in ticks of a clock of `rate` Hz, without overflow.
constexpr std::int64_t to_ticks(duration d, std::uint32_t rate)
{
    const std::int64_t whole = d.count() / 1'000'000'000;
    const std::int64_t rest = d.count() % 1'000'000'000;
    return whole * rate + rest * rate / 1'000'000'000;
}

/// `ticks` of a clock of `rate` Hz, more than 0, as a time.
constexpr duration from_ticks(std::int64_t ticks, std::uint32_t rate)
{
    return duration(ticks * 1'000'000'000 / rate);
}

/// The receiver's state for one SSRC (RFC 3550 appendix A.1, A.3, A.8).
class reception
{
public:
    enum class verdict : std::uint8_t
    {
        good,
        duplicate,    ///< a sequence number that has been here
        out_of_range, ///< far from all others: a stray, or the first after a restart
    };

    verdict on_packet(std::uint16_t sequence);

    /// For packets whose timestamp is the time of their first sample: audio, but not the repeated
    /// timestamps of telephone-event.
    void on_timestamp(std::uint32_t timestamp, std::uint32_t clock_rate, time_point arrival);

    std::uint64_t received() const { return received_; }
    /// Never negative: repetitions do not count as received.
    std::uint64_t lost() const;
    /// 32 bits: 16 cycles of the sequence number above it (RFC 3550 section 6.4.1).
    std::uint32_t extended_highest() const;
    /// Packets that should have come until now.
    std::uint64_t expected() const;
    duration jitter() const;
    std::uint32_t jitter_ticks() const { return static_cast<std::uint32_t>(jitter_); }

private:
    /// More than this many in front is a restart, more than that many behind a stray (A.1).
    static constexpr std::uint16_t max_dropout = 3000;
    static constexpr std::uint16_t max_misorder = 100;

    void begin(std::uint16_t sequence);

    bool begun_ = false;
    std::uint64_t base_ = 0, highest_ = 0; ///< extended sequence numbers
    std::uint64_t received_ = 0;
    std::uint64_t expected_before_ = 0; ///< of the runs before a restart
    std::bitset<max_misorder> seen_;    ///< bit n: highest_ - n has come
    std::optional<std::uint16_t> restart_;

    std::uint32_t clock_rate_ = 0;
    std::uint32_t last_timestamp_ = 0;
    time_point last_arrival_{};
    double jitter_ = 0; ///< ticks
};

} // namespace solosip::rtp
