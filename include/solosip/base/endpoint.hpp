// An IP address with a port, for a core that knows no sockets.
#pragma once

#include "solosip/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace solosip
{

/// An IPv4 or IPv6 address; IPv4 stands in the first four bytes, network order.
struct ip_address
{
    std::array<std::uint8_t, 16> bytes{};
    bool is_v6 = false;

    static constexpr ip_address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
    {
        return {{a, b, c, d}, false};
    }
    /// Dotted quad or RFC 4291 text, without brackets and without zone.
    static result<ip_address> parse(std::string_view text);

    bool is_unspecified() const { return *this == ip_address{{}, is_v6}; }
    bool is_loopback() const;
    bool is_multicast() const; ///< 224.0.0.0/4, ff00::/8

    /// "192.0.2.1" or RFC 5952 text, without brackets.
    std::string to_string() const;

    friend auto operator<=>(const ip_address&, const ip_address&) = default;
};

struct endpoint
{
    ip_address address{};
    std::uint16_t port = 0;

    /// "192.0.2.1:5060" or "[2001:db8::1]:5060".
    std::string to_string() const;

    friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

/// As it stands in a URI's or Via's host: IPv6 in brackets (RFC 3261 section 25.1, `host`).
std::string host_text(const ip_address& a);

} // namespace solosip
