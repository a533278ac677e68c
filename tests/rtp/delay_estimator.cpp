#include "rtp/delay_estimator.hpp"

#include "solosip/base/random.hpp"
#include "support/catch.hpp"

using namespace solosip;
using rtp::delay_estimator;

namespace
{

struct fixture
{
    delay_estimator e;
    seeded_random chance{7};
    time_point sent{seconds(100)};
    std::uint32_t timestamp = 0xFFFFFF00;

    fixture() { e.reset(8000); }
    /// Packets whose way takes 30 ms and up to `spread` more; the sender's clock is fast by `ppm`.
    duration run(int packets, milliseconds spread, int ppm = 0)
    {
        duration longest{};
        for (int i = 0; i < packets; ++i)
        {
            const milliseconds late(chance.below(static_cast<std::uint32_t>(spread.count()) + 1));
            longest = std::max(longest, e.on_packet(timestamp, sent + milliseconds(30) + late));
            timestamp += 160;
            sent += milliseconds(20) - microseconds(ppm * 20) / 1000;
        }
        return longest;
    }
    using microseconds = std::chrono::microseconds;
};

} // namespace

TEST_CASE("a quiet network needs 20 ms, once it is known")
{
    fixture f;
    CHECK(f.e.wanted() == milliseconds(60));
    f.run(200, milliseconds(0));
    CHECK(f.e.wanted() == milliseconds(60));
    f.run(100, milliseconds(0));
    CHECK(f.e.wanted() == milliseconds(20));
}

TEST_CASE("what is wanted follows the jitter, up to 200 ms")
{
    fixture f;
    f.run(2000, milliseconds(90));
    CHECK(f.e.wanted() >= milliseconds(85));
    CHECK(f.e.wanted() <= milliseconds(100));
    f.run(2000, milliseconds(1000));
    CHECK(f.e.wanted() == milliseconds(200));
    f.run(8000, milliseconds(10));
    CHECK(f.e.wanted() == milliseconds(20));
}

TEST_CASE("it grows with the first packets that are late")
{
    fixture f;
    f.run(500, milliseconds(0));
    f.run(20, milliseconds(150));
    CHECK(f.e.wanted() >= milliseconds(100));
}

TEST_CASE("a burst that was held up is soon one in hundred")
{
    fixture f;
    f.run(600, milliseconds(0));
    for (int late = 160; late > 60; late -= 20)
    {
        f.e.on_packet(f.timestamp, f.sent + milliseconds(30 + late));
        f.timestamp += 160;
        f.sent += milliseconds(20);
    }
    f.run(400, milliseconds(0));
    CHECK(f.e.wanted() == milliseconds(20));
}

TEST_CASE("clocks that run apart are followed")
{
    const int ppm = GENERATE(-300, 300);
    CAPTURE(ppm);
    fixture f;
    f.run(1000, milliseconds(0));
    CHECK(f.run(50'000, milliseconds(0), ppm) < milliseconds(10));
    CHECK(f.e.wanted() == milliseconds(20));
}

TEST_CASE("a jump of the timestamps says nothing about the network")
{
    fixture f;
    f.run(600, milliseconds(10));
    f.timestamp += 0x40000000;
    CHECK(f.run(600, milliseconds(10)) <= milliseconds(10));
    CHECK(f.e.wanted() <= milliseconds(60));
}

TEST_CASE("what no delay could have saved asks for none")
{
    fixture f;
    f.run(600, milliseconds(0));
    for (int i = 0; i < 40; ++i) // by another way, that was given up
    {
        CHECK(f.e.on_packet(f.timestamp, f.sent + milliseconds(530)) == milliseconds(500));
        f.run(1, milliseconds(0));
    }
    CHECK(f.e.wanted() == milliseconds(20));
}

TEST_CASE("restart forgets the way, and not the delay")
{
    fixture f;
    f.run(600, milliseconds(90));
    f.e.restart(milliseconds(95));
    CHECK(f.e.wanted() == milliseconds(95));
    f.sent += milliseconds(400);
    CHECK(f.run(1, milliseconds(0)) == duration(0));
    f.run(300, milliseconds(0));
    CHECK(f.e.wanted() == milliseconds(20));
    f.e.restart(f.e.wanted());
    CHECK(f.e.wanted() == milliseconds(60));
}
