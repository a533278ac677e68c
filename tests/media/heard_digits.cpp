// Key presses that a session hears, and the echo.
#include "media/listener.hpp"

#include <algorithm>
#include <vector>

using namespace solosip;
using rig::code;
using rig::range;
using fixture = rig::listener;

TEST_CASE("a digit does not wait in the jitter buffer")
{
    fixture f;
    f.hear(f.peer.audio(1));
    f.hear(f.peer.audio(2));
    f.hear(f.peer.key('5', 9000, 160, false, true));
    f.hear(f.peer.key('5', 9000, 320, true));
    f.s.drain();
    CHECK(f.s.digits() == "5");
}

TEST_CASE("a digit without an end is reported by the clock")
{
    fixture f;
    f.hear(f.peer.audio(1));
    f.hear(f.peer.audio(2));
    f.hear(f.peer.key('5', 9000, 160, false, true));
    f.s.run(milliseconds(190));
    CHECK(f.s.digits().empty());
    f.s.run(milliseconds(30));
    CHECK(f.s.digits() == "5");
}

TEST_CASE("one packet of a press is enough, from the sender whose audio we hear")
{
    fixture f;
    SECTION("audio first")
    {
        f.hear(f.peer.audio(1));
        f.hear(f.peer.audio(2));
        f.hear(f.peer.key('5', 9000, 800, true));
    }
    SECTION("audio afterwards")
    {
        f.hear(f.peer.key('5', 9000, 800, true));
        f.hear(f.peer.audio(1));
        f.hear(f.peer.audio(2));
    }
    f.s.drain();
    CHECK(f.s.digits() == "5");
}

TEST_CASE("digits with an SSRC of their own beside the audio")
{
    fixture f;
    rig::far_end keypad{0x0E05384E, 0, 0x1F30, 8};
    for (int i = 0; i < 8; ++i)
    {
        f.hear(f.peer.audio(code(i + 1)));
        f.hear(keypad.key('1', 13280, 320 * i, i == 7, i == 0));
        f.s.run(milliseconds(20));
    }
    f.s.run(milliseconds(300));
    CHECK(f.s.digits() == "1");
    CHECK(f.heard() == range(1, 8));
    CHECK(f.stats().lost_packets == 0);
}

TEST_CASE("digits by a payload type that was not agreed")
{
    fixture f;
    auto how = rig::alaw_stream();
    how.receive_events.reset();
    f.s.start(how);
    f.hear(f.peer.audio(1));
    f.hear(f.peer.audio(2));
    f.hear(f.peer.key('5', 9000, 160, true, true, 97));
    f.s.drain();
    CHECK(f.s.digits() == "5");
    // Four octets of something else are not a key.
    f.hear(f.peer.packet(97, false, 9999, {200, 0, 0, 0}));
    f.hear(f.peer.packet(97, false, 9999, {1, 0x40, 0, 0}));
    f.hear(f.peer.packet(97, false, 9999, {1, 0, 0, 0, 0}));
    f.hear(f.peer.packet(13, false, 9999, {1, 0, 0, 0}));
    f.s.run(seconds(1));
    CHECK(f.s.digits().empty());
    CHECK(f.stats().ignored_packets == 4);
}

TEST_CASE("a digit that is open when the call ends is reported")
{
    fixture f;
    f.hear(f.peer.audio(1));
    f.hear(f.peer.audio(2));
    f.hear(f.peer.key('5', 9000, 160, false, true));
    f.s.media.stop();
    f.s.drain();
    CHECK(f.s.digits() == "5");
}

TEST_CASE("an echo comes back")
{
    rig::session s;
    auto [mouth, ear] = media::make_echo();
    s.media.record(std::move(ear));
    s.play(std::move(mouth));
    s.start();
    rig::far_end peer;
    for (int i = 1; i <= 20; ++i)
    {
        s.media.receive(peer.audio(code(i)), s.now);
        s.run(milliseconds(20));
    }
    s.run(milliseconds(200));
    std::vector<int> back;
    for (const rig::sent& p : s.out)
        if (p.payload[0] != 0xD5) back.push_back(p.payload[0]);
    CHECK(back == range(1, 20));
    const auto first = std::find_if(s.out.begin(), s.out.end(),
                                    [](const rig::sent& p) { return p.payload[0] == 1; });
    CHECK(first->at - s.out[0].at <= milliseconds(100));
}
