// How an agent is set up, whom it is, and what it tells: the plain values of the public API.
#pragma once

#include "solosip/base/error.hpp"
#include "solosip/base/log.hpp"
#include "solosip/base/time.hpp"
#include "solosip/ua/engine.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace solosip
{

/// Of `std::error_code`, as Asio's operations report.
using std::error_code;

using ua::account;
using ua::ended_by;
using ua::ending;
using ua::header;
using ua::registration_state;
/// Errors of a failed one arrive as the operation's `error_code` as well.
using registration = ua::registration_changed;

enum class transport : std::uint8_t
{
    udp,
};

/// How a key press travels.
enum class dtmf_via : std::uint8_t
{
    automatic, ///< RFC 4733 where the other side understands it, else INFO
    rtp,       ///< RFC 4733
    info,      ///< SIP INFO, application/dtmf-relay
};

/// A key that was pressed at the other end.
struct digit
{
    char key = '\0';        ///< 0-9 * # A-D
    milliseconds length{0}; ///< 0 where not known
    dtmf_via via = dtmf_via::rtp;
};

/// A provisional answer to our call: 180 while it rings.
struct progress
{
    int status = 0;
    std::string reason{};
};

struct call_options
{
    std::string subject{};
    std::string display_name{};                         ///< of ours; empty: the account's
    std::string from{};                                 ///< a URI; empty: the account's
    std::vector<header> headers{};                      ///< on the INVITE
    seconds ring_for{60};                               ///< give up with `errc::no_answer` then
    std::function<void(const progress&)> on_progress{}; ///< on the agent's executor
};

struct media_options
{
    std::vector<std::string> codecs{"PCMA", "PCMU"}; ///< in order of preference
    std::uint16_t port_lo = 0, port_hi = 0; ///< RTP ports (even ones are used); 0: any free one
};

struct config
{
    std::string user_agent = "solosip"; ///< empty: not told
    int dscp_sip = 26, dscp_rtp = 46;   ///< AF31 and EF (RFC 4594); 0: not marked
    media_options media{};
    seconds ring_limit{60};   ///< an incoming call that nobody answers hears 480 then
    bool ring_at_once = true; ///< 180 as soon as a call comes in, without `invitation::ring`
    log_sink log{};
};

} // namespace solosip
