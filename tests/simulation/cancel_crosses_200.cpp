// The caller gives up while the answer is on its way (RFC 3261 sections 9.1 and 15; RFC 5407
// section 3.1.2): the call is up for a moment, and is given back.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("CANCEL crosses 200, at every distance between them")
{
    const int ms = GENERATE(-25, -15, -11, -10, -9, -5, -1, 0, 1, 5, 9, 10, 11, 15, 25);
    CAPTURE(ms);
    two_agents s;
    s.bob.how.answer_after = milliseconds(2000);
    REQUIRE(s.alice.call(bob_uri));
    // The INVITE is looked up for 1 ms and travels for 10.
    s.w.run_for(milliseconds(2011 + ms));
    (void)s.alice.hang_up();
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.bob.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].who == ua::ended_by::us);
    CHECK(s.bob.seen.endings[0].who == ua::ended_by::peer);
    // Whoever was told of an answer was told of it once, and before the end.
    CHECK(s.alice.seen.answered <= 1);
    CHECK(s.bob.seen.answered <= 1);
}

TEST_CASE("CANCEL crosses 200 where messages are lost too")
{
    const auto seed = GENERATE(range(1, 41));
    CAPTURE(seed);
    two_agents s(
        {.loss = 0.3, .duplication = 0.1, .latency = milliseconds(10), .spread = milliseconds(30)},
        static_cast<std::uint64_t>(seed));
    s.bob.how.answer_after = milliseconds(1000);
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(milliseconds(1000 + seed));
    (void)s.alice.hang_up();
    s.w.run_for(minutes(2));
    INFO(s.w.log());
    CHECK(s.alice.nothing_left());
    CHECK(s.bob.nothing_left());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("BYE before the ACK: the callee hangs up while its 200 is on the way (15; 5407 3.1.3)")
{
    two_agents s;
    s.w.lets_pass = lose(2, "ACK ");
    s.bob.how.answer_after = milliseconds(1000);
    REQUIRE(s.alice.call(bob_uri));
    REQUIRE(s.w.run_until([&] { return s.bob.seen.answered == 1; }));
    REQUIRE(s.bob.hang_up());
    CHECK(s.bob.seen.endings.size() == 1);
    REQUIRE(s.all_over());
    INFO(s.w.log());
    // Section 15: the BYE of a callee waits for the ACK.
    const auto& log = s.w.log();
    const auto bye = log.find("bob > alice BYE");
    REQUIRE(bye != std::string::npos);
    CHECK(log.rfind("alice > bob ACK", bye) != std::string::npos);
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("the 200 that our CANCEL crosses has an offer: the ACK answers it (13.2.2.4)")
{
    agent_and_peer s;
    ua::call_options late;
    late.late_offer = true;
    REQUIRE(s.alice.call(peer_uri, late));
    s.w.run_for(milliseconds(100));
    s.peer.answer(s.peer.last(sip::method::invite), "180 Ringing", s.peer.contact());
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.hang_up());
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp());
    INFO(s.w.log());
    const auto& ack = s.peer.last(sip::method::ack);
    CHECK(header_of(ack, "Content-Type") == "application/sdp");
    CHECK(ack->body().find("m=audio 0 ") != std::string_view::npos);
    s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
}
