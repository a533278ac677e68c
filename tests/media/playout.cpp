// What is heard through a network: delay, gaps and what fills them.
#include "media/playout.hpp"

#include "media/through_network.hpp"

#include "support/catch.hpp"

using namespace solosip;
using rig::heard_through;
using rig::network;

TEST_CASE("on a quiet network the delay shrinks to what the tick allows")
{
    const auto r = heard_through({}, seconds(60));
    CHECK(r.stats.late_packets == 0);
    CHECK(r.stats.concealed == milliseconds(0));
    CHECK(r.stats.delay >= milliseconds(20));
    CHECK(r.stats.delay <= milliseconds(50));
    CHECK(r.samples == 60 * 8000);
    CHECK(r.snr_db > 15);
}

TEST_CASE("jitter makes the delay longer, and few packets late")
{
    network n;
    n.jitter = milliseconds(100);
    const auto r = heard_through(n, seconds(60));
    CHECK(r.stats.late_packets < 60); // 2 %
    CHECK(r.stats.delay > milliseconds(80));
    CHECK(r.stats.delay < milliseconds(160));
    CHECK(r.samples == 60 * 8000);
    CHECK(r.silent_ms == 0);
}

TEST_CASE("lost packets are concealed")
{
    network n;
    n.loss = 10;
    const auto r = heard_through(n, seconds(60));
    CHECK(r.stats.concealed > milliseconds(5000));
    CHECK(r.stats.concealed < milliseconds(7000));
    CHECK(r.silent_ms < 100);
    CHECK(r.steepest < 1.8);
}

TEST_CASE("an hour with a clock that is fast or slow")
{
    network n;
    n.ppm = GENERATE(-200, 200);
    n.jitter = milliseconds(10);
    CAPTURE(n.ppm);
    const auto r = heard_through(n, seconds(3600));
    CHECK(r.stats.late_packets == 0);
    CHECK(r.stats.concealed == milliseconds(0));
    CHECK(r.longest_delay < milliseconds(110));
    CHECK(r.samples == 3600 * 8000);
}

TEST_CASE("comfort noise fills the pauses (RFC 3389)")
{
    network n;
    n.pauses = true;
    const auto r = heard_through(n, seconds(30));
    CHECK(r.stats.late_packets == 0);
    CHECK(r.stats.concealed < milliseconds(400));
    CHECK(r.silent_ms < 100);
}

TEST_CASE("the delay never exceeds the ceiling, whatever the network does")
{
    network n;
    n.jitter = milliseconds(1000);
    n.loss = 20;
    const auto r = heard_through(n, seconds(60));
    CHECK(r.longest_delay <= milliseconds(300));
    CHECK(r.samples == 60 * 8000);
}
