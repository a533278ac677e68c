// Who takes part in transfers.
#pragma once

#include "simulation/scenario.hpp"

namespace solosip::simulation
{

inline const std::string carol_uri = "sip:carol@192.0.2.3";

inline ua::settings willing()
{
    auto s = node::usual();
    s.allow_transfers = true;
    return s;
}

/// Alice and Bob talk; Bob follows transfers; Carol is there.
struct three_agents
{
    explicit three_agents(weather sky = {}, std::uint64_t seed = 1) : w(seed, sky)
    {
        bob.on_event = [this](const ua::event& e)
        {
            if (std::holds_alternative<ua::transfer_wanted>(e) && follows) (void)bob.follow();
        };
        bob.how.answer_after = milliseconds(100);
        carol.how.answer_after = seconds(1);
    }

    world w;
    node alice{w, "alice", alice_address};
    node bob{w, "bob", bob_address, willing()};
    node carol{w, "carol", carol_address};
    bool follows = true;

    void connect()
    {
        REQUIRE(alice.call(bob_uri));
        REQUIRE(w.run_until([&] { return alice.seen.answered == 1; }, minutes(1)));
        w.run_for(seconds(1));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && bob.nothing_left() && carol.nothing_left();
    }
};

/// Alice may be referred; the peer refers her, once connected.
struct referred
{
    referred()
    {
        alice.how.answer_after = milliseconds(0);
        peer.on_message = [this](const sip::message& m)
        {
            if (m->is_request() && m->method() != sip::method::ack) peer.answer(m, "200 OK");
        };
        peer.invite(alice.sip(), "sip:alice@192.0.2.1");
        w.run_for(milliseconds(300));
        peer.acknowledge();
        w.run_for(milliseconds(300));
        REQUIRE(alice.seen.answered == 1);
    }
    void refer(const std::string& lines)
    {
        peer.request("REFER", lines + peer.contact());
        w.run_for(milliseconds(100));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }

    world w{1};
    node alice{w, "alice", alice_address, willing()};
    node carol{w, "carol", carol_address};
    simulation::peer peer{w, "peer", peer_address};
};

inline const std::string to_carol = "Refer-To: <sip:carol@192.0.2.3>\n";

} // namespace solosip::simulation
