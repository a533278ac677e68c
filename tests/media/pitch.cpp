#include "media/pitch.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using namespace solosip;
using media::sample;

namespace
{

std::vector<sample> voice(double period, std::size_t length)
{
    std::vector<sample> pcm(length);
    for (std::size_t i = 0; i < length; ++i)
    {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / period;
        pcm[i] = static_cast<sample>(6000 * std::sin(angle) + 4000 * std::sin(2 * angle + 1) +
                                     2000 * std::sin(5 * angle));
    }
    return pcm;
}

double roughest(const std::vector<sample>& pcm, std::size_t from, std::size_t to)
{
    double worst = 0;
    for (std::size_t i = std::max<std::size_t>(from, 2); i < to; ++i)
        worst = std::max(worst, std::abs(pcm[i] - 2.0 * pcm[i - 1] + pcm[i - 2]));
    return worst;
}

} // namespace

TEST_CASE("the period of a voice is found, at any rate")
{
    const std::uint32_t rate = GENERATE(8000u, 16000u, 48000u);
    for (const double ms : {5.5, 7.0, 9.75, 12.5, 14.9})
    {
        const double period = ms * rate / 1000;
        const auto past = voice(period, media::pitch_history(rate) + 10);
        CAPTURE(rate, period);
        CHECK(std::abs(static_cast<double>(media::find_period(past, rate)) - period) <= 1);
    }
}

TEST_CASE("silence has a period too")
{
    const std::vector<sample> nothing(media::pitch_history(8000));
    const auto period = media::find_period(nothing, 8000);
    CHECK(period >= 40);
    CHECK(period <= 120);
}

TEST_CASE("a period more or less is not heard")
{
    constexpr std::size_t period = 60, frame = 160;
    const auto whole = voice(period, 1000);
    const double rough = roughest(whole, 0, whole.size());
    SECTION("left out")
    {
        auto pcm = whole;
        media::leave_out(std::span(pcm).subspan(400, frame + period), period, 80);
        pcm.erase(pcm.begin() + 400 + frame, pcm.begin() + 400 + frame + period);
        CHECK(pcm.size() == whole.size() - period);
        CHECK(roughest(pcm, 0, pcm.size()) <= rough * 1.01 + 4);
    }
    SECTION("doubled")
    {
        std::vector<sample> pcm(whole.begin(), whole.begin() + 400 + frame - period);
        pcm.resize(400 + frame);
        media::repeat(pcm.data() + 400, frame - period, period, 80);
        pcm.insert(pcm.end(), whole.begin() + 400 + frame - period, whole.end());
        CHECK(pcm.size() == whole.size() + period);
        CHECK(roughest(pcm, 0, pcm.size()) <= rough * 1.01 + 4);
    }
}
