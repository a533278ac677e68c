#include "audio/ringback.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;
using namespace std::chrono_literals;

namespace
{

/// Which tenths of a second are loud.
std::string pattern(const samples& sound)
{
    std::string p;
    for (std::size_t i = 0; i + 800 <= sound.size(); i += 800)
        p += level({sound.begin() + static_cast<int>(i),
                    sound.begin() + static_cast<int>(i) + 800}) > -30
                 ? 'x'
                 : '.';
    return p;
}

std::string times(char c, std::size_t n)
{
    return std::string(n, c);
}

} // namespace

TEST_CASE("ringback has the cadence and the tones of its country, again and again")
{
    const struct
    {
        const char* country;
        std::string period;
        double hz, second_hz;
    } rows[] = {
        {"", times('x', 10) + times('.', 40), 425, 0},
        {"de", times('x', 10) + times('.', 40), 425, 0},
        {"ZZ", times('x', 10) + times('.', 40), 425, 0},
        {"FR", times('x', 15) + times('.', 35), 440, 0},
        {"US", times('x', 20) + times('.', 40), 440, 480},
        {"us", times('x', 20) + times('.', 40), 440, 480},
        {"GB", "xxxx..xxxx" + times('.', 20), 400, 450},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.country);
        const auto ticks = row.period.size() * 5 * 3;
        const auto sound = play(opened(ringback(row.country)), 8000, ticks);
        CHECK(pattern(sound) == row.period + row.period + row.period);
        const samples first(sound.begin(), sound.begin() + 3200);
        const double each = row.second_hz > 0 ? -16 : -13;
        CHECK(measure(first, 8000, row.hz).level == Approx(each).margin(0.5));
        if (row.second_hz > 0)
            CHECK(measure(first, 8000, row.second_hz).level == Approx(each).margin(0.5));
        CHECK(level(first) == Approx(-13).margin(0.7));
    }
}

TEST_CASE("a cadence of one's own, once")
{
    const auto sound = play(
        opened(cadence({{950, 330ms}, {1400, 330ms}, {1800, 330ms}, {0, 110ms}}, false)), 8000);
    CHECK(sound.size() == 8800);
    CHECK(pattern(sound) == "xxxxxxxxxx.");
    CHECK(play(opened(cadence({})), 8000).empty());
}
