#include "rtp/source_filter.hpp"

#include <algorithm>

namespace solosip::rtp
{

namespace
{

/// Packets that may be missing between two of a sender that proves itself.
constexpr std::uint16_t may_be_lost = 3;

bool follows(std::uint16_t sequence, std::uint16_t expected)
{
    return static_cast<std::uint16_t>(sequence - expected) <= may_be_lost;
}

} // namespace

void source_filter::follow(const header& h, const endpoint& from, bool proven, time_point now)
{
    any_ = true;
    ++moves_;
    proven_ = proven;
    current_ = h.ssrc;
    address_ = from;
    next_sequence_ = static_cast<std::uint16_t>(h.sequence + 1);
    last_seen_ = now;
}

source_filter::verdict source_filter::on_packet(const header& h, const endpoint& from,
                                                time_point now)
{
    if (!any_)
    {
        // The first one is believed at once, so that nothing of it is lost.
        follow(h, from, is_announced(from), now);
        return verdict::changed;
    }
    if (h.ssrc == current_ && from == address_)
    {
        proven_ = proven_ || follows(h.sequence, next_sequence_);
        next_sequence_ = static_cast<std::uint16_t>(h.sequence + 1);
        last_seen_ = now;
        return verdict::current;
    }
    candidate& c = note(h, from, now);
    if (!takes_over(c, now)) return verdict::stranger;
    const bool moved = h.ssrc == current_; // the same stream by another way
    follow(h, from, true, now);
    c.used = false;
    return moved ? verdict::current : verdict::changed;
}

/// Counts how many packets of this sender came in sequence.
source_filter::candidate& source_filter::note(const header& h, const endpoint& from, time_point now)
{
    const auto known =
        std::find_if(candidates_.begin(), candidates_.end(),
                     [&](const auto& c) { return c.used && c.ssrc == h.ssrc && c.from == from; });
    const bool next = known != candidates_.end() && known->next_sequence == h.sequence;
    const auto place =
        known != candidates_.end()
            ? known
            : std::min_element(candidates_.begin(), candidates_.end(),
                               [](const auto& a, const auto& b)
                               { return a.used != b.used ? !a.used : a.last_seen < b.last_seen; });
    const auto count = next ? std::min<std::uint8_t>(known->in_sequence, long_probation) : 0;
    *place = {true,
              static_cast<std::uint8_t>(count + 1),
              static_cast<std::uint16_t>(h.sequence + 1),
              h.ssrc,
              from,
              now};
    return *place;
}

bool source_filter::takes_over(const candidate& c, time_point now) const
{
    const bool expected = is_announced(c.from);
    if (expected && !is_announced(address_)) return true;
    if (c.in_sequence < probation) return false;
    if (!proven_) return true;
    const duration silent = now - last_seen_;
    if (expected || c.from == address_) return silent >= silence;
    return silent >= long_silence && c.in_sequence >= long_probation;
}

} // namespace solosip::rtp
