// SIP messages as people want to read them: one line each, without secrets and control characters.
#pragma once

#include "solosip/base/endpoint.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace solosip::trace
{

/// One line for a log, without a newline: direction, method and URI or status, peer, CSeq, what the
/// body offers. What does not parse is shown as its first 64 bytes, escaped, with the reason.
///
///     sent INVITE sip:echo@192.0.2.7 to 192.0.2.7:5060 (CSeq 2; audio 40000: PCMA PCMU; as alice)
std::string summary(std::string_view bytes, bool sent, const endpoint& peer);

/// The whole message with "***" for what would let a reader in: `response` and `cnonce` of
/// Authorization and Proxy-Authorization, passwords in URIs, and keys in a session description.
/// Anything else is left as it is, line ends included; good for bytes that do not parse, too.
std::string redacted(std::string_view bytes);

/// `text` with every byte outside printable ASCII, and the backslash, as \n, \t, \\ or \xHH; cut
/// after `limit` bytes of it.
std::string escaped(std::string_view text, std::size_t limit = 64);

} // namespace solosip::trace
