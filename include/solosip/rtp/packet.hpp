// An RTP packet (RFC 3550 section 5.1) as a view of the datagram that it came in.
#pragma once

#include "solosip/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace solosip::rtp
{

/// Bytes of a header without CSRCs and extension, such as `print_header` writes.
inline constexpr std::size_t header_bytes = 12;

struct header
{
    std::uint8_t payload_type = 0; ///< 0-127
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0; ///< in units of the payload's clock rate
    std::uint32_t ssrc = 0;
};

/// `payload` is what stands behind CSRCs and extension and before the padding; it lives as long as
/// the datagram.
struct packet : header
{
    std::span<const std::uint8_t> payload;
};

/// Where RTP and RTCP share a port: true for what must be RTCP (RFC 5761 section 4).
constexpr bool is_rtcp(std::span<const std::uint8_t> datagram)
{
    return datagram.size() >= 2 && datagram[0] >> 6 == 2 && datagram[1] >= 192 &&
           datagram[1] <= 223;
}

/// Error: bad_packet for another version, RTCP, and lengths that do not fit.
result<packet> parse(std::span<const std::uint8_t> datagram);

/// Writes `header_bytes`; false where `to` is smaller.
bool print_header(const header& h, std::span<std::uint8_t> to);

} // namespace solosip::rtp
