#include "sdp/selection.hpp"

#include "sdp/static_types.hpp"

#include <algorithm>

namespace solosip::sdp
{

const codec_choice* ours(const format& f, const std::vector<codec_choice>& codecs)
{
    for (const auto& c : codecs)
        if (c.clock_rate == f.clock_rate && c.channels == f.channels && same_name(c.name, f.name))
            return &c;
    return nullptr;
}

std::optional<std::uint8_t> events_in(const media& m, std::uint32_t clock_rate)
{
    for (const auto& f : m.formats)
        if (f.clock_rate == clock_rate && same_name(f.name, telephone_event)) return f.payload_type;
    return std::nullopt;
}

namespace
{

// RFC 3264 section 6.1: they want to receive packets of ptime, and can take none above maxptime.
unsigned packet_time(const media& theirs, unsigned usual)
{
    unsigned t = theirs.ptime && *theirs.ptime >= 10 ? *theirs.ptime : usual;
    if (theirs.maxptime && *theirs.maxptime >= 10) t = std::min(t, *theirs.maxptime);
    return std::clamp(t - t % 10, 10u, 100u);
}

} // namespace

void fill_remote(agreement& a, const media& theirs, bool mux, unsigned our_ptime)
{
    a.remote = {theirs.address.value_or(ip_address{}), theirs.port};
    a.rtcp_mux = mux;
    a.remote_rtcp = a.remote;
    if (!mux)
    {
        // RFC 3605, else the next port (RFC 3550 section 11).
        a.remote_rtcp.port =
            theirs.rtcp_port.value_or(static_cast<std::uint16_t>(theirs.port + 1u));
        if (theirs.rtcp_address) a.remote_rtcp.address = *theirs.rtcp_address;
    }
    // RFC 3611 section 5.1: "rtcp-xr:voip-metrics", perhaps among others.
    a.report_voip = std::any_of(theirs.attributes.begin(), theirs.attributes.end(),
                                [](const std::string& line) {
                                    return line.starts_with("rtcp-xr:") &&
                                           line.find("voip-metrics") != std::string::npos;
                                });
    a.ptime = packet_time(theirs, our_ptime);
}

} // namespace solosip::sdp
