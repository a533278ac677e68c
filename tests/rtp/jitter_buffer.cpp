#include "rtp/jitter_buffer.hpp"

#include "support/catch.hpp"

#include <array>
#include <vector>

using namespace solosip;
using rtp::jitter_buffer;
using verdict = rtp::jitter_buffer::verdict;

namespace
{

constexpr std::uint32_t frame = 160; // 20 ms at 8 kHz
constexpr std::uint32_t delay = 480;

/// Packets are numbered; number n has timestamp `origin` + n frames and its number as payload.
struct fixture
{
    fixture() { buffer.reset(8000); }

    jitter_buffer buffer;
    std::uint32_t origin = 1000;
    time_point now{seconds(1000)};

    verdict put(int number, duration owed = {}) { return put_at(stamp(number), number, owed); }
    verdict put_at(std::uint32_t timestamp, int number, duration owed = {})
    {
        rtp::packet p;
        p.timestamp = timestamp;
        const std::array<std::uint8_t, 1> payload{static_cast<std::uint8_t>(number)};
        p.payload = payload;
        return buffer.insert(p, now, owed);
    }
    std::uint32_t stamp(int number) const
    {
        return origin + static_cast<std::uint32_t>(number) * frame;
    }

    /// What is heard in the next frame: a number, or -1 for silence.
    int play()
    {
        now += milliseconds(20);
        const auto next = buffer.front();
        if (!next || next->ahead > 0)
        {
            if (buffer.begun()) buffer.advance(frame);
            return -1;
        }
        const int number = next->payload[0];
        buffer.pop(frame);
        return number;
    }
    std::vector<int> play(int frames)
    {
        std::vector<int> heard;
        for (int i = 0; i < frames; ++i)
            heard.push_back(play());
        return heard;
    }
    /// Plays in step with packets that come in time.
    void run(int from, int to)
    {
        for (int n = from; n < to; ++n)
        {
            REQUIRE(put(n) == verdict::stored);
            play();
        }
    }
};

using list = std::vector<int>;

} // namespace

TEST_CASE("nothing begins before the first packet")
{
    fixture f;
    CHECK(f.play(3) == list{-1, -1, -1});
    CHECK(!f.buffer.begun());
}

TEST_CASE("packets are heard 60 ms later, in order")
{
    fixture f;
    SECTION("as sent")
    {
        for (int n : {0, 1, 2, 3})
            CHECK(f.put(n) == verdict::stored);
        CHECK(f.play(8) == list{-1, -1, -1, 0, 1, 2, 3, -1});
    }
    SECTION("turned round")
    {
        f.put(0);
        for (int n : {3, 2, 1})
            CHECK(f.put(n) == verdict::stored);
        CHECK(f.play(8) == list{-1, -1, -1, 0, 1, 2, 3, -1});
    }
    SECTION("the first one overtaken by the second")
    {
        for (int n : {1, 0, 2})
            CHECK(f.put(n) == verdict::stored);
        CHECK(f.play(7) == list{-1, -1, 0, 1, 2, -1, -1});
    }
    SECTION("with a hole")
    {
        for (int n : {0, 1, 3})
            f.put(n);
        CHECK(f.play(8) == list{-1, -1, -1, 0, 1, -1, 3, -1});
    }
    SECTION("twice")
    {
        f.put(0);
        f.put(1);
        CHECK(f.put(0) == verdict::duplicate);
        CHECK(f.put(1) == verdict::duplicate);
        CHECK(f.play(6) == list{-1, -1, -1, 0, 1, -1});
    }
    SECTION("over the edge of the timestamp")
    {
        f.origin = 0u - 2 * frame;
        for (int n : {0, 2, 1, 3})
            CHECK(f.put(n) == verdict::stored);
        CHECK(f.play(7) == list{-1, -1, -1, 0, 1, 2, 3});
    }
}

TEST_CASE("a packet may be 60 ms late and no more")
{
    fixture f;
    f.run(0, 10);
    CHECK(f.play(2) == list{7, 8}); // 10 and 11 do not come
    CHECK(f.play() == 9);
    CHECK(f.put(10) == verdict::stored);
    CHECK(f.play(2) == list{10, -1});
    CHECK(f.put(11) == verdict::late);
    CHECK(f.put(12) == verdict::stored);
    CHECK(f.play() == 12);
}

