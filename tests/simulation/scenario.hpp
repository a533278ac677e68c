// What most scenarios begin with: two agents, or an agent and a scripted peer.
#pragma once

#include "simulation/node.hpp"
#include "simulation/peer.hpp"
#include "simulation/world.hpp"
#include "support/catch.hpp"

#include <string>

namespace solosip::simulation
{

inline constexpr auto alice_address = ip_address::v4(192, 0, 2, 1);
inline constexpr auto bob_address = ip_address::v4(192, 0, 2, 2);
inline constexpr auto carol_address = ip_address::v4(192, 0, 2, 3);
inline constexpr auto peer_address = ip_address::v4(192, 0, 2, 9);

inline const std::string bob_uri = "sip:bob@192.0.2.2";
inline const std::string peer_uri = "sip:peer@192.0.2.9";

/// After the longest life of a transaction and an unacknowledged 2xx (64*T1 each).
inline constexpr auto long_after = seconds(80);

/// Alice and Bob, two engines.
struct two_agents
{
    explicit two_agents(weather sky = {}, std::uint64_t seed = 1) : w(seed, sky) {}
    two_agents(ua::settings of_alice, ua::settings of_bob, weather sky = {}, std::uint64_t seed = 1)
        : w(seed, sky), alice(w, "alice", alice_address, std::move(of_alice)),
          bob(w, "bob", bob_address, std::move(of_bob))
    {
    }

    world w;
    node alice{w, "alice", alice_address};
    node bob{w, "bob", bob_address};

    /// Alice calls Bob, who answers after `wait`; true once both are in the call.
    bool connect(milliseconds wait = milliseconds(500))
    {
        bob.how.answer_after = wait;
        const int before = alice.seen.answered;
        return alice.call(bob_uri) &&
               w.run_until([&] { return alice.seen.answered > before && bob.in_call(); },
                           minutes(1));
    }
    /// Both have forgotten their calls, each of which ended once.
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && bob.nothing_left() && !alice.next_timeout() &&
               !bob.next_timeout();
    }
};

/// Alice, an engine, and a scripted peer.
struct agent_and_peer
{
    explicit agent_and_peer(weather sky = {}, std::uint64_t seed = 1) : w(seed, sky) {}
    explicit agent_and_peer(ua::settings of_alice)
        : w(1), alice(w, "alice", alice_address, std::move(of_alice))
    {
    }

    world w;
    node alice{w, "alice", alice_address};
    simulation::peer peer{w, "peer", peer_address};

    /// Alice calls the peer, who accepts at once.
    void connect_out()
    {
        peer.on_message = [this](const sip::message& m)
        {
            if (m->is_request() && m->method() == sip::method::invite) peer.accept(m);
        };
        REQUIRE(alice.call(peer_uri));
        w.run_for(seconds(1));
        peer.on_message = nullptr;
        INFO(w.log());
        REQUIRE(alice.seen.answered == 1);
        peer.adopt(peer.last(sip::method::invite), alice.sip());
    }
    /// The peer calls Alice, who accepts at once.
    void connect_in()
    {
        alice.how.answer_after = milliseconds(0);
        peer.invite(alice.sip(), "sip:alice@192.0.2.1");
        w.run_for(milliseconds(300));
        peer.acknowledge();
        w.run_for(milliseconds(300));
        INFO(w.log());
        REQUIRE(alice.seen.answered == 1);
    }
    /// The peer answers each of these requests with 200 from now on.
    void answer_all(sip::method m)
    {
        peer.on_message = [this, m](const sip::message& heard)
        {
            if (heard->is_request() && heard->method() == m) peer.answer(heard, "200 OK");
        };
    }
    /// The peer's answer to the last INVITE of Alice, and the time for it to be acknowledged.
    void answer_invite(const std::string& status, const std::string& more = {},
                       const std::string& body = {})
    {
        peer.answer(peer.last(sip::method::invite), status, more, body);
        w.run_for(milliseconds(100));
    }
    /// The peer lets Alice hold; then it hangs up, and nothing is left.
    bool holds_then_ends(const std::string& formats)
    {
        answer_invite("200 OK", peer.contact(), peer.sdp(formats, "a=recvonly\r\n"));
        if (alice.held() != "us") return false;
        peer.request("BYE");
        return all_over();
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }
};

/// Loses the first `n` datagrams that are SIP and begin with `start` ("ACK ", "SIP/2.0 200") and
/// hold `also`.
inline std::function<bool(const datagram&)> lose(int n, std::string start, std::string also = {})
{
    return [n, start = std::move(start), also = std::move(also)](const datagram& d) mutable
    {
        if (n > 0 && d.is_sip() && d.bytes.starts_with(start) &&
            d.bytes.find(also) != std::string_view::npos)
        {
            --n;
            return false;
        }
        return true;
    };
}

} // namespace solosip::simulation
