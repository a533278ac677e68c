// The arithmetic of RFC 7616 section 3.4, and what a challenge says.
#include "solosip/auth/digest.hpp"

#include "auth/hash.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

namespace solosip::auth
{
namespace
{

// In the order of the enumerators. The names are those of RFC 7616 section 6.1.
constexpr std::array<std::string_view, 6> names{"MD5",          "MD5-sess",    "SHA-256",
                                                "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"};

// Parts with a colon between each two, which is how everything here is hashed.
std::string join(std::initializer_list<std::string_view> parts)
{
    std::size_t size = 0;
    for (const auto part : parts)
        size += part.size() + 1;
    std::string text;
    text.reserve(size);
    for (const auto part : parts)
    {
        text += part;
        text += ':';
    }
    text.pop_back();
    return text;
}

// qop-options: tokens separated by commas, in quotes; unknown ones are ignored (RFC 7616 section
// 3.3). False where it names only qualities that we cannot do.
bool read_qualities(std::string_view list, challenge& into)
{
    bool named = false;
    while (!list.empty())
    {
        const auto comma = std::min(list.find(','), list.size());
        std::string_view token = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (!token.empty() && (token.front() == ' ' || token.front() == '\t'))
            token.remove_prefix(1);
        while (!token.empty() && (token.back() == ' ' || token.back() == '\t'))
            token.remove_suffix(1);
        named = named || !token.empty();
        if (sip::iequals(token, "auth"))
            into.offers_auth = true;
        else if (sip::iequals(token, "auth-int"))
            into.offers_auth_int = true;
    }
    return !named || into.offers_auth || into.offers_auth_int;
}

// Whether it can be sent back as it is: one line of a bearable length.
bool can_be_echoed(std::string_view text)
{
    return text.size() <= limits::auth_value &&
           text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

std::optional<challenge> read_challenge(std::string_view value, bool proxy)
{
    const auto parsed = sip::parse_auth(value);
    if (!parsed || !parsed->is_digest()) return std::nullopt;
    auto realm = parsed->text("realm");
    auto nonce = parsed->text("nonce");
    if (!realm || !nonce) return std::nullopt;

    challenge c;
    c.proxy = proxy;
    c.realm = std::move(*realm);
    c.nonce = std::move(*nonce);
    auto opaque = parsed->text("opaque");
    c.opaque_named = opaque.has_value();
    if (opaque) c.opaque = std::move(*opaque);
    if (!can_be_echoed(c.realm) || !can_be_echoed(c.nonce) || !can_be_echoed(c.opaque))
        return std::nullopt;
    if (const auto named = parsed->text("algorithm"))
    {
        const auto algo = algorithm_from(*named);
        if (!algo) return std::nullopt;
        c.algo = *algo;
        c.algorithm_named = true;
    }
    if (!available(c.algo)) return std::nullopt;
    if (const auto qop = parsed->text("qop"); qop && !read_qualities(*qop, c)) return std::nullopt;
    c.stale = sip::iequals(parsed->text("stale").value_or(std::string{}), "true");
    return c;
}

} // namespace

std::optional<algorithm> algorithm_from(std::string_view token)
{
    for (std::size_t i = 0; i < names.size(); ++i)
        if (sip::iequals(token, names[i])) return static_cast<algorithm>(i);
    return std::nullopt;
}

std::string_view to_string(algorithm a)
{
    return names[static_cast<std::size_t>(a)];
}

std::string make_ha1(algorithm a, std::string_view user, std::string_view realm,
                     std::string_view password)
{
    return hex_digest(a, join({user, realm, password}));
}

std::string make_response(algorithm a, std::string_view ha1, const response_input& in)
{
    std::string session_key;
    if (is_session(a))
    {
        session_key = hex_digest(a, join({ha1, in.nonce, in.cnonce}));
        ha1 = session_key;
    }
    const std::string ha2 = in.qop == quality::auth_int
                                ? hex_digest(a, join({in.method, in.uri, hex_digest(a, in.body)}))
                                : hex_digest(a, join({in.method, in.uri}));
    if (in.qop == quality::none) return hex_digest(a, join({ha1, in.nonce, ha2}));
    return hex_digest(a, join({ha1, in.nonce, nonce_count_text(in.nonce_count), in.cnonce,
                               in.qop == quality::auth ? "auth" : "auth-int", ha2}));
}

std::vector<challenge> challenges_of(const sip::message_view& response)
{
    std::vector<challenge> found;
    for (std::size_t i = 0; i < response.header_count(); ++i)
    {
        if (found.size() == limits::challenges) break;
        const auto line = response.header(i);
        const bool proxy = line.id == sip::header_id::proxy_authenticate;
        if (!proxy && line.id != sip::header_id::www_authenticate) continue;
        if (auto c = read_challenge(line.value, proxy)) found.push_back(std::move(*c));
    }
    return found;
}

} // namespace solosip::auth
