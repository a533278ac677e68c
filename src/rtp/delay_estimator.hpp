// How much longer than the fastest some packets of a stream take, and how long to wait for them.
#pragma once

#include "solosip/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace solosip::rtp
{

/// A histogram of the delays of the last few hundred packets, in steps of 5 ms above the shortest
/// one of late; so a clock that drifts against ours is followed. Old packets count less and less.
///
///     packets |#
///             |##
///             |####  #
///             |############ #             . .
///             +------------+---------------------
///             0            wanted: 99 % are faster
class delay_estimator
{
public:
    static constexpr duration lowest = milliseconds(20), highest = milliseconds(200);
    /// Until so much is known of the network, this is the least that is wanted.
    static constexpr duration at_first = milliseconds(60);
    static constexpr unsigned packets_at_first = 250;

    /// Forgets all.
    void reset(std::uint32_t clock_rate);
    /// Another time line begins. So much is wanted until the network is known, or `at_first`,
    /// whichever is longer.
    void restart(duration wanted);

    /// The timestamp is that of the packet's first sample. Returns how much longer it took than
    /// the fastest ones. A jump of the timestamps, or a standstill, begins anew.
    duration on_packet(std::uint32_t timestamp, time_point arrival);

    /// `lowest` to `highest`: after such a delay, one packet in a hundred is too late.
    duration wanted() const { return wanted_; }

private:
    static constexpr duration step = milliseconds(5);
    static constexpr std::size_t steps = 48;
    static constexpr unsigned halve_at = 512, window = 256, look_again = 16;

    void begin(std::uint32_t timestamp, time_point arrival);
    void find_wanted();

    double tick_ns_ = 125'000;
    bool begun_ = false;
    std::uint32_t last_timestamp_ = 0;
    time_point last_arrival_{};
    duration transit_{};                      ///< of the last packet, against the first one's
    duration shortest_{}, window_shortest_{}; ///< transit, of late and of the present window
    std::optional<duration> window_before_;
    unsigned in_window_ = 0, seen_ = 0, unlooked_ = 0;
    std::array<std::uint16_t, steps> counts_{};
    unsigned total_ = 0;
    duration wanted_ = at_first;
};

} // namespace solosip::rtp
