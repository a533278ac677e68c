// What an account means for the wire: names, where they are registered, where requests go first.
#pragma once

#include "solosip/auth/digest.hpp"
#include "solosip/base/result.hpp"
#include "solosip/sip/uri.hpp"
#include "solosip/ua/engine.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace solosip::ua
{

/// A host, as a name or a literal without brackets, and a port (0: the default).
struct hop
{
    std::string host;
    std::uint16_t port = 0;

    friend bool operator==(const hop&, const hop&) = default;
};

/// The hop that a SIP URI names: `maddr` before host (RFC 3263 section 4).
hop hop_of(const sip::uri_view& uri);

/// An account that has been understood.
struct identity
{
    account given;
    std::string aor;           ///< "sip:me@example.com", no parameters
    std::string user;          ///< as written in the URI
    std::string domain;        ///< "example.com" or "example.com:5070"
    hop registrar;             ///< where REGISTER goes
    std::string registrar_uri; ///< its Request-URI (RFC 3261 section 10.2): the domain, no user
    std::optional<hop> proxy;  ///< where everything goes, if anywhere
    std::string proxy_route;   ///< "<sip:proxy;lr>", the preloaded Route (section 8.1.2)
    std::string from;          ///< "\"Name\" <sip:me@example.com>", without a tag
};

/// "urn:uuid:" and a UUID, or nothing.
bool is_instance(std::string_view text);
/// What the digest client needs of an account; `ha1` has been checked.
auth::credentials credentials_of(const account& a);

/// Errors: bad_uri, bad_header (CR, LF or NUL in any text), bad_config (expires out of range).
result<identity> understand(account a);

/// The Request-URI that a user's `to` means: a URI, user@host, or a user of `who`'s domain.
/// Error: bad_uri.
result<std::string> complete_target(std::string_view to, const identity* who);

/// Where a request for `uri` goes first, and whether that is a server of the account: its outbound
/// proxy, its registrar, or a host of the account's own domain.
struct route
{
    hop to;
    bool ours = false;
};
route route_for(const sip::uri_view& uri, const identity* who);

/// No CR, LF, NUL: fit for a header value.
bool is_clean(std::string_view text);
/// RFC 3261 section 25.1.
bool is_token(std::string_view text);
/// Names that are tokens and not among those that we write ourselves, and values that are clean.
bool are_clean(const std::vector<header>& headers);
/// What goes onto an INVITE. Errors: bad_header, bad_uri.
result<void> check_options(const call_options& options);

} // namespace solosip::ua
