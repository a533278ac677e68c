#include "audio/generated.hpp"

#include "media/sample_time.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace solosip::audio
{

namespace
{

constexpr std::size_t piece = 512;

} // namespace

tone_source::tone_source(double hz, std::chrono::milliseconds length, double level)
    : hz_(hz), peak_(32767.0 * std::pow(10.0, -std::clamp(level, 0.0, 90.0) / 20.0)),
      duration_(length)
{
}

void tone_source::prepare(std::uint32_t rate)
{
    // In the middle it goes on where it is, for another codec was agreed.
    const bool over = rate_ != 0 && finished();
    const auto played = rate_ == 0 ? 0 : media::at_rate(position_, rate_, rate);
    rate_ = rate;
    length_ = media::samples_in(duration_, rate);
    position_ = over ? length_ : std::min(played, length_);
    flank_ = std::min<std::uint64_t>(rate / 200, length_ / 2);
    const bool audible = hz_ >= 1 && hz_ < rate / 2.0;
    step_ = audible ? 2 * std::numbers::pi * hz_ / rate : 0;
}

std::size_t tone_source::read(std::span<media::sample> to)
{
    const auto n = static_cast<std::size_t>(
        std::min<std::uint64_t>(to.size(), length_ - std::min(position_, length_)));
    for (std::size_t i = 0; i < n; ++i, ++position_)
    {
        const auto edge = std::min(position_, length_ - 1 - position_);
        const double flank =
            edge < flank_ ? static_cast<double>(edge) / static_cast<double>(flank_) : 1.0;
        to[i] = static_cast<media::sample>(
            std::lrint(peak_ * flank * std::sin(step_ * static_cast<double>(position_))));
    }
    return n;
}

pcm_listener::pcm_listener(pcm_writer write, std::uint32_t rate)
    : write_(std::move(write)), rate_(rate)
{
}

void pcm_listener::prepare(std::uint32_t rate)
{
    convert_.reset();
    through_ = write_ && rate == rate_;
    if (write_ && !through_ && is_sample_rate(rate_) && resampler::possible(rate, rate_))
        convert_.emplace(rate, rate_);
}

void pcm_listener::write(std::span<const media::sample> from)
{
    try
    {
        if (through_)
            write_(from);
        else if (convert_)
            write_converted(from);
    }
    catch (...)
    {
        // What the program does wrong there shall not end the call.
        through_ = false;
        convert_.reset();
        write_ = nullptr;
    }
}

void pcm_listener::write_converted(std::span<const media::sample> from)
{
    float in[piece], out[piece];
    media::sample converted[piece];
    while (!from.empty())
    {
        const auto n = std::min(from.size(), piece);
        std::transform(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n), in, to_float);
        from = from.subspan(n);
        for (std::size_t used = 0;;)
        {
            const auto step = convert_->process({in + used, n - used}, out, false);
            used += step.used;
            std::transform(out, out + step.made, converted, to_sample);
            if (step.made > 0) write_(std::span<const media::sample>(converted, step.made));
            if (step.made == 0 && used == n) break;
        }
    }
}

} // namespace solosip::audio
