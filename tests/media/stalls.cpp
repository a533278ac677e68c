// What a session hears when its program has stood still.
#include "media/listener.hpp"

#include <algorithm>

using namespace solosip;
using rig::code;
using fixture = rig::listener;

TEST_CASE("after a stall what waited in the socket still finds its place")
{
    fixture f;
    f.talk(1, 10);
    f.s.stall(milliseconds(400)); // the timer comes first, then what the socket holds
    for (int i = 11; i <= 30; ++i)
        f.hear(f.peer.audio(code(i)));
    f.talk(31, 40);
    f.s.run(milliseconds(300));
    const auto heard = f.heard();
    // A few frames were due in the very moment of waking up.
    CHECK(std::count(heard.begin(), heard.end(), -1) <= 4);
    CHECK(heard.back() == 40);
    CHECK(f.tape->pcm.size() == 1100 * 8);
}

TEST_CASE("after a stall the socket may come before the timer")
{
    const auto waited =
        GENERATE(milliseconds(60), milliseconds(300), milliseconds(600), milliseconds(1500));
    CAPTURE(waited.count());
    fixture f;
    f.talk(1, 10);
    f.s.now += waited;
    const int last = 10 + static_cast<int>(waited / milliseconds(20));
    for (int i = 11; i <= last; ++i)
        f.hear(f.peer.audio(code(i)));
    f.s.stall(milliseconds(0));
    f.talk(last + 1, last + 10);
    f.s.run(milliseconds(500));
    const auto heard = f.heard();
    CHECK(std::count(heard.begin(), heard.end(), -1) <= 4);
    for (int i = 1; i <= last + 10; ++i)
        CHECK(std::count(heard.begin(), heard.end(), i) == 1);
    CHECK(f.stats().lost_packets == 0);
}

TEST_CASE("more waits in the socket than the buffer holds")
{
    fixture f;
    f.talk(1, 10);
    f.s.stall(seconds(1));
    for (int i = 11; i <= 60; ++i)
        f.hear(f.peer.audio(code(i)));
    f.s.run(seconds(2));
    const auto heard = f.heard();
    CHECK(std::count(heard.begin(), heard.end(), -1) <= 4);
    CHECK(heard.back() == 60);
    CHECK(heard.size() >= 57);
}