TEST_CASE("a network that stays slower gets its time, after 100 ms")
{
    fixture f;
    f.run(0, 10);
    int n = 10;
    f.play(8);
    int late = 0;
    while (f.put(n) == verdict::late)
    {
        ++late;
        ++n;
        f.play();
    }
    CHECK(late == 5);
    // The time line is laid anew, with as much delay as these packets have shown to need.
    int silent = 0;
    while (f.play() == -1 && silent < 20)
    {
        ++silent;
        CHECK(f.put(++n) == verdict::stored);
    }
    CHECK(silent >= 3);
    CHECK(silent <= 10);
    CHECK(f.play() > 0);
}

TEST_CASE("a burst that was held up does not make the delay longer")
{
    fixture f;
    f.run(0, 10);
    CHECK(f.play(8) == list{7, 8, 9, -1, -1, -1, -1, -1});
    for (int n = 10; n < 15; ++n)
        CHECK(f.put(n) == verdict::late);
    for (int n = 15; n < 18; ++n)
        CHECK(f.put(n) == verdict::stored);
    CHECK(f.play(3) == list{15, 16, 17});
}

TEST_CASE("a jump of the timestamps is followed at the second packet, a stray is not")
{
    const std::uint32_t jump = GENERATE(0x40000000u, 0xC0000000u, 80000u, 0u - 80000u);
    CAPTURE(jump);
    fixture f;
    f.run(0, 10);
    SECTION("stray")
    {
        CHECK(f.put_at(f.stamp(10) + jump, 99) == verdict::stray);
        CHECK(f.put(10) == verdict::stored);
        CHECK(f.put_at(f.stamp(11) + jump, 99) == verdict::stray);
        CHECK(f.put(11) == verdict::stored);
        CHECK(f.play(6) == list{7, 8, 9, 10, 11, -1});
    }
    SECTION("jump")
    {
        CHECK(f.put_at(f.stamp(10) + jump, 50) == verdict::stray);
        CHECK(f.put_at(f.stamp(11) + jump, 51) == verdict::stored);
        CHECK(f.put_at(f.stamp(12) + jump, 52) == verdict::stored);
        CHECK(f.play(6) == list{-1, -1, -1, 51, 52, -1});
    }
}

TEST_CASE("a timestamp half of all timestamps away is a stray like any other")
{
    fixture f;
    REQUIRE(f.put(0) == verdict::stored);
    CHECK(f.put_at(f.buffer.clock() + 0x8000'0000u, 9) == verdict::stray);
    CHECK(f.put(1) == verdict::stored);
}

TEST_CASE("the ceiling makes allowance for an owner who was held up")
{
    fixture f;
    f.run(0, 10);
    CHECK(f.put(30) == verdict::stray);
    CHECK(f.put(31, milliseconds(500)) == verdict::stored);
}

TEST_CASE("no more than its room")
{
    fixture f;
    const int most = static_cast<int>(limits::jitter_packets);
    for (int n = 0; n < most; ++n)
        CHECK(f.put(n, seconds(2)) == verdict::stored);
    CHECK(f.put(most, seconds(2)) == verdict::full);
    f.play(4);
    CHECK(f.put(most, seconds(2)) == verdict::stored);

    rtp::packet large;
    const std::vector<std::uint8_t> payload(limits::rtp_packet_bytes);
    large.payload = payload;
    f.buffer.reset(8000);
    CHECK(f.buffer.insert(large, f.now) == verdict::full);
}

TEST_CASE("of a packet that is partly late the rest is given out")
{
    fixture f;
    f.put_at(1000, 0);
    f.buffer.advance(delay);
    f.buffer.pop(240); // 30 ms
    f.buffer.advance(100);
    REQUIRE(f.put_at(1240, 1) == verdict::stored);
    CHECK(f.buffer.front()->ahead == -100);
    f.buffer.pop(240);
    CHECK(f.buffer.clock() == 1480);
    // A decoder that understood nothing does not turn the clock back.
    f.buffer.advance(100);
    REQUIRE(f.put_at(1480, 2) == verdict::stored);
    f.buffer.pop(0);
    CHECK(f.buffer.clock() == 1580);
}

TEST_CASE("reset begins anew")
{
    fixture f;
    f.run(0, 10);
    f.buffer.reset(16000);
    CHECK(f.buffer.size() == 0);
    CHECK(!f.buffer.begun());
    f.put_at(77, 1);
    CHECK(f.buffer.clock() == 77u - 2 * delay);
}
