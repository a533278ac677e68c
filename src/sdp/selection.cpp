#include "sdp/selection.hpp"

#include "sdp/static_types.hpp"

#include <algorithm>
#include <charconv>

namespace solosip::sdp
{

const codec_choice* ours(const format& f, const std::vector<codec_choice>& codecs)
{
    for (const auto& c : codecs)
        if (c.clock_rate == f.clock_rate && c.channels == f.channels && same_name(c.name, f.name))
            return &c;
    return nullptr;
}

const format* events_in(const media& m, std::uint32_t clock_rate)
{
    for (const auto& f : m.formats)
        if (f.clock_rate == clock_rate && same_name(f.name, telephone_event)) return &f;
    return nullptr;
}

namespace
{

constexpr std::uint32_t keys_only = 0xFFFF;
constexpr std::string_view blanks = " \t";

// A number at the beginning, which is taken away.
std::optional<unsigned> leading_number(std::string_view& text)
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    unsigned value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return value;
}

// RFC 3264 section 6.1: they want to receive packets of ptime, and can take none above maxptime.
unsigned packet_time(const media& theirs, unsigned usual)
{
    unsigned t = theirs.ptime && *theirs.ptime >= 10 ? *theirs.ptime : usual;
    if (theirs.maxptime && *theirs.maxptime >= 10) t = std::min(t, *theirs.maxptime);
    return std::clamp(t - t % 10, 10u, 100u);
}

// a=rtcp-xr with `kind`, perhaps among others (RFC 3611 section 5.1).
bool has_reports(const std::vector<std::string>& attributes, std::string_view kind)
{
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](std::string_view line)
                       {
                           return (line == "rtcp-xr" || line.starts_with("rtcp-xr:")) &&
                                  line.find(kind) != std::string_view::npos;
                       });
}

} // namespace

std::uint32_t event_set(std::string_view fmtp)
{
    std::uint32_t set = 0;
    // RFC 4733 section 7.1.1 has no name before the list; some write it ("events=0-15").
    fmtp.remove_prefix(std::min(fmtp.find('=') + 1, fmtp.size()));
    while (const auto first = leading_number(fmtp))
    {
        auto last = first;
        if (fmtp.starts_with('-'))
        {
            fmtp.remove_prefix(1);
            last = leading_number(fmtp);
        }
        for (auto code = *first; last && code <= std::min(*last, 31u); ++code)
            set |= std::uint32_t{1} << code;
        if (!fmtp.starts_with(',')) break;
        fmtp.remove_prefix(1);
    }
    return set == 0 ? keys_only : set;
}

bool may_reach(const media& theirs, const local_media& local)
{
    if (!theirs.address || theirs.address->is_unspecified()) return true;
    return theirs.address->is_v6 == local.rtp.address.is_v6 && !theirs.address->is_multicast();
}

void fill_remote(agreement& a, const description& session, const media& theirs, bool mux,
                 unsigned our_ptime)
{
    a.remote_unknown = !theirs.address;
    if (theirs.address) a.remote = {*theirs.address, theirs.port};
    a.rtcp_mux = mux;
    a.remote_rtcp = a.remote;
    if (!mux && theirs.address)
    {
        // RFC 3605, else the next port (RFC 3550 section 11).
        a.remote_rtcp.port =
            theirs.rtcp_port.value_or(static_cast<std::uint16_t>(theirs.port + 1u));
        if (theirs.rtcp_address) a.remote_rtcp.address = *theirs.rtcp_address;
    }
    // RFC 3611 section 5.1: of the whole session, unless the line has its own.
    const bool own = has_reports(theirs.attributes, {});
    a.report_voip = has_reports(own ? theirs.attributes : session.attributes, "voip-metrics");
    a.ptime = packet_time(theirs, our_ptime);
}

} // namespace solosip::sdp
