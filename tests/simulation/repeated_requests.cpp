// What comes twice is done once (RFC 3261 sections 8.2.2.2, 12.2.2, 17.2).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("a repeated INVITE is one call, and hears the last answer again (17.2.1)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(100));
    s.peer.say_again();
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.seen.incoming.size() == 1);
    CHECK(s.peer.count(180) == 3);
    REQUIRE(s.alice.reject(486));
    s.w.run_for(milliseconds(100));
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(486) == 2);
    CHECK(s.all_over());
}

TEST_CASE("an INVITE that is repeated after our 200 does not ring again (RFC 6026 section 7.1)")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(50));
    s.peer.say_again();
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.incoming.size() == 1);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
    CHECK(s.alice.seen.calls == 1);
}

TEST_CASE("the same request by another path hears 482 (8.2.2.2)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(100));
    s.peer.say(s.alice.sip(),
               "INVITE {target} SIP/2.0\nVia: {via}\nCSeq: {cseq-invite} INVITE\n"
               "From: {from}\nTo: {to}\nCall-ID: {call-id}\nMax-Forwards: 69\n" +
                   s.peer.contact(),
               s.peer.sdp());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(482) == 1);
    CHECK(s.alice.in_call());
    (void)s.alice.reject(603);
    CHECK(s.all_over());
}

TEST_CASE("a repeated BYE hears 200 again, and the call has ended once (17.2.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    int answers = 0;
    for (const auto& h : s.peer.inbox)
        answers += h.message->status() == 200 && header_of(h.message, "CSeq").ends_with("BYE");
    CHECK(answers == 2);
    CHECK(s.alice.seen.endings.size() == 1);
    // A new BYE for the same dialog finds nothing.
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    CHECK(s.all_over());
}

TEST_CASE("in a dialog that they have ended OPTIONS and another BYE hear 481 (12.2.2, 15.1.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(481) == 0);
    s.peer.request("OPTIONS");
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(481) == 2);
    CHECK(s.all_over());
}

TEST_CASE("a request with an older number is out of order (12.2.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.with.cseq = 10;
    s.peer.request("INFO");
    s.w.run_for(milliseconds(100));
    s.peer.with.cseq = 5;
    s.peer.request("INFO");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(500) == 1);
    s.peer.with.cseq = 20;
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an ACK that acknowledges nothing is ignored")
{
    agent_and_peer s;
    s.peer.say(s.alice.sip(), "ACK sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nCSeq: 1 ACK\n"
                              "From: <sip:x@y>;tag=1\nTo: <sip:alice@192.0.2.1>;tag=2\n"
                              "Call-ID: none\nMax-Forwards: 70\n");
    s.w.run_for(seconds(1));
    CHECK(s.peer.inbox.empty());
    CHECK(s.alice.engine().live_objects() == 0);
}

TEST_CASE("responses to nothing are ignored (18.1.2)")
{
    agent_and_peer s;
    for (const char* first :
         {"100 Trying", "180 Ringing", "200 OK", "401 Unauthorized", "486 Busy", "503 No"})
        s.peer.say(s.alice.sip(), std::string("SIP/2.0 ") + first +
                                      "\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnone\n"
                                      "CSeq: 1 INVITE\nFrom: <sip:alice@192.0.2.1>;tag=1\n"
                                      "To: <sip:x@y>;tag=2\nCall-ID: none\n");
    s.w.run_for(seconds(1));
    CHECK(s.peer.inbox.empty());
    CHECK(s.alice.engine().live_objects() == 0);
    // And during a call, too.
    s.connect_out();
    const auto before = s.peer.inbox.size();
    s.peer.say(s.alice.sip(), "SIP/2.0 486 Busy\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx\n"
                              "CSeq: 1 INVITE\nFrom: {to}\nTo: {from}\nCall-ID: {call-id}\n");
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.inbox.size() == before);
    CHECK(s.alice.in_call());
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("OPTIONS: 200 when idle, the call's own answer inside a call (11.2, 12.2.2)")
{
    agent_and_peer s;
    s.peer.with.target = "sip:alice@192.0.2.1";
    const std::string options = "OPTIONS sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nCSeq: {cseq} "
                                "OPTIONS\nFrom: <sip:x@y>;tag=1\nTo: <sip:alice@192.0.2.1>\n"
                                "Call-ID: o\nMax-Forwards: 70\n";
    s.peer.say(s.alice.sip(), options);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(200), "Allow").find("INVITE") != std::string::npos);
    CHECK(header_of(s.peer.last(200), "Accept").find("application/sdp") != std::string::npos);
    s.connect_in();
    s.peer.request("OPTIONS");
    s.w.run_for(milliseconds(100));
    CHECK(header_of(s.peer.last(200), "CSeq").ends_with("OPTIONS"));
    CHECK(s.alice.in_call());
    // Section 11.2: outside the call the answer is what an INVITE would get.
    s.peer.say(s.alice.sip(), options);
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(486) == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("requests for a dialog that we do not have hear 481 (12.2.2)")
{
    for (const char* method : {"BYE", "INFO", "INVITE", "OPTIONS"})
    {
        CAPTURE(method);
        agent_and_peer s;
        s.peer.with = {s.alice.sip(),
                       "sip:alice@192.0.2.1",
                       "<sip:x@y>;tag=1",
                       "<sip:alice@192.0.2.1>;tag=gone",
                       "none",
                       0,
                       0,
                       {}};
        s.peer.request(method);
        s.w.run_for(milliseconds(100));
        INFO(s.w.log());
        CHECK(s.peer.count(481) == 1);
        s.w.run_for(long_after);
        CHECK(s.alice.engine().live_objects() == 0);
    }
}

TEST_CASE("a BYE with the wrong tag does not end a call (12.2.2)")
{
    agent_and_peer s;
    s.connect_in();
    const auto good = s.peer.with.from;
    s.peer.with.from = "<sip:peer@192.0.2.9>;tag=stranger";
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(481) == 1);
    CHECK(s.alice.in_call());
    s.peer.with.from = good;
    s.peer.request("BYE");
    CHECK(s.all_over());
}
