// SIP, SIPS and tel URIs (RFC 3261 section 19.1, RFC 3966), as views.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sip/parameters.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace solosip::sip
{

enum class uri_scheme : std::uint8_t
{
    sip,
    sips,
    tel,
    other, // parsed as scheme and opaque text only
};

/// A URI taken apart; every part looks into the text that was parsed and is as written there,
/// escapes included.
struct uri_view
{
    uri_scheme scheme = uri_scheme::other;
    std::string_view scheme_text; ///< "sip"
    std::string_view user;        ///< empty where absent; the number of a tel URI
    std::string_view password;    ///< empty where absent
    std::string_view host;        ///< IPv6 with its brackets; empty for tel
    std::uint16_t port = 0;       ///< 0 where absent
    parameters params;            ///< ";transport=tcp;lr"
    std::string_view headers;     ///< after "?", without it
    std::string_view opaque;      ///< what follows "scheme:" where the scheme is `other`
    std::string_view text;        ///< the whole

    bool is_sip() const { return scheme == uri_scheme::sip || scheme == uri_scheme::sips; }
};

/// The whole of `text` must be one URI. Errors: `errc::bad_uri` with the offset.
result<uri_view> parse_uri(std::string_view text);

/// RFC 3261 section 19.1.4: not the same as equal text.
bool equivalent(const uri_view& a, const uri_view& b);

/// With %HH decoded; for people and comparisons, never for the wire.
std::string unescape(std::string_view text);
/// With everything escaped that may not stand in the user part (RFC 3261 section 25.1, `user`).
std::string escape_user(std::string_view text);

} // namespace solosip::sip
