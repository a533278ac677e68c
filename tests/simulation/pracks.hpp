// Reliable responses and PRACKs of a scripted peer.
#pragma once

#include "simulation/scenario.hpp"

#include <optional>
#include <string>

namespace solosip::simulation
{

inline const std::string alice_uri = "sip:alice@192.0.2.1";

inline std::string reliably(unsigned rseq)
{
    return "Require: 100rel\nRSeq: " + std::to_string(rseq) + "\n";
}

/// The peer calls; with this header, and an offer or none.
inline void call_in(agent_and_peer& s, const std::string& header,
                    std::optional<std::string> body = {})
{
    s.peer.invite(s.alice.sip(), alice_uri, header, std::move(body));
    s.w.run_for(milliseconds(50));
}

/// The dialog that a provisional response has made.
inline void take_dialog(agent_and_peer& s, int status)
{
    s.peer.with.to = header_of(s.peer.last(status), "To");
}

inline std::string rack(agent_and_peer& s, int status)
{
    return "RAck: " + header_of(s.peer.last(status), "RSeq") + " 1 INVITE\n";
}

} // namespace solosip::simulation
