// What comes in, as a message that can be worked with.
#pragma once

#include "solosip/sip/validation.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace solosip::ua
{

/// RFC 3261 section 8.2.2: what is malformed and not needed is passed over, and a line that is no
/// header is needed by nobody: without a few of them, and without those that `m` has no room for,
/// `m` views `room` and not `datagram`. Nothing: it is no SIP message.
std::optional<sip::verdict> read_message(std::string_view datagram, sip::message_view& m,
                                         std::string& room);

} // namespace solosip::ua
