#include "ua/identity.hpp"

#include "solosip/base/endpoint.hpp"
#include "solosip/sip/headers.hpp"
#include "solosip/sip/names.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

// "host", "host:port" or a URI, all as a URI.
std::string as_uri(std::string_view text)
{
    const bool has_scheme = text.starts_with("sip:") || text.starts_with("sips:");
    return has_scheme ? std::string(text) : "sip:" + std::string(text);
}

result<hop> read_hop(const std::string& uri_text)
{
    const auto uri = sip::parse_uri(uri_text);
    if (!uri || !uri->is_sip() || uri->host.empty()) return errc::bad_uri;
    return hop_of(*uri);
}

// A second one of these would make the message mean something else.
bool is_ours_to_write(std::string_view name)
{
    using enum sip::header_id;
    switch (sip::header_id_from(name))
    {
    case via:
    case from:
    case to:
    case call_id:
    case cseq:
    case max_forwards:
    case content_length:
    case content_type:
    case route:
    case record_route:
    case authorization:
    case proxy_authorization: return true;
    default: return false;
    }
}

} // namespace

bool is_token(std::string_view text)
{
    const auto allowed = [](char c)
    {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

bool is_clean(std::string_view text)
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

bool are_clean(const std::vector<header>& headers)
{
    return std::all_of(headers.begin(), headers.end(),
                       [](const header& h) {
                           return is_token(h.name) && !is_ours_to_write(h.name) &&
                                  is_clean(h.value);
                       });
}

result<void> check_options(const call_options& options)
{
    const bool clean = is_clean(options.subject) && is_clean(options.display_name) &&
                       is_clean(options.from) && are_clean(options.headers);
    if (!clean) return errc::bad_header;
    if (!options.from.empty() && !sip::parse_uri(options.from)) return errc::bad_uri;
    return {};
}

namespace
{

struct given_ha1
{
    auth::algorithm by;
    std::string_view hex;
};

// "[ALGORITHM:]HEX".
std::optional<given_ha1> read_ha1(std::string_view text)
{
    given_ha1 given{auth::algorithm::md5, text};
    const auto colon = text.find(':');
    if (colon != text.npos)
    {
        const auto named = auth::algorithm_from(text.substr(0, colon));
        if (!named) return std::nullopt;
        given = {*named, text.substr(colon + 1)};
    }
    else if (text.size() == 64)
        given.by = auth::algorithm::sha256;
    const bool is_md5 = given.by == auth::algorithm::md5;
    const bool is_sha =
        given.by == auth::algorithm::sha256 || given.by == auth::algorithm::sha512_256;
    const bool good = (is_md5 && given.hex.size() == 32) || (is_sha && given.hex.size() == 64);
    if (!good || given.hex.find_first_not_of("0123456789abcdefABCDEF") != given.hex.npos)
        return std::nullopt;
    return given;
}

} // namespace

bool is_instance(std::string_view text)
{
    constexpr std::string_view pattern = "urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.empty()) return true;
    if (text.size() != pattern.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const bool hex = std::string_view("0123456789abcdefABCDEF").find(text[i]) != text.npos;
        if (pattern[i] == 'x' ? !hex : text[i] != pattern[i]) return false;
    }
    return true;
}

auth::credentials credentials_of(const account& a)
{
    auth::credentials c{a.login, a.password, a.realm};
    if (const auto given = a.ha1.empty() ? std::nullopt : read_ha1(a.ha1))
    {
        c.ha1_by = given->by;
        for (const char digit : given->hex) // hex is written small (RFC 7616 section 3.1)
            c.ha1 += digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
    }
    return c;
}

hop hop_of(const sip::uri_view& uri)
{
    std::string_view host = uri.params.find("maddr").value_or(std::string_view{});
    if (host.empty()) host = uri.host;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {std::string(host), uri.port};
}

result<identity> understand(account a)
{
    for (const std::string* text : {&a.uri, &a.registrar, &a.login, &a.password, &a.display_name,
                                    &a.outbound_proxy, &a.realm})
        if (!is_clean(*text)) return errc::bad_header;
    if (!are_clean(a.headers)) return errc::bad_header;
    // It holds for one realm only, so that has to be known.
    if (!a.ha1.empty() && (a.realm.empty() || !read_ha1(a.ha1))) return errc::bad_config;
    if (a.expires < seconds(60) || a.expires > seconds(86'400)) return errc::bad_config;

    const std::string written = as_uri(a.uri);
    const auto uri = sip::parse_uri(written);
    if (!uri || uri->scheme != sip::uri_scheme::sip || uri->user.empty()) return errc::bad_uri;

    identity who;
    who.user = uri->user;
    who.domain = uri->host;
    if (uri->port != 0) who.domain += ':' + std::to_string(uri->port);
    who.aor = "sip:" + who.user + '@' + who.domain;
    who.registrar_uri = "sip:" + who.domain;
    who.registrar = hop_of(*uri);
    if (!a.registrar.empty())
    {
        const auto there = read_hop(as_uri(a.registrar));
        if (!there) return there.error();
        who.registrar = *there;
    }
    if (!a.outbound_proxy.empty())
    {
        const std::string proxy = as_uri(a.outbound_proxy);
        const auto there = read_hop(proxy);
        if (!there) return there.error();
        who.proxy = *there;
        who.proxy_route = '<' + proxy + (sip::parse_uri(proxy)->params.has("lr") ? ">" : ";lr>");
    }
    if (!a.display_name.empty()) who.from = sip::quote(a.display_name) + ' ';
    who.from += '<' + who.aor + '>';
    if (a.login.empty()) a.login = sip::unescape(uri->user);
    who.given = std::move(a);
    return who;
}

route route_for(const sip::uri_view& uri, const identity* who)
{
    const hop direct = hop_of(uri);
    if (!who) return {direct, false};
    if (who->proxy) return {*who->proxy, true};
    const auto home = sip::parse_uri(who->registrar_uri);
    const bool own_domain = home && sip::iequals(home->host, uri.host);
    // Our own domain is served by our registrar, whatever the DNS says of it.
    if (own_domain && home->port == uri.port) return {who->registrar, true};
    return {direct, own_domain || sip::iequals(direct.host, who->registrar.host)};
}

result<std::string> complete_target(std::string_view to, const identity* who)
{
    if (to.empty() || !is_clean(to)) return errc::bad_uri;
    std::string text;
    const auto colon = to.find(':');
    const bool has_scheme = colon != to.npos && to.find('@') > colon &&
                            to.substr(0, colon).find_first_of(".[") == to.npos;
    if (has_scheme)
        text = to;
    else if (to.find('@') != to.npos)
        text = "sip:" + std::string(to);
    else if (who)
        text = "sip:" + sip::escape_user(to) + '@' + who->domain;
    else
        return errc::bad_uri;

    const auto uri = sip::parse_uri(text);
    if (!uri || uri->scheme != sip::uri_scheme::sip || uri->host.empty()) return errc::bad_uri;
    // "headers" may not stand in a Request-URI (RFC 3261 section 19.1.1, table 1).
    return text.substr(0, text.find('?'));
}

} // namespace solosip::ua
