// A re-INVITE of ours, and what can become of it (RFC 3261 section 14.1; RFC 6337 section 3).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

bool goes_on(agent_and_peer& s)
{
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    return s.alice.in_call() && s.peer.media_packets >= before + 45;
}

} // namespace

TEST_CASE("a refused re-INVITE leaves the call as it was (14.1)")
{
    const int status = GENERATE(403, 406, 488, 500, 503, 600, 603);
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.last(sip::method::invite)->body().find("a=sendonly") != std::string_view::npos);
    s.answer_invite(std::to_string(status) + " No");
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 2);
    REQUIRE(s.alice.seen.changes.size() == 1);
    CHECK(s.alice.seen.changes[0].status == status);
    CHECK(s.alice.seen.changes[0].why != errc{});
    CHECK(s.alice.held() == "none");
    CHECK(goes_on(s));
    // And the next wish is another offer.
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("a re-INVITE that a later request has overtaken is tried again at once (12.2.2)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    const auto first = s.peer.last(sip::method::invite);
    REQUIRE(s.alice.request_in_call({"INFO", {}, {}, {}, "Hello."}));
    s.w.run_for(milliseconds(100));
    s.peer.answer(s.peer.last(sip::method::info), "200 OK");
    s.peer.answer(first, "500 CSeq Out of Order");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::invite) == 3);
    CHECK(s.peer.last(sip::method::invite)->cseq()->number == first->cseq()->number + 2);
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("a re-INVITE that finds no dialog ends the call (12.2.1.2; RFC 5057 section 5.1)")
{
    const int status = GENERATE(404, 408, 410, 481, 604);
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.answer_all(sip::method::bye);
    s.answer_invite(std::to_string(status) + " Gone");
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK_FALSE(s.alice.in_call());
    CHECK(s.alice.seen.endings.at(0).who == ua::ended_by::network);
    CHECK(s.all_over());
    CHECK(s.alice.seen.changes.size() == 1);
}

TEST_CASE("a re-INVITE without any answer ends the call as a 408 would (12.2.1.2)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(33));
    INFO(s.w.log());
    CHECK_FALSE(s.alice.in_call());
    CHECK(s.alice.seen.endings.at(0).why == errc::timed_out);
    CHECK(s.peer.count(sip::method::bye) > 0);
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE that rings for ever is cancelled, and the call stays (9.1)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.answer_invite("180 Ringing");
    s.w.run_for(seconds(60));
    REQUIRE(s.peer.count(sip::method::cancel) == 1);
    CHECK(header_of(s.peer.last(sip::method::cancel), "Via") ==
          header_of(s.peer.last(sip::method::invite), "Via"));
    s.peer.answer(s.peer.last(sip::method::cancel), "200 OK");
    s.answer_invite("487 Request Terminated");
    INFO(s.w.log());
    REQUIRE(s.alice.seen.changes.size() == 1);
    CHECK(s.alice.seen.changes[0].why == errc::timed_out);
    CHECK(goes_on(s));
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a 2xx to a re-INVITE is acknowledged each time that it comes (13.2.2.4)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("8", "a=recvonly\r\n"));
    CHECK(s.peer.count(sip::method::ack) == 2);
    const auto number = s.peer.last(sip::method::invite)->cseq()->number;
    s.peer.say_again();
    s.w.run_for(seconds(5));
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 4);
    CHECK(s.peer.last(sip::method::ack)->cseq()->number == number);
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    CHECK(s.all_over());
}

TEST_CASE("a 2xx that comes again behind a later change is acknowledged still (13.2.2.4)")
{
    agent_and_peer s;
    s.connect_out();
    const auto again = [&](const sip::message& first)
    {
        s.peer.answer(first, "200 OK", s.peer.contact(), s.peer.sdp("8"));
        s.w.run_for(milliseconds(100));
        return s.peer.last(sip::method::ack)->cseq()->number == first->cseq()->number;
    };
    std::vector<sip::message> changes;
    for (int i = 0; i < 5; ++i)
    {
        REQUIRE(s.alice.hold(i % 2 == 0));
        s.w.run_for(milliseconds(100));
        changes.push_back(s.peer.last(sip::method::invite));
        s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("8"));
    }
    INFO(s.w.log());
    CHECK(again(changes[3]));
    CHECK(again(changes[1]));
    CHECK(again(changes[4]));
    CHECK_FALSE(again(changes[0])); // a bound: four are kept
    CHECK(goes_on(s));
}

TEST_CASE("the 2xx of a re-INVITE refreshes the target: its ACK goes there already (12.2.1.2)")
{
    agent_and_peer s;
    simulation::peer other(s.w, "other", carol_address);
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", "Contact: <sip:moved@192.0.2.3>\n",
                    s.peer.sdp("8", "a=recvonly\r\n"));
    INFO(s.w.log());
    REQUIRE(other.count(sip::method::ack) == 1);
    CHECK(other.last(sip::method::ack)->request_uri() == "sip:moved@192.0.2.3");
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(100));
    CHECK(other.count(sip::method::bye) == 1);
    s.w.run_for(minutes(2));
    CHECK(s.alice.nothing_left());
}

