// Session timers (RFC 4028): what a request asks for, what is granted, and when to act. Pure
// decisions; `call` sends what they ask for.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/base/time.hpp"
#include "solosip/sip/message.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace solosip::ua
{

/// RFC 4028 section 4: nobody may ask for less.
inline constexpr seconds least_session{90};
/// Asked for where somebody insists on a limit and our user has not named one (section 4).
inline constexpr seconds usual_session{1800};

/// What both sides hold: for how long without a refresh, and who refreshes.
struct session_terms
{
    seconds interval{0}; ///< 0: for ever
    bool we_refresh = false;

    bool limited() const { return interval > seconds(0); }
    /// Section 10: the refresher acts after half of it, and who hears nothing says goodbye a third
    /// of it, but no more than 32 s, before its end.
    duration refresh_after() const { return duration(interval) / 2; }
    duration give_up_after() const
    {
        return duration(interval) - std::min<duration>(seconds(32), duration(interval) / 3);
    }
    friend bool operator==(const session_terms&, const session_terms&) = default;
};

/// What goes into a 2xx.
struct session_grant
{
    session_terms terms;
    std::string value{};  ///< of Session-Expires; empty: none
    bool require = false; ///< "Require: timer" beside it
};

/// Section 9, as the callee: `ours` is what we want (0: nothing), `now` what is agreed already.
/// Error: too_many where it asks for less than we grant, which is answered 422.
result<session_grant> grant_session(const sip::message_view& request, seconds ours,
                                    const session_terms& now);

/// Section 7.2, as the caller: what the 2xx says.
session_terms read_grant(const sip::message_view& response);

/// What a 422 asks for; nothing where it is no more than `asked` or out of all reason.
std::optional<seconds> wanted_by(const sip::message_view& refusal, seconds asked);

} // namespace solosip::ua
