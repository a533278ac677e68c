#include "media/play_queue.hpp"

#include "media/sample_time.hpp"

#include <algorithm>
#include <utility>

namespace solosip::media
{

void play_queue::set_rate(std::uint32_t sample_rate)
{
    if (rate_ == sample_rate) return;
    for (std::size_t i = 0; i < items_.size(); ++i)
    {
        item& each = items_[i];
        if (rate_ != 0) each.gap_played = at_rate(each.gap_played, rate_, sample_rate);
        each.sound->prepare(sample_rate);
    }
    rate_ = sample_rate;
}

result<play_id> play_queue::append(std::unique_ptr<source> sound, milliseconds gap)
{
    if (!sound) return errc::bad_config;
    if (items_.size() + finished_.size() >= limits::play_queue) return errc::too_many;
    if (rate_ != 0) sound->prepare(rate_);
    const play_id id{++last_id_};
    items_.push({id, std::move(sound), std::max(gap, milliseconds(0)), 0});
    return id;
}

void play_queue::clear()
{
    while (!items_.empty())
        finish(false);
}

void play_queue::finish(bool complete)
{
    finished_.push({items_.front().id, complete});
    items_.pop();
}

std::size_t play_queue::play_gap(item& i, std::span<sample> to) const
{
    const auto whole = samples_in(i.gap, rate_);
    if (whole <= i.gap_played) return 0;
    const auto n =
        static_cast<std::size_t>(std::min<std::uint64_t>(whole - i.gap_played, to.size()));
    i.gap_played += n;
    std::fill_n(to.begin(), n, sample{0});
    return n;
}

void play_queue::fill(std::span<sample> to)
{
    while (!items_.empty() && !to.empty())
    {
        item& i = items_.front();
        to = to.subspan(play_gap(i, to));
        if (to.empty()) return;
        to = to.subspan(std::min(i.sound->read(to), to.size()));
        if (i.sound->finished())
            finish(true);
        else
            break; // the frame is full, or the sound is late
    }
    std::fill(to.begin(), to.end(), sample{0});
}

} // namespace solosip::media
