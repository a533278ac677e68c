// Messages with lines that are no headers.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <string>
#include <string_view>

namespace solosip::ua
{

/// RFC 3261 section 8.2.2: what is malformed and not needed is passed over, and a line that is no
/// header is needed by nobody. Parses `datagram`, which `m` could not, without a few such lines;
/// and without those beyond the last one that `m` has room for (`cut`). `m` views `room` then.
/// False: it is no SIP message.
bool salvage(std::string_view datagram, sip::message_view& m, std::string& room, bool& cut);

} // namespace solosip::ua
