// The payload types that mean something without an rtpmap.
#pragma once

#include "solosip/sdp/description.hpp"

#include <string_view>

namespace solosip::sdp
{

/// RFC 3551 tables 4 and 5. The name is empty for dynamic, reserved and unassigned numbers.
format static_format(std::uint8_t payload_type);

/// Encoding names and protocols are compared without case (RFC 8866 section 6.6).
bool same_name(std::string_view a, std::string_view b);

} // namespace solosip::sdp
