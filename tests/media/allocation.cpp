// Once a session runs, neither sending nor hearing asks for memory.
#include "media/rig.hpp"
#include "support/allocations.hpp"

using namespace solosip;

namespace
{

/// Datagrams of a far end, made beforehand: audio with losses, repetitions, jumps and digits, other
/// senders and noise.
std::vector<std::vector<std::uint8_t>> busy_network(int packets)
{
    seeded_random chance(17);
    rig::far_end peer, other{0xBEEF, 1, 1, 8};
    std::vector<std::vector<std::uint8_t>> all;
    for (int i = 0; i < packets; ++i)
    {
        auto p = peer.audio(static_cast<std::uint8_t>(i));
        if (chance.below(10) != 0) all.push_back(p);
        if (chance.below(10) == 0) all.push_back(p);
        if (chance.below(100) == 0) peer.timestamp += 1'000'000;
        if (chance.below(10) == 0) all.push_back(peer.key('5', peer.timestamp, 160, true));
        if (chance.below(50) == 0) all.push_back(other.audio(0x2A));
        std::vector<std::uint8_t> noise(chance.below(1500));
        chance.fill(noise);
        if (chance.below(10) == 0) all.push_back(noise);
    }
    return all;
}

struct quiet_sink final : media::sink
{
    void prepare(std::uint32_t) override {}
    void write(std::span<const media::sample>) override {}
};

} // namespace

TEST_CASE("the counter counts")
{
    const std::size_t before = support::allocations();
    std::vector<int>* v = new std::vector<int>(100);
    CHECK(support::allocations() >= before + 2);
    delete v;
}

TEST_CASE("no call allocates once a session runs")
{
    const auto network = busy_network(2000);
    seeded_random random(1);
    media::session s(random);
    time_point now{seconds(1)};
    s.record(std::make_unique<quiet_sink>());
    for (int i = 0; i < 60; ++i)
        REQUIRE(s.play(std::make_unique<rig::counting>(1, 16'000), milliseconds(30)));
    auto how = rig::alaw_stream();
    how.plain = false;
    s.start(how, now);
    REQUIRE(s.send_digits("0123456789*#ABCD"));

    const std::size_t before = support::allocations();
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    std::size_t sent = 0, events = 0;
    for (const auto& datagram : network)
    {
        s.receive(datagram, now);
        now += milliseconds(18);
        if (now >= *s.next_timeout()) s.handle_timeout(now);
        while (s.poll_packet(buffer) != 0)
            ++sent;
        while (s.poll_event())
            ++events;
    }
    CHECK(support::allocations() == before);
    CHECK(sent > 1000);
    CHECK(events > 100);
    CHECK(s.stats().received_packets > 1000);
    CHECK(s.stats().lost_packets > 50);
}
