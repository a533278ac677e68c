// Key presses in INFO bodies: application/dtmf-relay and application/dtmf.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/base/time.hpp"

#include <string>
#include <string_view>

namespace solosip::dtmf
{

/// The keys of RFC 4733 table 3: 0-9 * # A-D (events 0-15), and ! for the hook flash (16).
bool is_key(char c);

struct info_digit
{
    char key;
    milliseconds length{0}; ///< 0 where the body does not say
};

/// `subtype` "dtmf-relay": "Signal=5" and "Duration=160" on lines (also 10 and 11 for * and #);
/// "dtmf": a bare key, or "d=5" with "dt=160". Spaces and line ends of any kind.
/// "telephone-event": either of these, or RFC 4733's four octets, of which those with the end bit
/// are a press; the others are no press yet.
/// Errors: bad_digit, bad_syntax; cancelled for what is no press yet.
result<info_digit> parse_info(std::string_view subtype, std::string_view body);

/// The body of an application/dtmf-relay INFO.
std::string make_dtmf_relay(char key, milliseconds length);

} // namespace solosip::dtmf
