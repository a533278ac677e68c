// The transform of this build: one of two files is compiled.
#pragma once

#include "solosip/media/srtp.hpp"

namespace solosip::net
{

/// Null where the library was built without SOLOSIP_SRTP.
const media::srtp_transform* srtp();

} // namespace solosip::net
