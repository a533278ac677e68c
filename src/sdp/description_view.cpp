#include "solosip/sdp/description_view.hpp"

#include "base/words.hpp"
#include "sdp/static_types.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace solosip::sdp
{

namespace
{

bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

// Cuts the next word off `text`; several spaces or tabs in a row are one.
std::string_view word(std::string_view& text)
{
    const char* begin = text.data();
    const char* const end = begin + text.size();
    while (begin < end && is_space(*begin))
        ++begin;
    const char* at = words::find_below(begin, end, ' ' + 1);
    while (at < end && !is_space(*at)) // another control character is a part of the word
        at = words::find_below(at + 1, end, ' ' + 1);
    text = {at, static_cast<std::size_t>(end - at)};
    return {begin, static_cast<std::size_t>(at - begin)};
}

std::string_view trim(std::string_view text)
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

// Up to the separator, which is cut off too; all of it where there is none.
std::string_view until(std::string_view& text, char separator)
{
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const at = words::find_any(begin, end, separator);
    const char* const rest = at == end ? end : at + 1;
    text = {rest, static_cast<std::size_t>(end - rest)};
    return {begin, static_cast<std::size_t>(at - begin)};
}

// `text == literal`; the size is known here, so no call is made.
template <std::size_t Size>
bool is(std::string_view text, const char (&literal)[Size])
{
    return text.size() == Size - 1 && std::memcmp(text.data(), literal, Size - 1) == 0;
}

// All of `text` as a decimal number of at most `most`.
template <class Number>
std::optional<Number> number(std::string_view text,
                             Number most = std::numeric_limits<Number>::max())
{
    static_assert(sizeof(Number) <= 4);
    std::uint64_t n = 0;
    for (const char c : text)
    {
        if (c < '0' || c > '9') return std::nullopt;
        n = n * 10 + static_cast<unsigned>(c - '0');
        if (n > most) return std::nullopt;
    }
    if (text.empty()) return std::nullopt;
    return static_cast<Number>(n);
}

std::uint64_t long_number(std::string_view text)
{
    std::uint64_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    return code == std::errc{} && end == text.data() + text.size() ? n : 0;
}

// RFC 8866 section 5.7: <nettype> <addrtype> <connection-address>, the last with an optional TTL.
std::string_view address_text_in(std::string_view words)
{
    const auto network = word(words);
    if (!is(network, "IN") && !same_name(network, "IN")) return {};
    word(words); // IP4 or IP6: the address itself says which
    std::string_view address = word(words);
    return until(address, '/');
}

std::optional<ip_address> address_in(std::string_view words)
{
    const auto parsed = ip_address::parse(address_text_in(words));
    if (!parsed) return std::nullopt;
    return *parsed;
}

std::optional<direction> direction_named(std::string_view name)
{
    name = trim(name);
    if (name.size() != 8) return std::nullopt; // each of the four
    if (is(name, "sendrecv")) return direction::sendrecv;
    for (auto d :
         {direction::sendrecv, direction::sendonly, direction::recvonly, direction::inactive})
        if (same_name(name, to_string(d))) return d;
    return std::nullopt;
}

// The first CR or LF. Nearly every character is above them all, so that is what is asked first.
const char* line_end(const char* p, const char* end)
{
    for (p = words::find_below(p, end, '\r' + 1); p < end && *p != '\r' && *p != '\n';
         p = words::find_below(p + 1, end, '\r' + 1))
        ;
    return p;
}

// Cuts a line off; lines end with LF, CR or both, an empty one between CR and LF does no harm.
std::string_view take_line(std::string_view& rest)
{
    const char* const begin = rest.data();
    const char* const end = begin + rest.size();
    const char* const at = line_end(begin, end);
    const char* next = at == end ? end : at + 1;
    if (next < end && *next == '\n' && *at == '\r') ++next;
    rest = {next, static_cast<std::size_t>(end - next)};
    return {begin, static_cast<std::size_t>(at - begin)};
}

} // namespace

class description_parser
{
public:
    description_parser(description_view& out, std::string_view text) : out_(out), text_(text) {}

    result<void> run()
    {
        if (text_.size() > limits::sdp_bytes) return error{errc::too_large, limits::sdp_bytes};
        if (const auto nul = text_.find('\0'); nul != std::string_view::npos)
            return error{errc::bad_syntax, static_cast<std::uint32_t>(nul)};
        std::string_view rest = text_;
        std::string_view line;
        while (!rest.empty() && line.empty())
            line = take_line(rest);
        if (!line.starts_with("v=") || trim(line.substr(2)) != "0")
            return error{errc::bad_syntax, offset(line.empty() ? rest.data() : line.data())};
        const char* begin = rest.data();
        while (!rest.empty())
        {
            line = take_line(rest);
            if (line.size() < 2 || line[1] != '=') continue;
            const auto value = line.substr(2);
            if (line[0] == 'm')
            {
                close(begin, line.data());
                begin = rest.data();
                if (const auto bad = on_media(value, line)) return *bad;
            }
            else if (out_.media_count_ == 0)
                on_session_line(line[0], value);
            else
                on_media_line(line[0], value);
        }
        close(begin, text_.data() + text_.size());
        return {};
    }

private:
    using piece = description_view::piece;
    using media_line = description_view::media_line;
    using format_line = description_view::format_line;

    std::uint32_t offset(const char* p) const
    {
        return static_cast<std::uint32_t>(p - text_.data());
    }
    piece at(std::string_view s) const
    {
        return {offset(s.data()), static_cast<std::uint32_t>(s.size())};
    }
    media_line& last() { return out_.media_[out_.media_count_ - 1u]; }

    // What stands between two m= lines, or before the first, belongs together.
    void close(const char* begin, const char* end)
    {
        const piece lines{offset(begin), static_cast<std::uint32_t>(end - begin)};
        (out_.media_count_ == 0 ? out_.lines_ : last().lines) = lines;
    }

    void on_session_line(char type, std::string_view value)
    {
        switch (type)
        {
        case 'o': on_origin(value); break;
        case 's':
            if (const auto name = trim(value); !name.empty()) out_.session_name_ = at(name);
            break;
        case 'c': out_.connection_ = at(value); break;
        case 'a':
            if (const auto d = direction_named(value)) out_.direction_ = *d;
            break;
        default: break; // RFC 8866 section 5: what is not understood is ignored
        }
    }

    // o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>
    void on_origin(std::string_view value)
    {
        if (const auto username = word(value); !username.empty()) out_.username_ = at(username);
        out_.numbers_ = at(value);
        word(value);
        word(value);
        out_.origin_ = at(value);
    }

    // m=<media> <port>[/<number>] <proto> <fmt> ...
    std::optional<error> on_media(std::string_view value, std::string_view line)
    {
        if (out_.media_count_ == limits::sdp_media)
            return error{errc::too_many, offset(line.data())};
        const auto kind = word(value);
        std::string_view ports = word(value);
        const auto port_text = until(ports, '/');
        const auto protocol = word(value);
        if (kind.empty() || port_text.empty() || protocol.empty())
            return error{errc::bad_syntax, offset(line.data())};
        const auto port = number<std::uint16_t>(port_text);
        if (!port) return error{errc::bad_number, offset(port_text.data())};

        media_line& m = out_.media_[out_.media_count_++];
        m = {};
        m.kind = at(kind);
        m.protocol = at(protocol);
        m.formats = at(value);
        m.port = *port;
        m.first_format = out_.format_count_;
        if (is(protocol, "RTP/AVP") || protocol.find("RTP/") != protocol.npos ||
            protocol.find("rtp/") != protocol.npos)
            read_formats(m, value);
        return std::nullopt;
    }

    void read_formats(media_line& m, std::string_view value)
    {
        for (std::size_t i = 0; i < limits::sdp_formats; ++i)
        {
            const auto token = word(value);
            if (token.empty() || out_.format_count_ == limits::sdp_all_formats) return;
            const auto type = number<std::uint8_t>(token, 127);
            if (!type || find(m, *type)) continue;
            out_.formats_[out_.format_count_++] = {{}, {}, 0, *type, 1, false};
            ++m.format_count;
        }
    }

    format_line* find(const media_line& m, std::uint8_t payload_type)
    {
        format_line* const first = &out_.formats_[m.first_format];
        for (format_line* f = first; f < first + m.format_count; ++f)
            if (f->payload_type == payload_type) return f;
        return nullptr;
    }

    void on_media_line(char type, std::string_view value)
    {
        media_line& m = last();
        if (type == 'a') on_attribute(m, value);
        // The first of several (section 5.7: multicast layers).
        else if (type == 'c' && !m.has_connection)
        {
            m.connection = at(value);
            m.has_connection = true;
        }
    }

    void on_attribute(media_line& m, std::string_view value)
    {
        std::string_view rest = value;
        const auto name = until(rest, ':');
        switch (name.size())
        {
        case 4:
            if (is(name, "fmtp"))
                on_fmtp(m, rest);
            else if (is(name, "rtcp"))
                on_rtcp(m, value, rest);
            return;
        case 5:
            if (is(name, "ptime")) on_milliseconds(m.ptime, m.ptime_value, value, rest);
            return;
        case 6:
            if (is(name, "rtpmap")) on_rtpmap(m, rest);
            return;
        default: break;
        }
        if (is(name, "maxptime"))
            on_milliseconds(m.maxptime, m.maxptime_value, value, rest);
        else if (is(name, "rtcp-mux"))
            m.rtcp_mux = true;
        else if (const auto d = direction_named(name))
        {
            m.direction = *d;
            m.has_direction = true;
        }
    }

    // a=rtpmap:<payload type> <encoding name>/<clock rate>[/<channels>]
    void on_rtpmap(media_line& m, std::string_view value)
    {
        const auto type = number<std::uint8_t>(word(value), 127);
        format_line* f = type ? find(m, *type) : nullptr;
        if (f == nullptr || f->mapped) return;
        std::string_view map = word(value);
        const auto name = until(map, '/');
        const auto rate = number<std::uint32_t>(until(map, '/'));
        const auto channels = map.empty() ? std::uint8_t{1} : number<std::uint8_t>(map);
        if (name.empty() || !rate || *rate == 0 || !channels || *channels == 0) return;
        f->name = at(name);
        f->clock_rate = *rate;
        f->channels = *channels;
        f->mapped = true;
    }

    void on_fmtp(media_line& m, std::string_view value)
    {
        const auto type = number<std::uint8_t>(word(value), 127);
        format_line* f = type ? find(m, *type) : nullptr;
        const auto parameters = trim(value);
        if (f == nullptr || f->fmtp.length != 0 || parameters.empty()) return;
        f->fmtp = at(parameters);
    }

    // Whole milliseconds; a fraction, which some send, is cut off.
    void on_milliseconds(piece& which, std::uint32_t& to, std::string_view attribute,
                         std::string_view value)
    {
        value = trim(value);
        const auto n = number<std::uint32_t>(until(value, '.'));
        if (!n || which.length != 0) return;
        to = *n;
        which = at(attribute);
    }

    // RFC 3605 section 2.1: a=rtcp:<port> [<nettype> <addrtype> <connection-address>]
    void on_rtcp(media_line& m, std::string_view attribute, std::string_view value)
    {
        const auto port = number<std::uint16_t>(word(value));
        if (!port || m.rtcp.length != 0) return;
        m.rtcp_port = *port;
        m.rtcp = at(attribute);
    }

    description_view& out_;
    std::string_view text_;
};

result<void> description_view::parse(std::string_view text)
{
    text_ = text;
    username_ = numbers_ = origin_ = session_name_ = connection_ = lines_ = {};
    direction_ = sdp::direction::sendrecv;
    media_count_ = format_count_ = 0;
    return description_parser(*this, text).run();
}

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
