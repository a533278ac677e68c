// UPDATE from either side (RFC 3311).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

ua::change hold_by_update()
{
    ua::change what;
    what.hold = true;
    what.by_update = true;
    return what;
}

} // namespace

TEST_CASE("their UPDATE holds, and moves the target (5.2)")
{
    agent_and_peer s;
    simulation::peer other(s.w, "other", carol_address);
    s.connect_in();
    s.peer.request("UPDATE", "Contact: <sip:moved@192.0.2.3>\n",
                   s.peer.sdp("8 101", "a=sendonly\r\n"));
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    const auto& ok = s.peer.last(200);
    CHECK(header_of(ok, "CSeq").ends_with("UPDATE"));
    CHECK(header_of(ok, "Allow").find("UPDATE") != std::string::npos);
    CHECK_FALSE(header_of(ok, "Contact").empty());
    CHECK(ok->body().find("a=recvonly") != std::string_view::npos);
    CHECK(s.alice.held() == "peer");
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(100));
    CHECK(other.count(sip::method::bye) == 1);
    s.w.run_for(minutes(2));
    CHECK(s.alice.nothing_left());
}

TEST_CASE("an UPDATE without an offer only refreshes (5.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("UPDATE", s.peer.contact());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.last(200)->body().empty());
    CHECK(s.alice.seen.media.size() == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an UPDATE that we cannot do hears 488, and nothing changes (5.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp("18"));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(488) == 1);
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.media_packets >= before + 45);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an UPDATE with an offer while ours is open hears 491, one without is taken (5.2)")
{
    agent_and_peer s;
    s.connect_in();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(491) == 1);
    const int good = s.peer.count(200);
    s.peer.request("UPDATE", s.peer.contact());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(200) == good + 1);
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("an UPDATE with an offer before their first one is answered: 500 and Retry-After (5.2)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(100));
    s.peer.with.to = header_of(s.peer.last(180), "To");
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(500) == 1);
    CHECK(std::stoi(header_of(s.peer.last(500), "Retry-After")) <= 10);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(100));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an UPDATE with an offer while the callee's answer is not here yet hears 491 (5.2)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(100));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact());
    s.w.run_for(milliseconds(100));
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(491) == 1);
    s.peer.accept(invite);
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("our UPDATE holds where the other side allows it (5.1)")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.modify(hold_by_update()));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.w.log().find("UPDATE") != std::string::npos);
    CHECK(s.alice.held() == "us");
    CHECK(s.bob.held() == "peer");
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("who does not allow UPDATE gets a re-INVITE (4)")
{
    agent_and_peer s;
    s.connect_in();
    REQUIRE(s.alice.modify(hold_by_update()));
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::update) == 0);
    CHECK(s.peer.count(sip::method::invite) == 1);
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("who allows UPDATE and does not know it gets a re-INVITE at once")
{
    const std::string refusal =
        GENERATE(std::string("405 Method Not Allowed"), std::string("501 Not Implemented"));
    agent_and_peer s;
    s.connect_in();
    s.peer.request("UPDATE", "Allow: INVITE, UPDATE\n");
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.modify(hold_by_update()));
    s.w.run_for(milliseconds(100));
    s.peer.answer(s.peer.last(sip::method::update), refusal);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::invite) == 1);
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("an UPDATE crosses theirs: 491, and again after the time of 14.1 (5.1, 5.2)")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 10)));
    two_agents s({}, seed);
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.modify(hold_by_update()));
    REQUIRE(s.bob.modify(hold_by_update()));
    s.w.run_for(seconds(15));
    INFO(s.w.log());
    CHECK(s.alice.held() == "both");
    CHECK(s.bob.held() == "both");
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("an UPDATE crosses a re-INVITE (RFC 5407 section 3.3.2)")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 10)));
    two_agents s({}, seed);
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hold());
    REQUIRE(s.bob.modify(hold_by_update()));
    s.w.run_for(seconds(15));
    INFO(s.w.log());
    CHECK(s.alice.held() == "both");
    CHECK(s.bob.held() == "both");
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("an UPDATE without a call hears 481")
{
    agent_and_peer s;
    s.peer.with = {s.alice.sip(),
                   "sip:alice@192.0.2.1",
                   "<sip:x@y>;tag=1",
                   "<sip:alice@192.0.2.1>",
                   "none",
                   0,
                   0,
                   {}};
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(481) == 1);
    CHECK(s.all_over());
}

TEST_CASE("an UPDATE without an answer keeps the call; one without any response ends it")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("UPDATE", "Allow: UPDATE\n");
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.modify(hold_by_update()));
    s.w.run_for(milliseconds(100));
    s.peer.answer(s.peer.last(sip::method::update), "200 OK", s.peer.contact());
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.seen.changes.at(0).why == errc::no_common_codec);
    CHECK(s.alice.in_call());
    REQUIRE(s.alice.modify(hold_by_update()));
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.at(0).why == errc::timed_out);
    CHECK(s.all_over());
}
