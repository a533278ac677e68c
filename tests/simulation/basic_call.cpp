// A call from INVITE to BYE (RFC 3261 sections 13 and 15; RFC 3665 sections 3.1 and 3.7).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("a call that the caller ends (RFC 3665 section 3.1)")
{
    two_agents s;
    REQUIRE(s.connect(seconds(3)));
    s.w.run_for(seconds(10));
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.progress == std::vector<int>{180});
    REQUIRE(s.alice.seen.endings.size() == 1);
    REQUIRE(s.bob.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].who == ua::ended_by::us);
    CHECK(s.bob.seen.endings[0].who == ua::ended_by::peer);
    for (const auto* e : {&s.alice.seen.endings[0], &s.bob.seen.endings[0]})
    {
        CHECK(e->why == errc{});
        CHECK(e->duration >= seconds(10));
        CHECK(e->duration <= milliseconds(10'100));
    }
}

TEST_CASE("a call that the callee ends")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(2));
    REQUIRE(s.bob.hang_up());
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.last_ending() == "peer 0");
    CHECK(s.bob.last_ending() == "us 0");
}

TEST_CASE("both hang up at once: BYE crosses BYE (RFC 5407 section 3.2.1)")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(2));
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.bob.hang_up());
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.last_ending() == "us 0");
    CHECK(s.bob.last_ending() == "us 0");
}

TEST_CASE("audio goes both ways while the call is up, 50 packets a second, and stops with it")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    const auto from_alice = s.alice.seen.media_packets, from_bob = s.bob.seen.media_packets;
    s.w.run_for(seconds(60));
    CHECK(s.alice.seen.media_packets - from_alice == 3000);
    CHECK(s.bob.seen.media_packets - from_bob == 3000);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    const auto after_alice = s.alice.seen.media_packets, after_bob = s.bob.seen.media_packets;
    REQUIRE(s.all_over());
    CHECK(s.alice.seen.media_packets == after_alice);
    CHECK(s.bob.seen.media_packets == after_bob);
    INFO(s.w.log());
    REQUIRE(s.alice.seen.media.size() == 1);
    CHECK(s.alice.seen.media[0].codec == "PCMA");
    CHECK(s.alice.seen.media[0].remote == s.bob.media());
}

TEST_CASE("one call after the other, in both directions")
{
    two_agents s;
    for (int i = 0; i < 5; ++i)
    {
        REQUIRE(s.connect(milliseconds(100)));
        REQUIRE((i % 2 ? s.alice : s.bob).hang_up());
        s.w.run_for(seconds(1));
        s.alice.how.answer_after = milliseconds(100);
        REQUIRE(s.bob.call("sip:alice@192.0.2.1"));
        REQUIRE(s.w.run_until([&] { return s.bob.seen.answered == s.alice.seen.answered; }));
        s.w.run_for(seconds(1));
        REQUIRE((i % 2 ? s.alice : s.bob).hang_up());
        s.w.run_for(seconds(1));
    }
    REQUIRE(s.all_over());
    CHECK(s.alice.seen.endings.size() == 10);
    CHECK(s.bob.seen.answered == 10);
}

TEST_CASE("while a call is on, another cannot be made")
{
    two_agents s;
    REQUIRE(s.connect());
    CHECK(s.alice.engine().call("sip:carol@192.0.2.3", {}, s.w.now()).code() ==
          errc::call_in_progress);
    REQUIRE(s.alice.hang_up());
    // The end is told at once; the BYE may still be on its way.
    CHECK(s.alice.call(bob_uri).has_value());
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("an operation after the end is an error, never a crash")
{
    two_agents s;
    REQUIRE(s.connect());
    REQUIRE(s.alice.hang_up());
    CHECK(s.alice.hang_up().code() == errc::call_ended);
    CHECK(s.alice.press("1").code() == errc::call_ended);
    CHECK(s.alice.answer().code() == errc::call_ended);
    CHECK(s.alice.reject(486).code() == errc::call_ended);
    CHECK(s.all_over());
}
