// Giving up before the answer (RFC 3261 section 9; RFC 3665 section 3.8).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("the caller gives up while it rings (RFC 3665 section 3.8)")
{
    two_agents s;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(seconds(4));
    REQUIRE(s.alice.seen.progress == std::vector<int>{180});
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.at(0).who == ua::ended_by::us);
    CHECK(s.alice.seen.endings.at(0).why == errc::cancelled);
    CHECK(s.bob.seen.endings.at(0).who == ua::ended_by::peer);
    CHECK(s.bob.seen.endings.at(0).why == errc::cancelled);
}

TEST_CASE("CANCEL goes out with the INVITE's branch and number, and gets its own 200 (9.1)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) s.peer.answer(m, "180 Ringing");
        if (m->method() == sip::method::cancel)
        {
            s.peer.answer(m, "200 OK");
            s.peer.answer(s.peer.last(sip::method::invite), "487 Request Terminated");
        }
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    const auto& invite = s.peer.last(sip::method::invite);
    const auto& cancel = s.peer.last(sip::method::cancel);
    CHECK(header_of(cancel, "Via") == header_of(invite, "Via"));
    CHECK(header_of(cancel, "To") == header_of(invite, "To"));
    CHECK(cancel->cseq()->number == invite->cseq()->number);
    CHECK(cancel->request_uri() == invite->request_uri());
    CHECK(header_of(cancel, "Contact").empty());
    CHECK(s.peer.count(sip::method::ack) == 1);
    CHECK(s.all_over());
}

TEST_CASE("a wish to hang up before any provisional answer is remembered (9.1)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.hang_up());
    CHECK(s.alice.seen.endings.size() == 1); // told at once
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::cancel) == 0);
    s.peer.answer(s.peer.last(sip::method::invite), "100 Trying");
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(sip::method::cancel) == 1);
    s.peer.answer(s.peer.last(sip::method::cancel), "200 OK");
    s.peer.answer(s.peer.last(sip::method::invite), "487 Request Terminated");
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(sip::method::ack) == 1);
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("a hang-up before any answer, and then silence: the INVITE times out by itself")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::cancel) == 0);
    CHECK(s.peer.count(sip::method::invite) == 7);
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE(
    "a hang-up before any answer, and then a 200: it is acknowledged and given back (9.1, 15)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.hang_up());
    s.peer.accept(s.peer.last(sip::method::invite));
    s.answer_all(sip::method::bye);
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::cancel) == 0);
    CHECK(s.peer.count(sip::method::ack) == 1);
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.answered == 0);
}

TEST_CASE("a hang-up while the name is looked up sends nothing")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    CHECK(s.peer.inbox.empty());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("a CANCEL that is never followed by a final answer ends after 64*T1 (9.1)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) s.peer.answer(m, "180 Ringing");
        if (m->method() == sip::method::cancel) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(31));
    CHECK(s.alice.engine().live_objects() > 0);
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("the other side gives up while we ring (9.2)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(seconds(2));
    REQUIRE(s.peer.count(180) == 1);
    s.peer.cancel();
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(200), "CSeq") == "1 CANCEL");
    CHECK(header_of(s.peer.last(487), "CSeq") == "1 INVITE");
    s.peer.acknowledge_refusal(s.peer.last(487));
    CHECK(s.alice.answer().code() == errc::call_ended);
    CHECK(s.all_over());
    CHECK(s.alice.last_ending().starts_with("peer 487"));
}

TEST_CASE("a CANCEL for nothing hears 481 (9.2)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.peer.with.invite_branch = "z9hG4bK-another";
    s.w.run_for(seconds(1));
    s.peer.cancel();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(481), "CSeq") == "1 CANCEL");
    CHECK(s.alice.in_call());
    (void)s.alice.reject(603);
    CHECK(s.all_over());
}

TEST_CASE("a CANCEL that comes after our 200 has no effect (9.2; RFC 5407 section 3.1.2)")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(100);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(200));
    REQUIRE(s.peer.count(200) == 1);
    s.peer.cancel();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(487) == 0);
    CHECK(s.peer.count(200) >= 2);
    CHECK(s.alice.in_call());
    for (const auto& h : s.peer.inbox)
        if (header_of(h.message, "CSeq") == "1 INVITE" && h.message->status() == 200)
        {
            s.peer.with.to = header_of(h.message, "To");
            s.peer.with.target = std::string(h.message->contact()->uri.text);
        }
    s.peer.say(s.alice.sip(), "ACK {target} SIP/2.0\nVia: {via}\nCSeq: 1 ACK\nFrom: {from}\n"
                              "To: {to}\nCall-ID: {call-id}\nMax-Forwards: 70\n");
    s.peer.request("BYE");
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}
