// RTCP datagrams (RFC 3550 section 6) as far as one call with one other side needs them.
#pragma once

#include "solosip/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace solosip::rtp
{

/// RFC 3550 section 6.4.1.
struct report_block
{
    std::uint32_t ssrc = 0;         ///< whose packets are reported on
    std::uint8_t fraction_lost = 0; ///< of 256, since the report before
    std::int32_t lost = 0;          ///< 24 bits; negative where packets came twice
    std::uint32_t highest_sequence = 0;
    std::uint32_t jitter = 0;            ///< ticks
    std::uint32_t last_report = 0;       ///< the middle of the last SR's NTP time; 0: none came
    std::uint32_t since_last_report = 0; ///< 1/65536 s

    friend bool operator==(const report_block&, const report_block&) = default;
};

struct sender_info
{
    std::uint64_t ntp = 0; ///< 32 bits of seconds, 32 of their fraction
    std::uint32_t timestamp = 0, packets = 0, octets = 0;

    friend bool operator==(const sender_info&, const sender_info&) = default;
};

/// RFC 3611 section 4.7: what an XR says about a voice. 127 stands for "not known" where it may.
struct voip_metrics
{
    std::uint32_t ssrc = 0;
    std::uint8_t loss_rate = 0, discard_rate = 0;    ///< of 256
    std::uint8_t burst_density = 0, gap_density = 0; ///< of 256
    std::uint16_t burst_ms = 0, gap_ms = 0;
    std::uint16_t round_trip_ms = 0, end_system_ms = 0;
    std::uint8_t signal_level = 127, noise_level = 127, echo_loss = 127, gap_minimum = 16;
    std::uint8_t r_factor = 127, external_r_factor = 127;     ///< 0-100
    std::uint8_t mos_listening = 127, mos_conversation = 127; ///< 10-50: ten times the MOS
    /// Concealment by interpolation, an adaptive jitter buffer (section 4.7.6).
    std::uint8_t receiver = 0xF0;
    std::uint16_t jitter_nominal_ms = 0, jitter_maximum_ms = 0, jitter_ceiling_ms = 0;

    friend bool operator==(const voip_metrics&, const voip_metrics&) = default;
};

/// What one datagram says that matters to a call with one other side.
struct rtcp
{
    std::uint32_t sender = 0; ///< SSRC
    std::optional<sender_info> sent;
    std::optional<report_block> about_us;
    std::optional<voip_metrics> voip_about_us;
    bool bye = false; ///< of `sender`
};

/// A compound packet (section 6.1), of which each part is checked as section A.2 has it: it begins
/// with SR or RR, and lengths add up. Unknown parts are passed over. `our_ssrc`: blocks about
/// others are too. Error: bad_packet.
result<rtcp> parse_rtcp(std::span<const std::uint8_t> datagram, std::uint32_t our_ssrc);

/// SR where `sent` is there, else RR; SDES with the CNAME; XR and BYE where wanted.
struct rtcp_report
{
    std::uint32_t sender = 0;
    std::optional<sender_info> sent;
    std::optional<report_block> block;
    std::string_view cname; ///< 1 to 64 bytes
    std::optional<voip_metrics> voip;
    bool bye = false;
};
inline constexpr std::size_t rtcp_report_bytes = 220;

/// Bytes written; 0 where `to` is shorter than `rtcp_report_bytes`.
std::size_t print_rtcp(const rtcp_report& r, std::span<std::uint8_t> to);

} // namespace solosip::rtp
