// Tones of a telephone, by the limits of ITU-T Q.24.
#include "dtmf/detector.hpp"

#include "solosip/base/random.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>
#include <string>
#include <vector>

using namespace solosip;

namespace
{

constexpr std::string_view keypad = "123A456B789C*0#D";
constexpr double low_tones[] = {697, 770, 852, 941}, high_tones[] = {1209, 1336, 1477, 1633};

struct line
{
    std::uint32_t rate = 8000;
    double level = -10;               ///< dBm0 of the louder tone
    double twist = 0;                 ///< dB: high over low
    double low_off = 0, high_off = 0; ///< of the frequency
    double noise = 0;                 ///< amplitude
    std::vector<std::int16_t> pcm{};
    seeded_random chance{3};

    static double amplitude(double dbm0) { return 32767 * std::pow(10, (dbm0 - 3.14) / 20); }
    double hiss() { return noise * (chance.below(20001) / 10000.0 - 1); }

    void pause(double ms)
    {
        for (int i = 0; i < ms * rate / 1000; ++i)
            pcm.push_back(static_cast<std::int16_t>(hiss()));
    }
    void press(char key, double ms)
    {
        const auto at = keypad.find(key);
        const double a = amplitude(level + std::min(0.0, -twist)),
                     b = amplitude(level + std::min(0.0, twist));
        const double lo = low_tones[at / 4] * (1 + low_off),
                     hi = high_tones[at % 4] * (1 + high_off);
        const double turn = 2 * std::numbers::pi / rate;
        for (int i = 0; i < ms * rate / 1000; ++i)
            pcm.push_back(static_cast<std::int16_t>(
                std::clamp(a * std::sin(turn * lo * i) + b * std::sin(turn * hi * i) + hiss(),
                           -32768.0, 32767.0)));
    }
    std::string all(double tone = 60, double gap = 60)
    {
        pause(50);
        for (const char key : keypad)
        {
            press(key, tone);
            pause(gap);
        }
        pause(100);
        return heard();
    }
    std::string heard() const
    {
        dtmf::detector d;
        d.configure(rate);
        std::string keys;
        for (std::size_t i = 0; i < pcm.size(); i += 160)
        {
            d.hear(std::span(pcm).subspan(i, std::min<std::size_t>(160, pcm.size() - i)));
            while (const auto p = d.poll())
                keys += p->key;
        }
        return keys;
    }
};

} // namespace

TEST_CASE("every key, at any rate")
{
    line l;
    l.rate = GENERATE(8000u, 16'000u, 48'000u);
    CHECK(l.all() == keypad);
}

TEST_CASE("40 ms are a press and 40 ms are a pause (Q.24 table A-1)")
{
    line l;
    CHECK(l.all(40, 40) == keypad);
}

TEST_CASE("what is shorter than 20 ms is none")
{
    line l;
    CHECK(l.all(18, 100).empty());
}

TEST_CASE("a break of 10 ms does not make two of a press")
{
    line l;
    l.pause(50);
    for (const char key : keypad)
    {
        l.press(key, 50);
        l.pause(10);
        l.press(key, 50);
        l.pause(60);
    }
    l.pause(100);
    CHECK(l.heard() == keypad);
}

TEST_CASE("levels from 0 to -25 dBm0 are heard, -45 is not")
{
    line l;
    SECTION("heard")
    {
        l.level = GENERATE(-3.0, -10.0, -20.0, -25.0);
        CHECK(l.all() == keypad);
    }
    SECTION("not")
    {
        l.level = -45;
        CHECK(l.all().empty());
    }
}

TEST_CASE("twist of 4 dB one way and 8 dB the other")
{
    line l;
    SECTION("heard")
    {
        l.twist = GENERATE(4.0, -8.0);
        CHECK(l.all() == keypad);
    }
    SECTION("not")
    {
        l.twist = GENERATE(12.0, -14.0);
        CHECK(l.all().empty());
    }
}

TEST_CASE("frequencies within 1.5 % are right, beyond 3.5 % they are not")
{
    line l;
    SECTION("right")
    {
        const double off = GENERATE(-0.015, 0.015);
        l.low_off = off;
        l.high_off = GENERATE(-0.015, 0.015);
        CHECK(l.all() == keypad);
    }
    SECTION("wrong low")
    {
        l.low_off = GENERATE(-0.035, 0.035);
        CHECK(l.all().empty());
    }
    SECTION("wrong high")
    {
        l.high_off = GENERATE(-0.035, 0.035);
        CHECK(l.all().empty());
    }
}

TEST_CASE("noise 15 dB below the tones does not matter")
{
    line l;
    l.level = -10;
    l.noise = line::amplitude(-10 - 15) * 1.7;
    CHECK(l.all() == keypad);
}

TEST_CASE("an hour of noise and of music-like sounds presses nothing")
{
    line l;
    seeded_random chance(9);
    SECTION("noise")
    {
        l.noise = 8000;
        l.pause(120'000);
    }
    SECTION("chords")
    {
        for (int n = 0; n < 2000; ++n)
        {
            const double f = 80 + chance.below(400), ms = 30 + chance.below(150);
            for (int i = 0; i < ms * 8; ++i)
            {
                double v = 0;
                for (int h = 1; h < 12; ++h)
                    v += std::sin(2 * std::numbers::pi * f * h * i / 8000) / h;
                l.pcm.push_back(static_cast<std::int16_t>(6000 * v));
            }
        }
    }
    CHECK(l.heard().empty());
}

TEST_CASE("the length of a press is told")
{
    line l;
    l.pause(50);
    l.press('5', 200);
    l.pause(100);
    dtmf::detector d;
    d.configure(8000);
    d.hear(l.pcm);
    const auto p = d.poll();
    REQUIRE(p);
    CHECK(p->key == '5');
    CHECK(p->length >= milliseconds(160));
    CHECK(p->length <= milliseconds(216));
}
