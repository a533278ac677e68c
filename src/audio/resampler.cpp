#include "audio/resampler.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include <samplerate.h>

namespace solosip::audio
{

media::sample to_sample(float value)
{
    const float scaled = value * 32768.0f;
    if (std::isnan(scaled)) return 0;
    return static_cast<media::sample>(std::lrint(std::clamp(scaled, -32768.0f, 32767.0f)));
}

float to_float(media::sample value)
{
    return static_cast<float>(value) / 32768.0f;
}

void resampler::deleter::operator()(SRC_STATE_tag* s) const
{
    src_delete(s);
}

bool resampler::possible(std::uint32_t from_rate, std::uint32_t to_rate)
{
    return from_rate > 0 && to_rate > 0 &&
           src_is_valid_ratio(static_cast<double>(to_rate) / from_rate) != 0;
}

resampler::resampler(std::uint32_t from_rate, std::uint32_t to_rate)
    : ratio_(static_cast<double>(to_rate) / from_rate)
{
    if (from_rate == to_rate) return;
    int error = 0;
    // "Medium" has a transition band of a tenth of the band and 121 dB of noise distance: beyond
    // what a telephone codec can show, at a third of the cost of "best".
    state_.reset(src_new(SRC_SINC_MEDIUM_QUALITY, 1, &error));
    if (!state_) throw std::bad_alloc();
}

resampler::~resampler() = default;
resampler::resampler(resampler&&) noexcept = default;
resampler& resampler::operator=(resampler&&) noexcept = default;

resampler::step resampler::process(std::span<const float> from, std::span<float> to, bool end)
{
    if (!state_)
    {
        const auto n = std::min(from.size(), to.size());
        std::copy_n(from.begin(), n, to.begin());
        return {n, n};
    }
    SRC_DATA d{};
    d.data_in = from.data();
    d.input_frames = static_cast<long>(from.size());
    d.data_out = to.data();
    d.output_frames = static_cast<long>(to.size());
    d.end_of_input = end ? 1 : 0;
    d.src_ratio = ratio_;
    if (src_process(state_.get(), &d) != 0) return {from.size(), 0};
    return {static_cast<std::size_t>(d.input_frames_used),
            static_cast<std::size_t>(d.output_frames_gen)};
}

void resampler::reset()
{
    if (state_) src_reset(state_.get());
}

} // namespace solosip::audio
