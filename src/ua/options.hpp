// Requests outside any dialog that begin no call.
#pragma once

#include "ua/context.hpp"

namespace solosip::ua
{

/// OPTIONS (RFC 3261 section 11.2): what we can do, with the status that an INVITE would get now.
void on_options(context& ctx, const incoming& in, bool busy, time_point now);

/// Section 8.2: refuses what no user agent of our kind takes; false where `in` may go on.
bool refuse_unsupported(context& ctx, const incoming& in, time_point now);

} // namespace solosip::ua
