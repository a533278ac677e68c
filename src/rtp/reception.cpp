#include "rtp/reception.hpp"

#include <cmath>

namespace solosip::rtp
{

void reception::begin(std::uint16_t sequence)
{
    if (begun_) expected_before_ += highest_ - base_ + 1;
    begun_ = true;
    base_ = highest_ = sequence;
    seen_.reset();
    seen_.set(0);
    restart_.reset();
    ++received_;
}

reception::verdict reception::on_packet(std::uint16_t sequence)
{
    if (!begun_)
    {
        begin(sequence);
        return verdict::good;
    }
    const auto ahead = static_cast<std::uint16_t>(sequence - highest_);
    const auto behind = static_cast<std::uint16_t>(highest_ - sequence);
    if (behind < max_misorder)
    {
        // One that arrives late was counted as lost and is counted again by `received_`.
        if (seen_.test(behind)) return verdict::duplicate;
        if (highest_ - base_ < behind) base_ = highest_ - behind;
        seen_.set(behind);
        ++received_;
        return verdict::good;
    }
    if (ahead < max_dropout)
    {
        highest_ += ahead;
        seen_ <<= ahead;
        seen_.set(0);
        restart_.reset();
        ++received_;
        return verdict::good;
    }
    // A.1: two in a row make a restart, one is a stray.
    if (restart_ == sequence)
    {
        begin(sequence);
        return verdict::good;
    }
    restart_ = static_cast<std::uint16_t>(sequence + 1);
    return verdict::out_of_range;
}

void reception::on_timestamp(std::uint32_t timestamp, std::uint32_t clock_rate, time_point arrival)
{
    if (clock_rate_ == clock_rate)
    {
        // A.8, with the difference of the transit times and not their absolute values.
        const auto sent_apart = static_cast<std::int32_t>(timestamp - last_timestamp_);
        const double came_apart =
            static_cast<double>((arrival - last_arrival_).count()) * (clock_rate * 1e-9);
        const double difference = came_apart - sent_apart;
        // A jump of the timestamp says nothing about the network.
        if (std::abs(difference) < clock_rate) jitter_ += (std::abs(difference) - jitter_) / 16;
    }
    clock_rate_ = clock_rate;
    last_timestamp_ = timestamp;
    last_arrival_ = arrival;
}

std::uint64_t reception::lost() const
{
    const std::uint64_t all = expected();
    return all > received_ ? all - received_ : 0;
}

std::uint64_t reception::expected() const
{
    return begun_ ? expected_before_ + highest_ - base_ + 1 : 0;
}

std::uint32_t reception::extended_highest() const
{
    return static_cast<std::uint32_t>(highest_);
}

duration reception::jitter() const
{
    if (clock_rate_ == 0) return {};
    return duration(static_cast<duration::rep>(jitter_ * 1e9 / clock_rate_));
}

} // namespace solosip::rtp
