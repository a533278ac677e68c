// What a SIP status means to somebody who made a call.
#pragma once

#include "solosip/base/error.hpp"

namespace solosip::ua
{

/// The error of a final response of 300-699.
errc error_of(int status);

} // namespace solosip::ua
