#include "dtmf/event.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip::dtmf;

TEST_CASE("the fields of an event")
{
    const std::vector<std::uint8_t> payload{11, 0xCA, 0x12, 0x34, 99};
    const auto e = parse_event(payload); // what stands behind it is not looked at
    REQUIRE(e);
    CHECK(e->code == 11);
    CHECK(e->end);
    CHECK(e->volume == 10);
    CHECK(e->duration == 0x1234);
    CHECK(!parse_event(std::span(payload).first(3)));
    CHECK(!parse_event({}));
}

TEST_CASE("a printed event reads the same")
{
    for (int code = 0; code < 256; ++code)
        for (bool end : {false, true})
        {
            telephone_event e;
            e.code = static_cast<std::uint8_t>(code);
            e.end = end;
            e.volume = static_cast<std::uint8_t>(code % 64);
            e.duration = static_cast<std::uint16_t>(code * 251);
            const auto back = parse_event(print_event(e));
            REQUIRE(back);
            CHECK(back->code == e.code);
            CHECK(back->end == e.end);
            CHECK(back->volume == e.volume);
            CHECK(back->duration == e.duration);
        }
}

TEST_CASE("keys and codes are those of RFC 4733 table 3")
{
    const std::string keys = "0123456789*#ABCD";
    for (unsigned code = 0; code < 16; ++code)
    {
        CHECK(key_of(code) == keys[code]);
        CHECK(code_of(keys[code]) == code);
    }
    CHECK(key_of(16) == '!'); // the hook flash
    CHECK(!key_of(17));
    CHECK(!key_of(255));
    for (char c : std::string("abcdEe+ \n"))
        CHECK(!code_of(c));
    CHECK(!code_of('\0'));
}
