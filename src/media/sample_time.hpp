// Time in samples.
#pragma once

#include "solosip/base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace solosip::media
{

/// Of a time below zero none; more than a year is a year, so that nothing can overflow.
inline std::uint64_t samples_in(milliseconds t, std::uint32_t rate)
{
    constexpr milliseconds longest = std::chrono::hours(24 * 365);
    const auto ms = std::clamp(t, milliseconds(0), longest).count();
    return static_cast<std::uint64_t>(ms) * rate / 1000;
}

/// How many samples at rate `to` last as long as `samples` do at rate `from`, which is not 0.
inline std::uint64_t at_rate(std::uint64_t samples, std::uint32_t from, std::uint32_t to)
{
    return samples / from * to + samples % from * to / from;
}

} // namespace solosip::media
