// What a session sends, and when.
#include "solosip/media/session.hpp"

#include "media/rig.hpp"

#include <algorithm>
#include <set>

using namespace solosip;
using rig::counting;

namespace
{

/// What a counting source of `length` looks like after A-law.
std::vector<media::sample> counted(int length)
{
    std::vector<media::sample> all;
    for (int i = 1; i <= length; ++i)
        all.push_back(
            codecs::alaw_to_linear(codecs::linear_to_alaw(static_cast<media::sample>(i))));
    return all;
}

std::vector<media::sample> all_pcm(const std::vector<rig::sent>& packets)
{
    std::vector<media::sample> all;
    for (const rig::sent& p : packets)
    {
        const auto pcm = p.pcm();
        all.insert(all.end(), pcm.begin(), pcm.end());
    }
    return all;
}

bool is_silence(const rig::sent& p)
{
    return std::all_of(p.payload.begin(), p.payload.end(), [](auto c) { return c == 0xD5; });
}

} // namespace

TEST_CASE("nothing happens before the start")
{
    rig::session s;
    CHECK(!s.media.running());
    CHECK(!s.media.next_timeout());
    s.stall(seconds(1));
    s.media.receive(rig::far_end().audio(0x55), s.now);
    s.drain();
    CHECK(s.out.empty());
    CHECK(s.events.empty());
}

TEST_CASE("the first packet goes out at once, then one each 20 ms")
{
    rig::session s;
    const time_point begin = s.now;
    s.start();
    REQUIRE(s.out.size() == 1);
    s.run(seconds(10));
    REQUIRE(s.out.size() == 501);
    for (std::size_t i = 0; i < s.out.size(); ++i)
    {
        CAPTURE(i);
        const rig::sent& p = s.out[i];
        REQUIRE(p.at == begin + milliseconds(20) * i);
        REQUIRE(p.ssrc == s.out[0].ssrc);
        REQUIRE(p.sequence == static_cast<std::uint16_t>(s.out[0].sequence + i));
        REQUIRE(p.timestamp == s.out[0].timestamp + 160 * static_cast<std::uint32_t>(i));
        REQUIRE(p.marker == (i == 0));
        REQUIRE(p.payload_type == 8);
        REQUIRE(p.payload.size() == 160);
        REQUIRE(is_silence(p));
    }
    CHECK(s.media.stats().sent_packets == 501);
}

