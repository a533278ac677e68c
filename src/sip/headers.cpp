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
    if (s.peek() == '<') return true;
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

// addr-spec without brackets ends where parameters of the header or a fold may begin; commas and
// question marks would be ambiguous there and are refused (RFC 3261 section 20.10).
errc scan_bare_address(scanner& s, name_addr& a)
{
    const char* start = s.at();
    while (!s.done() && !text::is_space(s.peek()) && s.peek() != ';')
    {
        if (s.peek() == '?' || s.peek() == ',') return errc::bad_syntax;
        s.go(s.at() + 1);
    }
    scanner uri(s.since(start));
    if (!scan_uri(uri, a.uri) || !uri.done())
    {
        s.go(uri.at());
        return errc::bad_uri;
    }
    return scan_parameters(s, a.params);
}

errc scan_name_addr(scanner& s, name_addr& a)
{
    s.skip_space();
    const char* start = s.at();
    if (!scan_display_name(s, a.display_name))
    {
        if (a.display_name == "*" && s.done())
        {
            a.display_name = {};
            a.star = true;
            return errc{};
        }
        a.display_name = {};
        s.go(start);
        return s.peek() == '"' ? errc::bad_syntax : scan_bare_address(s, a);
    }
    s.accept('<');
    if (!scan_uri(s, a.uri)) return errc::bad_uri;
    if (!s.done() && s.peek() != '>') return errc::bad_uri;
    if (!s.accept('>')) return errc::bad_syntax;
    return s.done() ? errc{} : scan_parameters(s, a.params);
}

// via-parm = sent-protocol LWS sent-by *( SEMI via-params )
// sent-protocol = protocol-name SLASH protocol-version SLASH transport, sent-by = host [ COLON port
// ]
errc scan_via(scanner& s, via& v)
{
    s.skip_space();
    if (s.take(text::token).empty() || !s.accept_spaced('/')) return errc::bad_syntax;
    if (s.take(text::token).empty() || !s.accept_spaced('/')) return errc::bad_syntax;
    v.transport = s.take(text::token);
    if (v.transport.empty() || !s.skip_space()) return errc::bad_syntax;
    if (!scan_host(s, v.host)) return errc::bad_syntax;
    if (s.accept_spaced(':') && !scan_port(s, v.port)) return errc::bad_syntax;
    return scan_parameters(s, v.params);
}

// CSeq = 1*DIGIT LWS Method
errc scan_cseq(scanner& s, cseq& c)
{
    s.skip_space();
    std::uint64_t number = 0;
    const std::string_view digits = s.take(text::digit);
    for (const char digit : digits)
    {
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
        if (number > std::numeric_limits<std::uint32_t>::max()) return errc::bad_number;
    }
    if (digits.empty() || !s.skip_space()) return errc::bad_syntax;
    c.number = static_cast<std::uint32_t>(number);
    c.method_text = s.take(text::token);
    s.skip_space();
    if (c.method_text.empty() || !s.done()) return errc::bad_syntax;
    c.method = method_from(c.method_text);
    return errc{};
}

// challenge = auth-scheme LWS auth-param *( COMMA auth-param ), and the same for credentials
errc scan_auth(scanner& s, auth_params& a)
{
    s.skip_space();
    a.scheme = s.take(text::token);
    if (a.scheme.empty()) return errc::bad_syntax;
    if (s.done()) return errc{};
    if (!s.skip_space()) return errc::bad_syntax;
    return scan_auth_parameters(s, a.params);
}

// media-type = m-type SLASH m-subtype *( SEMI m-parameter )
errc scan_media_type(scanner& s, media_type& m)
{
    s.skip_space();
    m.type = s.take(text::token);
    if (m.type.empty() || !s.accept_spaced('/')) return errc::bad_syntax;
    m.subtype = s.take(text::token);
    if (m.subtype.empty()) return errc::bad_syntax;
    return scan_parameters(s, m.params);
}

// Fills the result in its place: these structures are large, and copies would be half the cost.
template <class T>
result<T> parse_with(errc (*scan)(scanner&, T&), std::string_view value)
{
    scanner s(value);
    result<T> r = T{};
    if (const errc code = scan(s, *r); code != errc{}) r = error{code, s.offset()};
    return r;
}

} // namespace

// ( name-addr / addr-spec ) *( SEMI generic-param ), or STAR
// name-addr = [ display-name ] LAQUOT addr-spec RAQUOT
result<name_addr> parse_name_addr(std::string_view value)
{
    return parse_with(scan_name_addr, value);
}

bool via::has_cookie() const
{
    return iequals(branch().substr(0, 7), "z9hG4bK");
}

result<via> parse_via(std::string_view value)
{
    return parse_with(scan_via, value);
}

result<cseq> parse_cseq(std::string_view value)
{
    return parse_with(scan_cseq, value);
}

result<auth_params> parse_auth(std::string_view value)
{
    return parse_with(scan_auth, value);
}

result<media_type> parse_media_type(std::string_view value)
{
    return parse_with(scan_media_type, value);
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
    {
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
        if (number > most) number = most;
    }
    if (s.done()) return static_cast<std::uint32_t>(number);
    s.skip_space();
    if (!s.done() && s.peek() != ';' && s.peek() != '(') return error{errc::bad_number, s.offset()};
    return static_cast<std::uint32_t>(number);
}

} // namespace solosip::sip
