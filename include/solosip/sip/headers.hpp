// The structured header values, each with its parser; everything is a view into the message.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/result.hpp"
#include "solosip/sip/names.hpp"
#include "solosip/sip/parameters.hpp"
#include "solosip/sip/uri.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace solosip::sip
{

/// From, To, Contact, Route, Record-Route, Refer-To...: `name-addr` or `addr-spec` with parameters
/// (RFC 3261 section 20.10). Without angle brackets the parameters belong to the header.
struct name_addr
{
    std::string_view display_name; ///< as written, quotes included; `unquote` it for people
    uri_view uri;
    parameters params; ///< ";tag=..."
    bool star = false; ///< "Contact: *"

    /// Empty where there is none.
    std::string_view tag() const { return params.find("tag").value_or(std::string_view{}); }
};
result<name_addr> parse_name_addr(std::string_view value);

/// RFC 3261 section 20.42.
struct via
{
    std::string_view transport; ///< "UDP", as written
    std::string_view host;      ///< sent-by, IPv6 in brackets
    std::uint16_t port = 0;     ///< 0 where absent
    parameters params;

    std::string_view branch() const { return params.find("branch").value_or(std::string_view{}); }
    /// The branch begins with the magic cookie, "z9hG4bK" (RFC 3261 section 8.1.1.7).
    bool has_cookie() const;
};
result<via> parse_via(std::string_view value);

/// RFC 3261 section 20.16. `number` is below 2^31 in a valid message (section 8.1.1.5).
struct cseq
{
    std::uint32_t number = 0;
    sip::method method = sip::method::unknown;
    std::string_view method_text;
};
result<cseq> parse_cseq(std::string_view value);

/// A WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization value:
/// the scheme, then "name=value" separated by commas. `params` values are as written, quotes
/// included.
struct auth_params
{
    std::string_view scheme; ///< "Digest", as written
    parameters params;

    /// Without quotes and escapes; nothing where absent.
    std::optional<std::string> text(std::string_view name) const;
    bool is_digest() const;
};
result<auth_params> parse_auth(std::string_view value);

/// "application/sdp;charset=utf-8"
struct media_type
{
    std::string_view type;
    std::string_view subtype;
    parameters params;

    /// Case-insensitive.
    bool is(std::string_view type_name, std::string_view subtype_name) const;
};
result<media_type> parse_media_type(std::string_view value);

/// `delta-seconds` and other bare numbers: digits only, at most 2^32-1 (larger values are capped
/// there, RFC 3261 section 20.19), optional parameters after ";" are ignored.
result<std::uint32_t> parse_number(std::string_view value);

/// Case-insensitive equality of ASCII text.
bool iequals(std::string_view a, std::string_view b) noexcept;

} // namespace solosip::sip
