#include "solosip/sdp/description.hpp"
#include "solosip/sdp/description_view.hpp"

namespace solosip::sdp
{

namespace
{

format own(const format_view& f)
{
    return {f.payload_type, std::string(f.name), f.clock_rate, f.channels, std::string(f.fmtp)};
}

media own(const media_view& m)
{
    media out;
    out.kind = m.kind();
    out.port = m.port();
    out.protocol = m.protocol();
    m.for_each_token([&](std::string_view token) { out.format_tokens.emplace_back(token); });
    out.formats.reserve(m.format_count());
    for (std::size_t i = 0; i < m.format_count(); ++i)
        out.formats.push_back(own(m.format(i)));
    out.address = m.address();
    out.direction = m.direction();
    out.ptime = m.ptime();
    out.maxptime = m.maxptime();
    out.rtcp_port = m.rtcp_port();
    out.rtcp_address = m.rtcp_address();
    out.rtcp_mux = m.rtcp_mux();
    m.for_each_attribute([&](std::string_view a) { out.attributes.emplace_back(a); });
    return out;
}

} // namespace

result<description> parse(std::string_view text)
{
    description_view view;
    if (const auto parsed = view.parse(text); !parsed) return parsed.error();
    description out;
    if (!view.username().empty()) out.username = view.username();
    out.session_id = view.session_id();
    out.version = view.version();
    out.origin = view.origin().value_or(ip_address{});
    if (!view.session_name().empty()) out.session_name = view.session_name();
    out.address = view.address();
    out.direction = view.direction();
    view.for_each_attribute([&](std::string_view a) { out.attributes.emplace_back(a); });
    out.media.reserve(view.media_count());
    for (std::size_t i = 0; i < view.media_count(); ++i)
        out.media.push_back(own(view.media(i)));
    return out;
}

} // namespace solosip::sdp
