// SRTP by libsrtp2, for `ua::settings::srtp`; in `solosip::srtp`. `agent` takes it by itself.
#pragma once

#include "solosip/media/srtp.hpp"

namespace solosip::srtp
{

/// Null where libsrtp2 cannot be initialized.
const media::srtp_transform* libsrtp();

} // namespace solosip::srtp
