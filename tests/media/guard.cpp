// SRTP around a session: what goes out is encrypted, what comes in has to be.
#include "media/guard.hpp"
#include "media/rig.hpp"
#include "support/toy_srtp.hpp"

using namespace solosip;

namespace
{

srtp_keys keys(std::uint8_t send, std::uint8_t receive)
{
    srtp_keys k;
    k.send.bytes.fill(send);
    k.receive.bytes.fill(receive);
    return k;
}

media::stream secured(const support::toy_srtp& toy, const srtp_keys& by)
{
    auto how = rig::alaw_stream();
    how.transform = &toy;
    how.srtp = by;
    return how;
}

/// What the session has to say, as it goes out.
std::vector<std::vector<std::uint8_t>> say(media::session& s, time_point& now, int packets,
                                           bool report = false)
{
    std::vector<std::vector<std::uint8_t>> all;
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    for (int i = 0; i < packets; ++i)
    {
        while (const auto n = report ? s.poll_report(buffer) : s.poll_packet(buffer))
            all.emplace_back(buffer.begin(), buffer.begin() + static_cast<int>(n));
        now += milliseconds(20);
        s.handle_timeout(now);
    }
    return all;
}

} // namespace

TEST_CASE("without keys packets pass as they are")
{
    media::guard g;
    const support::toy_srtp toy;
    g.configure(&toy, std::nullopt, 1);
    CHECK(!g.on());
    std::vector<std::uint8_t> packet(200, 7);
    CHECK(g.seal(packet, 172, false) == 172);
    CHECK(packet == std::vector<std::uint8_t>(200, 7));
    CHECK(g.open(packet, false).data() == packet.data());
    CHECK(g.refused() == 0);
}

TEST_CASE("the same keys go on, others begin anew, none leave packets alone")
{
    media::guard g;
    const support::toy_srtp toy;
    g.configure(&toy, keys(1, 2), 1);
    CHECK((toy.sealers == 1 && toy.openers == 1));
    g.configure(&toy, keys(1, 2), 1);
    CHECK((toy.sealers == 1 && toy.openers == 1));
    g.configure(&toy, keys(1, 3), 1);
    CHECK((toy.sealers == 1 && toy.openers == 2));
    g.configure(&toy, keys(4, 3), 1);
    CHECK((toy.sealers == 2 && toy.openers == 2));
    g.configure(&toy, std::nullopt, 1);
    CHECK(!g.on());
    g.configure(&toy, keys(4, 3), 1);
    CHECK((toy.sealers == 3 && toy.openers == 3));
}

TEST_CASE("keys without a transform let nothing pass")
{
    media::guard g;
    g.configure(nullptr, keys(1, 2), 1);
    std::vector<std::uint8_t> packet(200, 0x80);
    CHECK(g.on());
    CHECK(g.seal(packet, 172, false) == 0);
    CHECK(g.open(packet, false).empty());
    CHECK(g.refused() == 1);
}

