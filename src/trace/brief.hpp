// What summary and ladder say of a message.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <string>
#include <string_view>

namespace solosip::trace
{

/// "INVITE sip:echo@192.0.2.7" or "180 Ringing"; printable, passwords taken away.
std::string start_line(const sip::message_view& m);

/// "CSeq 2 INVITE; audio 40000: PCMA PCMU; as alice": CSeq (the method only where the start line
/// does not tell), challenges or who answers them, expiry, the media of a session description.
std::string details(const sip::message_view& m);

/// "audio 40000: PCMA PCMU telephone-event, sendonly" for each m= line; lenient, never fails.
std::string media_of(std::string_view sdp);

/// "sip:me:secret@host" without ":secret".
std::string without_password(std::string_view uri);

} // namespace solosip::trace
