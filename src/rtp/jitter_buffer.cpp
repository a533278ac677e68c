#include "rtp/jitter_buffer.hpp"

#include "rtp/reception.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace solosip::rtp
{

void jitter_buffer::reset(std::uint32_t clock_rate)
{
    if (!slots_)
    {
        // Not set to zero: what no packet has filled need not be touched.
        slots_ = std::make_unique_for_overwrite<slot[]>(limits::jitter_packets);
        std::iota(order_.begin(), order_.end(), std::uint8_t{0});
    }
    clock_rate_ = clock_rate;
    ceiling_ticks_ = to_ticks(ceiling, clock_rate);
    begun_ = false;
    size_ = 0;
    last_length_ = 0;
    late_since_.reset();
    stray_before_ = false;
    network_.reset(clock_rate);
    actual_ = delay;
}

void jitter_buffer::release()
{
    slots_.reset();
    begun_ = false;
    size_ = 0;
}

void jitter_buffer::begin(std::uint32_t timestamp)
{
    begun_ = true;
    size_ = 0;
    // How long the way was on another time line says nothing about this one. What is late asks for
    // more delay than its jitter does, so what was wanted before counts.
    network_.restart(late_since_ ? wanted_in_time_ : network_.wanted());
    clock_ = timestamp - static_cast<std::uint32_t>(to_ticks(network_.wanted(), clock_rate_));
    late_since_.reset();
    stray_before_ = false;
}

/// Whether a packet may be stored; if not, `why`. It may be time to lay the time line anew: then
/// `begun_` is false afterwards.
bool jitter_buffer::on_time_line(std::int32_t ahead, time_point now, duration owed, verdict& why)
{
    const auto second = static_cast<std::int32_t>(clock_rate_);
    const bool early = ahead > ceiling_ticks_ + to_ticks(owed, clock_rate_);
    // What has not quite passed is worth having: the rest of it can be played.
    const bool late = ahead < 0 && ahead <= -static_cast<std::int32_t>(last_length_);
    if (!early && !late)
    {
        late_since_.reset();
        stray_before_ = false;
        return true;
    }
    if (early || ahead < -second)
    {
        // A jump of the sender's timestamps, or a stray: the second one in a row decides.
        why = verdict::stray;
        if (stray_before_) begun_ = false;
        stray_before_ = true;
        return false;
    }
    // The network has become slower, or the sender has paused its clock. A burst that was held up
    // comes at once and is not worth a longer delay, so it is time that decides and not the number.
    why = verdict::late;
    if (!late_since_)
    {
        late_since_ = now;
        wanted_in_time_ = network_.wanted();
    }
    if (now - *late_since_ >= patience) begun_ = false;
    return false;
}

jitter_buffer::verdict jitter_buffer::insert(const packet& p, time_point now, duration owed,
                                             duration next_tick)
{
    assert(slots_);
    if (!begun_) begin(p.timestamp);
    verdict why{};
    const auto ahead = static_cast<std::int32_t>(p.timestamp - clock_);
    if (!on_time_line(ahead, now, owed, why))
    {
        // What is off the time line says nothing about the network.
        if (begun_ && why == verdict::late) network_.on_packet(p.timestamp, now);
        if (begun_) return why;
        begin(p.timestamp);
    }
    const duration longer = network_.on_packet(p.timestamp, now);
    const auto until = static_cast<std::int32_t>(p.timestamp - clock_);
    // What would wait for longer is a stray.
    actual_ = std::min(from_ticks(until, clock_rate_) - owed + next_tick + longer, ceiling);
    return store(p);
}

jitter_buffer::verdict jitter_buffer::store(const packet& p)
{
    if (size_ == order_.size() || p.payload.size() > slots_[0].payload.size()) return verdict::full;
    std::size_t place = size_;
    while (place > 0)
    {
        const std::uint32_t before = slots_[order_[place - 1]].timestamp;
        if (before == p.timestamp) return verdict::duplicate;
        if (static_cast<std::int32_t>(p.timestamp - before) > 0) break;
        --place;
    }
    slot& s = slots_[order_[size_]];
    s.timestamp = p.timestamp;
    s.bytes = static_cast<std::uint16_t>(p.payload.size());
    s.payload_type = p.payload_type;
    std::copy(p.payload.begin(), p.payload.end(), s.payload.begin());
    const auto begin = order_.begin();
    if (place < size_) // overtaken
        std::rotate(begin + static_cast<std::ptrdiff_t>(place),
                    begin + static_cast<std::ptrdiff_t>(size_),
                    begin + static_cast<std::ptrdiff_t>(size_ + 1));
    ++size_;
    return verdict::stored;
}

std::optional<jitter_buffer::waiting> jitter_buffer::front() const
{
    if (size_ == 0) return std::nullopt;
    const slot& s = slots_[order_[0]];
    return waiting{static_cast<std::int32_t>(s.timestamp - clock_), s.payload_type,
                   std::span(s.payload).first(s.bytes)};
}

void jitter_buffer::pop(std::uint32_t ticks)
{
    assert(size_ > 0);
    const std::uint32_t behind = slots_[order_[0]].timestamp + ticks;
    if (static_cast<std::int32_t>(behind - clock_) > 0) clock_ = behind;
    if (ticks > 0) last_length_ = ticks;
    --size_;
    if (size_ > 0)
        std::rotate(order_.begin(), order_.begin() + 1,
                    order_.begin() + static_cast<std::ptrdiff_t>(size_ + 1));
}

} // namespace solosip::rtp
