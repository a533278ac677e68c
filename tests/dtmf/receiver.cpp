#include "dtmf/receiver.hpp"

#include "dtmf/event.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using dtmf::receiver;

namespace
{

constexpr std::uint32_t phone = 0x1234;

struct fixture
{
    receiver r{8000};
    time_point now{seconds(1000)};
    bool trusted = true;
    std::uint32_t ssrc = phone;
    std::vector<milliseconds> lengths;

    /// One packet; `flags`: M marker, E end.
    void event(char key, std::uint32_t timestamp, int duration, const std::string& flags = "")
    {
        dtmf::telephone_event e;
        e.code = *dtmf::code_of(key);
        e.duration = static_cast<std::uint16_t>(duration);
        e.end = flags.find('E') != std::string::npos;
        const auto payload = dtmf::print_event(e);
        rtp::packet p;
        p.ssrc = ssrc;
        p.timestamp = timestamp;
        p.marker = flags.find('M') != std::string::npos;
        p.payload = payload;
        CHECK(r.receive(p, trusted, now));
    }
    void pass(duration t)
    {
        now += t;
        r.handle_timeout(now);
    }
    /// A press of `packets` updates and three ends, 20 ms apart, as a good phone does it.
    void press(char key, std::uint32_t timestamp, int packets = 5)
    {
        for (int i = 1; i <= packets + 2; ++i)
        {
            const int n = std::min(i, packets);
            event(key, timestamp, 160 * n, i == 1 ? "M" : i >= packets ? "E" : "");
            pass(milliseconds(20));
        }
    }
    /// All that was reported until now.
    std::string heard()
    {
        std::string keys;
        while (const auto p = r.poll())
        {
            keys += p->key;
            lengths.push_back(p->length);
        }
        return keys;
    }
};

} // namespace

TEST_CASE("one press is one digit, reported with its end")
{
    fixture f;
    f.event('5', 1000, 160, "M");
    f.event('5', 1000, 320);
    CHECK(f.heard().empty());
    f.event('5', 1000, 480, "E");
    CHECK(f.heard() == "5");
    CHECK(f.lengths.back() == milliseconds(60));
    f.event('5', 1000, 480, "E");
    f.event('5', 1000, 480, "E");
    f.pass(seconds(1));
    CHECK(f.heard().empty());
    CHECK(!f.r.next_timeout());
}

TEST_CASE("what may be missing of a press")
{
    fixture f;
    SECTION("its start")
    {
        f.event('1', 1000, 480);
        f.event('1', 1000, 640, "E");
    }
    SECTION("the marker")
    {
        f.event('1', 1000, 160);
        f.event('1', 1000, 320, "E");
    }
    SECTION("all but one end")
    {
        f.event('1', 1000, 800, "E");
    }
    SECTION("everything but the first packet")
    {
        f.event('1', 1000, 160, "M");
    }
    SECTION("everything but one in the middle")
    {
        f.event('1', 1000, 320);
    }
    SECTION("the duration")
    {
        f.event('1', 1000, 0, "ME");
    }
    f.pass(receiver::silence);
    CHECK(f.heard() == "1");
    f.pass(receiver::silence);
    CHECK(f.heard().empty());
}

TEST_CASE("a press whose ends are lost is over after a silence")
{
    fixture f;
    f.event('7', 1000, 160, "M");
    REQUIRE(f.r.next_timeout() == f.now + receiver::silence);
    f.pass(milliseconds(100));
    f.event('7', 1000, 960);
    REQUIRE(f.r.next_timeout() == f.now + receiver::silence);
    f.pass(receiver::silence - milliseconds(1));
    CHECK(f.heard().empty());
    f.pass(milliseconds(1));
    CHECK(f.heard() == "7");
    CHECK(f.lengths.back() == milliseconds(120));
    CHECK(!f.r.next_timeout());
}

TEST_CASE("packets that come long after the report are not another press")
{
    fixture f;
    f.event('7', 1000, 160, "M");
    f.pass(seconds(1));
    CHECK(f.heard() == "7");
    f.pass(seconds(3)); // the network stood still
    f.event('7', 1000, 320);
    f.event('7', 1000, 480, "E");
    f.pass(seconds(5));
    f.event('7', 1000, 480, "E");
    f.pass(seconds(1));
    CHECK(f.heard().empty());
}

TEST_CASE("a later press ends the one before")
{
    fixture f;
    f.event('1', 1000, 160, "M");
    f.pass(milliseconds(60));
    f.event('2', 2000, 160, "M");
    CHECK(f.heard() == "1");
    f.event('1', 1000, 320, "E"); // overtaken
    f.event('2', 2000, 320, "E");
    CHECK(f.heard() == "2");
}

