#include "media/comfort_noise.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace solosip;
using media::sample;

namespace
{

/// dB below a full-scale square wave.
double level(const std::vector<sample>& pcm)
{
    double power = 0;
    for (const sample s : pcm)
        power += static_cast<double>(s) * s;
    return -10 * std::log10(power / static_cast<double>(pcm.size()) / (32767.0 * 32767.0));
}

} // namespace

TEST_CASE("noise has the level that was asked for (RFC 3389 section 3.1)")
{
    const int wanted = GENERATE(20, 40, 60, 70);
    const bool shaped = GENERATE(false, true);
    media::comfort_noise noise;
    CHECK(!noise.on());
    std::vector<std::uint8_t> payload{static_cast<std::uint8_t>(wanted)};
    if (shaped) payload.insert(payload.end(), {50, 180, 127, 140});
    noise.update(payload);
    CHECK(noise.on());
    std::vector<sample> pcm(80'000);
    noise.make(pcm);
    CHECK(level(pcm) == Approx(wanted).margin(1.5));
    noise.stop();
    CHECK(!noise.on());
}

TEST_CASE("reflection coefficients give it a colour")
{
    const auto similarity = [](std::vector<std::uint8_t> payload)
    {
        media::comfort_noise noise;
        noise.update(payload);
        std::vector<sample> pcm(80'000);
        noise.make(pcm);
        double product = 0, power = 0;
        for (std::size_t i = 1; i < pcm.size(); ++i)
        {
            product += static_cast<double>(pcm[i]) * pcm[i - 1];
            power += static_cast<double>(pcm[i]) * pcm[i];
        }
        return product / power;
    };
    CHECK(std::abs(similarity({30})) < 0.05);
    CHECK(similarity({30, 50}) == Approx(0.606).margin(0.05)); // k = -0.606
    CHECK(similarity({30, 204}) == Approx(-0.606).margin(0.05));
}

TEST_CASE("any payload is bearable")
{
    media::comfort_noise noise;
    noise.update({});
    CHECK(!noise.on());
    std::vector<std::uint8_t> wild(100, 255);
    wild[0] = 0;
    noise.update(wild);
    std::vector<sample> pcm(8000);
    noise.make(pcm);
    CHECK(pcm[7999] != pcm[7998]);
}