TEST_CASE("a re-INVITE without an offer: theirs is in the 200, our answer in the ACK (14.1)")
{
    agent_and_peer s;
    s.connect_out();
    ua::change what;
    what.ask = true;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.last(sip::method::invite)->body().empty());
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("0 101"));
    INFO(s.w.log());
    const auto& ack = s.peer.last(sip::method::ack);
    CHECK(ack->body().find("RTP/AVP 0 101") != std::string_view::npos);
    CHECK(s.alice.seen.media.back().codec == "PCMU");
    CHECK(s.alice.seen.changes.at(0).why == errc{});
    CHECK(goes_on(s));
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE(
    "an offer in the 200 that we cannot do is refused in the ACK, and the call ends (13.2.2.4)")
{
    agent_and_peer s;
    s.connect_out();
    s.answer_all(sip::method::bye);
    ua::change what;
    what.ask = true;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("18"));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::ack)->body().find("m=audio 0 ") != std::string_view::npos);
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::no_common_codec);
    CHECK(s.all_over());
}

TEST_CASE("a 2xx without an answer is acknowledged, and nothing has changed")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", s.peer.contact());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 2);
    CHECK(s.alice.seen.changes.at(0).why == errc::no_common_codec);
    CHECK(s.alice.held() == "none");
    CHECK(goes_on(s));
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an answer with nothing in common ends the call")
{
    agent_and_peer s;
    s.connect_out();
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("18"));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 2);
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::no_common_codec);
    CHECK(s.all_over());
}

TEST_CASE("our audio moves to another port (RFC 3264 section 8.3.1)")
{
    agent_and_peer s;
    s.connect_out();
    ua::change what;
    what.media_port = 30'000;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.last(sip::method::invite)->body().find("m=audio 30000 ") !=
          std::string_view::npos);
    s.answer_invite("488 Not Acceptable Here");
    // Refused: the next offer has the old port again.
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::invite)->body().find("m=audio 30000 ") ==
          std::string_view::npos);
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("8", "a=recvonly\r\n"));
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a change before the answer, or after the end, is none")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    CHECK(s.alice.hold().code() == errc::call_ended);
    s.w.run_for(milliseconds(100));
    s.peer.answer(s.peer.last(sip::method::invite), "486 Busy Here");
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.hold().code() == errc::call_ended);
    CHECK(s.all_over());
}

TEST_CASE(
    "hanging up while a re-INVITE is out: BYE at once, and both are answered (RFC 5407 3.2.3)")
{
    const std::string last = GENERATE(std::string("487 Request Terminated"),
                                      std::string("481 Call/Transaction Does Not Exist"),
                                      std::string("200 OK"), std::string());
    CAPTURE(last);
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "100 Trying");
    s.w.run_for(milliseconds(100));
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::bye) == 1);
    if (!last.empty())
    {
        s.peer.answer(invite, last, s.peer.contact(),
                      last == "200 OK" ? s.peer.sdp() : std::string());
        s.w.run_for(milliseconds(100));
        CHECK(s.peer.count(sip::method::ack) == 2);
    }
    CHECK(s.all_over());
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.changes.size() == 1);
}

TEST_CASE("their BYE crosses our re-INVITE (RFC 5407 section 3.2.2)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.peer.request("BYE");
    s.w.run_for(milliseconds(100));
    s.answer_invite("481 Call/Transaction Does Not Exist");
    INFO(s.w.log());
    CHECK(s.alice.last_ending() == "peer 0");
    CHECK(s.peer.count(sip::method::ack) == 2);
    CHECK(s.peer.count(sip::method::bye) == 0);
    CHECK(s.alice.seen.changes.at(0).why == errc::call_ended);
    CHECK(s.all_over());
}

TEST_CASE("a hold that asks for an offer says so in its answer")
{
    agent_and_peer s;
    s.connect_out();
    ua::change what;
    what.ask = true;
    what.hold = true;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp());
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::ack)->body().find("a=sendonly") != std::string_view::npos);
    CHECK(s.alice.held() == "us");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("who is asked for an offer and makes none changes nothing")
{
    agent_and_peer s;
    s.connect_out();
    ua::change what;
    what.ask = true;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    s.answer_invite("200 OK", s.peer.contact());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 2);
    CHECK(s.alice.seen.changes.at(0).why == errc::no_common_codec);
    CHECK(goes_on(s));
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("an UPDATE cannot ask for an offer: a re-INVITE does (RFC 3311 section 5.1)")
{
    agent_and_peer s;
    s.connect_out();
    s.peer.request("UPDATE", "Allow: UPDATE\n");
    s.w.run_for(milliseconds(100));
    ua::change what;
    what.ask = true;
    what.hold = true;
    what.by_update = true;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(sip::method::update) == 0);
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp());
    INFO(s.w.log());
    CHECK(s.alice.held() == "us");
    s.peer.request("BYE");
    CHECK(s.all_over());
}