TEST_CASE("a press that was overtaken altogether is still a press")
{
    fixture f;
    SECTION("by one that is open")
    {
        f.event('2', 2000, 160, "M");
        f.event('1', 1000, 160, "M");
        CHECK(f.heard() == "1");
        f.event('1', 1000, 320, "E");
        f.event('2', 2000, 320, "E");
        CHECK(f.heard() == "2");
    }
    SECTION("by one that is over")
    {
        f.press('2', 2000);
        f.press('1', 1000);
        CHECK(f.heard() == "21");
    }
}

TEST_CASE("the same key again and again")
{
    fixture f;
    std::string all;
    for (std::uint32_t i = 0; i < 20; ++i)
    {
        f.press('9', i * 1600);
        all += '9';
    }
    CHECK(f.heard() == all);
}

TEST_CASE("the same key pressed again at once")
{
    fixture f;
    SECTION("known by its marker, though the end of the first is lost")
    {
        f.event('5', 1000, 160, "M");
        f.event('5', 1240, 160, "ME");
    }
    SECTION("known by the end of the first, though its marker is lost")
    {
        f.event('5', 1000, 160, "ME");
        f.event('5', 1240, 160, "E");
    }
    CHECK(f.heard() == "55");
}

TEST_CASE("a packet belongs to the press with its very timestamp")
{
    // Two presses as far apart as segments are, the earlier overtaken by the later.
    fixture f;
    f.event('5', 1000 + 0xFFFF, 160, "M");
    f.event('5', 1000, 160, "M");
    f.event('5', 1000 + 0xFFFF, 320, "E");
    CHECK(f.heard() == "55");
    CHECK(f.lengths == std::vector<milliseconds>{milliseconds(20), milliseconds(40)});
}

TEST_CASE("timestamps go over the edge")
{
    fixture f;
    f.press('1', 0xFFFFFF00);
    f.press('2', 0xFFFFFF00 + 1600);
    CHECK(f.heard() == "12");
    f.event('3', 0xFFFFFFF0, 160, "M");
    f.event('4', 900, 160, "M");
    CHECK(f.heard() == "3");
}

TEST_CASE("a key held for long comes in segments, and is one press")
{
    // RFC 4733 section 2.5.1.3: 20 s are two segments of 0xFFFF ticks and a rest.
    fixture f;
    const std::uint32_t begin = 0xFFFF0000;
    const std::uint32_t length = 160'000;
    const int lost_from = GENERATE(-1, 100, 400, 405, 420, 600);
    const int lost_to = GENERATE(0, 450, 830, 990);
    CAPTURE(lost_from, lost_to);
    int number = 0;
    for (std::uint32_t passed = 160; passed <= length + 320; passed += 160, ++number)
    {
        const std::uint32_t total = std::min(passed, length);
        const std::uint32_t segment = (total - 1) / 0xFFFF;
        const auto in_segment = static_cast<int>(total - segment * 0xFFFF);
        if (number < lost_from || number >= lost_to)
        {
            // The last packet of a segment says 0xFFFF, without an end.
            if (in_segment <= 160 && segment > 0)
                f.event('8', begin + (segment - 1) * 0xFFFF, 0xFFFF);
            f.event('8', begin + segment * 0xFFFF, in_segment,
                    number == 0       ? "M"
                    : total == length ? "E"
                                      : "");
        }
        f.pass(milliseconds(20));
    }
    CHECK(f.heard() == "8");
    f.pass(seconds(1));
    CHECK(f.heard().empty());
    if (lost_to == 0)
    {
        CHECK(f.lengths.back() == seconds(20));
    }
}

TEST_CASE("segments that overtake each other are one press")
{
    fixture f;
    f.event('8', 1000 + 0xFFFF, 320);
    f.event('8', 1000, 0xFFFF);
    f.event('8', 1000, 160, "M");
    f.event('8', 1000 + 2 * 0xFFFF, 160);
    f.event('8', 1000 + 0xFFFF, 0xFFFF);
    f.event('8', 1000 + 2 * 0xFFFF, 320, "E");
    f.pass(seconds(1));
    CHECK(f.heard() == "8");
}

TEST_CASE("a sender that moves the timestamp with each packet presses once")
{
    fixture f;
    for (std::uint32_t press = 0; press < 3; ++press)
    {
        const std::uint32_t begin = 1000 + press * 8000;
        for (std::uint32_t i = 0; i < 8; ++i)
        {
            f.event('4', begin + i * 160, static_cast<int>(160 * (i + 1)),
                    i == 0   ? "M"
                    : i >= 5 ? "E"
                             : "");
            f.pass(milliseconds(20));
        }
        f.pass(milliseconds(840));
    }
    CHECK(f.heard() == "444");
}

