#include "solosip/sdp/description_view.hpp"

#include "sdp/static_types.hpp"
#include "sdp/text.hpp"

namespace solosip::sdp
{

std::uint64_t description_view::session_id() const
{
    std::string_view numbers = view(numbers_);
    return long_number(word(numbers));
}

std::uint64_t description_view::version() const
{
    std::string_view numbers = view(numbers_);
    word(numbers);
    return long_number(word(numbers));
}

std::optional<ip_address> description_view::origin() const
{
    return address_in(view(origin_));
}

std::optional<ip_address> description_view::address() const
{
    return address_in(view(connection_));
}

media_view description_view::media(std::size_t index) const
{
    return {*this, media_[index]};
}

std::string_view description_view::take_attribute(std::string_view& lines)
{
    const auto line = take_line(lines);
    return line.starts_with("a=") ? line.substr(2) : std::string_view{};
}

bool description_view::is_in(piece p, std::string_view attribute) const
{
    const auto found = view(p);
    return !found.empty() && found.data() >= attribute.data() &&
           found.data() + found.size() <= attribute.data() + attribute.size();
}

bool description_view::tells(std::string_view attribute) const
{
    return direction_named(attribute).has_value();
}

// Of several lines for one thing only one counts; the others are told to be there.
bool description_view::tells(const media_line& m, std::string_view attribute) const
{
    if (is_in(m.ptime, attribute) || is_in(m.maxptime, attribute) || is_in(m.rtcp, attribute))
        return true;
    for (std::size_t i = 0; i < m.format_count; ++i)
    {
        const format_line& f = formats_[m.first_format + i];
        if (is_in(f.name, attribute) || is_in(f.fmtp, attribute)) return true;
    }
    std::string_view rest = attribute;
    const auto name = until(rest, ':');
    return name == "rtcp-mux" || direction_named(name);
}

format_view media_view::format(std::size_t index) const
{
    const auto& f = of_.formats_[line_.first_format + index];
    format_view out{f.payload_type, f.channels, f.clock_rate, of_.view(f.name), of_.view(f.fmtp)};
    if (!f.mapped)
    {
        const static_type known = static_type_of(f.payload_type);
        out.name = known.name;
        out.clock_rate = known.clock_rate;
        out.channels = known.channels;
    }
    return out;
}

std::string_view media_view::take_word(std::string_view& text)
{
    return word(text);
}

std::optional<ip_address> media_view::address() const
{
    return line_.has_connection ? address_in(of_.view(line_.connection)) : of_.address();
}

std::string_view media_view::address_text() const
{
    return address_text_in(of_.view(line_.has_connection ? line_.connection : of_.connection_));
}

direction media_view::direction() const
{
    return line_.has_direction ? line_.direction : of_.direction();
}

std::optional<unsigned> media_view::ptime() const
{
    if (line_.ptime.length == 0) return std::nullopt;
    return line_.ptime_value;
}

std::optional<unsigned> media_view::maxptime() const
{
    if (line_.maxptime.length == 0) return std::nullopt;
    return line_.maxptime_value;
}

std::optional<std::uint16_t> media_view::rtcp_port() const
{
    if (line_.rtcp.length == 0) return std::nullopt;
    return line_.rtcp_port;
}

std::optional<ip_address> media_view::rtcp_address() const
{
    std::string_view rest = of_.view(line_.rtcp);
    until(rest, ':');
    word(rest); // the port
    return address_in(rest);
}

} // namespace solosip::sdp
