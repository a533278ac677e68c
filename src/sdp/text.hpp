// The words, numbers and lines that a session description is made of (RFC 8866 section 9).
#pragma once

#include "base/words.hpp"
#include "sdp/static_types.hpp"
#include "solosip/base/endpoint.hpp"
#include "solosip/sdp/description.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace solosip::sdp
{

inline bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

// Cuts the next word off `text`; several spaces or tabs in a row are one.
inline std::string_view word(std::string_view& text)
{
    const char* begin = text.data();
    const char* const end = begin + text.size();
    while (begin < end && is_space(*begin))
        ++begin;
    const char* at = words::find_below(begin, end, ' ' + 1);
    while (at < end && !is_space(*at)) // another control character is a part of the word
        at = words::find_below(at + 1, end, ' ' + 1);
    text = {at, static_cast<std::size_t>(end - at)};
    return {begin, static_cast<std::size_t>(at - begin)};
}

inline std::string_view trim(std::string_view text)
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

// Up to the separator, which is cut off too; all of it where there is none.
inline std::string_view until(std::string_view& text, char separator)
{
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const at = words::find_any(begin, end, separator);
    const char* const rest = at == end ? end : at + 1;
    text = {rest, static_cast<std::size_t>(end - rest)};
    return {begin, static_cast<std::size_t>(at - begin)};
}

// `text == literal`; the size is known here, so no call is made.
template <std::size_t Size>
inline bool is(std::string_view text, const char (&literal)[Size])
{
    return text.size() == Size - 1 && std::memcmp(text.data(), literal, Size - 1) == 0;
}

// All of `text` as a decimal number of at most `most`.
template <class Number>
std::optional<Number> number(std::string_view text,
                             Number most = std::numeric_limits<Number>::max())
{
    static_assert(sizeof(Number) <= 4);
    std::uint64_t n = 0;
    for (const char c : text)
    {
        if (c < '0' || c > '9') return std::nullopt;
        n = n * 10 + static_cast<unsigned>(c - '0');
        if (n > most) return std::nullopt;
    }
    if (text.empty()) return std::nullopt;
    return static_cast<Number>(n);
}

inline std::uint64_t long_number(std::string_view text)
{
    std::uint64_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    return code == std::errc{} && end == text.data() + text.size() ? n : 0;
}

// RFC 8866 section 5.7: <nettype> <addrtype> <connection-address>, the last with an optional TTL.
inline std::string_view address_text_in(std::string_view words)
{
    const auto network = word(words);
    if (!is(network, "IN") && !same_name(network, "IN")) return {};
    word(words); // IP4 or IP6: the address itself says which
    std::string_view address = word(words);
    return until(address, '/');
}

inline std::optional<ip_address> address_in(std::string_view words)
{
    const auto parsed = ip_address::parse(address_text_in(words));
    if (!parsed) return std::nullopt;
    return *parsed;
}

inline std::optional<direction> direction_named(std::string_view name)
{
    name = trim(name);
    if (name.size() != 8) return std::nullopt; // each of the four
    if (is(name, "sendrecv")) return direction::sendrecv;
    for (auto d :
         {direction::sendrecv, direction::sendonly, direction::recvonly, direction::inactive})
        if (same_name(name, to_string(d))) return d;
    return std::nullopt;
}

// The first CR or LF. Nearly every character is above them all, so that is what is asked first.
inline const char* line_end(const char* p, const char* end)
{
    for (p = words::find_below(p, end, '\r' + 1); p < end && *p != '\r' && *p != '\n';
         p = words::find_below(p + 1, end, '\r' + 1))
        ;
    return p;
}

// Cuts a line off; lines end with LF, CR or both, an empty one between CR and LF does no harm.
inline std::string_view take_line(std::string_view& rest)
{
    const char* const begin = rest.data();
    const char* const end = begin + rest.size();
    const char* const at = line_end(begin, end);
    const char* next = at == end ? end : at + 1;
    if (next < end && *next == '\n' && *at == '\r') ++next;
    rest = {next, static_cast<std::size_t>(end - next)};
    return {begin, static_cast<std::size_t>(at - begin)};
}

} // namespace solosip::sdp
