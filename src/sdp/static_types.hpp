// The payload types that mean something without an rtpmap.
#pragma once

#include <cstdint>
#include <string_view>

namespace solosip::sdp
{

struct static_type
{
    std::string_view name{}; ///< empty for dynamic, reserved and unassigned numbers
    std::uint32_t clock_rate = 0;
    std::uint8_t channels = 1;
};
/// RFC 3551 tables 4 and 5.
static_type static_type_of(std::uint8_t payload_type);

/// Encoding names and protocols are compared without case (RFC 8866 section 6.6).
bool same_name(std::string_view a, std::string_view b);

} // namespace solosip::sdp
