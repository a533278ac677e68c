// Once both sides are known, what is ours asks for no memory for encrypted packets. What libsrtp2
// and the library of its ciphers do is theirs: Debian's takes them from NSS, which allocates.
#include "media/rig.hpp"
#include "solosip/srtp/libsrtp.hpp"
#include "support/allocations.hpp"

using namespace solosip;

TEST_CASE("no call allocates once an encrypted session runs")
{
    REQUIRE(srtp::libsrtp() != nullptr);
    srtp_keys keys;
    keys.send.bytes.fill(1);
    keys.receive.bytes.fill(2);
    seeded_random random(1);
    media::session a(random), b(random);
    auto how = rig::alaw_stream();
    how.plain = false;
    how.transform = srtp::libsrtp();
    how.srtp = keys;
    time_point now{seconds(1)};
    a.start(how, now);
    std::swap(how.srtp->send, how.srtp->receive);
    b.start(how, now);
    const std::size_t before = support::allocations();
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    std::uint64_t packets = 0;
    for (int i = 0; i < 3000; ++i)
    {
        for (auto [from, to] : {std::pair(&a, &b), std::pair(&b, &a)})
        {
            while (const auto n = from->poll_packet(buffer))
            {
                if (i % 50 == 0) to->receive(std::span(buffer).first(20), now);
                to->receive(std::span(buffer).first(n), now);
                to->receive(std::span(buffer).first(n), now);
                ++packets;
            }
            if (const auto n = from->poll_report(buffer))
                to->receive(std::span(buffer).first(n), now);
        }
        now += milliseconds(20);
        a.handle_timeout(now);
        b.handle_timeout(now);
        while (a.poll_event() || b.poll_event())
        {
        }
    }
    if (!support::counts_malloc()) CHECK(support::allocations() == before);
    CHECK(packets == 6000);
    CHECK(a.stats().received_packets == 3000);
    CHECK(b.stats().received_reports > 5);
    CHECK(b.stats().unauthentic_packets >= 3000);
}
