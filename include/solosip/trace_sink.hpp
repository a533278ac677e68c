// Who wants to see what went over the wire: a ladder, a log, a capture file.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/time.hpp"

#include <string_view>

namespace solosip
{

/// Sees every SIP datagram and a note for each thing that happened. Called on the agent's executor,
/// never twice at once; it may call any member of the agent or of a call, but must not wait.
class trace_sink
{
public:
    virtual ~trace_sink() = default;

    /// `bytes` as sent to or received from `peer`, valid during the call only; `when` is
    /// `std::chrono::steady_clock`'s time. They hold secrets (the `response` of Authorization and
    /// Proxy-Authorization, keys in a session description): whoever shows or keeps them has to
    /// take these out, as `trace::redacted` and `trace::ladder` do.
    virtual void message(time_point when, bool sent, const endpoint& local, const endpoint& peer,
                         std::string_view bytes) = 0;

    /// Something between messages, free of secrets: "registered", "answered", "digit 5".
    virtual void note(time_point when, std::string_view text) = 0;
};

} // namespace solosip
