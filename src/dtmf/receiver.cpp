#include "dtmf/receiver.hpp"

#include "solosip/base/timer_table.hpp"

#include <algorithm>

namespace solosip::dtmf
{

namespace
{

/// Length of a segment of a long press (RFC 4733 section 2.5.1.3), ticks.
constexpr std::int32_t segment_ticks = 0xFFFF;
/// Segments that may be lost in between: a minute at 8 kHz.
constexpr std::int32_t segments_apart = 8;

bool whole_segments(std::int32_t ticks)
{
    return ticks > 0 && ticks % segment_ticks == 0 && ticks / segment_ticks <= segments_apart;
}

} // namespace

bool receiver::same_press(const entry& e, const rtp::packet& p, std::uint8_t code) const
{
    if (!e.used || e.ssrc != p.ssrc || e.code != code) return false;
    const auto after = static_cast<std::int32_t>(p.timestamp - e.begin);
    if (after == 0) return true;
    // Another timestamp, and yet no other press: a later segment of a long one, or an earlier one
    // that comes late, or a sender that moves the timestamp with each packet. A marker says that
    // a press begins; and a key cannot go down while it is down.
    if (after < 0) return !e.marked && whole_segments(-after);
    if (p.marker) return false;
    if (after < static_cast<std::int32_t>(e.length)) return true;
    if (e.ended) return false;
    const auto packet_time = static_cast<std::int32_t>(e.clock_rate / 50);
    return after <= static_cast<std::int32_t>(e.length) + packet_time || whole_segments(after);
}

/// The packet that begins a press, once more and long after its end.
bool receiver::is_replay(const entry& e, const rtp::packet& p, const telephone_event& event,
                         time_point now) const
{
    return e.reported && e.ended && e.marked && p.marker && !event.end && p.timestamp == e.begin &&
           now - e.last_seen >= replay_after;
}

receiver::entry* receiver::find(const rtp::packet& p, std::uint8_t code)
{
    // Two presses may claim a packet where one was a segment; the exact one is right.
    entry* found = nullptr;
    for (entry& e : entries_)
        if (same_press(e, p, code))
        {
            found = &e;
            if (e.begin == p.timestamp) break;
        }
    return found;
}

receiver::entry& receiver::add(const rtp::packet& p, std::uint8_t code, bool trusted,
                               time_point now)
{
    entry& e = *std::min_element(entries_.begin(), entries_.end(),
                                 [](const entry& a, const entry& b) {
                                     return a.used != b.used ? !a.used : a.last_seen < b.last_seen;
                                 });
    if (e.used && e.trusted && !e.reported) report(e);
    e = {};
    e.used = true;
    e.trusted = trusted || std::any_of(entries_.begin(), entries_.end(),
                                       [&](const entry& other)
                                       { return other.trusted && other.ssrc == p.ssrc; });
    e.code = code;
    e.ssrc = p.ssrc;
    e.begin = p.timestamp;
    e.clock_rate = clock_rate_;
    e.last_seen = now;
    return e;
}

bool receiver::receive(const rtp::packet& p, bool trusted, time_point now)
{
    handle_timeout(now);
    const auto event = parse_event(p.payload);
    if (!event) return false;
    if (!key_of(event->code)) return true;

    entry* known = find(p, event->code);
    if (known && is_replay(*known, p, *event, now))
    {
        known->used = false;
        known = nullptr;
    }
    entry& e = known ? *known : add(p, event->code, trusted, now);

    if (static_cast<std::int32_t>(p.timestamp - e.begin) < 0)
    {
        e.length += e.begin - p.timestamp;
        e.begin = p.timestamp;
    }
    e.length = std::max(e.length, p.timestamp - e.begin + event->duration);
    e.ended |= event->end;
    e.marked |= p.marker;
    e.last_seen = now;
    check_at_ = std::min(check_at_, now + silence);
    const bool believed = e.trusted;
    if (!believed && (trusted || known || heard_before(e))) believe(p.ssrc);
    if (!e.trusted || e.reported) return true;
    if (!known || !believed) supersede(e);
    report_ended(p.ssrc);
    return true;
}

bool receiver::heard_before(const entry& fresh) const
{
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const entry& other)
                       { return &other != &fresh && other.used && other.ssrc == fresh.ssrc; });
}

/// One key after the other: of two presses of one sender that are both open, the earlier is over.
void receiver::supersede(entry& fresh)
{
    for (entry& other : entries_)
    {
        if (&other == &fresh || !other.used || other.reported || other.ssrc != fresh.ssrc) continue;
        const bool earlier = static_cast<std::int32_t>(other.begin - fresh.begin) < 0;
        if (earlier)
            report(other);
        else if (!fresh.reported)
            report(fresh);
    }
}

void receiver::trust(std::uint32_t ssrc, time_point now)
{
    believe(ssrc);
    report_ended(ssrc);
    handle_timeout(now);
}

void receiver::believe(std::uint32_t ssrc)
{
    for (entry& e : entries_)
        if (e.used && e.ssrc == ssrc) e.trusted = true;
    check_at_ = time_point::min();
}

void receiver::report_ended(std::uint32_t ssrc)
{
    for (entry& e : entries_)
        if (e.used && e.trusted && e.ended && !e.reported && e.ssrc == ssrc) report(e);
}

void receiver::report(entry& e)
{
    e.reported = true;
    const auto length = milliseconds(std::uint64_t{e.length} * 1000 / e.clock_rate);
    // A full queue means that nobody listens; RFC 4733 keeps no digit for later either.
    presses_.push({*key_of(e.code), length});
}

std::optional<time_point> receiver::next_timeout() const
{
    std::optional<time_point> next;
    for (const entry& e : entries_)
        if (e.used && e.trusted && !e.reported) next = earlier(next, e.last_seen + silence);
    return next;
}

void receiver::handle_timeout(time_point now)
{
    if (now < check_at_) return; // nearly always: this is called in each tick
    check_at_ = time_point::max();
    for (entry& e : entries_)
    {
        if (e.used && e.trusted && !e.reported && now - e.last_seen >= silence) report(e);
        if (e.used && now - e.last_seen >= memory) e.used = false;
        if (!e.used) continue;
        const bool waits = e.trusted && !e.reported;
        check_at_ = std::min(check_at_, e.last_seen + (waits ? silence : memory));
    }
}

void receiver::finish()
{
    for (entry& e : entries_)
        if (e.used && e.trusted && !e.reported) report(e);
}

} // namespace solosip::dtmf
