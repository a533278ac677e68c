// Who is where: IPv6, names, ports (RFC 3261 sections 8.1.2, 18.2.2; RFC 3263).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("a call over IPv6, with its audio (RFC 6157)")
{
    world w(1);
    node alice(w, "alice", *ip_address::parse("2001:db8::1"));
    node bob(w, "bob", *ip_address::parse("2001:db8::2"));
    bob.how.answer_after = milliseconds(100);
    REQUIRE(alice.call("sip:bob@[2001:db8::2]"));
    w.run_for(seconds(2));
    INFO(w.log());
    REQUIRE(alice.seen.answered == 1);
    CHECK(alice.seen.media.at(0).remote.to_string().starts_with("[2001:db8::2]:"));
    REQUIRE(bob.press("5"));
    w.run_for(seconds(1));
    CHECK(alice.seen.digits == "5");
    REQUIRE(alice.hang_up());
    w.run_for(long_after);
    CHECK(alice.nothing_left());
    CHECK(bob.nothing_left());
    CHECK(bob.last_ending() == "peer 0");
}

TEST_CASE("a name with a port, and a name without one")
{
    two_agents s;
    s.w.set_host("bob.example.com", {s.bob.sip()});
    s.bob.how.answer_after = milliseconds(100);
    for (const char* to : {"sip:bob@bob.example.com", "sip:bob@bob.example.com:5060",
                           "sip:bob@192.0.2.2:5060;transport=udp", "<sip:bob@192.0.2.2>"})
    {
        CAPTURE(to);
        const int before = s.alice.seen.answered;
        if (!s.alice.call(to)) continue; // angle brackets are no URI; both answers are good
        s.w.run_for(seconds(1));
        INFO(s.w.log());
        CHECK(s.alice.seen.answered == before + 1);
        (void)s.alice.hang_up();
        s.w.run_for(seconds(1));
    }
    CHECK(s.alice.seen.answered >= 3);
    CHECK(s.all_over());
}

TEST_CASE("a Contact elsewhere: ACK and BYE go there, not to where the INVITE went (12.2.1.1)")
{
    agent_and_peer s;
    simulation::peer elsewhere(s.w, "elsewhere", carol_address);
    elsewhere.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) elsewhere.answer(m, "200 OK");
    };
    s.w.set_host("phone.example.com", {elsewhere.sip()});
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", "Contact: <sip:x@phone.example.com>\n", s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(elsewhere.count(sip::method::ack) == 1);
    CHECK(elsewhere.count(sip::method::bye) == 1);
    CHECK(s.peer.count(sip::method::ack) == 0);
    CHECK(s.all_over());
}

TEST_CASE("a Contact that leads nowhere: ACK and BYE go where the INVITE went")
{
    for (const std::string at : {"phone.of.another.network", "nowhere.example.com:5070;x=y"})
    {
        CAPTURE(at);
        agent_and_peer s;
        s.peer.on_message = [&](const sip::message& m)
        {
            if (m->method() == sip::method::invite)
                s.peer.answer(m, "200 OK", "Contact: <sip:x@" + at + ">\n", s.peer.sdp());
            if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
        };
        REQUIRE(s.alice.call(peer_uri));
        s.w.run_for(seconds(5));
        INFO(s.w.log());
        CHECK(s.alice.in_call());
        CHECK(s.peer.count(sip::method::ack) == 1);
        CHECK(s.peer.last(sip::method::ack)->request_uri() == "sip:x@" + at);
        REQUIRE(s.alice.hang_up());
        REQUIRE(s.all_over());
        CHECK(s.peer.count(sip::method::bye) == 1);
        CHECK(s.alice.seen.endings.size() == 1);
    }
}

TEST_CASE("a caller whose Contact leads nowhere hears BYE where its INVITE came from")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.say(s.alice.sip(),
               "INVITE sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nFrom: <sip:p@x>;tag=p\n"
               "To: <sip:alice@192.0.2.1>\nCall-ID: lost\nCSeq: 5 INVITE\nMax-Forwards: 70\n"
               "Contact: <sip:p@nowhere.example.com>\n",
               s.peer.sdp());
    s.w.run_for(milliseconds(300));
    s.peer.say(s.alice.sip(), "ACK sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nFrom: <sip:p@x>;tag=p\n"
                              "To: " +
                                  header_of(s.peer.last(200), "To") +
                                  "\nCall-ID: lost\nCSeq: 5 ACK\nMax-Forwards: 70\n");
    s.w.run_for(milliseconds(300));
    REQUIRE(s.alice.in_call());
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::bye) == 1);
    s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
}

TEST_CASE("answers go back to the port that asked, not to the one in the Via (RFC 3581)")
{
    agent_and_peer s;
    int answers = 0;
    s.w.on_arrival = [&](const datagram& d) {
        answers += d.to == endpoint{peer_address, 5999} && d.bytes.starts_with("SIP/2.0");
    };
    s.w.send({peer_address, 5999}, s.alice.sip(),
             "OPTIONS sip:alice@192.0.2.1 SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bKnat\r\n"
             "From: <sip:x@y>;tag=1\r\nTo: <sip:alice@192.0.2.1>\r\nCall-ID: n\r\n"
             "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(answers == 1);
    REQUIRE(s.peer.inbox.size() == 1);
    const auto via = header_of(s.peer.inbox[0].message, "Via");
    CHECK(via.find("received=192.0.2.9") != std::string::npos);
    CHECK(via.find("rport=5999") != std::string::npos);
}
