// The races of RFC 5407 section 3 that INVITE, ACK, CANCEL and BYE can run, by its numbers. Glare
// of offers (3.3.1, 3.3.2) is in reinvite_glare.cpp and update.cpp, 3.2.3 in reinvite.cpp.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

const std::string alice_uri = "sip:alice@192.0.2.1";

// Alice has sent her 200; the peer has not acknowledged it.
void answered_but_not_acknowledged(agent_and_peer& s, std::optional<std::string> body = {})
{
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), alice_uri, {}, std::move(body));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(200) == 1);
    s.peer.with.to = header_of(s.peer.last(200), "To");
}

} // namespace

TEST_CASE("3.1.1 the INVITE again after our 200: no second call, and the 200 goes on to come")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), alice_uri);
    s.w.run_for(milliseconds(100));
    s.peer.say_again();
    s.w.run_for(milliseconds(600));
    CHECK(s.peer.count(200) == 2);
    CHECK(s.peer.count(482) + s.peer.count(486) + s.peer.count(500) == 0);
    s.peer.acknowledge();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.incoming.size() == 1);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("3.1.2 CANCEL meets our 200: it has no effect, and a BYE follows")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s);
    const auto to = std::exchange(s.peer.with.to, "<" + alice_uri + ">");
    s.peer.cancel();
    s.w.run_for(milliseconds(50));
    CHECK(header_of(s.peer.last(200), "CSeq").ends_with("CANCEL"));
    CHECK(s.peer.count(487) == 0);
    CHECK(s.alice.in_call());
    s.peer.with.to = to;
    s.peer.say(s.alice.sip(), "ACK {target} SIP/2.0\nVia: {via}\nCSeq: {cseq-invite} ACK\n"
                              "From: {from}\nTo: {to}\nCall-ID: {call-id}\nMax-Forwards: 70\n");
    s.peer.request("BYE");
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("3.1.3 a BYE of the early dialog meets our 200")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s);
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(200), "CSeq").ends_with("BYE"));
    CHECK_FALSE(s.alice.in_call());
    s.peer.acknowledge(); // the ACK that comes too late (3.2.4)
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("3.1.4 a re-INVITE before the ACK, which was lost: it is as good as one")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s);
    s.peer.request("INVITE", {}, s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.last(200)->body().find("RTP/AVP 0 101") != std::string_view::npos);
    s.peer.acknowledge();
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    CHECK(s.alice.seen.media.back().codec == "PCMU");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("3.1.5 a re-INVITE while our offer waits for the ACK with its answer: 491")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s, std::string());
    const auto first_cseq = s.peer.with.invite_cseq;
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(491) == 1);
    s.peer.acknowledge_refusal(s.peer.last(491));
    s.peer.with.invite_cseq = first_cseq;
    s.peer.acknowledge(s.peer.sdp());
    s.w.run_for(seconds(1));
    CHECK(s.alice.in_call());
    CHECK(s.peer.media_packets >= 45);
    s.peer.request("INVITE", {}, s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(100));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.seen.media.back().codec == "PCMU");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("3.1.6 a BYE before the ACK, which was lost")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s);
    s.w.run_for(seconds(2));
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    const int good = s.peer.count(200);
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.peer.count(200) == good); // the 200 of the INVITE has stopped
    CHECK(s.alice.last_ending() == "peer 0");
    CHECK(s.peer.count(sip::method::bye) == 0);
    CHECK(s.all_over());
}

TEST_CASE("3.2.1 both hang up at once: each BYE is answered, each call ends once")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 5)));
    two_agents s({.latency = milliseconds(40), .spread = milliseconds(20)}, seed);
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.bob.hang_up());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.last_ending() == "us 0");
    CHECK(s.bob.last_ending() == "us 0");
    CHECK(s.all_over());
}

