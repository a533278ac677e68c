// Opus (RFC 6716, RFC 7587) by libopus: the target solosip::opus, built where SOLOSIP_OPUS is on.
#pragma once

#include "solosip/media/codec.hpp"

namespace solosip::codecs
{

/// Voice at 48 kHz; SDP calls it "opus/48000/2", as RFC 7587 section 7 has it, and what is sent is
/// mono. A packet holds 10 or 20 ms.
const media::codec& opus();

} // namespace solosip::codecs
