// What is heard through a network: delay, gaps and what fills them.
#include "media/playout.hpp"

#include "media/through_network.hpp"

#include "rtp/reception.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <vector>

using namespace solosip;
using rig::heard_through;
using rig::network;

TEST_CASE("on a quiet network the delay shrinks to what the tick allows")
{
    const auto r = heard_through({}, seconds(60));
    CHECK(r.stats.late_packets == 0);
    CHECK(r.stats.concealed == milliseconds(0));
    CHECK(r.stats.delay >= milliseconds(20));
    CHECK(r.stats.delay <= milliseconds(70));
    CHECK(r.samples == 60 * 8000);
    CHECK(r.snr_db > 15);
}

TEST_CASE("jitter makes the delay longer, and few packets late")
{
    network n;
    n.jitter = milliseconds(100);
    const auto r = heard_through(n, seconds(60));
    CHECK(r.stats.late_packets < 60); // 2 %
    CHECK(r.stats.delay > milliseconds(80));
    CHECK(r.stats.delay < milliseconds(160));
    CHECK(r.samples == 60 * 8000);
    CHECK(r.silent_ms == 0);
}

TEST_CASE("lost packets are concealed")
{
    network n;
    n.loss = 10;
    const auto r = heard_through(n, seconds(60));
    CHECK(r.stats.concealed > milliseconds(5000));
    CHECK(r.stats.concealed < milliseconds(7000));
    CHECK(r.silent_ms < 100);
    CHECK(r.steepest < 1.8);
}

TEST_CASE("an hour with a clock that is fast or slow")
{
    network n;
    n.ppm = GENERATE(-200, 200);
    n.jitter = milliseconds(10);
    CAPTURE(n.ppm);
    const auto r = heard_through(n, seconds(3600));
    CHECK(r.stats.late_packets == 0);
    CHECK(r.stats.concealed == milliseconds(0));
    CHECK(r.longest_delay < milliseconds(110));
    CHECK(r.samples == 3600 * 8000);
}

TEST_CASE("comfort noise fills the pauses (RFC 3389)")
{
    network n;
    n.pauses = true;
    const auto r = heard_through(n, seconds(30));
    CHECK(r.stats.late_packets == 0);
    CHECK(r.stats.concealed < milliseconds(400));
    CHECK(r.silent_ms < 100);
}

TEST_CASE("the delay never exceeds the ceiling, whatever the network does")
{
    network n;
    n.jitter = milliseconds(1000);
    n.loss = 20;
    const auto r = heard_through(n, seconds(60));
    CHECK(r.longest_delay <= milliseconds(320)); // and a part of a frame
    CHECK(r.samples == 60 * 8000);
}

namespace
{

/// Packets of one length over a perfect network; what is heard is compared with what was sent, to
/// the sample.
struct exact
{
    rig::session s;
    rig::far_end peer;
    std::shared_ptr<rig::recording> tape = std::make_shared<rig::recording>();
    std::vector<media::sample> said;
    time_point begin = s.now, first_sent = begin;
    seeded_random chance{3};

    exact()
    {
        s.media.record(std::make_unique<rig::recorder>(tape));
        auto how = rig::alaw_stream();
        how.plain = how.send = false;
        s.start(how);
    }
    /// A voice that is nowhere the same, but almost so from period to period.
    std::vector<std::uint8_t> next(std::size_t samples)
    {
        std::vector<std::uint8_t> codes;
        for (std::size_t i = 0; i < samples; ++i)
        {
            const double t = static_cast<double>(said.size()) / 8000;
            const double loud = 8000 + 3000 * std::sin(2 * std::numbers::pi * 0.37 * t);
            const double noise = chance.below(400);
            const auto code = codecs::linear_to_alaw(static_cast<media::sample>(
                loud * std::sin(2 * std::numbers::pi * 180 * t) + noise));
            codes.push_back(code);
            said.push_back(codecs::alaw_to_linear(code));
        }
        return codes;
    }
    void send(duration length, milliseconds packet, duration network = {})
    {
        const auto samples = static_cast<std::size_t>(packet.count() * 8);
        for (duration t{}; t < length; t += packet)
        {
            const auto payload = next(samples);
            const auto p = peer.packet(8, false, peer.timestamp, payload);
            peer.timestamp += static_cast<std::uint32_t>(samples);
            s.run(network);
            s.media.receive(p, s.now);
            s.run(packet - network);
        }
    }
    /// Places in which what is heard is not what was said next, from `from` seconds on; and how
    /// much later than it came the last of it was heard.
    struct verdict
    {
        int seams = 0;
        milliseconds delay{};
    };
    verdict compare(std::size_t from) const
    {
        constexpr std::ptrdiff_t window = 64;
        const auto& pcm = tape->pcm;
        const auto alike = [&](std::ptrdiff_t i, std::ptrdiff_t j)
        {
            return j >= 0 && j + window <= std::ssize(said) &&
                   std::equal(pcm.begin() + i, pcm.begin() + i + window, said.begin() + j);
        };
        verdict v;
        std::ptrdiff_t apart = 0; // from a sample of the recording to what was said
        for (auto i = static_cast<std::ptrdiff_t>(from * 8000); i + window < std::ssize(pcm);
             i += window)
        {
            if (alike(i, i + apart)) continue;
            for (std::ptrdiff_t d = -4000; d < 1000; ++d)
                if (alike(i, i + d))
                {
                    ++v.seams;
                    apart = d;
                    break;
                }
        }
        --v.seams; // the first one
        // The first tick, which hears sample 0, is a packet time behind the beginning.
        const duration heard = milliseconds(20) - rtp::from_ticks(apart, 8000);
        v.delay = std::chrono::duration_cast<milliseconds>(heard - (first_sent - begin));
        return v;
    }
};

} // namespace

