// Character classes of RFC 3261 section 25.1, and a cursor that walks over a header value.
#pragma once

#include "base/words.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace solosip::sip::text
{

/// Sets of characters, one bit each.
enum set : std::uint16_t
{
    token = 1u << 0,     ///< `token`
    user = 1u << 1,      ///< `user` without "%"; and "#", which people dial
    password = 1u << 2,  ///< `password` without "%"
    uri_param = 1u << 3, ///< `paramchar` without "%"
    uri_head = 1u << 4,  ///< `hname` and `hvalue` without "%", and "&" and "=" between them
    host = 1u << 5,      ///< `hostname` and IPv4address; and "_", which is common
    ipv6 = 1u << 6,      ///< inside `IPv6reference`
    digit = 1u << 7,
    hex = 1u << 8,
    alpha = 1u << 9,
    scheme = 1u << 10, ///< behind the first letter of `absoluteURI`'s scheme
    phone = 1u << 11,  ///< RFC 3966 section 3: digits, `*`, `#`, "+" and visual separators
    value = 1u << 12,  ///< in an unquoted `gen-value`: more than the grammar's token and host
    opaque = 1u << 13, ///< behind the scheme of a URI that we do not know
    space = 1u << 14,  ///< SP, HTAB, and CR and LF of a fold
    name = 1u << 15,   ///< in the name of a parameter that has passed the parser
};

constexpr bool contains(std::string_view characters, unsigned char c)
{
    for (const char each : characters)
        if (static_cast<unsigned char>(each) == c) return true;
    return false;
}

constexpr std::array<std::uint16_t, 256> make_table()
{
    std::array<std::uint16_t, 256> table{};
    for (unsigned i = 0; i < 256; ++i)
    {
        const auto c = static_cast<unsigned char>(i);
        const bool is_digit = c >= '0' && c <= '9';
        const bool is_alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool is_hex = is_digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        const bool alnum = is_digit || is_alpha;
        const bool unreserved = alnum || contains("-_.!~*'()", c);
        unsigned sets = 0;
        if (alnum || contains("-.!%*_+`'~", c)) sets |= token;
        if (unreserved || contains("&=+$,;?/#", c)) sets |= user;
        if (unreserved || contains("&=+$,", c)) sets |= password;
        if (unreserved || contains("[]/:&+$", c)) sets |= uri_param;
        if (unreserved || contains("[]/?:+$&=", c)) sets |= uri_head;
        if (alnum || contains("-._", c)) sets |= host;
        if (is_hex || contains(":.", c)) sets |= ipv6;
        if (is_digit) sets |= digit;
        if (is_hex) sets |= hex;
        if (is_alpha) sets |= alpha;
        if (alnum || contains("+-.", c)) sets |= scheme;
        if (is_hex || contains("*#+-.()", c)) sets |= phone;
        if (c > ' ' && c != 0x7f && !contains(";,\"<>", c)) sets |= value;
        if (c > ' ' && c != 0x7f && !contains("\"<>", c)) sets |= opaque;
        if (contains(" \t\r\n", c)) sets |= space;
        if (!contains(" \t\r\n=;,&", c)) sets |= name;
        table[i] = static_cast<std::uint16_t>(sets);
    }
    return table;
}

inline constexpr std::array<std::uint16_t, 256> table = make_table();

constexpr bool is(char c, std::uint16_t sets)
{
    return (table[static_cast<unsigned char>(c)] & sets) != 0;
}

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

constexpr bool is_space(char c)
{
    return is(c, space);
}

/// Without white space and folds at both ends.
constexpr std::string_view trim(std::string_view s)
{
    while (!s.empty() && is_space(s.front()))
        s.remove_prefix(1);
    while (!s.empty() && is_space(s.back()))
        s.remove_suffix(1);
    return s;
}

/// Only characters of `sets`, and at least one.
constexpr bool all(std::string_view s, std::uint16_t sets)
{
    for (const char c : s)
        if (!is(c, sets)) return false;
    return !s.empty();
}

using words::load4;
using words::load8;

/// Whether `n` bytes are equal; for short texts, where a call of memcmp costs more than the work.
inline bool same_bytes(const char* a, const char* b, std::size_t n)
{
    if (n >= 8)
    {
        for (std::size_t i = 0; i + 8 <= n; i += 8)
            if (load8(a + i) != load8(b + i)) return false;
        return load8(a + n - 8) == load8(b + n - 8);
    }
    if (n >= 4) return load4(a) == load4(b) && load4(a + n - 4) == load4(b + n - 4);
    for (std::size_t i = 0; i < n; ++i)
        if (a[i] != b[i]) return false;
    return true;
}

constexpr bool is_line_break(char c)
{
    return c == '\r' || c == '\n' || c == '\0';
}

/// Not zero where one of the eight bytes is below 14; in usual text none is, but a tab would be.
inline std::uint64_t controls_in(const char* p)
{
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101u;
    const std::uint64_t x = load8(p);
    return (x - ones * 14) & ~x & (ones << 7);
}

/// `a == b`, for short texts.
inline bool same_text(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
}

/// What would end a header line early or hide its rest (RFC 3261 section 25.1: no CTL in values).
inline bool has_line_break(std::string_view s)
{
    if (s.size() >= 8)
    {
        const char* const last = s.data() + s.size() - 8;
        std::uint64_t controls = controls_in(last);
        for (const char* p = s.data(); p < last; p += 8)
            controls |= controls_in(p);
        if (controls == 0) return false;
    }
    for (const char c : s)
        if (is_line_break(c)) return true;
    return false;
}

inline void store8(char* to, std::uint64_t word)
{
    std::memcpy(to, &word, sizeof word);
}

/// Copies a short text, for which a call of memcpy costs more than the work.
inline void copy_short(char* to, std::string_view from)
{
    const char* p = from.data();
    const std::size_t n = from.size();
    if (n >= 8)
    {
        for (std::size_t i = 0; i + 8 < n; i += 8)
            store8(to + i, load8(p + i));
        return store8(to + n - 8, load8(p + n - 8));
    }
    for (std::size_t i = 0; i < n; ++i)
        to[i] = p[i];
}

/// Copies `from`, and looks for line breaks on the way: false where there is one.
inline bool copy_line(char* to, std::string_view from)
{
    const char* p = from.data();
    const std::size_t n = from.size();
    if (n < 8)
    {
        copy_short(to, from);
        return !has_line_break(from);
    }
    std::uint64_t controls = controls_in(p + n - 8);
    for (std::size_t i = 0; i + 8 < n; i += 8)
    {
        controls |= controls_in(p + i);
        store8(to + i, load8(p + i));
    }
    store8(to + n - 8, load8(p + n - 8));
    return controls == 0 || !has_line_break(from);
}

/// A place in a text that goes forward only.
class scanner
{
public:
    explicit scanner(std::string_view s)
        : begin_(s.data()), at_(s.data()), end_(s.data() + s.size())
    {
    }

    bool done() const { return at_ == end_; }
    char peek() const { return at_ == end_ ? '\0' : *at_; }
    const char* at() const { return at_; }
    std::uint32_t offset() const { return static_cast<std::uint32_t>(at_ - begin_); }
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
    std::string_view since(const char* start) const
    {
        return {start, static_cast<std::size_t>(at_ - start)};
    }
    void go(const char* place) { at_ = place; }

    bool accept(char c)
    {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }

    void skip(std::uint16_t sets)
    {
        const char* p = at_;
        // Four at a time: most of the work of parsing is done here.
        for (; end_ - p >= 4; p += 4)
        {
            if (!is(p[0], sets)) return go(p);
            if (!is(p[1], sets)) return go(p + 1);
            if (!is(p[2], sets)) return go(p + 2);
            if (!is(p[3], sets)) return go(p + 3);
        }
        while (p != end_ && is(*p, sets))
            ++p;
        at_ = p;
    }

    std::string_view take(std::uint16_t sets)
    {
        const char* start = at_;
        skip(sets);
        return since(start);
    }

    /// SWS = [LWS], LWS = [*WSP CRLF] 1*WSP; LF alone is taken for CRLF, as at the end of a line.
    /// Whether there was any.
    bool skip_space()
    {
        if (at_ == end_ || static_cast<unsigned char>(*at_) > ' ') return false;
        const char* start = at_;
        while (at_ != end_)
        {
            if (*at_ == ' ' || *at_ == '\t')
                ++at_;
            else if (const char* behind = behind_fold())
                at_ = behind;
            else
                break;
        }
        return at_ != start;
    }

    /// The character between optional white space: SEMI, EQUAL, SLASH, COLON, COMMA. Where it is
    /// not there, nothing is skipped.
    bool accept_spaced(char c)
    {
        if (at_ == end_) return false;
        if (*at_ != c)
        {
            if (static_cast<unsigned char>(*at_) > ' ') return false;
            const char* start = at_;
            skip_space();
            if (at_ == end_ || *at_ != c)
            {
                at_ = start;
                return false;
            }
        }
        ++at_;
        skip_space();
        return true;
    }

    /// Behind the end of the `quoted-string` that begins here; false where it has no end.
    bool skip_quoted()
    {
        const char* p = at_ + 1;
        while (p < end_ && *p != '"')
            p += *p == '\\' ? 2 : 1;
        if (p >= end_) return false;
        at_ = p + 1;
        return true;
    }

    /// Characters of `sets` and correct %HH escapes; false at a wrong escape.
    bool skip_escaped(std::uint16_t sets)
    {
        for (;; at_ += 3)
        {
            skip(sets);
            if (at_ == end_ || *at_ != '%') return true;
            if (end_ - at_ < 3 || !is(at_[1], hex) || !is(at_[2], hex)) return false;
        }
    }

private:
    const char* behind_fold() const
    {
        const char* p = at_;
        if (*p == '\r') ++p;
        if (p == end_ || *p != '\n') return nullptr;
        ++p;
        return p != end_ && (*p == ' ' || *p == '\t') ? p + 1 : nullptr;
    }

    const char* begin_;
    const char* at_;
    const char* end_;
};

} // namespace solosip::sip::text
