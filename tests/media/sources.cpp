#include "solosip/media/sources.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using namespace solosip;
using media::sample;

namespace
{

/// All of it, read in pieces of `piece`.
std::vector<sample> all_of(media::source& s, std::size_t piece = 160, std::size_t most = 100'000)
{
    std::vector<sample> all;
    while (!s.finished() && all.size() < most)
    {
        std::vector<sample> part(piece);
        const std::size_t n = s.read(part);
        REQUIRE(n <= piece);
        REQUIRE((n == piece || s.finished()));
        all.insert(all.end(), part.begin(), part.begin() + static_cast<int>(n));
    }
    return all;
}

/// Level of one frequency, dB below a full-scale sine.
double level(std::span<const sample> pcm, double hz, double rate)
{
    double re = 0, im = 0;
    for (std::size_t i = 0; i < pcm.size(); ++i)
    {
        const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
        re += pcm[i] * std::cos(angle);
        im += pcm[i] * std::sin(angle);
    }
    const double amplitude = 2 * std::hypot(re, im) / static_cast<double>(pcm.size());
    return -20 * std::log10(amplitude / 32767);
}

} // namespace

TEST_CASE("a tone has its length, frequency and level, at any rate")
{
    const std::uint32_t rate = GENERATE(8000u, 16000u, 48000u);
    const std::size_t piece = GENERATE(1u, 37u, 160u, 100000u);
    CAPTURE(rate, piece);
    media::tones t({{1000, milliseconds(500), 12}});
    t.prepare(rate);
    const auto pcm = all_of(t, piece);
    REQUIRE(pcm.size() == rate / 2);
    const auto middle = std::span(pcm).subspan(rate / 10, rate / 4);
    CHECK(level(middle, 1000, rate) == Approx(12).margin(0.01));
    CHECK(level(middle, 1500, rate) > 80);
    // Flanks: it begins and ends at nothing.
    CHECK(std::abs(pcm.front()) < 200);
    CHECK(std::abs(pcm.back()) < 200);
}

TEST_CASE("two sines, pauses, and the order of them")
{
    media::tones t(
        {{697, milliseconds(100), 10, 1209}, {0, milliseconds(50)}, {400, milliseconds(100), 6}});
    t.prepare(8000);
    const auto pcm = all_of(t);
    REQUIRE(pcm.size() == 2000);
    const auto all = std::span(pcm);
    CHECK(level(all.subspan(100, 600), 697, 8000) == Approx(10).margin(0.5));
    CHECK(level(all.subspan(100, 600), 1209, 8000) == Approx(10).margin(0.5));
    CHECK(std::all_of(pcm.begin() + 800, pcm.begin() + 1200, [](sample s) { return s == 0; }));
    CHECK(level(all.subspan(1240, 720), 400, 8000) == Approx(6).margin(0.1));
}

TEST_CASE("too loud is cut off, too high is silent")
{
    media::tones loud({{1000, milliseconds(20), 0, 1100}});
    loud.prepare(8000);
    const auto pcm = all_of(loud);
    CHECK(*std::max_element(pcm.begin(), pcm.end()) == 32767);

    media::tones high({{4000, milliseconds(20), 0}, {5000, milliseconds(20), 0}});
    high.prepare(8000);
    for (sample s : all_of(high))
        CHECK(s == 0);
}

TEST_CASE("a repeated sequence does not end and does not fade")
{
    media::tones t({{425, milliseconds(480), 10}, {0, milliseconds(480)}}, true);
    t.prepare(8000);
    const auto pcm = all_of(t, 160, 600 * 8000);
    REQUIRE(pcm.size() == 600 * 8000);
    CHECK(level(std::span(pcm).subspan(622 * 7680 + 400, 3000), 425, 8000) ==
          Approx(10).margin(0.05));
    CHECK(!t.finished());
}

TEST_CASE("nothing to play is the end")
{
    for (bool repeat : {false, true})
    {
        media::tones none({}, repeat);
        none.prepare(8000);
        CHECK(none.finished());
        media::tones empty({{400, milliseconds(0)}, {400, milliseconds(-5)}}, repeat);
        empty.prepare(8000);
        CHECK(all_of(empty).empty());
        CHECK(empty.finished());
    }
}

TEST_CASE("silence has its length")
{
    media::silence s(milliseconds(25));
    s.prepare(8000);
    const auto pcm = all_of(s);
    CHECK(pcm == std::vector<sample>(200, 0));
}

TEST_CASE("another rate in the middle does not begin again")
{
    std::vector<sample> part(4000); // half a second at 8 kHz
    const auto rest = [&](media::source& s)
    {
        s.prepare(8000);
        REQUIRE(s.read(part) == part.size());
        s.prepare(48000);
        return all_of(s);
    };
    media::silence quiet{milliseconds(800)};
    CHECK(rest(quiet).size() == 14'400);

    media::tones one{{{400, milliseconds(800)}}};
    const auto end = rest(one);
    CHECK(end.size() == 14'400);
    CHECK(level(std::span(end).first(14'000), 400, 48000) == Approx(12).margin(0.2));
    CHECK(std::abs(end[0]) < 600); // a whole number of periods, without a flank

    media::tones two{{{0, milliseconds(300)}, {400, milliseconds(300)}, {500, milliseconds(100)}}};
    CHECK(rest(two).size() == 9'600);
    two.prepare(8000);
    CHECK(two.finished());
}

TEST_CASE("a length that nobody lives to hear does not overflow")
{
    media::silence quiet{milliseconds::max()};
    quiet.prepare(48000);
    std::vector<sample> part(960);
    CHECK(quiet.read(part) == 960);
    CHECK(!quiet.finished());
    media::silence none{milliseconds::min()};
    none.prepare(48000);
    CHECK(none.finished());
}

TEST_CASE("samples in memory are played at their own rate only")
{
    const auto pcm = std::make_shared<std::vector<sample>>();
    for (int i = 0; i < 1000; ++i)
        pcm->push_back(static_cast<sample>(i * 31));
    media::memory same(pcm, 8000);
    same.prepare(8000);
    CHECK(all_of(same) == *pcm);
    media::memory other(pcm, 8000);
    other.prepare(16000);
    CHECK(other.finished());
    CHECK(all_of(other).empty());
}

TEST_CASE("an echo says what it hears and keeps 100 ms at most")
{
    auto [mouth, ear] = media::make_echo();
    mouth->prepare(8000);
    ear->prepare(8000);
    std::vector<sample> to(160);
    CHECK(mouth->read(to) == 0);
    CHECK(!mouth->finished());

    std::vector<sample> from(1000);
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] = static_cast<sample>(i);
    ear->write(std::span(from).first(160));
    CHECK(mouth->read(to) == 160);
    CHECK(std::equal(to.begin(), to.end(), from.begin()));

    ear->write(from);
    std::vector<sample> rest(2000);
    CHECK(mouth->read(rest) == 800);
    CHECK(rest[0] == 200);
    CHECK(rest[799] == 999);

    ear->write(std::span(from).first(10));
    ear.reset();
    CHECK(!mouth->finished());
    CHECK(mouth->read(to) == 10);
    CHECK(mouth->finished());
}
