// What a session hears.
#include "media/receive_path.hpp"

#include "media/listener.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace solosip;
using rig::code;
using rig::list;
using rig::range;
using fixture = rig::listener;

TEST_CASE("an even stream is recorded whole, 60 to 80 ms later")
{
    fixture f;
    f.s.run(milliseconds(107));
    f.talk(1, 50);
    f.s.run(milliseconds(200));
    CHECK(f.heard() == range(1, 50));
    const auto all = f.frames();
    const auto first = std::find(all.begin(), all.end(), 1) - all.begin();
    // Packet 1 came at 107 ms; frame n is played at (n + 1) * 20 ms.
    CHECK((first + 1) * 20 >= 107 + 60);
    CHECK((first + 1) * 20 <= 107 + 80);
    CHECK(f.stats().received_packets == 50);
    CHECK(f.stats().lost_packets == 0);
    CHECK(f.stats().late_packets == 0);
    CHECK(f.stats().ignored_packets == 0);
    CHECK(f.stats().jitter_ms < 0.01);
}

TEST_CASE("N seconds of call are N seconds of recording")
{
    fixture f;
    seeded_random chance(3);
    const time_point begin = f.s.now;
    SECTION("without any packet") {}
    SECTION("with losses and stalls")
    {
        for (int i = 0; i < 400; ++i)
        {
            const auto p = f.peer.audio(code(i));
            if (chance.below(4) != 0) f.hear(p);
            if (chance.below(40) == 0)
                f.s.stall(milliseconds(chance.below(400)));
            else
                f.s.run(milliseconds(20));
        }
    }
    f.s.run_until(begin + seconds(30) + milliseconds(10));
    CHECK(f.tape->pcm.size() == 30 * 8000);
    CHECK(f.tape->rates == std::vector<std::uint32_t>{8000});
}

TEST_CASE("lost packets are silence, those behind stay where they belong")
{
    fixture f;
    for (int i = 1; i <= 20; ++i)
    {
        const auto p = f.peer.audio(code(i));
        if (i != 5 && i != 6 && i != 12) f.hear(p);
        f.s.run(milliseconds(20));
    }
    f.s.run(milliseconds(200));
    list want = range(1, 20);
    want[4] = want[5] = want[11] = -1;
    CHECK(f.heard() == want);
    CHECK(f.stats().lost_packets == 3);
}

TEST_CASE("packets that overtake each other or come twice are put right")
{
    fixture f;
    std::vector<std::vector<std::uint8_t>> packets;
    for (int i = 1; i <= 12; ++i)
        packets.push_back(f.peer.audio(code(i)));
    for (int n : {0, 2, 1, 3, 3, 6, 5, 4, 7, 7, 0, 8, 10, 9, 11})
    {
        f.hear(packets[static_cast<std::size_t>(n)]);
        f.s.run(milliseconds(16));
    }
    f.s.run(milliseconds(200));
    CHECK(f.heard() == range(1, 12));
    CHECK(f.stats().received_packets == 12);
    CHECK(f.stats().lost_packets == 0);
    CHECK(f.stats().ignored_packets == 3);
}

