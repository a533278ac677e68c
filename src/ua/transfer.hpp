// What a call remembers of REFER (RFC 3515, RFC 7647): one that we have sent, and one that we
// follow.
#pragma once

#include "ua/context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace solosip::ua
{

/// Where a Refer-To wants us to call.
struct refer_target
{
    std::string uri;      ///< for the Request-URI
    std::string replaces; ///< a Replaces value (RFC 3891); empty: none
    int status = 0;       ///< otherwise: how the REFER is refused
    std::string reason{};
};
/// RFC 3515 section 2.1: exactly one Refer-To; SIP only; no method but INVITE; of the headers that
/// a URI may carry only Replaces is followed (RFC 3261 section 19.1.5).
refer_target read_refer_to(const sip::message_view& refer);

/// The status line in a message/sipfrag body; 0 where there is none (RFC 3420).
struct fragment
{
    int status = 0;
    std::string reason{};
};
fragment read_fragment(std::string_view body);

/// A REFER of ours.
///
///     sent --- 2xx ---> accepted --- NOTIFY: 1xx ---> (again) --- NOTIFY: final, or limit --->
///     done
///       |                   |
///       +-- 300-699: done   +-- no subscription (RFC 4488): done
struct our_refer
{
    std::uint32_t cseq = 0; ///< names the subscription (RFC 3515 section 2.4.6); 0: not sent yet
    fragment last{};        ///< what has been told of so far
};

/// A REFER of theirs that the application has not decided about.
struct asked_refer
{
    sip::message request;
    transaction::id transaction;
    endpoint source, local;
    refer_target target;
};

/// A REFER of theirs that we follow: its subscription (RFC 3515 section 2.4.4).
///
///     accepted: 202, NOTIFY 100 --- our INVITE: 1xx ---> NOTIFY --- its end ---> NOTIFY,
///     terminated
struct followed_refer
{
    std::uint32_t id = 0; ///< the REFER's CSeq
    bool tells = true;    ///< false: none is wanted (RFC 4488), or the other side hears no more
    int told = 0;         ///< the last status
};

} // namespace solosip::ua
