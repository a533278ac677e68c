// G.722: wide band voice, 7 kHz, at 64 kbit/s.
#pragma once

#include "solosip/media/codec.hpp"

namespace solosip::codecs
{

/// Payload type 9. Its RTP clock runs at 8000 Hz though it has 16000 samples a second, by a mistake
/// that has become the rule (RFC 3551 section 4.5.2).
const media::codec& g722();

} // namespace solosip::codecs
