#include "solosip/sip/uri.hpp"

#include "sip/text.hpp"
#include "sip/uri_text.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/headers.hpp"

#include <algorithm>

namespace solosip::sip
{
namespace
{

using text::scanner;

uri_scheme scheme_of(std::string_view name)
{
    if (iequals(name, "sip")) return uri_scheme::sip;
    if (iequals(name, "sips")) return uri_scheme::sips;
    if (iequals(name, "tel")) return uri_scheme::tel;
    return uri_scheme::other;
}

// userinfo = ( user / telephone-subscriber ) [ ":" password ] "@"
// Whether there is one shows only at its end; where there is none, `s` stays at its place.
bool scan_userinfo(scanner& s, uri_view& u)
{
    const char* start = s.at();
    if (s.skip_escaped(text::user))
    {
        const std::string_view user = s.since(start);
        const char* password = s.at() + 1;
        const bool colon = s.peek() == ':';
        if (colon) s.go(password);
        if ((!colon || s.skip_escaped(text::password)) && s.peek() == '@')
        {
            u.user = user;
            if (colon) u.password = s.since(password);
            s.accept('@');
            return !user.empty();
        }
    }
    s.go(start);
    return true;
}

// uri-parameters = *( ";" pname [ "=" pvalue ] )
bool scan_uri_parameters(scanner& s, uri_view& u)
{
    const char* start = s.at();
    for (std::size_t count = 0; s.accept(';'); ++count)
    {
        const char* name = s.at();
        if (count == limits::parameters || !s.skip_escaped(text::uri_param) || s.at() == name)
            return false;
        if (!s.accept('=')) continue;
        const char* value = s.at();
        if (!s.skip_escaped(text::uri_param) || s.at() == value) return false;
    }
    u.params = parameters(s.since(start), ';');
    return true;
}

// headers = "?" header *( "&" header )
bool scan_uri_headers(scanner& s, uri_view& u)
{
    if (!s.accept('?')) return true;
    const char* start = s.at();
    if (!s.skip_escaped(text::uri_head)) return false;
    u.headers = s.since(start);
    return !u.headers.empty();
}

// telephone-subscriber = ( "+" 1*phonedigit / 1*phonedigit-hex ) *par (RFC 3966 section 3)
bool scan_number(scanner& s, uri_view& u)
{
    u.user = s.take(text::phone);
    const std::size_t plus = u.user.rfind('+');
    if (plus != std::string_view::npos && plus != 0) return false;
    return std::any_of(u.user.begin(), u.user.end(),
                       [](char c) { return text::is(c, text::hex) || c == '*' || c == '#'; });
}

} // namespace

// hostport = host [ ":" port ], host = hostname / IPv4address / IPv6reference
bool scan_host(scanner& s, std::string_view& host)
{
    const char* start = s.at();
    if (s.accept('['))
    {
        if (s.take(text::ipv6).size() < 2 || !s.accept(']')) return false;
        host = s.since(start);
        return true;
    }
    host = s.take(text::host);
    return !host.empty();
}

bool scan_port(scanner& s, std::uint16_t& port)
{
    const std::string_view digits = s.take(text::digit);
    std::uint32_t number = 0;
    for (const char c : digits)
    {
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
        if (number > 65'535) return false;
    }
    port = static_cast<std::uint16_t>(number);
    return !digits.empty();
}

namespace
{

bool scan_sip_uri(scanner& s, uri_view& u)
{
    if (!scan_userinfo(s, u) || !scan_host(s, u.host)) return false;
    if (s.accept(':') && !scan_port(s, u.port)) return false;
    if (s.peek() != ';' && s.peek() != '?') return true;
    return scan_uri_parameters(s, u) && scan_uri_headers(s, u);
}

} // namespace

bool scan_uri(scanner& s, uri_view& u)
{
    const char* start = s.at();
    if (s.rest().starts_with("sip:")) // as nearly everybody writes it
    {
        u.scheme_text = s.rest().substr(0, 3);
        u.scheme = uri_scheme::sip;
        s.go(start + 4);
        const bool good = scan_sip_uri(s, u);
        u.text = s.since(start);
        return good;
    }
    if (!text::is(s.peek(), text::alpha)) return false;
    u.scheme_text = s.take(text::scheme);
    if (!s.accept(':')) return false;
    u.scheme = scheme_of(u.scheme_text);
    bool good = false;
    switch (u.scheme)
    {
    case uri_scheme::sip:
    case uri_scheme::sips: good = scan_sip_uri(s, u); break;
    case uri_scheme::tel: good = scan_number(s, u) && scan_uri_parameters(s, u); break;
    case uri_scheme::other:
        u.opaque = s.take(text::opaque);
        good = !u.opaque.empty();
        break;
    }
    u.text = s.since(start);
    return good;
}

result<uri_view> parse_uri(std::string_view text)
{
    scanner s(text);
    result<uri_view> r = uri_view{};
    if (!scan_uri(s, *r) || !s.done()) r = error{errc::bad_uri, s.offset()};
    return r;
}

namespace
{

int hex_value(char c)
{
    return text::is(c, text::digit) ? c - '0' : text::lower(c) - 'a' + 10;
}

// The next character of `s`, where an escape of a reserved character stands for itself only:
// "%41" is "A", but "%3B" is not ";" (RFC 3261 section 19.1.4).
int take_character(std::string_view& s)
{
    const char c = s.front();
    if (c != '%' || s.size() < 3 || !text::is(s[1], text::hex) || !text::is(s[2], text::hex))
    {
        s.remove_prefix(1);
        return static_cast<unsigned char>(c);
    }
    const int byte = hex_value(s[1]) * 16 + hex_value(s[2]);
    s.remove_prefix(3);
    return text::contains(";/?:@&=+$,", static_cast<unsigned char>(byte)) ? byte + 256 : byte;
}

int lower_character(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool same_text(std::string_view a, std::string_view b, bool any_case)
{
    while (!a.empty() && !b.empty())
    {
        const int x = take_character(a);
        const int y = take_character(b);
        if (x != y && !(any_case && lower_character(x) == lower_character(y))) return false;
    }
    return a.empty() && b.empty();
}

// These make two URIs different where only one has them; all others are ignored then.
bool must_match(std::string_view name)
{
    for (const std::string_view each : {"user", "ttl", "method", "maddr", "transport"})
        if (iequals(name, each)) return true;
    return false;
}

// A name that stands twice, which section 19.1.1 forbids, counts where it stands first.
bool parameters_match(const parameters& a, const parameters& b)
{
    for (const auto& each : a)
    {
        const auto other = b.find(each.name);
        if (!other && must_match(each.name)) return false;
        if (other && !same_text(*a.find(each.name), *other, true)) return false;
    }
    return true;
}

// Every header of `a` stands in `b` too.
bool headers_within(std::string_view a, std::string_view b)
{
    const parameters wanted(a, '&');
    const parameters present(b, '&');
    std::size_t count = 0;
    for (const auto& each : wanted)
    {
        if (++count > limits::parameters) return false;
        const auto found = present.find(each.name);
        if (!found || !same_text(each.value.value_or(std::string_view{}), *found, false))
            return false;
    }
    return true;
}

bool same_number(std::string_view a, std::string_view b)
{
    const auto next = [](std::string_view& s)
    {
        while (!s.empty() && text::contains("-.()", static_cast<unsigned char>(s.front())))
            s.remove_prefix(1);
        if (s.empty()) return '\0';
        const char c = text::lower(s.front());
        s.remove_prefix(1);
        return c;
    };
    for (;;)
    {
        const char x = next(a);
        if (x != next(b)) return false;
        if (x == '\0') return true;
    }
}

} // namespace

bool equivalent(const uri_view& a, const uri_view& b)
{
    // Also where a parameter or header stands twice with different values.
    if (a.text == b.text) return true;
    if (a.scheme != b.scheme) return false;
    if (a.scheme == uri_scheme::other)
        return iequals(a.scheme_text, b.scheme_text) && a.opaque == b.opaque;
    if (!parameters_match(a.params, b.params) || !parameters_match(b.params, a.params))
        return false;
    // RFC 3966 section 4: visual separators do not count.
    if (a.scheme == uri_scheme::tel) return same_number(a.user, b.user);
    return same_text(a.user, b.user, false) && same_text(a.password, b.password, false) &&
           iequals(a.host, b.host) && a.port == b.port && headers_within(a.headers, b.headers) &&
           headers_within(b.headers, a.headers);
}

std::string unescape(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty())
        out += static_cast<char>(take_character(text) & 0xff);
    return out;
}

std::string escape_user(std::string_view text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        if (text::is(c, text::user) && c != '#')
            out += c;
        else
        {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

} // namespace solosip::sip
