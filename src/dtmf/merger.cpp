#include "dtmf/merger.hpp"

namespace solosip::dtmf
{

bool merger::is_new(char key, unsigned method, time_point now)
{
    const auto bit = static_cast<std::uint8_t>(1u << (method & 7));
    // From the oldest on, so that two presses of one key meet their like.
    for (std::size_t i = 0; i < reports_.size(); ++i)
    {
        report& r = reports_[(next_ + i) % reports_.size()];
        if (r.key != key || now - r.at > together || (r.told_by & bit) != 0) continue;
        r.told_by |= bit;
        return false;
    }
    reports_[next_] = {key, bit, now};
    next_ = (next_ + 1) % reports_.size();
    return true;
}

} // namespace solosip::dtmf
