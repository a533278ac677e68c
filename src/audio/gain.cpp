#include "audio/gain.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace solosip::audio
{

gained::gained(std::unique_ptr<media::source> sound, double decibels)
    : sound_(std::move(sound)), factor_(1)
{
    if (!std::isnan(decibels))
        factor_ = static_cast<float>(std::pow(10.0, std::clamp(decibels, -100.0, 40.0) / 20));
}

std::size_t gained::read(std::span<media::sample> to)
{
    const std::size_t n = std::min(sound_->read(to), to.size());
    for (media::sample& s : to.first(n))
    {
        const float value = std::clamp(static_cast<float>(s) * factor_, -32768.0f, 32767.0f);
        s = static_cast<media::sample>(std::lrint(value));
    }
    return n;
}

} // namespace solosip::audio
