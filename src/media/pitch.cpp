#include "media/pitch.hpp"

#include <algorithm>
#include <cassert>

namespace solosip::media
{

namespace
{

constexpr std::uint32_t shortest_ms = 5, longest_ms = 15, compared_ms = 20;

/// How well the end of `past` resembles what was `lag` before it; looks at each `step`th sample.
float likeness(std::span<const sample> past, std::size_t compared, std::size_t lag,
               std::size_t step)
{
    const sample* const now = past.data() + past.size() - compared;
    const sample* const then = now - lag;
    float product = 0, energy = 1;
    for (std::size_t i = 0; i < compared; i += step)
    {
        const auto x = static_cast<float>(now[i]), y = static_cast<float>(then[i]);
        product += x * y;
        energy += y * y;
    }
    // The square of the normalized correlation, but with its sign.
    return product * (product < 0 ? -product : product) / energy;
}

} // namespace

std::size_t find_period(std::span<const sample> past, std::uint32_t rate)
{
    assert(past.size() >= pitch_history(rate));
    const std::size_t low = rate * shortest_ms / 1000, high = rate * longest_ms / 1000;
    const std::size_t compared = rate * compared_ms / 1000;
    const std::size_t step = std::max<std::size_t>(rate / 4000, 1);
    std::size_t best = low;
    float best_likeness = likeness(past, compared, low, step);
    const auto try_lag = [&](std::size_t lag, std::size_t every)
    {
        const float l = likeness(past, compared, lag, every);
        if (l <= best_likeness) return;
        best_likeness = l;
        best = lag;
    };
    for (std::size_t lag = low + step; lag <= high; lag += step)
        try_lag(lag, step);
    const std::size_t from = std::max(best, low + step) - step, to = std::min(best + step, high);
    best_likeness = likeness(past, compared, best, 1);
    for (std::size_t lag = from; lag <= to; ++lag)
        try_lag(lag, 1);
    return best;
}

void cross_fade(const sample* a, const sample* b, sample* to, std::size_t length)
{
    const auto whole = static_cast<float>(length + 1);
    for (std::size_t i = 0; i < length; ++i)
    {
        const float second = static_cast<float>(i + 1) / whole;
        const float value =
            static_cast<float>(a[i]) * (1 - second) + static_cast<float>(b[i]) * second;
        to[i] = static_cast<sample>(value);
    }
}

void leave_out(std::span<sample> sound, std::size_t period, std::size_t fade)
{
    const std::size_t left = sound.size() - period;
    fade = std::min(fade, left);
    cross_fade(sound.data(), sound.data() + period, sound.data(), fade);
    std::copy(sound.begin() + static_cast<std::ptrdiff_t>(fade + period), sound.end(),
              sound.begin() + static_cast<std::ptrdiff_t>(fade));
}

void repeat(sample* at, std::size_t fresh, std::size_t period, std::size_t fade)
{
    // From the end, for it moves to the right by a period.
    const auto shift = static_cast<std::ptrdiff_t>(period);
    for (std::size_t i = fresh + period; i-- > fade;)
        at[i] = at[static_cast<std::ptrdiff_t>(i) - shift];
    const auto whole = static_cast<float>(fade + 1);
    for (std::size_t i = fade; i-- > 0;)
    {
        const float second = static_cast<float>(i + 1) / whole;
        const auto before = static_cast<float>(at[static_cast<std::ptrdiff_t>(i) - shift]);
        at[i] = static_cast<sample>(static_cast<float>(at[i]) * (1 - second) + before * second);
    }
}

} // namespace solosip::media
