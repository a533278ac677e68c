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
    endpoint from_where{};

    verdict from(std::uint32_t ssrc, int sequence, milliseconds later = milliseconds(0))
    {
        now += later;
        rtp::header h;
        h.ssrc = ssrc;
        h.sequence = static_cast<std::uint16_t>(sequence);
        return filter.on_packet(h, from_where, now);
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

namespace
{

const endpoint home{ip_address::v4(192, 0, 2, 1), 4000}, nat{ip_address::v4(192, 0, 2, 2), 5000},
    thief{ip_address::v4(198, 51, 100, 66), 6000};

} // namespace

TEST_CASE("who is where he announced to be is believed at once")
{
    fixture f;
    f.filter.expect(home);
    f.from_where = home;
    CHECK(f.from(alice, 1) == verdict::changed);
    CHECK(f.filter.proven());
}

TEST_CASE("a stranger who knows the SSRC does not speak in its name")
{
    fixture f;
    f.filter.expect(home);
    for (int i = 0; i < 100; ++i)
    {
        f.from_where = home;
        CHECK(f.from(alice, i, milliseconds(10)) != verdict::stranger);
        f.from_where = thief;
        CHECK(f.from(alice, i + 1, milliseconds(10)) == verdict::stranger);
    }
    CHECK(f.filter.address() == home);
}

TEST_CASE("a stranger needs long silence and five packets")
{
    fixture f;
    f.filter.expect(home);
    f.from_where = home;
    f.from(alice, 1);
    f.from(alice, 2);
    f.from_where = thief;
    int sent = 0;
    while (f.from(bob, sent, milliseconds(20)) == verdict::stranger && sent < 100)
        ++sent;
    CHECK(sent == 24); // 500 ms
    // The announced one gets it back at once, though the other one speaks.
    f.from_where = home;
    CHECK(f.from(alice, 3, milliseconds(1)) == verdict::changed);
    f.from_where = thief;
    f.now += seconds(1);
    for (int i = 0; i < 4; ++i)
        CHECK(f.from(bob, 200 + i) == verdict::stranger);
    CHECK(f.from(bob, 204) == verdict::changed);
}

TEST_CASE("behind a NAT another address than the announced one is heard, and may change")
{
    fixture f;
    f.filter.expect(home);
    f.from_where = nat;
    CHECK(f.from(alice, 1) == verdict::changed);
    CHECK(!f.filter.proven());
    CHECK(f.from(alice, 2, milliseconds(20)) == verdict::current);
    CHECK(f.filter.proven());
    CHECK(f.filter.address() == nat);
    // The NAT gives it another port: the same stream goes on.
    f.from_where.port = 5002;
    verdict v = verdict::stranger;
    for (int i = 3; v == verdict::stranger && i < 100; ++i)
        v = f.from(alice, i, milliseconds(20));
    CHECK(v == verdict::current);
    CHECK(f.filter.address() == f.from_where);
}

TEST_CASE("one packet of four may be missing in the proof of the first one")
{
    fixture f;
    f.from(alice, 1);
    f.from(alice, 5);
    CHECK(f.filter.proven());
}
