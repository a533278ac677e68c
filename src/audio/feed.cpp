#include "audio/feed.hpp"

#include <algorithm>
#include <bit>

namespace solosip::audio
{

feed::feed(std::uint32_t rate, std::size_t room)
    : rate_(rate), room_(std::max<std::size_t>(room, 1)), ring_(std::bit_ceil(room_))
{
}

std::size_t feed::space() const
{
    const auto written = written_.load(std::memory_order_relaxed);
    return room_ - (written - read_.load(std::memory_order_acquire));
}

std::size_t feed::write(std::span<const media::sample> from)
{
    if (closed_.load(std::memory_order_relaxed)) return 0;
    const auto n = std::min(from.size(), space());
    const auto written = written_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < n; ++i)
        ring_[(written + i) & (ring_.size() - 1)] = from[i];
    written_.store(written + n, std::memory_order_release);
    return n;
}

std::size_t feed::read(std::span<media::sample> to)
{
    const auto begin = read_.load(std::memory_order_relaxed);
    const auto n = std::min(to.size(), written_.load(std::memory_order_acquire) - begin);
    for (std::size_t i = 0; i < n; ++i)
        to[i] = ring_[(begin + i) & (ring_.size() - 1)];
    read_.store(begin + n, std::memory_order_release);
    return n;
}

bool feed::ended() const
{
    // In this order: what was written before the end must not be overlooked.
    return closed_.load(std::memory_order_acquire) &&
           written_.load(std::memory_order_acquire) == read_.load(std::memory_order_relaxed);
}

} // namespace solosip::audio
