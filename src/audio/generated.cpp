#include "audio/generated.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace solosip::audio
{

namespace
{

constexpr std::size_t piece = 512;

bool sensible(std::uint32_t rate)
{
    return rate >= 1000 && rate <= 384'000;
}

std::uint64_t samples_in(std::chrono::milliseconds length, std::uint32_t rate)
{
    // A day of it is enough, and cannot overflow.
    const auto ms = std::clamp<std::int64_t>(length.count(), 0, 86'400'000);
    return static_cast<std::uint64_t>(ms) * rate / 1000;
}

} // namespace

tone_source::tone_source(double hz, std::chrono::milliseconds length, double level)
    : hz_(hz), peak_(32767.0 * std::pow(10.0, -std::clamp(level, 0.0, 90.0) / 20.0)),
      duration_(length)
{
}

void tone_source::prepare(std::uint32_t rate)
{
    length_ = samples_in(duration_, rate);
    flank_ = std::min<std::uint64_t>(rate / 200, length_ / 2);
    const bool audible = hz_ >= 1 && hz_ < rate / 2.0;
    step_ = audible ? 2 * std::numbers::pi * hz_ / rate : 0;
    position_ = 0;
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

pcm_source::pcm_source(pcm_reader read, std::uint32_t rate) : read_(std::move(read)), rate_(rate)
{
    if (!read_ || !sensible(rate_)) ended_ = finished_ = true;
}

void pcm_source::prepare(std::uint32_t rate)
{
    if (finished_) return;
    convert_.reset();
    if (rate == rate_) return;
    if (!resampler::possible(rate_, rate))
    {
        ended_ = finished_ = true;
        return;
    }
    convert_.emplace(rate_, rate);
    asked_.resize(std::max<std::size_t>(rate_ / 100, 1)); // 10 ms: little delay
    in_.resize(asked_.size());
    out_.resize(piece);
    in_begin_ = in_end_ = 0;
}

void pcm_source::ask()
{
    const auto n = std::min(read_(asked_), asked_.size());
    ended_ = n < asked_.size();
    std::transform(asked_.begin(), asked_.begin() + static_cast<std::ptrdiff_t>(n), in_.begin(),
                   to_float);
    in_begin_ = 0;
    in_end_ = n;
}

std::size_t pcm_source::read(std::span<media::sample> to)
{
    if (finished_) return 0;
    if (!convert_)
    {
        const auto n = std::min(read_(to), to.size());
        finished_ = n < to.size();
        return n;
    }
    std::size_t done = 0;
    while (done < to.size() && !finished_)
    {
        if (in_begin_ == in_end_ && !ended_) ask();
        const auto [used, made] =
            convert_->process({in_.data() + in_begin_, in_end_ - in_begin_},
                              {out_.data(), std::min(out_.size(), to.size() - done)}, ended_);
        in_begin_ += used;
        std::transform(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(made),
                       to.begin() + static_cast<std::ptrdiff_t>(done), to_sample);
        done += made;
        if (ended_ && made == 0 && in_begin_ == in_end_) finished_ = true;
    }
    return done;
}

pcm_listener::pcm_listener(pcm_writer write, std::uint32_t rate)
    : write_(std::move(write)), rate_(rate)
{
}

void pcm_listener::prepare(std::uint32_t rate)
{
    convert_.reset();
    through_ = write_ && rate == rate_;
    if (write_ && !through_ && sensible(rate_) && resampler::possible(rate, rate_))
        convert_.emplace(rate, rate_);
}

void pcm_listener::write(std::span<const media::sample> from)
{
    if (through_) return write_(from);
    if (!convert_) return;
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
