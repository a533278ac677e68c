#include "sounds.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace solosip::examples
{

std::size_t melody::read(std::span<media::sample> to)
{
    constexpr double amplitude = 8192;
    std::size_t done = 0;
    while (done < to.size() && !finished())
    {
        const note& n = notes_[at_];
        const auto length =
            static_cast<std::uint32_t>(std::uint64_t(rate_) * std::uint64_t(n.ms) / 1000);
        if (sample_in_note_ >= length)
        {
            ++at_;
            sample_in_note_ = 0;
            continue;
        }
        const double phase = 2 * std::numbers::pi * n.hz * sample_in_note_ / rate_;
        to[done++] = static_cast<media::sample>(std::lround(amplitude * std::sin(phase)));
        ++sample_in_note_;
    }
    return done;
}

void echo_buffer::write(std::span<const media::sample> from)
{
    for (const media::sample s : from)
    {
        ring_[(first_ + held_) % ring_.size()] = s;
        if (held_ < ring_.size())
            ++held_;
        else
            first_ = (first_ + 1) % ring_.size();
    }
}

std::size_t echo_buffer::read(std::span<media::sample> to)
{
    if (filling_ && held_ < 2 * to.size()) return 0;
    filling_ = false;
    // Keys that are pressed meanwhile leave us no time to speak: catch up.
    const std::size_t most = 6 * to.size();
    if (held_ > most)
    {
        first_ = (first_ + held_ - most / 2) % ring_.size();
        held_ = most / 2;
    }
    const std::size_t n = std::min(held_, to.size());
    for (std::size_t i = 0; i < n; ++i)
        to[i] = ring_[(first_ + i) % ring_.size()];
    first_ = (first_ + n) % ring_.size();
    held_ -= n;
    if (n < to.size()) filling_ = true;
    return n;
}

} // namespace solosip::examples
