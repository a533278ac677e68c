// Two sessions that report to each other.
#include "media/reporter.hpp"

#include "media/rig.hpp"

#include <vector>

using namespace solosip;

namespace
{

struct pair
{
    rig::session a{1}, b{2};
    milliseconds way{30};
    int lose_each = 0; ///< of what a sends
    int count = 0;
    std::vector<time_point> reports_of_a;
    std::vector<std::vector<std::uint8_t>> said_by_a;
    struct flight
    {
        time_point at;
        bool to_a;
        std::vector<std::uint8_t> bytes;
    };
    std::vector<flight> air;

    explicit pair(bool voip = false)
    {
        a.to_peer = [this](const auto& p)
        {
            if (lose_each == 0 || ++count % lose_each != 0) air.push_back({a.now + way, false, p});
        };
        b.to_peer = [this](const auto& p) { air.push_back({b.now + way, true, p}); };
        auto how = rig::alaw_stream();
        how.report_voip = voip;
        a.start(how);
        b.start(how);
    }
    void reports(rig::session& s, bool to_a)
    {
        std::vector<std::uint8_t> buffer(limits::rtp_packet_bytes);
        while (const auto n = s.media.poll_report(buffer))
        {
            std::vector<std::uint8_t> bytes(buffer.begin(), buffer.begin() + static_cast<int>(n));
            air.push_back({s.now + way, to_a, bytes});
            if (to_a) continue;
            reports_of_a.push_back(s.now);
            said_by_a.push_back(bytes);
        }
    }
    void run(duration d)
    {
        for (const time_point end = a.now + d; a.now < end;)
        {
            a.run(milliseconds(5));
            b.run(milliseconds(5));
            reports(a, false);
            reports(b, true);
            for (std::size_t i = 0; i < air.size();)
            {
                if (air[i].at > a.now)
                {
                    ++i;
                    continue;
                }
                rig::session& to = air[i].to_a ? a : b;
                to.media.receive(air[i].bytes, to.now);
                air.erase(air.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
    }
};

} // namespace

TEST_CASE("a report each five seconds or so, never at the same distance (RFC 3550 section 6.2)")
{
    pair p;
    p.run(seconds(600));
    CHECK(p.reports_of_a.size() > 100);
    CHECK(p.reports_of_a.size() < 180);
    duration shortest = seconds(100), longest{};
    for (std::size_t i = 1; i < p.reports_of_a.size(); ++i)
    {
        shortest = std::min(shortest, p.reports_of_a[i] - p.reports_of_a[i - 1]);
        longest = std::max(longest, p.reports_of_a[i] - p.reports_of_a[i - 1]);
    }
    CHECK(shortest > milliseconds(2000)); // 2.5 s / 1.21828
    CHECK(shortest < milliseconds(2500));
    CHECK(longest > milliseconds(5500));
    CHECK(longest < milliseconds(6300));
    CHECK(p.b.media.stats().received_reports == p.reports_of_a.size());
    CHECK(p.b.media.stats().ignored_packets == 0);
}

TEST_CASE("the way there and back is measured")
{
    pair p;
    p.run(seconds(30));
    CHECK(p.a.media.stats().round_trip_ms == Approx(60).margin(12));
    CHECK(p.b.media.stats().round_trip_ms == Approx(60).margin(12));
    CHECK(p.a.media.stats().mos > 4.2);
}

TEST_CASE("both know what one of them loses")
{
    pair p;
    p.lose_each = 10;
    p.run(seconds(60));
    CHECK(p.b.media.stats().lost_packets > 280);
    CHECK(p.a.media.stats().remote_lost_packets > 200);
    CHECK(p.a.media.stats().lost_packets == 0);
    CHECK(p.b.media.stats().mos < p.a.media.stats().mos - 0.5);
}

TEST_CASE("VoIP metrics are told to who asked for them (RFC 3611 section 4.7)")
{
    pair p(true);
    p.lose_each = 10;
    p.run(seconds(60));
    CHECK(p.a.media.stats().remote_mos == Approx(p.b.media.stats().mos).margin(0.2));
    pair quiet;
    quiet.run(seconds(60));
    CHECK(quiet.a.media.stats().remote_mos == 0);
}

TEST_CASE("what a report says of what was sent is true")
{
    pair p;
    p.run(seconds(20));
    const auto last = rtp::parse_rtcp(p.said_by_a.back(), 0);
    REQUIRE(last);
    REQUIRE(last->sent);
    const auto n = last->sent->packets;
    CHECK(n > 500);
    CHECK(last->sent->octets == n * 160);
    // The packet that goes out at the moment of the report has its timestamp.
    CHECK(last->sender == p.a.out[n - 1].ssrc);
    CHECK(last->sent->timestamp - p.a.out[n - 1].timestamp <= 160);
}

TEST_CASE("goodbye once, at the end, by who has reported before")
{
    pair p;
    p.run(seconds(20));
    const auto before = p.said_by_a.size();
    p.a.media.stop();
    p.run(seconds(20));
    REQUIRE(p.said_by_a.size() == before + 1);
    CHECK(rtp::parse_rtcp(p.said_by_a.back(), 0)->bye);
    pair short_one;
    short_one.a.media.stop();
    short_one.run(seconds(20));
    CHECK(short_one.said_by_a.empty());
}

TEST_CASE("a stranger's reports are ignored")
{
    rig::session s;
    auto how = rig::alaw_stream();
    how.remote = {ip_address::v4(192, 0, 2, 1), 4000};
    s.start(how);
    rtp::rtcp_report r;
    r.sender = 1;
    r.cname = "x";
    std::vector<std::uint8_t> b(1500);
    b.resize(rtp::print_rtcp(r, b));
    s.media.receive(b, s.now, {ip_address::v4(192, 0, 2, 2), 4001});
    CHECK(s.media.stats().received_reports == 0);
    s.media.receive(b, s.now, {ip_address::v4(192, 0, 2, 1), 4001});
    CHECK(s.media.stats().received_reports == 1);
}

namespace
{

std::vector<std::uint8_t> report_of(std::uint32_t sender)
{
    rtp::rtcp_report r;
    r.sender = sender;
    r.cname = "x";
    std::vector<std::uint8_t> b(1500);
    b.resize(rtp::print_rtcp(r, b));
    return b;
}

/// One session, and what it says of a far end that a test plays.
struct described
{
    rig::session s;
    rig::far_end peer;

    explicit described(media::stream how = rig::alaw_stream())
    {
        how.report_voip = true;
        s.start(how);
    }
    void hear(int packets)
    {
        for (; packets > 0; --packets)
        {
            s.media.receive(peer.audio(1), s.now);
            s.run(milliseconds(20));
        }
    }
    /// The next report.
    rtp::rtcp next()
    {
        std::vector<std::uint8_t> b(limits::rtp_packet_bytes);
        for (int i = 0; i < 1000; ++i)
        {
            if (const auto n = s.media.poll_report(b))
            {
                const auto said = rtp::parse_rtcp(std::span(b).first(n), peer.ssrc);
                REQUIRE(said);
                return *said;
            }
            s.run(milliseconds(20));
        }
        FAIL("no report");
        return {};
    }
};

} // namespace

TEST_CASE("reports of who is behind a NAT come from where its audio does (RFC 4961)")
{
    rig::session s;
    auto how = rig::alaw_stream();
    how.remote = {ip_address::v4(10, 0, 0, 5), 4000};
    how.silence_limit = seconds(5);
    s.start(how);
    const endpoint nat{ip_address::v4(203, 0, 113, 7), 50'000}, report{nat.address, 50'001};
    rig::far_end peer;
    s.media.receive(peer.audio(1), s.now, nat);
    s.media.receive(report_of(1), s.now, report);
    CHECK(s.media.stats().received_reports == 0); // it may be a stray
    s.media.receive(peer.audio(1), s.now, nat);
    for (int i = 0; i < 10; ++i) // from now on it says nothing else
    {
        s.run(seconds(2));
        s.media.receive(report_of(1), s.now, report);
    }
    CHECK(s.media.stats().received_reports == 10);
    CHECK(!s.media.remote_silent());
    s.media.receive(report_of(1), s.now, {ip_address::v4(198, 51, 100, 66), 50'001});
    CHECK(s.media.stats().received_reports == 10);
}

TEST_CASE("who was silent since the last report is in none (RFC 3550 section 6.4)")
{
    described d;
    d.hear(50);
    CHECK(d.next().about_us);
    CHECK(!d.next().about_us);
    d.hear(1);
    CHECK(d.next().about_us);
}

TEST_CASE("another codec of the same sender leaves what was counted (RFC 3550 section 6.4.1)")
{
    described d;
    d.peer.sequence = 65'530;
    d.hear(50);
    d.peer.sequence = static_cast<std::uint16_t>(d.peer.sequence + 5);
    d.hear(50);
    const auto before = d.next().about_us;
    REQUIRE(before);
    CHECK(before->lost == 5);
    auto how = rig::alaw_stream();
    how.codec = &codecs::pcmu();
    how.receive_payload_type = d.peer.payload_type = 0;
    d.s.start(how);
    d.hear(50);
    const auto after = d.next().about_us;
    REQUIRE(after);
    CHECK(after->lost == 5);
    CHECK(after->fraction_lost == 0);
    CHECK(after->highest_sequence == before->highest_sequence + 50);
    CHECK(d.s.media.stats().lost_packets == 5);
}

TEST_CASE("VoIP metrics are those of the present sender (RFC 3611 section 4.7.1)")
{
    described d;
    for (int i = 0; i < 50; ++i)
    {
        d.hear(1);
        ++d.peer.sequence;
        d.peer.timestamp += 160;
        d.s.run(milliseconds(20));
    }
    d.s.run(milliseconds(400));
    d.hear(3); // late: timestamps stood still
    const auto first = d.next().voip_about_us;
    REQUIRE(first);
    CHECK(first->loss_rate > 100); // of 256
    CHECK(first->burst_density > 100);
    CHECK(first->discard_rate > 0);
    d.peer.ssrc = 0xBEEF;
    d.peer.sequence = 100;
    d.hear(200);
    const auto second = d.next().voip_about_us;
    REQUIRE(second);
    CHECK(second->loss_rate == 0);
    CHECK(second->discard_rate == 0);
    CHECK(second->burst_density == 0);
    CHECK(second->burst_ms == 0);
    CHECK(second->gap_density == 0);
    CHECK(second->gap_ms > 3900); // all of it
    CHECK(second->gap_ms <= 4200);
}

TEST_CASE("what comes too late is discarded, in a burst too (RFC 3611 section 4.7.2)")
{
    described d;
    d.hear(50);
    d.s.run(milliseconds(200));
    for (int i = 0; i < 10; ++i) // what was held up comes at once
        d.s.media.receive(d.peer.audio(1), d.s.now);
    d.hear(50);
    const auto late = d.s.media.stats().late_packets;
    REQUIRE(late > 3);
    const auto said = d.next().voip_about_us;
    REQUIRE(said);
    CHECK(said->loss_rate == 0);
    CHECK(said->discard_rate == late * 256 / 110);
    CHECK(said->burst_density == 255);
    CHECK(said->burst_ms == late * 20);
}
