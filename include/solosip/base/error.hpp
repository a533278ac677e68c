// What can go wrong, as one list: the parser's complaints, the agent's failures and the user's
// slips.
#pragma once

#include <string>
#include <system_error>

namespace solosip
{

/// Every error of the library, of `std::error_code` category "solosip".
/// Compare with `errc` for one cause, with `condition` for what to do about it.
enum class errc
{
    // How a call or a registration ended.
    auth_rejected = 1, ///< the credentials were refused (RFC 3261 section 22)
    forbidden,         ///< 403
    not_found,         ///< 404, 410, 604: no such user
    busy,              ///< 486, 600
    declined,          ///< 603
    no_answer,         ///< nobody answered in time: 408, 480 or our own limit
    redirected,        ///< 3xx
    cancelled,         ///< we gave up before the answer, or the caller did
    rejected,          ///< any other 4xx or 6xx; the status tells which
    server_failure,    ///< any other 5xx
    unreachable,       ///< the network refused to carry the message
    timed_out,         ///< no answer at all within 64*T1 (RFC 3261 section 17.1)
    media_timeout,     ///< nothing was heard of the other side for too long
    dns_failed,        ///< the host name has no address
    transferred,       ///< it goes on as another call
    no_common_codec,   ///< 488, or nothing in the offer that we can do
    srtp_required,     ///< we want SRTP, and the other side does not do it, or not so
    duration_limit,    ///< the call lasted as long as we let calls last
                       // Operations that the present state does not allow.
    not_registered,
    call_in_progress,
    call_ended,
    no_such_call,
    shut_down,
    // What the user passed in.
    bad_uri,
    bad_header, ///< a header value holds CR, LF or NUL, or its name is no token
    bad_digit,  ///< not one of 0-9 * # A-D ! (flash), or not one that the other side takes
    bad_config,
    no_such_file,
    unsupported_audio_file,
    address_in_use,
    write_failed, ///< a recording could not go on: the disk is full, or gone
                  // What the wire said.
    bad_start_line,
    bad_syntax,
    bad_number,
    missing_header,
    truncated,
    too_large, ///< a size limit of base/limits.hpp
    too_many,  ///< a count limit of base/limits.hpp
    no_space,  ///< the caller's buffer is too small
    bad_packet,
};

/// What to do about an error: `if (ec == condition::retryable) ...`.
enum class condition
{
    retryable = 1, ///< the same again may work later
    permanent,     ///< the same again fails again
    peer_refused,  ///< the other side understood and said no
    local_misuse,  ///< the program asked for something impossible
};

const std::error_category& solosip_category() noexcept;
const std::error_category& condition_category() noexcept;

std::error_code make_error_code(errc e) noexcept;
std::error_condition make_error_condition(condition c) noexcept;

/// One lower-case sentence without a full stop, e.g. "the other side is busy".
const char* describe(errc e) noexcept;

} // namespace solosip

template <>
struct std::is_error_code_enum<solosip::errc> : std::true_type
{
};
template <>
struct std::is_error_condition_enum<solosip::condition> : std::true_type
{
};
