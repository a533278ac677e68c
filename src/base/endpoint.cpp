#include "solosip/base/endpoint.hpp"

#include <charconv>
#include <cstddef>
#include <optional>

namespace solosip
{
namespace
{

// dec-octet of RFC 3986 section 3.2.2: no sign, no leading zero, at most 255.
std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text)
{
    std::array<std::uint8_t, 4> quad{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < 4; ++i)
    {
        if (i != 0 && (at == end || *at++ != '.')) return std::nullopt;
        if (at == end || *at < '0' || *at > '9') return std::nullopt;
        const auto [next, ec] = std::from_chars(at, end, quad[i]);
        if (ec != std::errc{} || (*at == '0' && next - at > 1)) return std::nullopt;
        at = next;
    }
    if (at != end) return std::nullopt;
    return quad;
}

bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 4291 section 2.2: eight groups, one run of zeros as "::", the last two groups as IPv4.
std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text)
{
    std::array<std::uint8_t, 16> bytes{};
    std::size_t filled = 0;
    std::optional<std::size_t> gap;

    if (text.starts_with("::"))
    {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty())
    {
        const std::size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        if (group.find('.') != group.npos)
        {
            const auto quad = parse_v4(text);
            if (!quad || filled > 12) return std::nullopt;
            for (const auto b : *quad)
                bytes[filled++] = b;
            text = {};
            break;
        }
        if (group.empty() || group.size() > 4 || filled == 16) return std::nullopt;
        for (const char c : group)
            if (!is_hex(c)) return std::nullopt;
        unsigned value = 0;
        std::from_chars(group.data(), group.data() + group.size(), value, 16);
        bytes[filled++] = static_cast<std::uint8_t>(value >> 8);
        bytes[filled++] = static_cast<std::uint8_t>(value);
        if (colon == text.npos) break;
        text.remove_prefix(colon + 1);
        if (text.starts_with(':'))
        {
            if (gap) return std::nullopt;
            gap = filled;
            text.remove_prefix(1);
        }
        else if (text.empty())
            return std::nullopt; // a single colon at the end
    }
    if (!gap) return filled == 16 ? std::optional(bytes) : std::nullopt;
    if (filled > 14) return std::nullopt; // "::" stands for at least one group
    std::array<std::uint8_t, 16> whole{};
    for (std::size_t i = 0; i < *gap; ++i)
        whole[i] = bytes[i];
    for (std::size_t i = *gap; i < filled; ++i)
        whole[16 - filled + i] = bytes[i];
    return whole;
}

std::string print_v4(const std::uint8_t* b)
{
    return std::to_string(b[0]) + '.' + std::to_string(b[1]) + '.' + std::to_string(b[2]) + '.' +
           std::to_string(b[3]);
}

// ::ffff:0:0/96 (RFC 4291 section 2.5.5.2), as which IPv4 arrives at a socket of both families.
bool is_mapped_v4(const std::array<std::uint8_t, 16>& b)
{
    for (std::size_t i = 0; i < 10; ++i)
        if (b[i] != 0) return false;
    return b[10] == 0xff && b[11] == 0xff;
}

// RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero groups as
// "::", the first of equals. Section 5: a mapped IPv4 address is written as one.
std::string print_v6(const std::array<std::uint8_t, 16>& b)
{
    if (is_mapped_v4(b)) return "::ffff:" + print_v4(&b[12]);
    std::array<unsigned, 8> group{};
    for (std::size_t i = 0; i < 8; ++i)
        group[i] = static_cast<unsigned>(b[2 * i] << 8 | b[2 * i + 1]);
    std::size_t run_at = 8;
    std::size_t run_length = 1;
    for (std::size_t i = 0; i < 8; ++i)
    {
        std::size_t n = 0;
        while (i + n < 8 && group[i + n] == 0)
            ++n;
        if (n > run_length)
        {
            run_at = i;
            run_length = n;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i)
    {
        if (i == run_at)
        {
            text += "::";
            i += run_length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        char hex[8];
        const auto end = std::to_chars(hex, hex + sizeof hex, group[i], 16).ptr;
        text.append(hex, end);
    }
    return text;
}

} // namespace

result<ip_address> ip_address::parse(std::string_view text)
{
    if (const auto quad = parse_v4(text)) return v4((*quad)[0], (*quad)[1], (*quad)[2], (*quad)[3]);
    if (const auto bytes = parse_v6(text)) return ip_address{*bytes, true};
    return errc::bad_syntax;
}

bool ip_address::is_multicast() const
{
    if (!is_v6) return bytes[0] >> 4 == 14;
    return bytes[0] == 0xFF || (is_mapped_v4(bytes) && bytes[12] >> 4 == 14);
}

bool ip_address::is_loopback() const
{
    if (!is_v6) return bytes[0] == 127;
    if (is_mapped_v4(bytes)) return bytes[12] == 127;
    ip_address one{{}, true};
    one.bytes[15] = 1;
    return *this == one;
}

std::string ip_address::to_string() const
{
    return is_v6 ? print_v6(bytes) : print_v4(bytes.data());
}

std::string endpoint::to_string() const
{
    return host_text(address) + ':' + std::to_string(port);
}

std::string host_text(const ip_address& a)
{
    return a.is_v6 ? '[' + a.to_string() + ']' : a.to_string();
}

} // namespace solosip
