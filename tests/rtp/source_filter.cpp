#include "rtp/source_filter.hpp"

#include "support/catch.hpp"

using namespace solosip;
using rtp::source_filter;
using verdict = rtp::source_filter::verdict;

namespace
{

constexpr std::uint32_t alice = 0xA, bob = 0xB;

struct fixture
{
    source_filter filter;
    time_point now{seconds(1000)};

    verdict from(std::uint32_t ssrc, int sequence, milliseconds later = milliseconds(0))
    {
        now += later;
        rtp::header h;
        h.ssrc = ssrc;
        h.sequence = static_cast<std::uint16_t>(sequence);
        return filter.on_packet(h, now);
    }
};

} // namespace

TEST_CASE("the first sender is followed at once, and believed at its second packet")
{
    fixture f;
    CHECK(f.from(alice, 65535) == verdict::changed);
    CHECK(!f.filter.proven());
    CHECK(f.from(alice, 0) == verdict::current);
    CHECK(f.filter.proven());
    CHECK(f.filter.current() == alice);
}

TEST_CASE("packets out of sequence prove nothing")
{
    fixture f;
    f.from(alice, 1);
    f.from(alice, 7);
    CHECK(!f.filter.proven());
}

TEST_CASE("a second sender does not interrupt one who speaks")
{
    fixture f;
    for (int i = 0; i < 50; ++i)
    {
        CHECK(f.from(alice, i, milliseconds(10)) != verdict::stranger);
        CHECK(f.from(bob, i, milliseconds(10)) == verdict::stranger);
    }
    CHECK(f.filter.current() == alice);
}

TEST_CASE("a second sender takes over from one who is silent")
{
    fixture f;
    f.from(alice, 0);
    f.from(alice, 1);
    CHECK(f.from(bob, 100, milliseconds(20)) == verdict::stranger);
    CHECK(f.from(bob, 101, milliseconds(20)) == verdict::stranger);
    CHECK(f.from(bob, 102, milliseconds(20)) == verdict::changed);
    CHECK(f.filter.proven());
    CHECK(f.from(bob, 103, milliseconds(20)) == verdict::current);
    CHECK(f.from(alice, 2) == verdict::stranger);
}

TEST_CASE("a stray that came first does not keep the stream out")
{
    fixture f;
    CHECK(f.from(alice, 1) == verdict::changed);
    CHECK(f.from(bob, 100) == verdict::stranger);
    CHECK(f.from(bob, 101) == verdict::changed);
    CHECK(f.filter.proven());
}

TEST_CASE("single strays never take over")
{
    fixture f;
    f.from(alice, 1);
    f.now += seconds(10);
    for (int i = 0; i < 1000; ++i)
        CHECK(f.from(static_cast<std::uint32_t>(100 + i), i * 31) == verdict::stranger);
    CHECK(f.from(bob, 5) == verdict::stranger);
    CHECK(f.from(bob, 7) == verdict::stranger); // not the next one
    CHECK(f.from(bob, 8) == verdict::changed);
}

TEST_CASE("a few strays in between do not keep a true sender out")
{
    fixture f;
    f.from(alice, 1);
    f.now += seconds(1);
    CHECK(f.from(bob, 5) == verdict::stranger);
    for (std::uint32_t stray = 100; stray < 100 + limits::rtp_candidates - 1; ++stray)
        CHECK(f.from(stray, 9, milliseconds(1)) == verdict::stranger);
    CHECK(f.from(bob, 6) == verdict::changed);
}
