#include "audio/feed.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <numeric>
#include <thread>

#include <sched.h>

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;
using namespace std::chrono_literals;

namespace
{

samples counted(std::size_t n, int first = 1)
{
    samples s(n);
    std::iota(s.begin(), s.end(), static_cast<std::int16_t>(first));
    return s;
}

samples read(opened_source& s, std::size_t n)
{
    samples frame(n);
    frame.resize(s.sound->read(frame));
    return frame;
}

} // namespace

TEST_CASE("what is fed is played, and late where there is nothing")
{
    pcm_feed f(8000);
    CHECK(f.space() == 1600);
    CHECK(f.write(counted(100)) == 100);
    auto s = opened(f);
    s.sound->prepare(8000);
    CHECK(read(s, 160) == counted(100));
    CHECK_FALSE(s.sound->finished());
    CHECK(read(s, 160).empty());
    CHECK_FALSE(s.sound->finished());
    CHECK(f.write(counted(170)) == 170);
    CHECK(read(s, 160) == counted(160));
    f.close();
    CHECK_FALSE(s.sound->finished());
    CHECK(read(s, 160) == counted(10, 161));
    CHECK(s.sound->finished());
    CHECK(f.write(counted(1)) == 0);
}

TEST_CASE("there is room for as much as was asked for")
{
    pcm_feed f(8000, 20ms);
    CHECK(f.write(counted(200)) == 160);
    CHECK(f.space() == 0);
    CHECK(f.write(counted(1)) == 0);
    auto s = opened(f);
    s.sound->prepare(8000);
    CHECK(read(s, 30) == counted(30));
    CHECK(f.space() == 30);
    CHECK(f.write(counted(200, 161)) == 30);
    CHECK(read(s, 160) == counted(160, 31));
    CHECK(pcm_feed(8000, -5ms).space() == 160);
    CHECK(pcm_feed(8000, 24h).space() == 480'000);
}

TEST_CASE("a feed that is closed with nothing in it ends at once")
{
    pcm_feed f(8000);
    auto s = opened(f);
    f.close();
    CHECK(play(std::move(s), 8000).empty());
}

TEST_CASE("a feed has one listener at a time")
{
    const pcm_feed f(8000);
    auto s = opened(f);
    const auto second = open(f);
    REQUIRE(std::get_if<failure>(&second));
    CHECK(std::get_if<failure>(&second)->code == errc::bad_config);
    s.sound.reset();
    CHECK_NOTHROW(opened(f));
}

TEST_CASE("a feed reaches a call of another rate")
{
    pcm_feed f(16000, 2s);
    samples said;
    for (const float x : sine(1000, 16000, 1, 0.5))
        said.push_back(to_sample(x));
    auto s = opened(f);
    s.sound->prepare(8000);
    samples heard;
    for (std::size_t i = 0; i < said.size(); i += 320)
    {
        CHECK(f.write({said.data() + i, 320}) == 320);
        const auto frame = read(s, 160);
        heard.insert(heard.end(), frame.begin(), frame.end());
    }
    f.close();
    for (int i = 0; i < 20 && !s.sound->finished(); ++i)
    {
        const auto frame = read(s, 160);
        heard.insert(heard.end(), frame.begin(), frame.end());
    }
    CHECK(s.sound->finished());
    CHECK(std::abs(static_cast<double>(heard.size()) - 8000) <= 2);
    CHECK(measure(heard, 8000, 1000).residue > 60);
}

TEST_CASE("two threads lose nothing and mix nothing up")
{
    feed f(8000, 100);
    constexpr int total = 200'000;
    std::thread writer(
        [&]
        {
            for (int next = 0; next < total;)
            {
                samples some;
                for (int i = 0; i < 37 && next + i < total; ++i)
                    some.push_back(static_cast<std::int16_t>((next + i) & 0x7FFF));
                const auto taken = f.write(some);
                if (taken == 0) sched_yield();
                next += static_cast<int>(taken);
            }
            f.close();
        });
    int next = 0;
    bool good = true;
    samples frame(50);
    while (!f.ended())
    {
        const auto n = f.read(frame);
        if (n == 0) sched_yield();
        for (std::size_t i = 0; i < n; ++i, ++next)
            good = good && frame[i] == static_cast<std::int16_t>(next & 0x7FFF);
    }
    writer.join();
    CHECK(good);
    CHECK(next == total);
}
