#include "solosip/rtp/packet.hpp"

#include "support/catch.hpp"

#include <array>
#include <vector>

using namespace solosip;

namespace
{

using bytes = std::vector<std::uint8_t>;

/// 12 octets of header with `first` octet, payload type 8, sequence 0x0102, then `rest`.
bytes packet_with(std::uint8_t first, const bytes& rest)
{
    bytes all{first, 0x88, 1, 2, 0xA0, 0xB0, 0xC0, 0xD0, 0x11, 0x22, 0x33, 0x44};
    for (std::uint8_t octet : rest)
        all.push_back(octet);
    return all;
}

bytes payload_of(const rtp::packet& p)
{
    return {p.payload.begin(), p.payload.end()};
}

} // namespace

TEST_CASE("the fields of a packet")
{
    const bytes datagram = packet_with(0x80, {1, 2, 3});
    const auto p = rtp::parse(datagram);
    REQUIRE(p);
    CHECK(p->marker);
    CHECK(p->payload_type == 8);
    CHECK(p->sequence == 0x0102);
    CHECK(p->timestamp == 0xA0B0C0D0);
    CHECK(p->ssrc == 0x11223344);
    CHECK(payload_of(*p) == bytes{1, 2, 3});
}

TEST_CASE("CSRCs, extension and padding are stepped over")
{
    struct row
    {
        const char* what;
        std::uint8_t first;
        bytes rest;
        bytes payload;
    };
    const std::vector<row> rows{
        {"no payload", 0x80, {}, {}},
        {"two CSRCs", 0x82, {1, 1, 1, 1, 2, 2, 2, 2, 9}, {9}},
        {"empty extension", 0x90, {0xBE, 0xDE, 0, 0, 9}, {9}},
        {"extension of a word", 0x90, {0xBE, 0xDE, 0, 1, 5, 5, 5, 5, 9}, {9}},
        {"CSRC and extension", 0x91, {1, 1, 1, 1, 0, 0, 0, 1, 5, 5, 5, 5, 8, 9}, {8, 9}},
        {"padding", 0xA0, {9, 8, 0, 0, 3}, {9, 8}},
        {"padding of one", 0xA0, {9, 1}, {9}},
        {"nothing but padding", 0xA0, {0, 0, 0, 4}, {}},
        {"all of them", 0xB1, {1, 1, 1, 1, 0, 0, 0, 1, 5, 5, 5, 5, 9, 0, 2}, {9}},
    };
    for (const row& r : rows)
    {
        CAPTURE(r.what);
        const bytes datagram = packet_with(r.first, r.rest);
        const auto p = rtp::parse(datagram);
        REQUIRE(p);
        CHECK(payload_of(*p) == r.payload);
    }
}

TEST_CASE("what is no RTP packet")
{
    struct row
    {
        const char* what;
        bytes datagram;
    };
    bytes short_header = packet_with(0x80, {});
    short_header.pop_back();
    bytes rtcp = packet_with(0x80, {0, 0, 0, 0});
    rtcp[1] = 200;
    const std::vector<row> rows{
        {"nothing", {}},
        {"half a header", short_header},
        {"version 0", packet_with(0x00, {1})},
        {"version 1", packet_with(0x40, {1})},
        {"version 3", packet_with(0xC0, {1})},
        {"CSRCs beyond the end", packet_with(0x81, {1, 1, 1})},
        {"extension header beyond the end", packet_with(0x90, {0xBE, 0xDE, 0})},
        {"extension beyond the end", packet_with(0x90, {0xBE, 0xDE, 0xFF, 0xFF, 1, 2, 3, 4})},
        {"no padding where it is announced", packet_with(0xA0, {})},
        {"padding of nothing", packet_with(0xA0, {1, 2, 0})},
        {"padding into the header", packet_with(0xA0, {1, 2, 4})},
        {"padding into the extension", packet_with(0xB0, {0, 0, 0, 1, 1, 1, 1, 5})},
        {"an RTCP sender report", rtcp},
    };
    for (const row& r : rows)
    {
        CAPTURE(r.what);
        const auto p = rtp::parse(r.datagram);
        CHECK((!p && p.code() == errc::bad_packet));
    }
}

TEST_CASE("RTCP is told by its packet type")
{
    for (int type = 0; type < 256; ++type)
    {
        CAPTURE(type);
        const bytes datagram{0x80, static_cast<std::uint8_t>(type), 0, 0};
        CHECK(rtp::is_rtcp(datagram) == (type >= 192 && type <= 223));
    }
    CHECK(!rtp::is_rtcp(bytes{0x80}));
    CHECK(!rtp::is_rtcp(bytes{0x00, 200, 0, 0}));
}

TEST_CASE("a printed header reads the same")
{
    const rtp::header h{101, true, 0xFFFE, 0x80000001, 0xDEADBEEF};
    std::array<std::uint8_t, rtp::header_bytes> out{};
    REQUIRE(rtp::print_header(h, out));
    CHECK(bytes(out.begin(), out.end()) ==
          bytes{0x80, 0xE5, 0xFF, 0xFE, 0x80, 0, 0, 1, 0xDE, 0xAD, 0xBE, 0xEF});
    const auto p = rtp::parse(out);
    REQUIRE(p);
    CHECK(p->marker == h.marker);
    CHECK(p->payload_type == h.payload_type);
    CHECK(p->sequence == h.sequence);
    CHECK(p->timestamp == h.timestamp);
    CHECK(p->ssrc == h.ssrc);
    CHECK(!rtp::print_header(h, std::span(out).first(11)));
}
