#include "audio/generated.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;
using namespace std::chrono_literals;

TEST_CASE("a tone has its frequency, level and length")
{
    const auto rate = GENERATE(8000u, 16000u, 48000u);
    CAPTURE(rate);
    const auto sound = play(opened(tone(440, 1s, 6)), rate);
    CHECK(sound.size() == rate);
    const auto m = measure(sound, rate, 440);
    CHECK(m.hz == Approx(440).margin(0.2));
    CHECK(m.level == Approx(-6.0).margin(0.1));
    CHECK(m.residue > 60);
    CHECK(std::abs(sound.front()) < 100);
    CHECK(std::abs(sound.back()) < 100);
}

TEST_CASE("strange tones are silence or nothing")
{
    CHECK(level(play(opened(tone(5000, 100ms)), 8000)) < -90);
    CHECK(level(play(opened(tone(-3, 100ms)), 8000)) < -90);
    CHECK(level(play(opened(tone(std::nan(""), 100ms)), 8000)) < -90);
    CHECK(play(opened(tone(440, 0ms)), 8000).empty());
    CHECK(play(opened(tone(440, -5ms)), 8000).empty());
    CHECK(play(opened(tone(440, 1ms)), 8000).size() == 8);
    CHECK(level(play(opened(tone(440, 100ms, -20)), 8000)) < 0.1);
}

TEST_CASE("a tone goes on where it is at another rate")
{
    const auto s = opened(tone(400, std::chrono::milliseconds(800)));
    s.sound->prepare(8000);
    samples part(4000), all;
    REQUIRE(s.sound->read(part) == part.size());
    s.sound->prepare(48000);
    part.resize(96'000);
    CHECK(s.sound->read(part) == 14'400);
    CHECK(s.sound->finished());
    s.sound->prepare(44'100);
    CHECK(s.sound->finished());
}

TEST_CASE("silence is silent and as long as asked for")
{
    CHECK(play(opened(silence(250ms)), 8000) == samples(2000, 0));
}

TEST_CASE("sound that the program makes")
{
    const auto rate = GENERATE(8000, 11025, 16000, 48000);
    const auto made = sine(1000, static_cast<std::uint32_t>(rate), 1, 0.5);
    std::size_t at = 0;
    const auto source = pcm(
        [&](std::span<std::int16_t> to)
        {
            std::size_t n = 0;
            for (; n < to.size() && at < made.size(); ++n, ++at)
                to[n] = to_sample(made[at]);
            return n;
        },
        rate);
    CAPTURE(rate);
    const auto sound = play(opened(source), 8000);
    CHECK(std::abs(static_cast<double>(sound.size()) - 8000) <= 2);
    const auto m = measure(sound, 8000, 1000);
    CHECK(m.hz == Approx(1000).margin(0.5));
    CHECK(m.level == Approx(-6.02).margin(0.1));
}

TEST_CASE("callbacks that misbehave end the sound")
{
    CHECK(play(opened(pcm(nullptr, 8000)), 8000).empty());
    CHECK(play(opened(pcm([](std::span<std::int16_t> to) { return to.size(); }, 0)), 8000).empty());
    CHECK(play(opened(pcm([](std::span<std::int16_t> to) { return to.size(); }, -8000)), 8000)
              .empty());
    // More than asked for is all that was asked for.
    CHECK(play(opened(pcm([](std::span<std::int16_t>) { return std::size_t(-1); }, 8000)), 8000, 2)
              .size() == 320);
    CHECK(play(opened(pcm([](std::span<std::int16_t>) { return std::size_t(-1); }, 16000)), 8000, 2)
              .size() == 320);
}

TEST_CASE("what is heard reaches the program at the rate that it asked for")
{
    const auto rate = GENERATE(8000, 16000, 44100);
    CAPTURE(rate);
    samples heard;
    const auto s = opened(pcm_sink([&](std::span<const std::int16_t> from)
                                   { heard.insert(heard.end(), from.begin(), from.end()); },
                                   rate));
    s.ear->prepare(8000);
    samples said;
    for (const float x : sine(1000, 8000, 2, 0.5))
        said.push_back(to_sample(x));
    for (std::size_t i = 0; i < said.size(); i += 160)
        s.ear->write({said.data() + i, 160});
    CHECK(std::abs(static_cast<double>(heard.size()) - 2.0 * rate) < rate / 50.0);
    const auto m = measure(heard, static_cast<std::uint32_t>(rate), 1000);
    CHECK(m.hz == Approx(1000).margin(0.5));
    CHECK(m.level == Approx(-6.02).margin(0.1));
}

TEST_CASE("a listener that cannot be served hears nothing")
{
    int calls = 0;
    for (const int rate : {0, -1, 10, 1'000'000})
    {
        const auto s = opened(pcm_sink([&](std::span<const std::int16_t>) { ++calls; }, rate));
        s.ear->prepare(8000);
        s.ear->write(samples(160));
    }
    const auto s = opened(pcm_sink(nullptr, 8000));
    s.ear->prepare(8000);
    s.ear->write(samples(160));
    CHECK(calls == 0);
}
