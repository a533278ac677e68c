#include "media/concealer.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <numbers>
#include <vector>

using namespace solosip;
using media::sample;

namespace
{

double sine(double i)
{
    return 8000 * std::sin(2 * std::numbers::pi * i / 61.7);
}
std::vector<sample> voice(std::size_t from, std::size_t length)
{
    std::vector<sample> pcm(length);
    for (std::size_t i = 0; i < length; ++i)
        pcm[i] = static_cast<sample>(sine(static_cast<double>(from + i)));
    return pcm;
}

struct fixture
{
    media::concealer c;
    std::vector<sample> heard;

    fixture()
    {
        c.configure(8000);
        heard = voice(0, 1000);
    }
    void gap(std::size_t length)
    {
        std::vector<sample> made(length);
        c.conceal(std::span(heard).last(c.history()), made);
        heard.insert(heard.end(), made.begin(), made.end());
    }
    void resume(std::vector<sample> fresh)
    {
        if (c.active()) c.resume(fresh);
        heard.insert(heard.end(), fresh.begin(), fresh.end());
    }
    double loudest(std::size_t from, std::size_t length) const
    {
        double peak = 0;
        for (std::size_t i = from; i < from + length; ++i)
            peak = std::max(peak, std::abs(static_cast<double>(heard[i])));
        return peak;
    }
    double steepest(std::size_t from) const
    {
        double step = 0;
        for (std::size_t i = from; i < heard.size(); ++i)
            step = std::max(step, std::abs(static_cast<double>(heard[i] - heard[i - 1])));
        return step;
    }
};

} // namespace

TEST_CASE("the voice goes on, as it would have")
{
    fixture f;
    f.gap(80);
    double error = 0, power = 0;
    for (std::size_t i = 1000; i < 1080; ++i)
    {
        error += std::pow(f.heard[i] - sine(static_cast<double>(i)), 2);
        power += std::pow(sine(static_cast<double>(i)), 2);
    }
    CHECK(10 * std::log10(power / error) > 18);
}

TEST_CASE("it gets quieter after 10 ms and is silent after 60 ms")
{
    fixture f;
    for (int i = 0; i < 10; ++i)
        f.gap(80);
    CHECK(f.loudest(1000, 80) > 7500);
    CHECK(f.loudest(1160, 80) < 7500);
    CHECK(f.loudest(1240, 80) < 5500);
    CHECK(f.loudest(1240, 80) > 3000);
    CHECK(f.loudest(1480, 320) == 0);
    CHECK(f.c.faded());
}

TEST_CASE("no click, neither in the gap nor behind it")
{
    const std::size_t lost = GENERATE(1u, 2u, 3u, 5u);
    fixture f;
    const double usual = f.steepest(1);
    for (std::size_t i = 0; i < lost; ++i)
        f.gap(160);
    f.resume(voice(1000 + lost * 160 + 31, 160)); // not in phase
    f.resume(voice(1000 + lost * 160 + 191, 160));
    CHECK(!f.c.active());
    CHECK(f.steepest(1) < usual * 1.7);
}

TEST_CASE("a second gap begins with what came in between")
{
    fixture f;
    f.gap(800);
    f.resume(voice(1800, 160));
    f.resume(voice(1960, 160));
    f.gap(80);
    CHECK(f.loudest(f.heard.size() - 80, 80) > 7000);
}