TEST_CASE("3.2.1 with a peer: our BYE is out, theirs comes, both hear 200")
{
    agent_and_peer s;
    s.connect_in();
    REQUIRE(s.alice.hang_up());
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(200), "CSeq").ends_with("BYE"));
    s.peer.answer(s.peer.last(sip::method::bye), "481 Call/Transaction Does Not Exist");
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("3.2.2 a re-INVITE, an UPDATE and an INFO after our BYE hear 481")
{
    agent_and_peer s;
    s.connect_in();
    REQUIRE(s.alice.hang_up());
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(481) == 1);
    s.peer.acknowledge_refusal(s.peer.last(481));
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp());
    s.peer.request("INFO");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(481) == 3);
    s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
}

TEST_CASE("3.3.3 a REFER after our BYE hears 481, and nobody is called")
{
    world w{1};
    auto willing = node::usual();
    willing.allow_transfers = true;
    node alice{w, "alice", alice_address, willing};
    node bob{w, "bob", bob_address};
    simulation::peer peer{w, "peer", peer_address};
    alice.how.answer_after = milliseconds(0);
    peer.invite(alice.sip(), alice_uri);
    w.run_for(milliseconds(300));
    peer.acknowledge();
    w.run_for(milliseconds(300));
    REQUIRE(alice.seen.answered == 1);
    REQUIRE(alice.hang_up());
    peer.request("REFER", "Refer-To: <" + bob_uri + ">\n" + peer.contact());
    w.run_for(milliseconds(100));
    INFO(w.log());
    REQUIRE(peer.count(481) == 1);
    CHECK(header_of(peer.last(481), "CSeq").ends_with("REFER"));
    peer.answer(peer.last(sip::method::bye), "200 OK");
    w.run_for(long_after);
    CHECK(alice.seen.wanted.empty());
    CHECK(bob.seen.incoming.empty());
    CHECK(peer.count(sip::method::notify) == 0);
    CHECK(alice.nothing_left());
    CHECK(alice.seen.endings.size() == 1);
}

TEST_CASE("3.2.4 an ACK after the BYE says nothing any more")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("BYE");
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge(s.peer.sdp("18"));
    INFO(s.w.log());
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("appendix A: a BYE in an early dialog of ours ends only that fork")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact());
    s.w.run_for(milliseconds(50));
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    s.w.run_for(milliseconds(50));
    CHECK(header_of(s.peer.last(200), "CSeq").ends_with("BYE"));
    CHECK(s.alice.in_call());
    s.peer.tag = "another";
    s.peer.accept(invite);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("appendix A: a BYE overtakes the 200 that it ends: acknowledged, and over")
{
    const bool late_offer = GENERATE(false, true);
    CAPTURE(late_offer);
    agent_and_peer s;
    ua::call_options o;
    o.late_offer = late_offer;
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact());
    s.w.run_for(milliseconds(50));
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE", "Reason: SIP;cause=408;text=\"no ACK came\"\n");
    s.w.run_for(milliseconds(50));
    s.peer.accept(invite);
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 1);
    CHECK(s.peer.count(sip::method::bye) == 0);
    CHECK(s.alice.seen.answered == 0);
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.last_ending() == "peer 0");
    CHECK(s.alice.seen.endings.at(0).reason == "no ACK came");
    s.peer.say_again(); // the 200 once more
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(sip::method::ack) == 2);
    CHECK(s.all_over());
}

TEST_CASE("appendix C: CANCEL crosses a 200: acknowledged, then BYE")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact());
    s.w.run_for(milliseconds(50));
    s.peer.accept(invite);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    REQUIRE(s.peer.count(sip::method::cancel) == 1);
    s.peer.answer(s.peer.last(sip::method::cancel), "200 OK");
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 1);
    REQUIRE(s.peer.count(sip::method::bye) == 1);
    s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.at(0).why == errc::cancelled);
}

