#include "rtp/rtcp.hpp"

#include "support/catch.hpp"

#include <array>
#include <vector>

using namespace solosip;
using bytes = std::vector<std::uint8_t>;

namespace
{

bytes printed(const rtp::rtcp_report& r)
{
    bytes b(1500);
    b.resize(rtp::print_rtcp(r, b));
    return b;
}

rtp::rtcp_report full()
{
    rtp::rtcp_report r;
    r.sender = 0xCAFE;
    r.sent = {0x1122334455667788, 0xFFFFFFF0, 1000, 160'000};
    r.block = {0xBEEF, 25, -3, 0x10005, 17, 0x33445566, 65536};
    r.cname = "abcdefgh";
    r.voip.emplace();
    r.voip->ssrc = 0xBEEF;
    r.voip->loss_rate = 3;
    r.voip->burst_ms = 1000;
    r.voip->round_trip_ms = 45;
    r.voip->r_factor = 90;
    r.voip->mos_conversation = 43;
    r.voip->jitter_ceiling_ms = 200;
    return r;
}

} // namespace

TEST_CASE("a report comes through (RFC 3550 section 6.4, RFC 3611 section 4.7)")
{
    auto r = full();
    r.bye = GENERATE(false, true);
    const auto b = printed(r);
    CHECK(b.size() % 4 == 0);
    CHECK(b.size() <= rtp::rtcp_report_bytes);
    const auto back = rtp::parse_rtcp(b, 0xBEEF);
    REQUIRE(back);
    CHECK(back->sender == 0xCAFE);
    CHECK(back->sent == r.sent);
    CHECK(back->about_us == r.block);
    CHECK(back->voip_about_us == r.voip);
    CHECK(back->bye == r.bye);
}

TEST_CASE("blocks about others are passed over")
{
    const auto back = rtp::parse_rtcp(printed(full()), 1);
    REQUIRE(back);
    CHECK(!back->about_us);
    CHECK(!back->voip_about_us);
    CHECK(back->sent);
}

TEST_CASE("who has sent nothing makes an RR")
{
    auto r = full();
    r.sent.reset();
    r.block.reset();
    r.voip.reset();
    const auto b = printed(r);
    CHECK(b[0] == 0x80);
    CHECK(b[1] == 201);
    const auto back = rtp::parse_rtcp(b, 0xBEEF);
    REQUIRE(back);
    CHECK(!back->sent);
    CHECK(!back->about_us);
}

TEST_CASE("a datagram of another program")
{
    // SR with one block, SDES (CNAME, NAME), BYE with a reason.
    const bytes b{0x81, 200,  0,   12, 0, 0, 0, 1, 0xE0, 0,   0,    0,   0x80, 0, 0, 0,   0,
                  0,    0x10, 0,   0,  0, 0, 9, 0, 0,    5,   0xA0, 0,   0,    0, 2, 64,  0xFF,
                  0xFF, 0xFE, 0,   1,  0, 2, 0, 0, 0,    8,   0,    0,   0,    0, 0, 0,   0,
                  0,    0x81, 202, 0,  3, 0, 0, 0, 1,    1,   2,    'a', 'b',  2, 1, 'c', 0,
                  0x81, 203,  0,   3,  0, 0, 0, 1, 4,    'd', 'o',  'n', 'e',  0, 0, 0};
    const auto back = rtp::parse_rtcp(b, 2);
    REQUIRE(back);
    CHECK(back->sender == 1);
    CHECK(back->sent->packets == 9);
    CHECK(back->about_us->fraction_lost == 64);
    CHECK(back->about_us->lost == -2);
    CHECK(back->about_us->highest_sequence == 0x10002);
    CHECK(back->bye);
}

TEST_CASE("what is no compound packet (RFC 3550 section A.2)")
{
    const auto good = printed(full());
    CHECK(!rtp::parse_rtcp({}, 1));
    for (std::size_t n = 1; n < good.size(); ++n)
        if (const auto cut = rtp::parse_rtcp(std::span(good).first(n), 0xBEEF); cut)
            CHECK(n % 4 == 0); // between two parts
    auto bad = good;
    SECTION("another version")
    {
        bad[0] = 0x41;
    }
    SECTION("SDES first")
    {
        bad[1] = 202;
    }
    SECTION("padding in the first part")
    {
        bad[0] |= 0x20;
    }
    SECTION("longer than the datagram")
    {
        bad[3] = 100;
    }
    SECTION("more blocks than there are")
    {
        bad[0] = 0x82;
    }
    CHECK(!rtp::parse_rtcp(bad, 0xBEEF));
}

TEST_CASE("no room, nothing written")
{
    std::array<std::uint8_t, rtp::rtcp_report_bytes - 1> small{};
    CHECK(rtp::print_rtcp(full(), small) == 0);
    auto r = full();
    const std::string name(1000, 'x');
    r.cname = name;
    r.bye = true;
    CHECK(printed(r).size() <= rtp::rtcp_report_bytes);
}
