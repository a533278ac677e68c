// RTCP between two agents.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("both sides of a call report, on the port of RTP (RFC 5761)")
{
    two_agents s({.loss = 0, .duplication = 0, .latency = milliseconds(25)});
    REQUIRE(s.connect());
    CHECK(s.alice.seen.media.back().rtcp_mux);
    CHECK(s.alice.seen.media.back().remote_rtcp == s.bob.media());
    s.w.run_for(seconds(30));
    const auto stats = s.alice.engine().media_statistics();
    CHECK(stats.received_reports >= 4);
    CHECK(stats.round_trip_ms == Approx(50).margin(15));
    CHECK(stats.mos > 4.2);
    const auto before = s.alice.seen.media_reports;
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    CHECK(s.alice.seen.media_reports == before + 1);
}

TEST_CASE("where the other side wants a port of its own for RTCP, it has it (RFC 3605)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", s.peer.contact(), s.peer.sdp("8 101", "a=rtcp:7100\r\n"));
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    REQUIRE(!s.alice.seen.media.empty());
    CHECK(!s.alice.seen.media.back().rtcp_mux);
    CHECK(s.alice.seen.media.back().remote_rtcp == endpoint{peer_address, 7100});
}
