#include "rtp/reception.hpp"

#include "support/catch.hpp"

#include <vector>

using namespace solosip;
using rtp::reception;
using verdict = rtp::reception::verdict;

namespace
{

const time_point start{seconds(1000)};

reception after(const std::vector<int>& sequences)
{
    reception r;
    for (int s : sequences)
        r.on_packet(static_cast<std::uint16_t>(s));
    return r;
}

} // namespace

TEST_CASE("what is received and what is lost")
{
    struct row
    {
        const char* what;
        std::vector<int> sequences;
        std::uint64_t received, lost;
    };
    const std::vector<row> rows{
        {"nothing", {}, 0, 0},
        {"one", {7}, 1, 0},
        {"in order", {7, 8, 9, 10}, 4, 0},
        {"a gap of two", {7, 10}, 2, 2},
        {"late, not lost", {7, 9, 8, 10}, 4, 0},
        {"repeated", {7, 7, 8, 8, 8, 9, 7}, 3, 0},
        {"the first one overtaken", {8, 7, 9}, 3, 0},
        {"over the edge", {65534, 65535, 0, 1}, 4, 0},
        {"a gap over the edge", {65534, 1}, 2, 2},
        {"late over the edge", {65535, 1, 0, 2}, 4, 0},
        {"before the beginning and over the edge", {1, 65535, 0}, 3, 0},
        {"a stray", {7, 8, 40000, 9}, 3, 0},
        {"two strays", {7, 8, 40000, 9, 50000, 10}, 4, 0},
        {"the first one overtaken, and a gap", {8, 7, 10}, 3, 1},
        {"strays that follow each other, but not at once", {7, 40000, 8, 40001, 9}, 3, 0},
        {"a restart", {7, 9, 40000, 40001, 40003}, 4, 2},
        {"far behind is a restart too", {20000, 20001, 5, 6, 7}, 4, 0},
    };
    for (const row& r : rows)
    {
        CAPTURE(r.what);
        const reception got = after(r.sequences);
        CHECK(got.received() == r.received);
        CHECK(got.lost() == r.lost);
    }
}

TEST_CASE("verdicts")
{
    reception r;
    CHECK(r.on_packet(100) == verdict::good);
    CHECK(r.on_packet(100) == verdict::duplicate);
    CHECK(r.on_packet(199) == verdict::good);
    CHECK(r.on_packet(100) == verdict::duplicate);
    CHECK(r.on_packet(101) == verdict::good);
    CHECK(r.on_packet(200) == verdict::good);
    CHECK(r.on_packet(100) == verdict::out_of_range); // 100 behind is too far
    CHECK(r.on_packet(3199) == verdict::good);        // 2,999 ahead is not
    CHECK(r.on_packet(6199) == verdict::out_of_range);
    CHECK(r.on_packet(6201) == verdict::out_of_range);
    CHECK(r.on_packet(6202) == verdict::good);
}

TEST_CASE("a stray is forgotten with the next good packet")
{
    reception r;
    CHECK(r.on_packet(7) == verdict::good);
    CHECK(r.on_packet(40000) == verdict::out_of_range);
    CHECK(r.on_packet(8) == verdict::good);
    CHECK(r.on_packet(40001) == verdict::out_of_range);
}

TEST_CASE("the extended sequence number counts cycles")
{
    reception r;
    for (int i = 0; i < 3 * 65536 + 5; ++i)
        REQUIRE(r.on_packet(static_cast<std::uint16_t>(i)) == verdict::good);
    CHECK(r.extended_highest() == 3 * 65536 + 4);
    CHECK(r.lost() == 0);
}

TEST_CASE("jitter is that of RFC 3550 appendix A.8")
{
    reception r;
    double expected = 0, last_transit = 0;
    for (int i = 0; i < 200; ++i)
    {
        const int late_ms = i * 7 % 11;
        const auto timestamp = static_cast<std::uint32_t>(i * 160) - 1000; // wraps on the way
        r.on_timestamp(timestamp, 8000, start + milliseconds(20 * i + late_ms));
        const double transit = late_ms * 8;
        if (i > 0) expected += (std::abs(transit - last_transit) - expected) / 16;
        last_transit = transit;
    }
    const double ms = std::chrono::duration<double, std::milli>(r.jitter()).count();
    CHECK(ms == Approx(expected / 8).epsilon(0.001));
    CHECK(ms > 1);
}

TEST_CASE("an even stream has no jitter, and a jump of timestamps makes none")
{
    reception r;
    CHECK(r.jitter() == duration(0));
    for (int i = 0; i < 10; ++i)
        r.on_timestamp(static_cast<std::uint32_t>(i * 160), 8000, start + milliseconds(20 * i));
    r.on_timestamp(0x80000000, 8000, start + milliseconds(200));
    CHECK(r.jitter() == duration(0));
}

TEST_CASE("long times in ticks do not overflow")
{
    using rtp::to_ticks;
    CHECK(to_ticks(milliseconds(20), 8000) == 160);
    CHECK(to_ticks(-milliseconds(20), 8000) == -160);
    CHECK(to_ticks(std::chrono::hours(24 * 365 * 100), 48000) == 100LL * 365 * 86400 * 48000);
}
