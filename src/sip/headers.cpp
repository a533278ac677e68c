#include "solosip/sip/headers.hpp"

#include "sip/parameter_text.hpp"
#include "sip/text.hpp"
#include "sip/uri_text.hpp"

#include <algorithm>
#include <limits>

namespace solosip::sip
{
namespace
{

using text::scanner;

error bad(const scanner& s, std::size_t further = 0)
{
    return {errc::bad_syntax, s.offset() + static_cast<std::uint32_t>(further)};
}

// display-name = *( token LWS ) / quoted-string, up to its "<". UTF-8 without quotes is taken too,
// which the grammar forbids and nobody can mistake. False where no name-addr begins here.
bool scan_display_name(scanner& s, std::string_view& name)
{
    const char* start = s.at();
    if (s.peek() == '"')
    {
        if (!s.skip_quoted()) return false;
        name = s.since(start);
        s.skip_space();
        return s.peek() == '<';
    }
    const char* behind = start;
    for (;;)
    {
        const char* word = s.at();
        while (!s.done() && (text::is(s.peek(), text::token) || (s.peek() & 0x80) != 0))
            s.go(s.at() + 1);
        if (s.at() == word) break;
        behind = s.at();
        s.skip_space();
    }
    name = {start, static_cast<std::size_t>(behind - start)};
    return s.peek() == '<';
}

result<name_addr> with_parameters(scanner& s, name_addr a)
{
    const auto params = scan_parameters(s);
    if (!params) return params.error();
    a.params = *params;
    return a;
}

// addr-spec without brackets ends where parameters of the header or a fold may begin; commas and
// question marks would be ambiguous there and are refused (RFC 3261 section 20.10).
result<name_addr> parse_bare_address(scanner& s)
{
    const char* start = s.at();
    while (!s.done() && !text::is_space(s.peek()) && s.peek() != ';')
    {
        if (s.peek() == '?' || s.peek() == ',') return bad(s);
        s.go(s.at() + 1);
    }
    const std::uint32_t at = s.offset() - static_cast<std::uint32_t>(s.at() - start);
    const auto uri = parse_uri(s.since(start));
    if (!uri) return error{errc::bad_uri, at + uri.error().offset};
    name_addr a;
    a.uri = *uri;
    return with_parameters(s, a);
}

} // namespace

// ( name-addr / addr-spec ) *( SEMI generic-param ), or STAR
// name-addr = [ display-name ] LAQUOT addr-spec RAQUOT
result<name_addr> parse_name_addr(std::string_view value)
{
    scanner s(value);
    s.skip_space();
    const char* start = s.at();
    name_addr a;
    if (!scan_display_name(s, a.display_name))
    {
        if (a.display_name == "*" && s.done())
        {
            a.display_name = {};
            a.star = true;
            return a;
        }
        s.go(start);
        if (s.peek() == '"') return bad(s);
        return parse_bare_address(s);
    }
    s.accept('<');
    const std::string_view rest = s.rest();
    const std::size_t length = std::min(rest.find('>'), rest.size());
    const auto uri = parse_uri(rest.substr(0, length));
    if (!uri) return error{errc::bad_uri, s.offset() + uri.error().offset};
    s.go(s.at() + length);
    if (!s.accept('>')) return bad(s);
    a.uri = *uri;
    return with_parameters(s, a);
}

bool via::has_cookie() const
{
    return iequals(branch().substr(0, 7), "z9hG4bK");
}

// via-parm = sent-protocol LWS sent-by *( SEMI via-params )
// sent-protocol = "SIP" SLASH protocol-version SLASH transport, sent-by = host [ COLON port ]
result<via> parse_via(std::string_view value)
{
    scanner s(value);
    s.skip_space();
    via v;
    if (!iequals(s.take(text::token), "SIP") || !s.accept_spaced('/')) return bad(s);
    if (s.take(text::token).empty() || !s.accept_spaced('/')) return bad(s);
    v.transport = s.take(text::token);
    if (v.transport.empty() || !s.skip_space()) return bad(s);
    if (!scan_host(s, v.host)) return bad(s);
    if (s.accept_spaced(':') && !scan_port(s, v.port)) return bad(s);
    const auto params = scan_parameters(s);
    if (!params) return params.error();
    v.params = *params;
    return v;
}

// CSeq = 1*DIGIT LWS Method
result<cseq> parse_cseq(std::string_view value)
{
    scanner s(value);
    s.skip_space();
    std::uint64_t number = 0;
    const std::string_view digits = s.take(text::digit);
    for (const char c : digits)
    {
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
        if (number > std::numeric_limits<std::uint32_t>::max())
            return error{errc::bad_number, s.offset()};
    }
    if (digits.empty() || !s.skip_space()) return bad(s);
    cseq c;
    c.number = static_cast<std::uint32_t>(number);
    c.method_text = s.take(text::token);
    s.skip_space();
    if (c.method_text.empty() || !s.done()) return bad(s);
    c.method = method_from(c.method_text);
    return c;
}

// challenge = auth-scheme LWS auth-param *( COMMA auth-param ), and the same for credentials
result<auth_params> parse_auth(std::string_view value)
{
    scanner s(value);
    s.skip_space();
    auth_params a;
    a.scheme = s.take(text::token);
    if (a.scheme.empty()) return bad(s);
    if (s.done()) return a;
    if (!s.skip_space()) return bad(s);
    const auto params = scan_auth_parameters(s);
    if (!params) return params.error();
    a.params = *params;
    return a;
}

std::optional<std::string> auth_params::text(std::string_view name) const
{
    const auto found = params.find(name);
    if (!found) return std::nullopt;
    return unquote(*found);
}

bool auth_params::is_digest() const
{
    return iequals(scheme, "Digest");
}

// media-type = m-type SLASH m-subtype *( SEMI m-parameter )
result<media_type> parse_media_type(std::string_view value)
{
    scanner s(value);
    s.skip_space();
    media_type m;
    m.type = s.take(text::token);
    if (m.type.empty() || !s.accept_spaced('/')) return bad(s);
    m.subtype = s.take(text::token);
    if (m.subtype.empty()) return bad(s);
    const auto params = scan_parameters(s);
    if (!params) return params.error();
    m.params = *params;
    return m;
}

bool media_type::is(std::string_view type_name, std::string_view subtype_name) const
{
    return iequals(type, type_name) && iequals(subtype, subtype_name);
}

// 1*DIGIT [ comment ] *( SEMI generic-param ); a comment stands in Retry-After only.
result<std::uint32_t> parse_number(std::string_view value)
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    scanner s(value);
    s.skip_space();
    const std::string_view digits = s.take(text::digit);
    if (digits.empty()) return error{errc::bad_number, s.offset()};
    std::uint64_t number = 0;
    for (const char c : digits)
        number = std::min(number * 10 + static_cast<std::uint64_t>(c - '0'), most);
    s.skip_space();
    if (!s.done() && s.peek() != ';' && s.peek() != '(') return error{errc::bad_number, s.offset()};
    return static_cast<std::uint32_t>(number);
}

} // namespace solosip::sip