TEST_CASE("two senders do not disturb each other")
{
    fixture f;
    f.event('1', 1000, 160, "M");
    f.ssrc = 0x9999;
    f.event('1', 1000, 160, "M");
    f.event('1', 1000, 320, "E");
    CHECK(f.heard() == "1");
    f.ssrc = phone;
    f.event('1', 1000, 320, "E");
    CHECK(f.heard() == "1");
}

TEST_CASE("an unknown sender is believed at its second packet")
{
    fixture f;
    f.trusted = false;
    SECTION("of one press")
    {
        f.event('1', 1000, 160, "M");
        f.event('1', 1000, 320, "E");
        CHECK(f.heard() == "1");
    }
    SECTION("of two")
    {
        f.event('1', 1000, 800, "E");
        f.pass(seconds(1));
        CHECK(f.heard().empty());
        f.event('2', 9000, 800, "E");
        CHECK(f.heard() == "12");
    }
    SECTION("or because somebody vouches for it")
    {
        f.event('1', 1000, 800, "E");
        f.r.trust(0x9999, f.now);
        CHECK(f.heard().empty());
        f.r.trust(phone, f.now);
        CHECK(f.heard() == "1");
    }
    SECTION("and then for good")
    {
        f.press('1', 1000);
        CHECK(f.heard() == "1");
        f.event('2', 9000, 800, "E");
        CHECK(f.heard() == "2");
    }
    SECTION("but single packets of many press nothing")
    {
        for (f.ssrc = 1; f.ssrc < 1000; ++f.ssrc)
            f.event('1', f.ssrc * 7, 160, "E");
        f.pass(seconds(1));
        CHECK(f.heard().empty());
        CHECK(!f.r.next_timeout());
    }
}

TEST_CASE("the captures that come with SIPp")
{
    // An SSRC and payload of their own, a first duration of 0, updates of 40 ms in 20 ms, and three
    // ends with one sequence number at once.
    fixture f;
    f.trusted = false;
    const auto play = [&f](char key, std::uint32_t timestamp)
    {
        for (int i = 0; i < 7; ++i)
        {
            f.event(key, timestamp, 320 * i, i == 0 ? "M" : "");
            f.pass(milliseconds(20));
        }
        for (int i = 0; i < 3; ++i)
            f.event(key, timestamp, 2240, "E");
        f.pass(milliseconds(300));
    };
    play('1', 0x33E0);
    play('2', 0x5AA0);
    play('*', 0x14F00);
    CHECK(f.heard() == "12*");
    SECTION("in any order")
    {
        play('2', 0x5AA0);
        play('1', 0x33E0);
        CHECK(f.heard() == "21");
    }
    SECTION("the same one again, half a second later")
    {
        f.pass(milliseconds(500));
        play('*', 0x14F00);
        f.pass(milliseconds(500));
        play('*', 0x14F00);
        CHECK(f.heard() == "**");
    }
}

TEST_CASE("other events than keys are understood and not reported")
{
    fixture f;
    for (int code = 17; code < 256; ++code)
    {
        const std::vector<std::uint8_t> payload{static_cast<std::uint8_t>(code), 0x80, 1, 0};
        rtp::packet p;
        p.payload = payload;
        CHECK(f.r.receive(p, true, f.now));
    }
    rtp::packet empty;
    CHECK(!f.r.receive(empty, true, f.now));
    CHECK(f.heard().empty());
    CHECK(!f.r.next_timeout());
}

TEST_CASE("more presses than are remembered are still presses")
{
    fixture f;
    std::string sent;
    for (std::uint32_t i = 0; i < 3 * limits::remembered_presses; ++i)
    {
        const char key = static_cast<char>('0' + i % 10);
        f.event(key, i * 1000, 160, "M"); // without ends, all at once
        sent += key;
    }
    f.pass(seconds(1));
    CHECK(f.heard() == sent);
}

TEST_CASE("digits that nobody takes are bounded")
{
    fixture f;
    for (std::uint32_t i = 0; i < 2 * limits::digits; ++i)
        f.event('1', i * 1000, 160, "ME");
    CHECK(f.heard().size() == limits::digits);
}

TEST_CASE("what is open at the end is reported")
{
    fixture f;
    f.event('1', 1000, 160, "M");
    f.r.finish();
    CHECK(f.heard() == "1");
    f.r.finish();
    CHECK(f.heard().empty());
}
