// Header values beyond those that every message has; each a view, like the structures of
// headers.hpp.
//
// What needs no structure of its own: Min-SE, Min-Expires, RSeq, Flow-Timer are `parse_number`;
// Refer-To, Refer-Events-At, Referred-By, Reply-To, Path, Service-Route, P-Asserted-Identity,
// P-Preferred-Identity, P-Associated-URI, P-Called-Party-ID, History-Info, Alert-Info, Call-Info
// and Error-Info are `parse_name_addr`; Proxy-Authenticate and its kin `parse_auth`; Accept is
// `parse_media_type`.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sip/headers.hpp"
#include "solosip/sip/names.hpp"
#include "solosip/sip/parameters.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace solosip::sip
{

/// A token with parameters: Event, Subscription-State, Reason, Content-Disposition, Info-Package,
/// Recv-Info, Answer-Mode, Priv-Answer-Mode, Accept-Encoding, Accept-Language, Accept-Contact,
/// Reject-Contact, Request-Disposition, P-Access-Network-Info, SIP-ETag, Refer-Sub...
struct token_value
{
    std::string_view token;
    parameters params;

    /// Case-insensitive.
    bool is(std::string_view name) const { return iequals(token, name); }
};
result<token_value> parse_token_value(std::string_view value);

/// RFC 4028 section 4.
struct session_expires
{
    enum class side : std::uint8_t
    {
        unspecified,
        uac,
        uas,
    };
    std::uint32_t seconds = 0;
    side refresher = side::unspecified;
};
result<session_expires> parse_session_expires(std::string_view value);

/// RFC 3262 section 7.2.
struct rack
{
    std::uint32_t response_number = 0;
    sip::cseq cseq;
};
result<rack> parse_rack(std::string_view value);

/// Replaces (RFC 3891 section 6.1), and Target-Dialog (RFC 4538), whose local-tag is `to_tag` here
/// and whose remote-tag is `from_tag`: the dialog as the receiver knows it.
struct dialog_reference
{
    std::string_view call_id;
    std::string_view to_tag;
    std::string_view from_tag;
    bool early_only = false;
};
result<dialog_reference> parse_replaces(std::string_view value);
result<dialog_reference> parse_target_dialog(std::string_view value);

/// RFC 3261 section 20.33.
struct retry_after
{
    std::uint32_t seconds = 0;
    std::string_view comment; ///< without its outer parentheses
    std::optional<std::uint32_t> duration;
};
result<retry_after> parse_retry_after(std::string_view value);

/// RFC 3261 section 20.43.
struct warning
{
    std::uint16_t code = 0; ///< 100-999
    std::string_view agent;
    std::string_view text; ///< with its quotes
};
result<warning> parse_warning(std::string_view value);

/// RFC 3261 section 20.38: seconds and their fractions as written.
struct timestamp
{
    std::string_view time;
    std::string_view delay; ///< empty where absent
};
result<timestamp> parse_timestamp(std::string_view value);

/// RFC 3261 section 20.17, "Sat, 13 Nov 2010 23:29:00 GMT": seconds since 1970-01-01 00:00 UTC.
/// The name of the day is not compared with the date. Other zones are `errc::bad_syntax`.
result<std::int64_t> parse_date(std::string_view value);

/// Authentication-Info (RFC 3261 section 20.6), and P-Charging-Vector (RFC 7315 section 5.6) with
/// `separator` ';': parameters without anything before them.
result<parameters> parse_parameter_list(std::string_view value, char separator = ',');

} // namespace solosip::sip
