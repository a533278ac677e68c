#include "rtp/source_filter.hpp"

#include <algorithm>

namespace solosip::rtp
{

void source_filter::follow(const header& h, bool proven, time_point now)
{
    any_ = true;
    proven_ = proven;
    current_ = h.ssrc;
    next_sequence_ = static_cast<std::uint16_t>(h.sequence + 1);
    last_seen_ = now;
}

source_filter::verdict source_filter::on_packet(const header& h, time_point now)
{
    if (!any_)
    {
        // The first one is believed at once, so that nothing of it is lost.
        follow(h, false, now);
        return verdict::changed;
    }
    if (h.ssrc == current_)
    {
        follow(h, proven_ || h.sequence == next_sequence_, now);
        return verdict::current;
    }
    const bool speaks = proven_ && now - last_seen_ < silence;
    if (!followed(h, now) || speaks) return verdict::stranger;
    follow(h, true, now);
    return verdict::changed;
}

/// Whether `h` is the successor of a packet of the same SSRC; remembers it for the next one.
bool source_filter::followed(const header& h, time_point now)
{
    const auto known = std::find_if(candidates_.begin(), candidates_.end(),
                                    [&](const auto& c) { return c.used && c.ssrc == h.ssrc; });
    const bool in_sequence = known != candidates_.end() && known->next_sequence == h.sequence;
    const auto place =
        known != candidates_.end()
            ? known
            : std::min_element(candidates_.begin(), candidates_.end(),
                               [](const auto& a, const auto& b)
                               { return a.used != b.used ? !a.used : a.last_seen < b.last_seen; });
    *place = {true, h.ssrc, static_cast<std::uint16_t>(h.sequence + 1), now};
    return in_sequence;
}

} // namespace solosip::rtp
