// L16: samples as they are, 16 bits in network order (RFC 3551 section 4.5.11).
#pragma once

#include "solosip/media/codec.hpp"

namespace solosip::codecs
{

/// Mono at 8000 Hz and at 16000 Hz; both have dynamic payload types.
const media::codec& l16_8000();
const media::codec& l16_16000();

} // namespace solosip::codecs