TEST_CASE("an hour is 180,000 packets, however late each timer is")
{
    rig::session s;
    seeded_random jitter(7);
    const time_point begin = s.now;
    s.media.start(rig::alaw_stream(), s.now);
    std::uint64_t packets = 0;
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    while (s.now < begin + std::chrono::hours(1))
    {
        while (s.media.poll_packet(buffer) != 0)
            ++packets;
        s.now = *s.media.next_timeout() + microseconds(jitter.below(19'000));
        s.media.handle_timeout(s.now);
    }
    CHECK(packets == 180'000);
}

TEST_CASE("identifiers differ from call to call")
{
    std::set<std::uint32_t> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed)
    {
        rig::session s(seed);
        s.start();
        CHECK(s.out[0].sequence < 0x8000);
        seen.insert(s.out[0].ssrc);
        seen.insert(s.out[0].timestamp);
    }
    CHECK(seen.size() == 100);
}

TEST_CASE("a timer that is a little late loses nothing")
{
    rig::session s;
    s.start();
    const time_point begin = s.now;
    s.play(std::make_unique<counting>(1, 1600));
    s.run(milliseconds(40));
    s.stall(milliseconds(75)); // due: 60, 80, 100 ms
    CHECK(s.out.size() == 6);
    s.run_until(begin + milliseconds(300));
    REQUIRE(s.out.size() == 16);
    for (std::size_t i = 1; i < s.out.size(); ++i)
    {
        CHECK(s.out[i].timestamp == s.out[i - 1].timestamp + 160);
        CHECK(!s.out[i].marker);
    }
    const auto pcm = all_pcm(s.out);
    CHECK(std::equal(pcm.begin() + 160, pcm.begin() + 1760, counted(1600).begin()));
}

TEST_CASE("after a stall it skips ahead, and the timestamp says so")
{
    rig::session s;
    s.start();
    const time_point begin = s.now;
    s.play(std::make_unique<counting>(1, 1600));
    s.run(milliseconds(40));
    const std::size_t before = s.out.size();
    s.stall(milliseconds(205)); // 245 ms: the packets of 60..240 ms are due
    REQUIRE(s.out.size() == before + 1);
    CHECK(s.out.back().timestamp == s.out[0].timestamp + 12 * 160);
    CHECK(s.out.back().sequence == static_cast<std::uint16_t>(s.out[0].sequence + 3));
    CHECK(s.out.back().marker);
    s.run_until(begin + milliseconds(500));
    for (std::size_t i = before + 1; i < s.out.size(); ++i)
    {
        CHECK(s.out[i].at == begin + milliseconds(20) * (i + 9));
        CHECK(s.out[i].timestamp == s.out[i - 1].timestamp + 160);
        CHECK(!s.out[i].marker);
    }
    // Nothing of the sound was left out.
    const auto pcm = all_pcm(s.out);
    CHECK(std::equal(pcm.begin() + 160, pcm.begin() + 1760, counted(1600).begin()));
}

TEST_CASE("an edge that does not poll gets no flood later")
{
    rig::session s;
    s.media.start(rig::alaw_stream(), s.now);
    for (int i = 0; i < 100; ++i)
    {
        s.now = *s.media.next_timeout();
        s.media.handle_timeout(s.now);
    }
    s.drain();
    CHECK(s.out.size() <= 3);
}

TEST_CASE("spurious calls do nothing")
{
    rig::session s;
    s.start();
    for (int i = 0; i < 10; ++i)
    {
        s.media.handle_timeout(s.now);
        s.drain();
    }
    CHECK(s.out.size() == 1);
    std::array<std::uint8_t, 100> small;
    s.stall(milliseconds(20));
    CHECK(s.media.poll_packet(small) == 0);
}

TEST_CASE("sounds that wait play from the start")
{
    rig::session s;
    auto sound = std::make_unique<counting>(1, 400);
    const counting& c = *sound;
    const auto id = s.media.play(std::move(sound));
    REQUIRE(id);
    CHECK(s.media.playing());
    s.run(seconds(1));
    CHECK(c.prepared_for == 0);
    s.start();
    CHECK(c.prepared_for == 8000);
    CHECK(s.played().empty());
    s.run(milliseconds(20));
    CHECK(s.played().empty());
    s.run(milliseconds(20));
    REQUIRE(s.played().size() == 1);
    CHECK(s.played()[0].item == *id);
    CHECK(s.played()[0].complete);
    CHECK(!s.media.playing());
    auto want = counted(400);
    want.resize(480, codecs::alaw_to_linear(0xD5));
    CHECK(all_pcm(s.out) == want);
}

TEST_CASE("a sound has finished when its last packet was polled, not before")
{
    rig::session s;
    s.start();
    s.play(std::make_unique<counting>(1, 160));
    s.now += milliseconds(20);
    s.media.handle_timeout(s.now);
    CHECK(!s.media.poll_event());
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    CHECK(s.media.poll_packet(buffer) != 0);
    CHECK(s.media.poll_event());
}

TEST_CASE("a sound after a delay")
{
    rig::session s;
    s.start();
    s.play(std::make_unique<counting>(1, 160), milliseconds(500));
    s.run(milliseconds(520));
    const auto first = std::find_if_not(s.out.begin(), s.out.end(), is_silence);
    REQUIRE(first != s.out.end());
    CHECK(first - s.out.begin() == 1 + 25);
    CHECK(first->at == s.now);
}

TEST_CASE("clearing ends what plays")
{
    rig::session s;
    s.start();
    s.play(std::make_unique<counting>(1, 100'000));
    s.play(std::make_unique<counting>(1, 100));
    s.run(milliseconds(100));
    s.media.clear();
    s.drain();
    REQUIRE(s.played().size() == 2);
    CHECK(!s.played()[0].complete);
    CHECK(!s.played()[1].complete);
    s.run(milliseconds(20));
    CHECK(is_silence(s.out.back()));
    CHECK(!s.media.playing());
}

TEST_CASE("while held nothing is sent and sounds wait")
{
    rig::session s;
    s.start();
    s.play(std::make_unique<counting>(1, 1600));
    s.run(milliseconds(100));
    auto how = rig::alaw_stream();
    how.send = false;
    s.start(how);
    s.run(seconds(2));
    CHECK(s.out.size() == 6);
    CHECK(s.media.next_timeout());
    s.start();
    s.run(milliseconds(100));
    REQUIRE(s.out.size() == 11);
    CHECK(s.out[6].marker);
    CHECK(s.out[6].ssrc == s.out[0].ssrc);
    CHECK(s.out[6].sequence == static_cast<std::uint16_t>(s.out[0].sequence + 6));
    CHECK(s.out[6].timestamp == s.out[0].timestamp + 106 * 160);
    const auto pcm = all_pcm(s.out);
    CHECK(std::equal(pcm.begin() + 160, pcm.begin() + 1760, counted(1600).begin()));
    CHECK(s.played().size() == 1);
}

TEST_CASE("a call that starts held sends nothing until it is resumed")
{
    rig::session s;
    auto how = rig::alaw_stream();
    how.send = false;
    s.start(how);
    s.run(milliseconds(200));
    CHECK(s.out.empty());
    s.start();
    s.run(milliseconds(20));
    CHECK(s.out.size() == 1);
    CHECK(s.out[0].marker);
}

TEST_CASE("stopping finishes everything incomplete")
{
    rig::session s;
    s.start();
    s.play(std::make_unique<counting>(1, 1000));
    s.press("12");
    s.run(milliseconds(60));
    s.media.stop();
    s.drain();
    CHECK(!s.media.running());
    CHECK(!s.media.next_timeout());
    REQUIRE(s.events.size() == 2);
    CHECK(!std::get<media::play_finished>(s.events[0]).complete);
    CHECK(!std::get<media::digits_finished>(s.events[1]).complete);
    const std::size_t sent = s.out.size();
    s.stall(seconds(1));
    CHECK(s.out.size() == sent);
    // What it had given back is there again when it goes on.
    s.start();
    s.run(milliseconds(60));
    CHECK(s.out.size() == sent + 4);
}

TEST_CASE("another codec in the middle")
{
    rig::session s;
    s.start();
    s.run(milliseconds(100));
    auto how = rig::alaw_stream();
    how.codec = &codecs::pcmu();
    how.send_payload_type = 0;
    s.start(how);
    s.run(milliseconds(100));
    REQUIRE(s.out.size() == 11);
    CHECK(s.out[6].payload_type == 0);
    CHECK(s.out[6].payload == std::vector<std::uint8_t>(160, 0xFF));
    CHECK(s.out[6].timestamp == s.out[5].timestamp + 160);
    CHECK(s.out[6].sequence == static_cast<std::uint16_t>(s.out[5].sequence + 1));
}

TEST_CASE("other packet times")
{
    struct row
    {
        unsigned ptime, ms;
    };
    for (const row r : {row{10, 10},
                        {20, 20},
                        {30, 30},
                        {60, 60},
                        {100, 100},
                        {0, 10},
                        {24, 20},
                        {25, 30},
                        {500, 100}})
    {
        CAPTURE(r.ptime);
        rig::session s;
        auto how = rig::alaw_stream();
        how.ptime = r.ptime;
        s.start(how);
        s.run(seconds(3));
        CHECK(s.out.size() == 3000 / r.ms + 1);
        CHECK(s.out[1].timestamp - s.out[0].timestamp == 8 * r.ms);
        CHECK(s.out[1].payload.size() == 8 * r.ms);
    }
}

// ---- digits -------------------------------------------------------------------------------------

TEST_CASE("digits replace the audio, and the time line goes on behind them")
{
    rig::session s;
    s.start();
    s.run(milliseconds(20));
    const auto id = s.media.send_digits("5", milliseconds(60));
    REQUIRE(id);
    s.play(std::make_unique<counting>(1, 160));
    s.run(milliseconds(140));
    REQUIRE(s.out.size() == 9);
    const std::uint32_t t0 = s.out[0].timestamp;
    for (std::size_t i = 0; i < 9; ++i)
    {
        CAPTURE(i);
        const rig::sent& p = s.out[i];
        CHECK(p.sequence == static_cast<std::uint16_t>(s.out[0].sequence + i));
        if (i < 2 || i > 6)
        {
            CHECK(p.payload_type == 8);
            CHECK(p.timestamp == t0 + 160 * static_cast<std::uint32_t>(i));
            continue;
        }
        CHECK(p.payload_type == 101);
        CHECK(p.timestamp == t0 + 320);
        CHECK(p.marker == (i == 2));
        const auto e = dtmf::parse_event(p.payload);
        REQUIRE(e);
        CHECK(e->code == 5);
        CHECK(e->duration == std::min<std::size_t>(160 * (i - 1), 480));
        CHECK(e->end == (i >= 4));
    }
    // The sound has waited.
    CHECK(s.out[7].pcm() == counted(160));
    REQUIRE(s.events.size() == 2);
    CHECK(std::get<media::digits_finished>(s.events[0]).item == *id);
    CHECK(std::get<media::digits_finished>(s.events[0]).complete);
}

TEST_CASE("sounds wait in the gaps between digits too")
{
    rig::session s;
    s.start();
    s.play(std::make_unique<counting>(1, 16'000));
    s.press("123", milliseconds(100), milliseconds(200));
    s.run(milliseconds(3 * 300));
    const auto sound =
        std::find_if(s.out.begin() + 1, s.out.end(),
                     [](const rig::sent& p) { return p.payload_type == 8 && !is_silence(p); });
    REQUIRE(sound != s.out.end());
    CHECK(std::all_of(sound, s.out.end(), [](const rig::sent& p) { return p.payload_type == 8; }));
}

TEST_CASE("digits need telephone-event")
{
    rig::session s;
    CHECK(s.media.send_digits("1").code() == errc::bad_config);
    auto how = rig::alaw_stream();
    how.send_events.reset();
    s.start(how);
    CHECK(s.media.send_digits("1").code() == errc::bad_config);
    s.start();
    CHECK(s.media.send_digits("x").code() == errc::bad_digit);
    CHECK(s.media.send_digits("").code() == errc::bad_digit);
    REQUIRE(s.media.send_digits("123"));
    s.run(milliseconds(50));
    s.start(how); // the other side does not want them any more
    s.drain();
    REQUIRE(s.events.size() == 1);
    CHECK(!std::get<media::digits_finished>(s.events[0]).complete);
    s.run(milliseconds(100));
    CHECK(s.out.back().payload_type == 8);
}

TEST_CASE("digits are bounded, and no end is ever dropped")
{
    rig::session s;
    s.start();
    std::size_t accepted = 0;
    for (int i = 0; i < 300; ++i)
        if (s.media.send_digits("1", milliseconds(40), milliseconds(40)))
            ++accepted;
        else
            break;
    CHECK(s.media.send_digits("1").code() == errc::too_many);
    s.run(seconds(20));
    CHECK(s.events.size() == accepted);
}

TEST_CASE("what one session presses, another hears")
{
    rig::session a(1), b(2);
    a.to_peer = [&](const std::vector<std::uint8_t>& p) { b.media.receive(p, a.now); };
    a.start();
    b.start();
    a.press("0123456789*#ABCD112233", milliseconds(70), milliseconds(50));
    std::vector<milliseconds> lengths;
    for (int i = 0; i < 300; ++i)
    {
        a.run(milliseconds(20));
        b.run(milliseconds(20));
    }
    for (const media::event& e : b.events)
        if (const auto* d = std::get_if<media::digit_heard>(&e)) lengths.push_back(d->length);
    CHECK(lengths == std::vector<milliseconds>(22, milliseconds(80))); // whole packets
    CHECK(b.digits() == "0123456789*#ABCD112233");
    CHECK(b.media.stats().lost_packets == 0);
    CHECK(b.media.stats().ignored_packets == 0);
}
