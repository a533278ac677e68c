#include "rtp/delay_estimator.hpp"

#include <algorithm>
#include <cmath>

namespace solosip::rtp
{

void delay_estimator::reset(std::uint32_t clock_rate)
{
    *this = delay_estimator();
    tick_ns_ = 1e9 / clock_rate;
}

void delay_estimator::restart(duration wanted)
{
    const double tick = tick_ns_;
    *this = delay_estimator();
    tick_ns_ = tick;
    wanted_ = std::max(wanted, at_first);
}

void delay_estimator::begin(std::uint32_t timestamp, time_point arrival)
{
    restart(wanted_);
    begun_ = true;
    last_timestamp_ = timestamp;
    last_arrival_ = arrival;
}

duration delay_estimator::on_packet(std::uint32_t timestamp, time_point arrival)
{
    if (!begun_) begin(timestamp, arrival);
    const auto ticks = static_cast<std::int32_t>(timestamp - last_timestamp_);
    const duration apart(static_cast<duration::rep>(ticks * tick_ns_));
    transit_ += (arrival - last_arrival_) - apart;
    last_timestamp_ = timestamp;
    last_arrival_ = arrival;
    if (transit_ - shortest_ > seconds(2) || shortest_ - transit_ > seconds(2))
        begin(timestamp, arrival);

    if (in_window_ == 0 || transit_ < window_shortest_) window_shortest_ = transit_;
    shortest_ = window_before_ ? std::min(*window_before_, window_shortest_) : window_shortest_;
    if (++in_window_ == window)
    {
        window_before_ = window_shortest_;
        in_window_ = 0;
    }
    const duration longer = transit_ - shortest_;
    // What no delay of ours could have saved asks for none.
    if (longer > highest) return longer;
    const auto bucket = std::min<std::size_t>(static_cast<std::size_t>(longer / step), steps - 1);
    ++counts_[bucket];
    ++total_;
    if (seen_ < packets_at_first) ++seen_;
    if (++unlooked_ == look_again || longer > wanted_) find_wanted();
    return longer;
}

void delay_estimator::find_wanted()
{
    unlooked_ = 0;
    if (total_ >= halve_at)
    {
        total_ = 0;
        for (auto& count : counts_)
        {
            count = static_cast<std::uint16_t>(count / 2);
            total_ += count;
        }
    }
    unsigned slower = 0;
    std::size_t last = steps;
    while (last > 0 && (slower + counts_[last - 1]) * 100 <= total_)
        slower += counts_[--last];
    const duration least = seen_ < packets_at_first ? at_first : lowest;
    wanted_ = std::clamp<duration>(step * static_cast<int>(last), least, highest);
}

} // namespace solosip::rtp
