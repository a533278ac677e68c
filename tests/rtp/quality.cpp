#include "rtp/quality.hpp"

#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("the rating of known conditions (ITU-T G.107, G.113)")
{
    CHECK(rtp::r_factor(0, duration(0)) == Approx(93.2));
    CHECK(rtp::r_factor(0, milliseconds(100)) == Approx(90.8));
    CHECK(rtp::r_factor(0, milliseconds(400)) == Approx(93.2 - 9.6 - 24.497));
    CHECK(rtp::r_factor(2, duration(0)) == Approx(93.2 - 95 * 2 / 27.1));
    CHECK(rtp::r_factor(2, duration(0), false) == Approx(93.2 - 95 * 2 / 6.3));
    CHECK(rtp::r_factor(100, seconds(10)) == 0);
}

TEST_CASE("the opinion that goes with a rating (G.107 annex B)")
{
    CHECK(rtp::mos(93.2) == Approx(4.41).margin(0.01));
    CHECK(rtp::mos(80) == Approx(4.024));
    CHECK(rtp::mos(60) == Approx(3.1));
    CHECK(rtp::mos(50) == Approx(2.575));
    CHECK(rtp::mos(0) == 1);
    CHECK(rtp::mos(5) >= 1);
    CHECK(rtp::mos(100) == 4.5);
}

TEST_CASE("losses alone are gaps, losses together are bursts")
{
    rtp::burst_counter c;
    const auto receive = [&](int n)
    {
        while (n-- > 0)
            c.received();
    };
    receive(100);
    c.lost();
    receive(100);
    c.lost();
    receive(100);
    CHECK(c.burst_density() == 0);
    c.lost(); // a burst of 11 packets, 5 of which are lost
    receive(3);
    c.lost();
    c.lost();
    receive(3);
    c.lost();
    c.lost();
    receive(100);
    c.lost(); // closes it
    receive(50);
    CHECK(c.burst_density() == Approx(5.0 / 11));
    CHECK(c.burst_packets() == Approx(11));
    CHECK(c.gap_density() == Approx(3.0 / 453));
}

TEST_CASE("no packet is counted before the first one")
{
    rtp::burst_counter c;
    for (int i = 0; i < 9; ++i)
        c.received();
    c.lost();
    for (int i = 0; i < 20; ++i)
        c.received();
    c.lost();
    CHECK(c.gap_density() == Approx(2.0 / 31));
    CHECK(c.gap_packets() == Approx(31));
}
