#include "dtmf/sender.hpp"

#include <algorithm>

namespace solosip::dtmf
{

void sender::configure(std::uint32_t clock_rate, std::uint32_t ticks_per_packet)
{
    clock_rate_ = clock_rate;
    ticks_per_packet_ = ticks_per_packet;
}

result<void> sender::queue(std::uint32_t id, std::string_view keys, milliseconds length,
                           milliseconds gap)
{
    if (keys.empty()) return errc::bad_digit;
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (!code_of(keys[i])) return error{errc::bad_digit, static_cast<std::uint32_t>(i)};
    if (items_.full() || keys.size() > limits::digits_to_send - codes_.size())
        return errc::too_many;
    for (char key : keys)
        codes_.push(*code_of(key));
    items_.push({id, keys.size(), std::max(length, shortest), std::max(gap, shortest)});
    return {};
}

void sender::press(std::uint32_t timestamp)
{
    const auto ticks = [this](milliseconds t)
    {
        // A key that is held longer than the duration field can say would need segments (2.5.1.3);
        // nobody presses that long.
        const auto most = 0xFFFF - ticks_per_packet_;
        const auto wanted = t.count() * clock_rate_ / 1000;
        return static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, most));
    };
    item& i = items_.front();
    code_ = *codes_.take();
    --i.keys;
    length_ = ticks(i.length);
    gap_ = ticks(i.gap);
    begin_ = timestamp;
    state_ = state::down;
}

sender::packet sender::update(std::uint32_t timestamp)
{
    packet p{};
    p.marker = timestamp == begin_;
    p.timestamp = begin_;
    if (state_ == state::down)
    {
        const std::uint32_t down_for = timestamp - begin_ + ticks_per_packet_;
        duration_ = static_cast<std::uint16_t>(std::min(down_for, length_ + ticks_per_packet_ - 1));
        if (down_for >= length_)
        {
            state_ = state::ended;
            ends_left_ = end_packets;
            end_ = begin_ + duration_;
        }
    }
    telephone_event e;
    e.code = code_;
    e.end = state_ == state::ended;
    e.duration = duration_;
    p.payload = print_event(e);
    if (state_ == state::ended && --ends_left_ == 0)
    {
        state_ = state::gap;
        if (items_.front().keys == 0)
        {
            p.finished = items_.front().id;
            items_.pop();
        }
    }
    return p;
}

std::optional<sender::packet> sender::next(std::uint32_t timestamp)
{
    if (state_ == state::gap && static_cast<std::int32_t>(timestamp - end_ - gap_) >= 0)
        state_ = state::idle;
    if (state_ == state::idle && !items_.empty()) press(timestamp);
    if (state_ != state::down && state_ != state::ended) return std::nullopt;
    return update(timestamp);
}

std::optional<sender::rest> sender::abandon()
{
    if (items_.empty()) return std::nullopt;
    const item first = items_.front();
    rest left{first.id, {}};
    for (std::size_t i = 0; i < first.keys; ++i)
        left.keys += key_of(*codes_.take()).value_or('?');
    items_.pop();
    state_ = state::idle;
    return left;
}

} // namespace solosip::dtmf