TEST_CASE("two sessions with each other's keys hear each other, RTP and RTCP")
{
    const support::toy_srtp toy;
    rig::session a(1), b(2);
    b.now = a.now;
    const auto heard = std::make_shared<rig::recording>();
    b.media.record(std::make_unique<rig::recorder>(heard));
    a.play(std::make_unique<rig::counting>(1000, 16'000));
    a.media.start(secured(toy, keys(1, 2)), a.now);
    b.media.start(secured(toy, keys(2, 1)), b.now);
    REQUIRE(a.media.send_digits("5"));
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    for (int i = 0; i < 600; ++i)
    {
        while (const auto n = a.media.poll_packet(buffer))
        {
            CHECK(n <= 172 + media::srtp_overhead);
            b.media.receive(std::span(buffer).first(n), b.now);
        }
        if (const auto n = a.media.poll_report(buffer))
            b.media.receive(std::span(buffer).first(n), b.now);
        for (auto* s : {&a, &b})
        {
            s->now += milliseconds(20);
            s->media.handle_timeout(s->now);
        }
        while (const auto e = b.media.poll_event())
            b.events.push_back(*e);
    }
    const auto s = b.media.stats();
    CHECK(s.received_packets == 600);
    CHECK(s.received_reports >= 1);
    CHECK(s.ignored_packets == 0);
    CHECK(s.unauthentic_packets == 0);
    CHECK(b.digits() == "5");
    CHECK(heard->pcm.size() > 16'000);
}

TEST_CASE("what is not encrypted, by another key, forged or repeated is counted and not heard")
{
    const support::toy_srtp toy;
    seeded_random random(3);
    media::session talker(random), stranger(random), plain(random), listener(random);
    time_point now{seconds(5)}, t1 = now, t2 = now, t3 = now;
    talker.start(secured(toy, keys(1, 2)), now);
    stranger.start(secured(toy, keys(9, 2)), now);
    plain.start(rig::alaw_stream(), now);
    listener.start(secured(toy, keys(2, 1)), now);
    const auto good = say(talker, t1, 50), wrong = say(stranger, t2, 50),
               clear = say(plain, t3, 50);
    const auto all = [&](const auto& packets)
    {
        for (const auto& p : packets)
            listener.receive(p, now);
    };
    all(clear);
    all(wrong);
    auto forged = good;
    for (auto& p : forged)
        p[20] ^= 1;
    all(forged);
    CHECK(listener.stats().received_packets == 0);
    CHECK(listener.stats().unauthentic_packets == 150);
    CHECK(listener.stats().ignored_packets == 150);
    all(good);
    CHECK(listener.stats().received_packets == 50);
    all(good);
    CHECK(listener.stats().received_packets == 50);
    CHECK(listener.stats().unauthentic_packets == 200);
}

TEST_CASE("forged packets do not keep a dead call alive")
{
    const support::toy_srtp toy;
    seeded_random random(3);
    media::session plain(random), listener(random);
    time_point now{seconds(5)};
    auto how = secured(toy, keys(2, 1));
    how.silence_limit = seconds(5);
    listener.start(how, now);
    plain.start(rig::alaw_stream(), now);
    for (const auto& p : say(plain, now, 400))
        listener.receive(p, now);
    listener.handle_timeout(now);
    CHECK(listener.remote_silent());
}

TEST_CASE("a packet as long as a datagram has room for its tag")
{
    const support::toy_srtp toy;
    seeded_random random(3);
    media::session s(random);
    time_point now{seconds(5)};
    auto how = secured(toy, keys(1, 2));
    how.ptime = 100;
    s.start(how, now);
    for (const auto& p : say(s, now, 20))
        CHECK(p.size() == 12 + 800 + support::toy_srtp::tag_bytes);
}

TEST_CASE("other keys take over in the middle of a call, and a goodbye is still encrypted")
{
    const support::toy_srtp toy;
    seeded_random random(3);
    media::session talker(random), listener(random);
    time_point now{seconds(5)};
    talker.start(secured(toy, keys(1, 2)), now);
    listener.start(secured(toy, keys(2, 1)), now);
    for (const auto& p : say(talker, now, 50))
        listener.receive(p, now);
    talker.start(secured(toy, keys(5, 2)), now);
    for (const auto& p : say(talker, now, 10))
        listener.receive(p, now);
    CHECK(listener.stats().unauthentic_packets == 10);
    listener.start(secured(toy, keys(2, 5)), now);
    for (const auto& p : say(talker, now, 50))
        listener.receive(p, now);
    CHECK(listener.stats().received_packets == 100);
    CHECK(listener.stats().unauthentic_packets == 10);
    const auto reports = say(talker, now, 400, true);
    talker.stop();
    const auto bye = say(talker, now, 1, true);
    CHECK(!reports.empty());
    REQUIRE(bye.size() == 1);
    for (const auto& p : reports)
        listener.receive(p, now);
    listener.receive(bye.front(), now);
    CHECK(listener.stats().received_reports == reports.size() + 1);
    CHECK(listener.stats().unauthentic_packets == 10);
}