TEST_CASE("what we have to say before their ACK waits for it: they may know no dialog yet (12.1)")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s);
    REQUIRE(s.alice.press("5", ua::digit_method::info));
    REQUIRE(s.alice.request_in_call({"MESSAGE", {}, {}, {}, "Hello."}));
    s.w.run_for(seconds(5));
    CHECK(s.peer.count(sip::method::info) == 0);
    CHECK(s.peer.count(sip::method::message) == 0);
    s.answer_all(sip::method::info);
    s.peer.acknowledge();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::info) == 1);
    CHECK(s.peer.count(sip::method::message) == 1);
    CHECK(s.alice.seen.sent.size() == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
    CHECK(s.alice.seen.done.size() == 1);
}

TEST_CASE("no ACK comes: what has waited for it is told to be in vain, and never said")
{
    agent_and_peer s;
    answered_but_not_acknowledged(s);
    REQUIRE(s.alice.request_in_call({"MESSAGE", {}, {}, {}, "Hello."}));
    s.answer_all(sip::method::bye);
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::message) == 0);
    REQUIRE(s.alice.seen.done.size() == 1);
    CHECK(s.alice.seen.done[0].why == errc::call_ended);
}

TEST_CASE("a BYE comes while we look up the way: what was to go there stays here (15.1.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.w.sky.latency = milliseconds(0);
    const bool hangs_up = GENERATE(false, true);
    CAPTURE(hangs_up);
    REQUIRE(s.alice.hold());
    if (hangs_up) REQUIRE(s.alice.hang_up());
    s.peer.request("BYE");
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 0);
    CHECK(s.peer.count(sip::method::bye) == 0);
    REQUIRE(s.alice.seen.changes.size() == 1);
    CHECK(s.alice.seen.changes[0].why == errc::call_ended);
}

TEST_CASE("a BYE that a later request has overtaken is refused, and said once more (12.2.2)")
{
    agent_and_peer s;
    s.connect_out();
    const bool in_vain = GENERATE(false, true);
    CAPTURE(in_vain);
    s.peer.on_message = [&](const sip::message& m)
    {
        const bool late = s.peer.count(sip::method::bye) == 1 || in_vain;
        s.peer.answer(m, late ? "500 CSeq Out of Order" : "200 OK");
    };
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::bye) == 2);
    CHECK(s.peer.inbox.back().message->cseq()->number >
          s.peer.inbox[s.peer.inbox.size() - 2].message->cseq()->number);
}

TEST_CASE("a REFER of ours while theirs waits for the user: theirs has its answer (3515 2.4.2)")
{
    world w{1};
    auto willing = node::usual();
    willing.allow_transfers = true;
    node alice(w, "alice", alice_address, willing);
    simulation::peer peer(w, "peer", peer_address);
    alice.how.answer_after = milliseconds(0);
    peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::refer) peer.answer(m, "603 Decline");
    };
    peer.invite(alice.sip(), alice_uri);
    w.run_for(milliseconds(100));
    peer.acknowledge();
    peer.request("REFER", "Refer-To: <sip:carol@192.0.2.3>\n" + peer.contact());
    w.run_for(milliseconds(100));
    REQUIRE(alice.seen.wanted.size() == 1);
    REQUIRE(alice.transfer("sip:carol@192.0.2.3"));
    w.run_for(seconds(11));
    INFO(w.log());
    CHECK(alice.seen.transfers.size() == 1);
    CHECK(peer.count(480) == 1);
    peer.request("BYE");
    w.run_for(long_after);
    CHECK(alice.nothing_left());
}

TEST_CASE("3.1.4 what waits for the ACK goes out with the re-INVITE that shows our 200 is there")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(50));
    REQUIRE(s.alice.request_in_call({"INFO", {}, {}, {}, "Hello."}));
    s.w.run_for(milliseconds(50));
    REQUIRE(s.peer.count(sip::method::info) == 0);
    s.peer.with.to = header_of(s.peer.last(200), "To");
    s.peer.request("INVITE", s.peer.contact(), s.peer.sdp("18"));
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(488) == 1);
    REQUIRE(s.peer.count(sip::method::info) == 1);
    s.peer.answer(s.peer.last(sip::method::info), "200 OK");
    s.peer.acknowledge_refusal(s.peer.last(488));
    s.peer.request("BYE");
    CHECK(s.all_over());
}
