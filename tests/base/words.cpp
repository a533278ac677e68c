#include "base/words.hpp"
#include "support/catch.hpp"

#include <string>

using namespace solosip;

TEST_CASE("one of several characters is found wherever it stands, and no other one")
{
    for (std::size_t length = 0; length <= 40; ++length)
        for (int filler = 0; filler < 256; ++filler)
        {
            const char fill = static_cast<char>(filler);
            if (fill == '\r' || fill == '\n') continue;
            std::string text(length, fill);
            const auto found = [&]
            {
                return static_cast<std::size_t>(
                    words::find_any(text.data(), text.data() + length, '\n', '\r') - text.data());
            };
            REQUIRE(found() == length);
            for (std::size_t i = 0; i < length; ++i)
            {
                text[i] = i % 2 == 0 ? '\r' : '\n';
                REQUIRE(found() == i);
                // What stands behind the first one changes nothing.
                if (i + 1 < length) text[i + 1] = '\n';
                REQUIRE(found() == i);
                text.assign(length, fill);
            }
        }
}

TEST_CASE("the first character below a limit is found, whatever stands around it")
{
    for (std::size_t length = 0; length <= 24; ++length)
        for (int filler = 14; filler < 256; ++filler)
            for (std::size_t i = 0; i < length; ++i)
                for (const char below : {'\0', '\r'})
                {
                    std::string text(length, static_cast<char>(filler));
                    const char* const end = text.data() + length;
                    REQUIRE(words::find_below(text.data(), end, 14) == end);
                    text[i] = below;
                    REQUIRE(words::find_below(text.data(), end, 14) == text.data() + i);
                }
}

TEST_CASE("the lowest match is right on either side of a carry")
{
    CHECK(words::matches(words::load8("abcdefgh"), 'z') == 0);
    const char carry[] = "\x3b\x3a\x3b\x3a\x3b\x3b\x3b\x3b";
    CHECK(words::find_any(carry, carry + 8, ':') == carry + 1);
    CHECK(words::load4("abcd") == static_cast<std::uint32_t>(words::load4("abcdxxxx")));
}
