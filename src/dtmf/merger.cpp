#include "dtmf/merger.hpp"

namespace solosip::dtmf
{

bool merger::is_new(char key, unsigned method, milliseconds length, time_point now)
{
    const auto bit = static_cast<std::uint8_t>(1u << (method & 7));
    // Told at its end (RFC 4733 section 2.5.1.4), a long press may have been told by another method
    // when it began.
    const time_point begin = now - length;
    // From the oldest on, so that two presses of one key meet their like.
    for (std::size_t i = 0; i < reports_.size(); ++i)
    {
        report& r = reports_[(next_ + i) % reports_.size()];
        if (r.key != key || begin - r.at > together || (r.told_by & bit) != 0) continue;
        r.told_by |= bit;
        return false;
    }
    reports_[next_] = {key, bit, now};
    next_ = (next_ + 1) % reports_.size();
    return true;
}

} // namespace solosip::dtmf
