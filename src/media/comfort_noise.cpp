#include "media/comfort_noise.hpp"

#include <algorithm>
#include <cmath>

namespace solosip::media
{

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0|   level     |      N1       |      N2       |  ...   RFC 3389 section 3
// The level is in -dBov; a coefficient is 258 * (N - 127) / 32768.
void comfort_noise::update(std::span<const std::uint8_t> payload)
{
    if (payload.empty()) return;
    const bool begins = !on_;
    on_ = true;
    const int level = payload[0] & 0x7F;
    order_ = std::min(payload.size() - 1, most_coefficients);
    double left = 1;
    for (std::size_t i = 0; i < order_; ++i)
    {
        const double k = 258.0 * (payload[i + 1] - 127) / 32768;
        reflection_[i] = static_cast<float>(std::clamp(k, -0.98, 0.98));
        left *= 1 - reflection_[i] * reflection_[i];
    }
    // What goes in is quieter than what comes out, by the gain of the filter. 0 dBov is the power
    // of a full-scale square wave (section 2).
    const double power = 32767 * std::pow(10.0, -level / 20.0);
    level_ = static_cast<float>(power * std::sqrt(left) * std::sqrt(3.0));
    if (begins) state_.fill(0);
}

/// Even from -1 to 1: a third of the power of a square wave.
float comfort_noise::next_white()
{
    random_ = random_ * 1664525u + 1013904223u;
    return static_cast<float>(static_cast<std::int32_t>(random_)) / 2147483648.0f;
}

void comfort_noise::make(std::span<sample> to)
{
    for (sample& s : to)
    {
        // An all-pole lattice.
        float forward = level_ * next_white();
        for (std::size_t i = order_; i-- > 0;)
        {
            forward -= reflection_[i] * state_[i];
            state_[i + 1] = state_[i] + reflection_[i] * forward;
        }
        state_[0] = forward;
        s = static_cast<sample>(std::clamp(forward, -32768.0f, 32767.0f));
    }
}

} // namespace solosip::media
