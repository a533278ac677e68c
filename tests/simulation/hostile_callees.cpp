// Callees that want to keep us busy: whatever they answer, it costs little and comes to an end.
#include "simulation/pracks.hpp"
#include "simulation/registrar.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("422 that asks for more each time is followed twice (RFC 4028 section 7.3)")
{
    auto timed = node::usual();
    timed.session_expires = seconds(90);
    agent_and_peer s(timed);
    int least = 100;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::invite)
            s.peer.answer(m, "422 Session Interval Too Small",
                          "Min-SE: " + std::to_string(least++) + "\n");
    };
    REQUIRE(s.alice.call(peer_uri));
    CHECK(s.all_over());
    CHECK(s.peer.count(sip::method::invite) == 3);
    CHECK(s.alice.seen.endings.at(0).status == 422);
}

TEST_CASE("423 that asks for more each time is followed twice (10.2.8)")
{
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, peer_address);
    unsigned least = 4000;
    server.on_message = [&](const sip::message& m)
    {
        if (m->is_request())
            server.answer(m, "423 Interval Too Brief",
                          "Min-Expires: " + std::to_string(least++) + "\n");
    };
    alice.register_as(account_at(server));
    w.run_for(seconds(1));
    CHECK(server.count(sip::method::register_) == 3);
    CHECK(alice.seen.registrations.back().status == 423);
}

TEST_CASE("reliable responses without an end: a few PRACKs are out, and we can still cancel")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    for (int i = 1; i <= 300; ++i)
    {
        s.peer.answer(invite, "180 Ringing", s.peer.contact() + reliably(static_cast<unsigned>(i)));
        s.w.run_for(milliseconds(20));
    }
    CHECK(s.alice.engine().live_objects() < 3 * limits::provisionals);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(sip::method::cancel) > 0);
    CHECK(s.all_over());
}

TEST_CASE("a PRACK that is out when the INVITE begins anew is nobody's (22.2)")
{
    const bool from_stranger_leg = GENERATE(false, true);
    agent_and_peer s;
    ua::account a;
    a.uri = "sip:alice@example.com";
    a.password = "secret";
    REQUIRE(s.alice.engine().set_account(a));
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "183 Session Progress", s.peer.contact() + reliably(1), s.peer.sdp());
    s.w.run_for(milliseconds(50));
    const auto prack = s.peer.last(sip::method::prack);
    s.peer.answer(invite, "401 Unauthorized",
                  "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\n");
    s.w.run_for(milliseconds(50));
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    if (from_stranger_leg)
    {
        s.peer.tag = "second";
        s.peer.answer(s.peer.last(sip::method::invite), "180 Ringing", s.peer.contact());
        s.w.run_for(milliseconds(50));
        s.peer.tag = "peer";
    }
    s.peer.answer(prack, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\"\n");
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::prack) == 1);
    s.peer.answer(s.peer.last(sip::method::invite), "486 Busy Here");
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE that only hears 100 does not keep a call that a BYE has ended (14.1)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(50));
    s.peer.answer(s.peer.last(sip::method::invite), "100 Trying");
    s.w.run_for(milliseconds(50));
    const bool we_hang_up = GENERATE(false, true);
    if (we_hang_up)
        REQUIRE(s.alice.hang_up());
    else
        s.peer.request("BYE");
    s.w.run_for(milliseconds(5));
    s.peer.request("BYE");
    s.w.run_for(milliseconds(50));
    if (we_hang_up) s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.engine().settled());
}

TEST_CASE("strangers who write To tags take up no room of our own requests (8.2.7)")
{
    agent_and_peer s;
    for (int i = 0; i < 1000; ++i)
    {
        s.peer.say(s.alice.sip(),
                   "OPTIONS sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nMax-Forwards: 70\n"
                   "From: <sip:x@y>;tag=1\nTo: <sip:alice@192.0.2.1>;tag=made" +
                       std::to_string(i) + "\nCall-ID: " + std::to_string(i) +
                       "\nCSeq: 1 OPTIONS\n");
        s.w.run_for(milliseconds(20));
    }
    CHECK(s.peer.count(481) == 1000);
    CHECK(s.alice.engine().live_objects() <= limits::transactions / 2 + 2);
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(sip::method::invite) == 1);
    s.peer.answer(s.peer.last(sip::method::invite), "486 Busy Here");
    CHECK(s.all_over());
}
