#include "solosip/dtmf/info.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using dtmf::parse_info;

TEST_CASE("bodies with a key")
{
    struct row
    {
        const char *subtype, *body;
        char key;
        int ms;
    };
    const std::vector<row> rows{
        {"dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', 160},
        {"dtmf-relay", "Signal=5\r\nDuration=160", '5', 160},
        {"dtmf-relay", "Signal= 5\nDuration= 160\n", '5', 160},
        {"dtmf-relay", "signal = # \r\nduration = 90 \r\n", '#', 90},
        {"DTMF-Relay", "Duration=250\r\nSignal=*\r\n", '*', 250},
        {"dtmf-relay", "Signal=10\r\nDuration=100\r\n", '*', 100},
        {"dtmf-relay", "Signal=11\r\nDuration=100\r\n", '#', 100},
        {"dtmf-relay", "Signal=12\r\n", 'A', 0},
        {"dtmf-relay", "Signal=15\r\n", 'D', 0},
        {"dtmf-relay", "Signal=d\r\n", 'D', 0},
        {"dtmf-relay", "\r\n\r\nSignal=0\rDuration=5", '0', 5},
        {"dtmf-relay", "Signal=7\r\nDuration=soon\r\n", '7', 0},
        {"dtmf-relay", "Signal=7\r\nDuration=-5\r\n", '7', 0},
        {"dtmf-relay", "Signal=7\r\nDuration=99999999\r\n", '7', 60000},
        {"dtmf-relay", "Signal=7\r\nColour=blue\r\n", '7', 0},
        {"dtmf", "5", '5', 0},
        {"dtmf", " #\r\n", '#', 0},
        {"dtmf", "11", '#', 0},
        {"dtmf", "d=5\r\ndt=160\r\n", '5', 160},
        {"dtmf", "D=*", '*', 0},
        {"dtmf", "Signal=9\r\nDuration=100", '9', 100},
    };
    for (const row& r : rows)
    {
        CAPTURE(r.subtype, r.body);
        const auto got = parse_info(r.subtype, r.body);
        REQUIRE(got);
        CHECK(got->key == r.key);
        CHECK(got->length == milliseconds(r.ms));
    }
}

TEST_CASE("bodies without a key")
{
    struct row
    {
        const char *subtype, *body;
        errc code;
        std::uint32_t offset;
    };
    const std::vector<row> rows{
        {"dtmf-relay", "", errc::bad_digit, 0},
        {"dtmf-relay", "Duration=160\r\n", errc::bad_digit, 0},
        {"dtmf-relay", "Duration=160\r\nSignal=x\r\n", errc::bad_digit, 14},
        {"dtmf-relay", "Signal=", errc::bad_digit, 0},
        {"dtmf-relay", "Signal=17", errc::bad_digit, 0},
        {"dtmf-relay", "Signal=05", errc::bad_digit, 0},
        {"dtmf-relay", "Signal=111", errc::bad_digit, 0},
        {"dtmf-relay", "Signal=-1", errc::bad_digit, 0},
        {"dtmf-relay", "Signal=1\r\nSignal=2", errc::bad_syntax, 10},
        {"dtmf", "E", errc::bad_digit, 0},
        {"dtmf", "hello", errc::bad_digit, 0},
        {"dtmf", "=5", errc::bad_digit, 0},
        {"plain", "5", errc::bad_syntax, 0},
    };
    for (const row& r : rows)
    {
        CAPTURE(r.subtype, r.body);
        const auto got = parse_info(r.subtype, r.body);
        REQUIRE(!got);
        CHECK(got.error() == error{r.code, r.offset});
    }
    CHECK(!parse_info("dtmf", std::string("5\0005", 3)));
}

TEST_CASE("what is made can be read")
{
    for (char key : std::string("0123456789*#ABCD"))
    {
        CHECK(dtmf::is_key(key));
        const auto got = parse_info("dtmf-relay", dtmf::make_dtmf_relay(key, milliseconds(160)));
        REQUIRE(got);
        CHECK(got->key == key);
        CHECK(got->length == milliseconds(160));
    }
    CHECK(dtmf::make_dtmf_relay('#', milliseconds(100)) == "Signal=#\r\nDuration=100\r\n");
    CHECK(!dtmf::is_key('a'));
    CHECK(!dtmf::is_key('E'));
}

TEST_CASE("RFC 4733's octets in an INFO: its third dialect")
{
    using namespace std::string_literals;
    const auto pressed = solosip::dtmf::parse_info("telephone-event", "\x0B\x8A\x03\x20"s);
    REQUIRE(pressed);
    CHECK(pressed->key == '#');
    CHECK(pressed->length == solosip::milliseconds(100));
    CHECK(solosip::dtmf::parse_info("telephone-event", "\x0B\x0A\x03\x20"s).code() ==
          solosip::errc::cancelled);
    CHECK(solosip::dtmf::parse_info("telephone-event", "\x1F\x8A\x03\x20"s).code() ==
          solosip::errc::bad_digit);
    CHECK(solosip::dtmf::parse_info("telephone-event", "Signal=5\r\nDuration=100\r\n")->key == '5');
    CHECK(solosip::dtmf::parse_info("dtmf-relay", "Signal=16\r\n")->key == '!');
    CHECK(solosip::dtmf::parse_info("dtmf", "!")->key == '!');
}
