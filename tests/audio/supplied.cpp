#include "audio/supplied.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <stdexcept>

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;

TEST_CASE("samples in memory are played as they are, each time from the beginning")
{
    const auto sound = tone_samples(8000, 0.513);
    const auto what = memory(sound, 8000);
    CHECK(play(opened(what), 8000) == sound);
    CHECK(play(opened(what), 8000) == sound);
    CHECK(play(opened(memory(samples{}, 8000)), 8000).empty());
    CHECK(play(opened(memory(samples{}, 8000, true)), 8000).empty());
}

TEST_CASE("samples in memory have ended with the frame that holds the last of them")
{
    auto s = opened(memory(samples(320, 1), 8000));
    s.sound->prepare(8000);
    samples frame(160);
    CHECK(s.sound->read(frame) == 160);
    CHECK_FALSE(s.sound->finished());
    CHECK(s.sound->read(frame) == 160);
    CHECK(s.sound->finished());
    CHECK(s.sound->read(frame) == 0);
}

TEST_CASE("samples in memory reach a call of any rate")
{
    const auto from = GENERATE(8000, 16000, 44100), to = GENERATE(8000, 16000, 48000);
    CAPTURE(from, to);
    const auto rate = static_cast<std::uint32_t>(to);
    const auto sound =
        play(opened(memory(tone_samples(static_cast<std::uint32_t>(from), 1), from)), rate);
    CHECK(std::abs(static_cast<double>(sound.size()) - to) <= 2);
    const auto m = measure(sound, rate, 1000);
    CHECK(m.hz == Approx(1000).margin(0.5));
    CHECK(m.level == Approx(-6.02).margin(0.1));
    CHECK(m.residue > 60);
}

TEST_CASE("samples in memory that are repeated have no seam")
{
    // 10 periods of 1 kHz, in a call of the same and of another rate.
    const auto rate = GENERATE(8000u, 16000u);
    CAPTURE(rate);
    const auto sound = play(opened(memory(tone_samples(8000, 0.01), 8000, true)), rate, 100);
    REQUIRE(sound.size() == 2 * rate);
    CHECK(measure(sound, rate, 1000).residue > 60);
}

TEST_CASE("rates that cannot be are refused when it is played")
{
    for (const int rate : {0, -8000, 10, 1'000'000})
    {
        CAPTURE(rate);
        for (const auto& what : {memory(samples(160), rate), audio_source(pcm_feed(rate)),
                                 with_gain(memory(samples(160), rate), 3)})
        {
            const auto made = open(what);
            const auto* bad = std::get_if<failure>(&made);
            REQUIRE(bad);
            CHECK(bad->code == errc::bad_config);
        }
    }
    const auto made = open(memory(std::shared_ptr<const samples>(), 8000));
    REQUIRE(std::get_if<failure>(&made));
}

TEST_CASE("a function that throws ends its sound with an error")
{
    const auto rate = GENERATE(8000, 16000);
    int calls = 0;
    const auto what = pcm(
        [&](std::span<std::int16_t> to) -> std::size_t
        {
            if (++calls == 3) throw std::runtime_error("no more");
            std::fill(to.begin(), to.end(), std::int16_t{1000});
            return to.size();
        },
        rate);
    auto s = opened(what);
    const auto work = s.work;
    REQUIRE(work);
    CHECK(work->service());
    play(std::move(s), 8000, 100);
    CHECK(calls == 3);
    CHECK_FALSE(work->service());
    REQUIRE(work->problem());
    CHECK(work->problem()->code == errc::bad_config);
}

TEST_CASE("a function that ends or is let go of leaves no work")
{
    auto s = opened(pcm([](std::span<std::int16_t> to) { return to.size() / 2; }, 8000));
    const auto work = s.work;
    play(std::move(s), 8000);
    CHECK_FALSE(work->service());
    CHECK_FALSE(work->problem());
    auto other = opened(pcm([](std::span<std::int16_t> to) { return to.size(); }, 8000));
    const auto more = other.work;
    CHECK(more->service());
    other.sound.reset();
    CHECK_FALSE(more->service());
}