TEST_CASE("on a perfect network nothing is doubled or left out, however long the packets are")
{
    const milliseconds packet(GENERATE(10, 20, 30, 40, 60, 80, 100));
    const milliseconds phase(GENERATE(0, 1, 5, 9, 10, 13, 19));
    CAPTURE(packet.count(), phase.count());
    exact e;
    e.s.run(phase);
    e.first_sent = e.s.now;
    e.send(seconds(45), packet);
    const auto v = e.compare(35); // 250 packets are enough to know the network
    CHECK(v.seams == 0);
    // What the buffer believes is what is measured.
    CHECK(std::abs((e.s.media.stats().delay - v.delay).count()) <= 1);
    // What is wanted, the tick in which it cannot be told, the tolerance and a part of a frame.
    CHECK(v.delay <= milliseconds(70));
}

TEST_CASE("a change of the way that lasts is heard once, and not again")
{
    rig::session s;
    rig::far_end peer;
    seeded_random chance{static_cast<std::uint64_t>(GENERATE(1, 2, 3))};
    const milliseconds jitter(GENERATE(0, 30, 100));
    // Longer on its way; or timestamps that go back, or stand still while the sender pauses.
    const milliseconds slower(GENERATE(0, -900, -500, -200, 200, 500, 900, 1900));
    const milliseconds back(slower != milliseconds(0) ? 0 : GENERATE(300, 900, 1500));
    CAPTURE(jitter.count(), slower.count(), back.count());
    auto how = rig::alaw_stream();
    how.plain = how.send = false;
    s.start(how);
    const time_point begin = s.now;
    std::multimap<time_point, std::vector<std::uint8_t>> way;
    for (int i = 0; i < 3000; ++i)
    {
        const bool after = i >= 1000;
        if (i == 1000) peer.timestamp -= static_cast<std::uint32_t>(back.count() * 8);
        const milliseconds late(
            static_cast<int>(chance.below(static_cast<std::uint32_t>(jitter.count()) + 1)) +
            static_cast<int>(after ? slower.count() : 0));
        way.emplace(begin + milliseconds(7 + 20 * i) + late,
                    peer.audio(static_cast<std::uint8_t>(i), 160));
    }
    std::uint64_t late_at_22 = 0;
    milliseconds delay_at_30{}, concealed_at_22{};
    for (const auto& [at, packet] : way)
    {
        s.run_until(at);
        s.media.receive(packet, s.now);
        if (at < begin + seconds(24) && at > begin + seconds(22))
        {
            late_at_22 = s.media.stats().late_packets;
            concealed_at_22 = s.media.stats().concealed;
        }
        if (at < begin + seconds(30)) delay_at_30 = s.media.stats().delay;
    }
    CHECK(late_at_22 <= 60);
    CHECK(s.media.stats().late_packets - late_at_22 <= 4);
    CHECK(s.media.stats().concealed - concealed_at_22 <= milliseconds(120));
    CHECK(delay_at_30 < jitter + milliseconds(80));
}

TEST_CASE("the delay that the statistics tell is the one that a listener measures")
{
    network n;
    n.marks = true;
    n.jitter = milliseconds(GENERATE(0, 20, 100));
    n.packet = milliseconds(GENERATE(20, 40, 100));
    n.twice = n.overtaken = 2;
    CAPTURE(n.jitter.count(), n.packet.count());
    const auto r = heard_through(n, seconds(60));
    REQUIRE(r.delays.size() > 80);
    double mean = 0;
    for (std::size_t i = r.delays.size() - 20; i < r.delays.size(); ++i)
        mean += r.delays[i] / 20;
    CHECK(std::abs(static_cast<double>(r.stats.delay.count()) - mean) < 15);
}
