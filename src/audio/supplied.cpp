#include "audio/supplied.hpp"

#include <algorithm>

namespace solosip::audio
{

namespace
{

constexpr std::size_t piece = 512;

} // namespace

supplied_source::supplied_source(std::unique_ptr<supplier> from, std::uint32_t rate)
    : from_(std::move(from)), rate_(rate), finished_(!is_sample_rate(rate))
{
}

void supplied_source::prepare(std::uint32_t rate)
{
    if (finished_) return;
    convert_.reset();
    if (rate == rate_) return;
    if (!resampler::possible(rate_, rate))
    {
        finished_ = true;
        return;
    }
    convert_.emplace(rate_, rate);
    asked_.resize(std::max<std::size_t>(rate_ / 100, 1)); // 10 ms: little delay
    in_.resize(asked_.size());
    out_.resize(piece);
    in_begin_ = in_end_ = 0;
}

void supplied_source::ask()
{
    const auto n = std::min(from_->pull(asked_), asked_.size());
    std::transform(asked_.begin(), asked_.begin() + static_cast<std::ptrdiff_t>(n), in_.begin(),
                   to_float);
    in_begin_ = 0;
    in_end_ = n;
}

std::size_t supplied_source::read(std::span<media::sample> to)
{
    if (finished_) return 0;
    if (!convert_)
    {
        const auto n = std::min(from_->pull(to), to.size());
        finished_ = from_->ended();
        return n;
    }
    std::size_t done = 0;
    while (done < to.size() && !finished_)
    {
        if (in_begin_ == in_end_ && !from_->ended()) ask();
        const bool dry = in_begin_ == in_end_, ended = from_->ended();
        if (dry && !ended) break;
        const auto [used, made] =
            convert_->process({in_.data() + in_begin_, in_end_ - in_begin_},
                              {out_.data(), std::min(out_.size(), to.size() - done)}, ended);
        in_begin_ += used;
        std::transform(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(made),
                       to.begin() + static_cast<std::ptrdiff_t>(done), to_sample);
        done += made;
        finished_ = ended && made == 0 && in_begin_ == in_end_;
    }
    return done;
}

callback::callback(pcm_reader read, std::shared_ptr<callback_status> status)
    : read_(std::move(read)), status_(std::move(status))
{
    status_->over = !read_;
}

std::size_t callback::pull(std::span<media::sample> to)
{
    if (status_->over) return 0;
    std::size_t n = 0;
    try
    {
        n = std::min(read_(to), to.size());
    }
    catch (...)
    {
        status_->threw = true;
    }
    status_->over = n < to.size();
    return n;
}

std::size_t remembered::pull(std::span<media::sample> to)
{
    std::size_t done = 0;
    while (done < to.size() && !ended())
    {
        const auto n = std::min(to.size() - done, samples_->size() - at_);
        std::copy_n(samples_->begin() + static_cast<std::ptrdiff_t>(at_), n,
                    to.begin() + static_cast<std::ptrdiff_t>(done));
        done += n;
        at_ += n;
        if (loop_ && at_ == samples_->size()) at_ = 0;
    }
    return done;
}

} // namespace solosip::audio
