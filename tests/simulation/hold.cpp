// Hold and resume, by either side and by both (RFC 3264 section 8.4; RFC 6337 section 5.3).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct flow
{
    std::uint64_t from_alice, from_bob;
};

// Packets in one second.
flow listen(two_agents& s)
{
    const auto a = s.alice.seen.media_packets, b = s.bob.seen.media_packets;
    s.w.run_for(seconds(1));
    return {s.alice.seen.media_packets - a, s.bob.seen.media_packets - b};
}

} // namespace

TEST_CASE("the caller holds and resumes: the other side knows, and is silent meanwhile (8.4)")
{
    two_agents s;
    REQUIRE(s.connect());
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(1));
    CHECK(s.alice.held() == "us");
    CHECK(s.bob.held() == "peer");
    auto held = listen(s);
    CHECK(held.from_alice >= 45); // who holds may play something to the other
    CHECK(held.from_bob == 0);
    REQUIRE(s.alice.hold(false));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.held() == "none");
    CHECK(s.bob.held() == "none");
    const auto again = listen(s);
    CHECK(again.from_alice >= 45);
    CHECK(again.from_bob >= 45);
    REQUIRE(s.alice.seen.changes.size() == 2);
    CHECK(s.alice.seen.changes[1].why == errc{});
    CHECK(s.bob.seen.holds.size() == 2);
    CHECK(s.alice.seen.answered == 1);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("the callee holds, and hangs up while it does")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.bob.hold());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.held() == "peer");
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("both hold; the call runs again when both have resumed")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(1));
    REQUIRE(s.bob.hold());
    s.w.run_for(seconds(1));
    CHECK(s.alice.held() == "both");
    CHECK(s.bob.held() == "both");
    auto silence = listen(s);
    CHECK(silence.from_alice + silence.from_bob == 0);

    REQUIRE(s.alice.hold(false));
    s.w.run_for(seconds(1));
    CHECK(s.alice.held() == "peer");
    CHECK(s.bob.held() == "us");
    auto one_way = listen(s);
    CHECK(one_way.from_alice == 0);
    CHECK(one_way.from_bob >= 45);

    REQUIRE(s.bob.hold(false));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.held() == "none");
    CHECK(s.bob.held() == "none");
    const auto again = listen(s);
    CHECK(again.from_alice >= 45);
    CHECK(again.from_bob >= 45);
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("wishes that come too fast are met one after the other")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hold());
    REQUIRE(s.alice.hold(false));
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.alice.held() == "us");
    CHECK(s.bob.held() == "peer");
    CHECK(s.alice.seen.changes.size() == 3);
    for (std::size_t i = 0; i < 2 * limits::changes; ++i)
        (void)s.alice.hold(i % 2 != 0);
    CHECK(s.alice.hold().code() == errc::too_many);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    CHECK(s.alice.seen.changes.back().why == errc::call_ended);
}

TEST_CASE("the other side's old way to hold is told, too (RFC 3264 section 8.4)")
{
    agent_and_peer s;
    s.connect_in();
    auto offer = s.peer.sdp();
    const std::string line = "c=IN IP4 192.0.2.9";
    offer.replace(offer.find(line), line.size(), "c=IN IP4 0.0.0.0");
    s.peer.request("INVITE", {}, offer);
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    CHECK(s.alice.held() == "peer");
    // Who is held and holds too leaves nothing to be said.
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(200));
    const auto& ours = s.peer.last(sip::method::invite);
    CHECK(ours->body().find("a=inactive") != std::string_view::npos);
    s.peer.answer(ours, "200 OK", s.peer.contact(), s.peer.sdp("8", "a=inactive\r\n"));
    s.w.run_for(milliseconds(200));
    CHECK(s.alice.held() == "both");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a held call asked for an offer offers what we want, not what they did (RFC 6337 5.3)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE", {}, s.peer.sdp("8 101", "a=sendonly\r\n"));
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(200));
    CHECK(s.alice.held() == "peer");
    s.peer.request("INVITE");
    s.w.run_for(milliseconds(200));
    CHECK(s.peer.last(200)->body().find("a=sendonly") == std::string_view::npos);
    CHECK(s.peer.last(200)->body().find("a=recvonly") == std::string_view::npos);
    s.peer.acknowledge(s.peer.sdp());
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    CHECK(s.alice.held() == "none");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("hold comes through bad weather, and both know the same afterwards")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 30)));
    two_agents s(
        {.loss = 0.3, .duplication = 0.2, .latency = milliseconds(40), .spread = milliseconds(100)},
        seed);
    REQUIRE(s.connect());
    REQUIRE(s.alice.hold());
    REQUIRE(s.w.run_until([&] { return !s.alice.seen.changes.empty(); }, minutes(2)));
    s.w.sky = {};
    s.w.run_for(seconds(10));
    INFO(s.w.log());
    if (s.alice.in_call() && s.bob.in_call())
    {
        CHECK((s.alice.held() == "us") == (s.bob.held() == "peer"));
        REQUIRE(s.alice.hang_up());
    }
    CHECK(s.all_over());
}
