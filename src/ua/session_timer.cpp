#include "ua/session_timer.hpp"

#include "solosip/sip/header_values.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

using side = sip::session_expires::side;

// Longer than a day nobody is to be made to wait for the end of a dead call.
constexpr seconds longest_session{86'400};

std::optional<sip::session_expires> session_expires_of(const sip::message_view& m)
{
    const auto value = m.first(sip::header_id::session_expires);
    if (!value) return std::nullopt;
    const auto parsed = sip::parse_session_expires(*value);
    if (!parsed) return std::nullopt;
    return *parsed;
}

seconds least_of(const sip::message_view& m)
{
    const auto value = m.number(sip::header_id::min_se);
    return value ? std::min(seconds(*value), longest_session) : seconds(0);
}

} // namespace

result<session_grant> grant_session(const sip::message_view& request, seconds ours,
                                    const session_terms& now)
{
    if (ours == seconds(0)) return session_grant{};
    const bool knows = request.list_has(sip::header_id::supported, "timer") ||
                       request.list_has(sip::header_id::require, "timer");
    const auto wanted = session_expires_of(request);
    if (!wanted && !knows) return session_grant{};
    if (wanted && knows && seconds(wanted->seconds) < least_session) return errc::too_many;

    session_grant g;
    g.terms.interval = std::max({ours, least_of(request), least_session});
    if (wanted)
        g.terms.interval =
            std::min(g.terms.interval, std::max(seconds(wanted->seconds), least_session));
    // Table 2: as they say; else as it was; else they, who can do it.
    bool by_uac = knows;
    if (wanted && wanted->refresher != side::unspecified)
        by_uac = knows && wanted->refresher == side::uac;
    else if (now.limited())
        by_uac = knows && !now.we_refresh;
    g.terms.we_refresh = !by_uac;
    g.value =
        std::to_string(g.terms.interval.count()) + (by_uac ? ";refresher=uac" : ";refresher=uas");
    g.require = by_uac;
    return g;
}

session_terms read_grant(const sip::message_view& response)
{
    const auto given = session_expires_of(response);
    if (!given) return {};
    // Somebody has to: where it does not say who, we do.
    return {std::clamp(seconds(given->seconds), least_session, longest_session),
            given->refresher != side::uas};
}

std::optional<seconds> wanted_by(const sip::message_view& refusal, seconds asked)
{
    const auto value = refusal.number(sip::header_id::min_se);
    if (refusal.status() != 422 || !value) return std::nullopt;
    const seconds wanted(*value);
    if (wanted <= asked || wanted > longest_session) return std::nullopt;
    return wanted;
}

} // namespace solosip::ua