TEST_CASE("jitter up to 60 ms is not heard")
{
    fixture f;
    seeded_random chance(11);
    struct on_its_way
    {
        time_point at;
        std::vector<std::uint8_t> datagram;
    };
    std::vector<on_its_way> packets;
    const time_point begin = f.s.now;
    for (int i = 0; i < 100; ++i)
    {
        const auto late = milliseconds(i == 0 ? 0 : chance.below(60));
        packets.push_back({begin + milliseconds(20 * i) + late, f.peer.audio(code(i + 1))});
    }
    std::stable_sort(packets.begin(), packets.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    for (const on_its_way& p : packets)
    {
        f.s.run_until(p.at);
        f.hear(p.datagram);
    }
    f.s.run(milliseconds(300));
    CHECK(f.heard() == range(1, 100));
    CHECK(f.stats().late_packets == 0);
    CHECK(f.stats().jitter_ms > 5);
    CHECK(f.stats().jitter_ms < 40);
}

TEST_CASE("packets of another length than ours")
{
    const std::size_t samples = GENERATE(80u, 240u, 320u, 480u, 800u);
    CAPTURE(samples);
    fixture f;
    const int packets = static_cast<int>(8000 / samples);
    for (int i = 0; i < packets; ++i)
    {
        f.hear(f.peer.audio(0x2A, samples));
        f.s.run(milliseconds(samples / 8));
    }
    f.s.run(milliseconds(200));
    const auto loud =
        std::count(f.tape->pcm.begin(), f.tape->pcm.end(), codecs::alaw_to_linear(0x2A));
    CHECK(loud == packets * static_cast<int>(samples));
    const auto heard = f.heard();
    // One piece: only the last frame may be a part.
    CHECK(std::count(heard.begin(), heard.end(), -1) == 0);
    CHECK(std::count(heard.begin(), heard.end(), -2) <= 1);
}

TEST_CASE("of a packet that is partly late the rest is heard, in its place")
{
    fixture f;
    f.hear(f.peer.audio(1, 240));
    f.s.run(milliseconds(110)); // 10 ms into the second packet
    std::vector<std::uint8_t> payload(240, 4);
    std::fill_n(payload.begin(), 80, std::uint8_t{3});
    f.hear(f.peer.packet(8, false, f.peer.timestamp, payload));
    f.s.run(milliseconds(200));
    const auto count = [&](std::uint8_t c)
    { return std::count(f.tape->pcm.begin(), f.tape->pcm.end(), codecs::alaw_to_linear(c)); };
    CHECK(count(1) == 240);
    CHECK(count(3) == 0);
    CHECK(count(4) == 160);
    CHECK(f.stats().late_packets == 0);
}

TEST_CASE("another sender takes the place of one who has gone")
{
    fixture f;
    for (int i = 1; i <= 10; ++i)
    {
        const auto p = f.peer.audio(code(i));
        if (i != 5) f.hear(p);
        f.s.run(milliseconds(20));
    }
    f.s.run(milliseconds(60));
    f.peer = {0xBEEF, 7, 99, 8};
    f.talk(11, 20);
    f.s.run(milliseconds(200));
    auto heard = f.heard();
    std::erase(heard, -1);
    auto want = range(1, 20);
    std::erase(want, 5);
    std::erase(want, 11); // it takes two packets to be believed
    CHECK(heard == want);
    CHECK(f.stats().lost_packets == 1);
}

TEST_CASE("timestamps that jump are followed")
{
    fixture f;
    for (int i = 1; i <= 20; ++i)
    {
        if (i == 11) f.peer.timestamp += 1'000'000;
        f.hear(f.peer.audio(code(i)));
        f.s.run(milliseconds(20));
    }
    f.s.run(milliseconds(200));
    auto heard = f.heard();
    std::erase(heard, -1);
    CHECK(heard.size() >= 15);
    CHECK(heard.back() == 20);
    CHECK(std::is_sorted(heard.begin(), heard.end()));
}

TEST_CASE("garbage disturbs nothing")
{
    fixture f;
    seeded_random chance(5);
    std::string keys;
    for (int i = 1; i <= 100; ++i)
    {
        f.hear(f.peer.audio(code(i)));
        if (i % 10 == 0)
        {
            const std::uint32_t at = f.peer.timestamp;
            for (int n = 1; n <= 3; ++n)
                f.hear(f.peer.key('7', at, 160 * n, n == 3, n == 1));
            keys += '7';
        }
        for (int n = 0; n < 200; ++n)
        {
            std::vector<std::uint8_t> noise(chance.below(200));
            chance.fill(noise);
            // Half of it looks like RTP of the right kind.
            if (noise.size() > 2 && n % 2 == 0)
            {
                noise[0] = 0x80;
                noise[1] = n % 4 == 0 ? 8 : 101;
            }
            f.hear(noise);
        }
        f.s.run(milliseconds(20));
    }
    f.s.run(milliseconds(300));
    CHECK(f.heard() == range(1, 100));
    CHECK(f.s.digits() == keys);
    CHECK(f.stats().lost_packets == 0);
    CHECK(f.stats().ignored_packets > 10'000);
}

TEST_CASE("empty packets and RTCP are no audio")
{
    fixture f;
    f.hear(f.peer.audio(1));
    f.hear(f.peer.packet(8, false, f.peer.timestamp, {}));
    f.hear({0x80, 201, 0, 1, 0, 0, 0, 1});
    f.hear(f.peer.audio(2));
    f.s.run(milliseconds(300));
    CHECK(f.heard() == list{1, 2});
    CHECK(f.stats().ignored_packets == 0);
    CHECK(f.stats().lost_packets == 0);
}

TEST_CASE("what comes while we hold, and what is no audio, is not lost (RFC 3550 A.3)")
{
    fixture f;
    f.talk(1, 10);
    auto how = rig::alaw_stream();
    how.receive = false;
    f.s.start(how);
    f.talk(11, 60);
    how.receive = true;
    f.s.start(how);
    for (int i = 61; i <= 70; ++i)
    {
        f.hear(f.peer.audio(code(i)));
        f.hear(f.peer.packet(20, false, f.peer.timestamp, {})); // a keep-alive (RFC 6263)
        f.s.run(milliseconds(20));
    }
    CHECK(f.stats().lost_packets == 0);
    CHECK(f.stats().ignored_packets == 60);
    CHECK(f.stats().mos > 4.0);
}

TEST_CASE("what is not wanted is not heard")
{
    fixture f;
    auto how = rig::alaw_stream();
    how.receive = false;
    f.s.start(how);
    f.hear(f.peer.audio(1));
    f.s.run(milliseconds(300));
    CHECK(f.heard().empty());
    CHECK(f.tape->pcm.size() == 15 * 160); // the time line goes on
    CHECK(f.stats().ignored_packets == 1);
    f.peer.payload_type = 3;
    f.s.start();
    f.hear(f.peer.audio(1));
    CHECK(f.stats().ignored_packets == 2);
}

TEST_CASE("a recording ends with null and with the session")
{
    fixture f;
    f.s.run(milliseconds(100));
    const auto first = f.tape;
    const std::size_t length = first->pcm.size();
    SECTION("null")
    {
        f.s.media.record(nullptr);
        f.s.run(milliseconds(100));
    }
    SECTION("stop")
    {
        f.s.media.stop();
    }
    SECTION("another one")
    {
        const auto second = std::make_shared<rig::recording>();
        f.s.media.record(std::make_unique<rig::recorder>(second));
        f.s.run(milliseconds(100));
        CHECK(second->rates == std::vector<std::uint32_t>{8000});
        CHECK(second->pcm.size() == 800);
    }
    CHECK(first->closed);
    CHECK(first->pcm.size() == length);
}

TEST_CASE("another number of the same codec, while packets of the old one wait")
{
    fixture f;
    for (int i = 1; i <= 20; ++i)
    {
        if (i == 11)
        {
            auto how = rig::alaw_stream();
            how.receive_payload_type = f.peer.payload_type = 98;
            f.s.start(how);
        }
        f.hear(f.peer.audio(code(i)));
        f.s.run(milliseconds(20));
    }
    f.s.run(milliseconds(200));
    CHECK(f.heard() == range(1, 20));
}

TEST_CASE("another codec in the middle is decoded as such")
{
    fixture f;
    f.hear(f.peer.audio(0x2A));
    f.s.run(milliseconds(200));
    auto how = rig::alaw_stream();
    how.codec = &codecs::pcmu();
    how.receive_payload_type = 0;
    f.s.start(how);
    f.peer.payload_type = 0;
    f.hear(f.peer.audio(0x80));
    f.s.run(milliseconds(200));
    CHECK(*std::max_element(f.tape->pcm.begin(), f.tape->pcm.end()) == 32124);
}

namespace
{

const endpoint first{ip_address::v4(192, 0, 2, 1), 4000},
    second{ip_address::v4(192, 0, 2, 2), 4000}, outside{ip_address::v4(203, 0, 113, 7), 50'000},
    inside{ip_address::v4(10, 0, 0, 5), 4000}, held{ip_address::v4(0, 0, 0, 0), 4000};

/// Who announces where it is, and where we are told to send.
struct mover
{
    rig::listener f;

    void announce(const endpoint& remote)
    {
        auto how = rig::alaw_stream();
        how.remote = remote;
        f.s.start(how);
    }
    void speak(const endpoint& from, int packets)
    {
        for (; packets > 0; --packets)
        {
            f.s.media.receive(f.peer.audio(1), f.s.now, from);
            f.s.run(milliseconds(20));
        }
    }
    /// All moves since the last call.
    std::vector<endpoint> moves()
    {
        f.s.drain();
        std::vector<endpoint> all;
        for (const media::event& e : f.s.events)
            if (const auto* m = std::get_if<media::remote_moved>(&e)) all.push_back(m->to);
        f.s.events.clear();
        return all;
    }
};

using endpoints = std::vector<endpoint>;

} // namespace

TEST_CASE(
    "what is announced anew is where we send, though the old place was heard (RFC 3264 8.3.1)")
{
    mover m;
    m.announce(first);
    SECTION("heard before")
    {
        m.speak(first, 50);
    }
    SECTION("not heard before") {}
    m.announce(second);
    m.speak(first, 10); // on its way still
    CHECK(m.moves().empty());
    m.f.s.run(seconds(10));
    CHECK(m.moves().empty());
    m.f.peer.ssrc = 77;
    m.speak(second, 10);
    CHECK(m.moves().empty());
    SECTION("and back")
    {
        m.announce(first);
        CHECK(m.moves().empty());
    }
}

TEST_CASE("who goes on to speak from where it was, whatever it announces, is answered there")
{
    mover m;
    m.announce(inside);
    m.speak(outside, 50);
    CHECK(m.moves() == endpoints{outside});
    m.announce(second);
    m.speak(outside, 20);
    CHECK(m.moves().empty());
    m.speak(outside, 20); // half a second
    CHECK(m.moves() == endpoints{outside});
}

TEST_CASE("hold and resume behind a NAT: we know where that is (RFC 4961)")
{
    const bool speaks = GENERATE(true, false);
    CAPTURE(speaks);
    mover m;
    m.announce(inside);
    m.speak(outside, 50);
    CHECK(m.moves() == endpoints{outside});
    m.announce(held);
    if (speaks)
        m.speak(outside, 100);
    else
        m.f.s.run(seconds(2));
    m.announce(inside);
    CHECK(m.moves() == endpoints{outside});
}

TEST_CASE("after a hold with somebody else's music we send where we are told to")
{
    mover m;
    m.announce(first);
    m.speak(first, 50);
    m.announce(held);
    m.f.s.run(seconds(1));
    m.f.peer.ssrc = 77;
    m.speak(second, 100);
    CHECK(m.moves().empty());
    m.announce(first);
    m.speak(second, 10);
    CHECK(m.moves().empty());
}
