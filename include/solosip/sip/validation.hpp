// Which rule a well-formed message breaks, and how RFC 3261 wants it answered.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <cstdint>
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

/// `necessary`: malformed and repeated headers that nobody needs to process such a message are
/// passed over (section 8.2.2), as user agents do with what comes; who reads them finds nothing,
/// the first of them, or an error. In requests that end something (ACK, BYE, CANCEL) and in
/// responses that is most of them. Expires, Min-Expires, RSeq and Route never count.
enum class demand : std::uint8_t
{
    everything,
    necessary
};

/// What every element checks: mandatory headers present once and well-formed (section 8.1.1),
/// CSeq method equal to the request's, number ranges, a body as long as announced (section 18.3),
/// the protocol version. Extensions, methods and dialogs are the agent's business.
verdict validate(const message_view& m, demand what = demand::everything);

} // namespace solosip::sip
