// Which rule a well-formed message breaks, and how RFC 3261 wants it answered.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <string_view>

namespace solosip::sip
{

/// `status` 0 and an empty `why`: nothing is wrong. A request is answered with `status`; a
/// response, an ACK, and a request that cannot be answered (`silent`) are dropped.
struct verdict
{
    int status = 0;
    std::string_view why{}; ///< a reason phrase for the wire and the log
    bool silent = false;

    bool ok() const { return status == 0 && !silent; }
};

/// What every element checks: mandatory headers present once and well-formed (section 8.1.1),
/// CSeq method equal to the request's, number ranges, a body as long as announced (section 18.3),
/// the protocol version. Extensions, methods and dialogs are the agent's business.
verdict validate(const message_view& m);

} // namespace solosip::sip
