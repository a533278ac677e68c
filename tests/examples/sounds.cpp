#include "exchange/sounds.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>

using namespace solosip;

TEST_CASE("a melody has its length, its pitch and an end")
{
    examples::melody m({{1000, 10}, {0, 5}});
    m.prepare(8000);
    std::array<media::sample, 160> out{};
    CHECK(m.read(out) == 120);
    CHECK(m.finished());
    CHECK(m.read(out) == 0);
    // 1000 Hz at 8000 Hz: eight samples a period.
    CHECK(out[0] == 0);
    CHECK(out[2] == 8192);
    CHECK(out[6] == -8192);
    CHECK(out[10] == out[2]);
    CHECK(std::all_of(out.begin() + 80, out.begin() + 120, [](auto s) { return s == 0; }));
}

TEST_CASE("the echo waits for two packets, keeps the order, and loses what is oldest")
{
    examples::echo_buffer b;
    std::array<media::sample, 160> in{}, out{};
    in.fill(1);
    b.write(in);
    CHECK(b.read(out) == 0);
    in.fill(2);
    b.write(in);
    CHECK(b.read(out) == 160);
    CHECK(out[159] == 1);
    CHECK(b.read(out) == 160);
    CHECK(out[0] == 2);
    CHECK(b.read(out) == 0);
    // Empty: it waits for two packets again.
    b.write(in);
    CHECK(b.read(out) == 0);

    for (media::sample i = 0; i < 100; ++i)
    {
        in.fill(i);
        b.write(in);
    }
    // The echo never lags more than six packets, and then catches up to three.
    REQUIRE(b.read(out) == 160);
    CHECK(out[0] == 97);
}
