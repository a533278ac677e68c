#include "media/concealer.hpp"

#include "media/pitch.hpp"

#include <algorithm>

namespace solosip::media
{

namespace
{

constexpr std::size_t most_periods = 3;

} // namespace

void concealer::configure(std::uint32_t rate)
{
    rate_ = rate;
    // Three periods of 15 ms, and what is faded over before them.
    history_.assign(rate * 50 / 1000, 0);
    fade_begin_ = rate * 10 / 1000;
    fade_end_ = rate * 60 / 1000;
    reset();
}

void concealer::reset()
{
    active_ = resuming_ = false;
    made_ = 0;
}

void concealer::begin(std::span<const sample> past)
{
    std::copy(past.end() - static_cast<std::ptrdiff_t>(history_.size()), past.end(),
              history_.begin());
    period_ = find_period(history_, rate_);
    overlap_ = period_ / 4;
    active_ = true;
    resuming_ = false;
    made_ = 0;
    periods_ = 1;
    segment_ = history_.size() - period_;
    segment_at_ = 0;
}

void concealer::begin_segment()
{
    const std::size_t tens = made_ / std::max<std::size_t>(fade_begin_, 1);
    periods_ = std::min(tens + 1, most_periods);
    segment_ = history_.size() - periods_ * period_;
    segment_at_ = 0;
}

sample concealer::next()
{
    if (made_ >= fade_end_) return 0;
    const std::size_t length = history_.size() - segment_;
    if (segment_at_ == length) begin_segment();
    const std::size_t left = history_.size() - segment_ - segment_at_;
    auto value = static_cast<float>(history_[segment_ + segment_at_]);
    if (left <= overlap_)
    {
        // The end of a segment turns into what stands before the beginning of the next one.
        const std::size_t tens = (made_ + left) / std::max<std::size_t>(fade_begin_, 1);
        const std::size_t begin =
            history_.size() - std::min(tens + 1, most_periods) * period_ - left;
        const float second =
            static_cast<float>(overlap_ - left + 1) / static_cast<float>(overlap_ + 1);
        value = value * (1 - second) + static_cast<float>(history_[begin]) * second;
    }
    ++segment_at_;
    if (made_ > fade_begin_)
        value *=
            static_cast<float>(fade_end_ - made_) / static_cast<float>(fade_end_ - fade_begin_);
    ++made_;
    return static_cast<sample>(value);
}

void concealer::conceal(std::span<const sample> past, std::span<sample> to)
{
    // A gap right behind another one goes on with it.
    if (!active_ || faded_in_ > fade_in_ / 2) begin(past);
    resuming_ = false;
    faded_in_ = fade_in_ = 0;
    if (faded())
        std::fill(to.begin(), to.end(), sample{0});
    else
        std::generate(to.begin(), to.end(), [this] { return next(); });
}

void concealer::resume(std::span<sample> fresh)
{
    if (!resuming_)
    {
        resuming_ = true;
        faded_in_ = 0;
        // A quarter of a period, and 4 ms for each 10 ms of the gap, up to 10 ms.
        const std::size_t ms = rate_ / 1000;
        fade_in_ = std::min(overlap_ + made_ * 4 / 10, 10 * ms);
    }
    const auto whole = static_cast<float>(fade_in_ + 1);
    for (sample& s : fresh)
    {
        if (faded_in_ >= fade_in_) break;
        const float second = static_cast<float>(++faded_in_) / whole;
        s = static_cast<sample>(static_cast<float>(next()) * (1 - second) +
                                static_cast<float>(s) * second);
    }
    if (faded_in_ >= fade_in_) reset();
}

} // namespace solosip::media
