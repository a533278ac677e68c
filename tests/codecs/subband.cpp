// The parts of G.722.
#include "../codecs/g722/subband.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <cstdlib>

using namespace solosip::codecs::g722_detail;

TEST_CASE("the scale stays within its limits and follows")
{
    scale s(18432, 8, 32);
    CHECK(s.step() == 32);
    for (int i = 0; i < 200; ++i)
        s.adapt(3042);
    CHECK(s.step() == 16'384); // 2048 * 2^1 * 4
    for (int i = 0; i < 5000; ++i)
        s.adapt(-60);
    CHECK(s.step() == 32);
}

TEST_CASE("what one side codes, the other decodes, for any code")
{
    lower_band a, b;
    higher_band c, d;
    int worst = 0;
    for (int i = 0; i < 20'000; ++i)
    {
        const int x = static_cast<int>(6000 * std::sin(i * 0.3));
        const int heard = b.decode(a.encode(x));
        if (i > 500) worst = std::max(worst, std::abs(heard - x));
        const auto code = c.encode(x / 8);
        CHECK(code < 4);
        d.decode(code);
    }
    CHECK(worst < 500);
}

TEST_CASE("any stream of codes keeps to 15 bits")
{
    lower_band low;
    higher_band high;
    unsigned x = 1;
    for (int i = 0; i < 100'000; ++i)
    {
        x = x * 1664525u + 1013904223u;
        const int l = low.decode(static_cast<std::uint8_t>(x >> 26));
        const int h = high.decode(static_cast<std::uint8_t>(x >> 20 & 3));
        if (l < -16384 || l > 16383 || h < -16384 || h > 16383) FAIL("out of range");
    }
}
