// A look at every message that an agent sends and receives.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/time.hpp"

#include <string_view>

namespace solosip
{

/// Called on the agent's executor, never concurrently; it must not wait. What it is shown is what
/// is on the wire: digest answers stand in it, so whoever writes it down redacts them first
/// (`trace::ladder` and `trace::summary` do).
class trace_sink
{
public:
    virtual ~trace_sink() = default;

    /// A datagram of the SIP socket, sent or received; it may be no SIP message at all.
    virtual void message(time_point at, bool sent, const endpoint& local, const endpoint& peer,
                         std::string_view bytes) = 0;
    /// Something else that belongs in the picture: "digit 5", "audio PCMA to 192.0.2.1:4000".
    virtual void note(time_point at, std::string_view text)
    {
        (void)at;
        (void)text;
    }
};

} // namespace solosip
