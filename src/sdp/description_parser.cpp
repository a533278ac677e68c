// How `description_view` comes by what it knows: one pass over the lines.
#include "sdp/text.hpp"
#include "solosip/sdp/description_view.hpp"

namespace solosip::sdp
{

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

} // namespace solosip::sdp
