// Any bytes as RTCP: read without harm; what is read of a report can be said again and is then the
// same; a session survives it, and so does what it reports.
#include "rtp/rtcp.hpp"
#include "fuzz/property.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/random.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/media/session.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace solosip;
using fuzz::require;

namespace
{

using bytes = std::span<const std::uint8_t>;

void check_reading(bytes datagram, std::uint32_t ours)
{
    const auto read = rtp::parse_rtcp(datagram, ours);
    if (!read) return;
    rtp::rtcp_report r;
    r.sender = read->sender;
    r.sent = read->sent;
    r.block = read->about_us;
    r.voip = read->voip_about_us;
    r.bye = read->bye;
    r.cname = "fuzz";
    std::array<std::uint8_t, rtp::rtcp_report_bytes> printed;
    const std::size_t size = rtp::print_rtcp(r, printed);
    require(size > 0 && size % 4 == 0, "a report has whole words");
    const auto again = rtp::parse_rtcp(std::span(printed).first(size), ours);
    require(again && again->sender == read->sender && again->sent == read->sent &&
                again->about_us == read->about_us && again->voip_about_us == read->voip_about_us &&
                again->bye == read->bye,
            "a report survives printing");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const bytes all{data, size};
    check_reading(all, 0);
    check_reading(all, size >= 12 ? std::uint32_t{data[8]} << 24 | std::uint32_t{data[9]} << 16 |
                                        std::uint32_t{data[10]} << 8 | data[11]
                                  : 0);
    if (!rtp::is_rtcp(all)) return 0; // the session would take it for RTP

    seeded_random random(1);
    media::session s(random);
    media::stream how;
    how.codec = &codecs::pcma();
    how.send_payload_type = how.receive_payload_type = 8;
    how.report_voip = true;
    time_point now{seconds(10)};
    s.start(how, now);
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    std::array<std::uint8_t, rtp::header_bytes + 160> audio{};
    for (std::uint16_t i = 0; i < 400; ++i)
    {
        // Our own SSRC in place of four bytes here and there, so that blocks are about us.
        rtp::print_header({8, false, i, i * 160u, 1}, audio);
        s.receive(audio, now);
        if (i % 100 == 50) s.receive(all, now);
        now += milliseconds(20);
        s.handle_timeout(now);
        while (s.poll_packet(buffer) != 0)
        {
        }
        if (const std::size_t n = s.poll_report(buffer))
            require(rtp::parse_rtcp(std::span(buffer).first(n), 1).has_value(),
                    "our own report can be read");
    }
    const auto stats = s.stats();
    require(stats.mos >= 1 && stats.mos <= 4.5, "an opinion is between 1 and 4.5");
    require(std::isfinite(stats.round_trip_ms) && stats.round_trip_ms >= 0 &&
                stats.round_trip_ms < 60'000,
            "a round trip is a time");
    require(stats.received_packets == 400, "RTCP disturbs no audio");
    return 0;
}
