// Several answers to one INVITE, and the way back through proxies (RFC 3261 sections 12.1, 12.2,
// 13.2.2.4, 16.12).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE(
    "two forks answer: the first is the call, the second is acknowledged and ended (13.2.2.4)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            for (const char* tag : {"one", "two", "three"})
            {
                s.peer.tag = tag;
                s.peer.answer(m, "180 Ringing", s.peer.contact());
            }
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    for (const char* tag : {"two", "one"})
    {
        s.peer.tag = tag;
        s.peer.accept(s.peer.last(sip::method::invite));
    }
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.peer.count(sip::method::ack) == 2);
    REQUIRE(s.peer.count(sip::method::bye) == 1);
    CHECK(header_of(s.peer.last(sip::method::bye), "To").ends_with("tag=one"));
    CHECK(s.alice.in_call());
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    REQUIRE(s.peer.count(sip::method::bye) == 2);
    CHECK(header_of(s.peer.last(sip::method::bye), "To").ends_with("tag=two"));
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("requests in a dialog take the recorded route, in the right order (12.1.2, 12.2.1.1)")
{
    agent_and_peer s;
    simulation::peer proxy(s.w, "proxy", carol_address);
    proxy.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) proxy.answer(m, "200 OK");
    };
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK",
                          "Record-Route: <sip:192.0.2.50;lr>, <sip:192.0.2.3;lr>\n" +
                              s.peer.contact(),
                          s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(proxy.count(sip::method::ack) == 1);
    CHECK(header_of(proxy.last(sip::method::ack), "Route") ==
          "<sip:192.0.2.3;lr>, <sip:192.0.2.50;lr>");
    CHECK(proxy.last(sip::method::ack)->request_uri() == "sip:peer@192.0.2.9:5060");
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    CHECK(proxy.count(sip::method::bye) == 1);
    CHECK(s.peer.count(sip::method::bye) == 0);
    CHECK(s.all_over());
}

TEST_CASE("a strict router gets the request as it wants it (12.2.1.1)")
{
    agent_and_peer s;
    simulation::peer proxy(s.w, "proxy", carol_address);
    proxy.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) proxy.answer(m, "200 OK");
    };
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", "Record-Route: <sip:192.0.2.3>\n" + s.peer.contact(),
                          s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(proxy.count(sip::method::ack) == 1);
    CHECK(proxy.last(sip::method::ack)->request_uri() == "sip:192.0.2.3");
    CHECK(header_of(proxy.last(sip::method::ack), "Route") == "<sip:peer@192.0.2.9:5060>");
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a callee sends its BYE by the route of the INVITE, in its order (12.1.1)")
{
    agent_and_peer s;
    simulation::peer proxy(s.w, "proxy", carol_address);
    proxy.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) proxy.answer(m, "200 OK");
    };
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1",
                  "Record-Route: <sip:192.0.2.3;lr>\nRecord-Route: <sip:192.0.2.50;lr>\n");
    s.w.run_for(milliseconds(200));
    CHECK(header_of(s.peer.last(200), "Record-Route") == "<sip:192.0.2.3;lr>, <sip:192.0.2.50;lr>");
    s.peer.acknowledge();
    s.w.run_for(milliseconds(200));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    REQUIRE(proxy.count(sip::method::bye) == 1);
    CHECK(header_of(proxy.last(sip::method::bye), "Route") ==
          "<sip:192.0.2.3;lr>, <sip:192.0.2.50;lr>");
    CHECK(proxy.last(sip::method::bye)->request_uri() == "sip:peer@192.0.2.9:5060");
    CHECK(s.all_over());
}

TEST_CASE("a 2xx without a Contact: the target stays what we called (12.1.2)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) s.peer.answer(m, "200 OK", {}, s.peer.sdp());
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    CHECK(s.peer.last(sip::method::bye)->request_uri() == peer_uri);
    CHECK(s.all_over());
}

TEST_CASE("a 2xx without a tag has an empty one (12.1.2)")
{
    agent_and_peer s;
    s.peer.tag.clear();
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) s.peer.accept(m);
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.peer.count(sip::method::ack) == 1);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.all_over());
}

TEST_CASE("a 2xx that makes no dialog ends the call by itself, once")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() != sip::method::invite) return;
        std::string routes;
        for (std::size_t i = 0; i <= limits::route_set; ++i)
            routes += "Record-Route: <sip:192.0.2.9;lr>\n";
        s.peer.answer(m, "200 OK", s.peer.contact() + routes, s.peer.sdp());
    };
    ua::call_options o;
    o.ring_for = seconds(GENERATE(10, 100));
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(minutes(3));
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.nothing_left());
}

TEST_CASE("the answer of one telephone too many that rings is an answer")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() != sip::method::invite) return;
        for (std::size_t i = 0; i < limits::early_dialogs; ++i)
        {
            s.peer.tag = "early" + std::to_string(i);
            s.peer.answer(m, "180 Ringing", s.peer.contact());
        }
        s.peer.tag = "one-too-many";
        s.peer.accept(m);
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    CHECK(s.alice.in_call());
    CHECK(s.peer.count(sip::method::ack) == 1);
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a flood of early dialogs is bounded")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            for (int i = 0; i < 1000; ++i)
            {
                s.peer.tag = std::to_string(i);
                s.peer.answer(m, "180 Ringing", s.peer.contact());
            }
        if (m->method() == sip::method::cancel) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    CHECK(s.alice.engine().live_objects() < 10);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a flood of INVITEs is answered, bounded, and a call goes on through it")
{
    agent_and_peer s;
    s.connect_in();
    const auto with = s.peer.with;
    for (int i = 0; i < 2000; ++i)
        s.peer.say(s.alice.sip(),
                   "INVITE sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\n"
                   "CSeq: 1 INVITE\nFrom: <sip:x@y>;tag=1\n"
                   "To: <sip:alice@192.0.2.1>\nCall-ID: " +
                       std::to_string(i) + "\nMax-Forwards: 70\nContact: <sip:x@192.0.2.9>\n",
                   s.peer.sdp());
    s.w.run_for(seconds(1));
    CHECK(s.alice.engine().live_objects() <= limits::transactions + 4);
    CHECK(s.peer.count(486) > 0);
    CHECK(s.peer.count(503) > 0);
    CHECK(s.alice.in_call());
    // While strangers hold all that they may hold, the other side can still say goodbye.
    s.peer.with = with;
    s.peer.request("BYE");
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("noise on both ports during a call disturbs neither the call nor the digits")
{
    two_agents s;
    REQUIRE(s.connect());
    simulation::peer noise(s.w, "noise", peer_address);
    REQUIRE(s.alice.press("1590*#"));
    for (int i = 0; i < 3000; ++i)
    {
        std::string bytes(s.w.random().below(200), '\0');
        for (char& c : bytes)
            c = static_cast<char>(s.w.random().u32());
        if (i % 3 == 0) bytes.insert(0, "\x80\x65"); // looks like an event
        s.w.send({peer_address, 7000}, i % 2 ? s.bob.media() : s.bob.sip(), bytes);
        s.w.run_for(milliseconds(1));
    }
    INFO(s.w.log());
    CHECK(s.bob.seen.digits == "1590*#");
    CHECK(s.bob.in_call());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}
