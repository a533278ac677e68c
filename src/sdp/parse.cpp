#include "sdp/static_types.hpp"
#include "solosip/sdp/description.hpp"

#include <algorithm>
#include <bitset>
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
    std::size_t begin = 0;
    while (begin < text.size() && is_space(text[begin]))
        ++begin;
    std::size_t end = begin;
    while (end < text.size() && !is_space(text[end]))
        ++end;
    const auto found = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return found;
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
    const auto at = text.find(separator);
    const auto found = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    return found;
}

// All of `text` as a decimal number of at most `most`.
template <class Number>
std::optional<Number> number(std::string_view text,
                             Number most = std::numeric_limits<Number>::max())
{
    Number n{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (code != std::errc{} || end != text.data() + text.size() || n > most) return std::nullopt;
    return n;
}

// RFC 8866 section 5.7: <nettype> <addrtype> <connection-address>, the last with an optional TTL.
std::optional<ip_address> address_in(std::string_view words)
{
    if (!same_name(word(words), "IN")) return std::nullopt;
    word(words); // IP4 or IP6: the address itself says which
    std::string_view address = word(words);
    const auto parsed = ip_address::parse(until(address, '/'));
    if (!parsed) return std::nullopt;
    return *parsed;
}

std::optional<direction> direction_named(std::string_view name)
{
    if (name.size() != 8) return std::nullopt; // each of the four
    for (auto d :
         {direction::sendrecv, direction::sendonly, direction::recvonly, direction::inactive})
        if (same_name(name, to_string(d))) return d;
    return std::nullopt;
}

class parser
{
public:
    explicit parser(std::string_view text) : text_(text) {}

    result<description> run()
    {
        if (const auto nul = text_.find('\0'); nul != std::string_view::npos)
            return error{errc::bad_syntax, offset_of(nul)};
        bool versioned = false;
        while (next_line())
        {
            if (line_.empty()) continue;
            if (!versioned)
            {
                if (!line_.starts_with("v=") || trim(line_.substr(2)) != "0")
                    return error{errc::bad_syntax, offset_of(line_begin_)};
                versioned = true;
            }
            else if (line_.size() >= 2 && line_[1] == '=')
                if (const auto bad = on_line(line_[0], line_.substr(2))) return *bad;
        }
        if (!versioned) return error{errc::bad_syntax, offset_of(text_.size())};
        inherit();
        return std::move(out_);
    }

private:
    // What the last m= line has said of its formats already: a=rtpmap, a=fmtp.
    struct told
    {
        std::bitset<limits::sdp_formats> map, parameters;
    };

    static std::uint32_t offset_of(std::size_t at)
    {
        return static_cast<std::uint32_t>(
            std::min<std::size_t>(at, std::numeric_limits<std::uint32_t>::max()));
    }

    // Lines end with LF, CR or both; an empty one between CR and LF is skipped like any other.
    bool next_line()
    {
        if (at_ >= text_.size()) return false;
        line_begin_ = at_;
        // Looked for once for each LF: a text of nothing but CR must not cost its length squared.
        if (next_lf_ < at_ || at_ == 0) next_lf_ = std::min(text_.find('\n', at_), text_.size());
        auto length = next_lf_ - at_;
        if (length > 0)
            if (const void* cr = std::memchr(text_.data() + at_, '\r', length))
                length =
                    static_cast<std::size_t>(static_cast<const char*>(cr) - text_.data()) - at_;
        line_ = text_.substr(at_, length);
        at_ += length + 1;
        return true;
    }

    std::optional<error> on_line(char type, std::string_view value)
    {
        switch (type)
        {
        case 'o': on_origin(value); break;
        case 's':
            if (out_.media.empty() && !trim(value).empty()) out_.session_name = trim(value);
            break;
        case 'c': on_connection(value); break;
        case 'm': return on_media(value);
        case 'a':
            if (out_.media.empty())
                on_session_attribute(value);
            else
                on_media_attribute(out_.media.back(), value);
            break;
        default: break; // RFC 8866 section 5: what is not understood is ignored
        }
        return std::nullopt;
    }

    // o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>
    void on_origin(std::string_view value)
    {
        const auto username = word(value);
        if (!username.empty()) out_.username = username;
        out_.session_id = number<std::uint64_t>(word(value)).value_or(0);
        out_.version = number<std::uint64_t>(word(value)).value_or(0);
        out_.origin = address_in(value).value_or(ip_address{});
    }

    void on_connection(std::string_view value)
    {
        if (out_.media.empty())
            out_.address = address_in(value);
        else if (!has_address_[out_.media.size() -
                               1]) // the first of several (section 5.7: multicast layers)
        {
            out_.media.back().address = address_in(value);
            has_address_.set(out_.media.size() - 1);
        }
    }

    // m=<media> <port>[/<number>] <proto> <fmt> ...
    std::optional<error> on_media(std::string_view value)
    {
        if (out_.media.size() == limits::sdp_media)
            return error{errc::too_many, offset_of(line_begin_)};
        sdp::media& m = out_.media.emplace_back();
        m.kind = word(value);
        std::string_view ports = word(value);
        const auto port_text = until(ports, '/');
        m.protocol = word(value);
        if (m.kind.empty() || port_text.empty() || m.protocol.empty())
            return error{errc::bad_syntax, offset_of(line_begin_)};
        const auto port = number<std::uint16_t>(port_text);
        if (!port)
            return error{errc::bad_number,
                         offset_of(static_cast<std::size_t>(port_text.data() - text_.data()))};
        m.port = *port;

        read_formats(m, value);
        told_ = {};
        return std::nullopt;
    }

    void read_formats(sdp::media& m, std::string_view value)
    {
        const bool rtp = m.protocol.find("RTP/") != std::string::npos ||
                         m.protocol.find("rtp/") != std::string::npos;
        const auto words = static_cast<std::size_t>(std::count(value.begin(), value.end(), ' '));
        m.format_tokens.reserve(std::min(words, limits::sdp_formats));
        if (rtp) m.formats.reserve(std::min(words, limits::sdp_formats));
        for (auto token = word(value);
             !token.empty() && m.format_tokens.size() < limits::sdp_formats; token = word(value))
        {
            m.format_tokens.emplace_back(token);
            const auto type = rtp ? number<std::uint8_t>(token, 127) : std::nullopt;
            if (type && !find(m, *type)) m.formats.push_back(static_format(*type));
        }
    }

    static format* find(sdp::media& m, std::uint8_t payload_type)
    {
        for (format& f : m.formats)
            if (f.payload_type == payload_type) return &f;
        return nullptr;
    }

    void on_session_attribute(std::string_view value)
    {
        if (const auto d = direction_named(trim(value)))
            out_.direction = *d;
        else if (!value.empty())
            out_.attributes.emplace_back(value);
    }

    void on_media_attribute(sdp::media& m, std::string_view value)
    {
        std::string_view rest = value;
        const auto name = until(rest, ':');
        bool understood = false;
        if (name == "rtpmap")
            understood = on_rtpmap(m, rest);
        else if (name == "fmtp")
            understood = on_fmtp(m, rest);
        else if (name == "ptime")
            understood = on_milliseconds(m.ptime, rest);
        else if (name == "maxptime")
            understood = on_milliseconds(m.maxptime, rest);
        else if (name == "rtcp")
            understood = on_rtcp(m, rest);
        else if (name == "rtcp-mux")
            understood = m.rtcp_mux = true;
        else if (const auto d = direction_named(trim(name)))
        {
            m.direction = *d;
            has_direction_.set(out_.media.size() - 1);
            understood = true;
        }
        if (!understood && !value.empty()) m.attributes.emplace_back(value);
    }

    // a=rtpmap:<payload type> <encoding name>/<clock rate>[/<channels>]
    bool on_rtpmap(sdp::media& m, std::string_view value)
    {
        const auto type = number<std::uint8_t>(word(value), 127);
        format* f = type ? find(m, *type) : nullptr;
        if (f == nullptr) return false;
        const auto index = static_cast<std::size_t>(f - m.formats.data());
        std::string_view map = word(value);
        const auto name = until(map, '/');
        const auto rate = number<std::uint32_t>(until(map, '/'));
        const auto channels = map.empty() ? std::uint8_t{1} : number<std::uint8_t>(map);
        if (told_.map[index] || name.empty() || !rate || *rate == 0 || !channels || *channels == 0)
            return false;
        f->name = name;
        f->clock_rate = *rate;
        f->channels = *channels;
        told_.map.set(index);
        return true;
    }

    bool on_fmtp(sdp::media& m, std::string_view value)
    {
        const auto type = number<std::uint8_t>(word(value), 127);
        format* f = type ? find(m, *type) : nullptr;
        if (f == nullptr) return false;
        const auto index = static_cast<std::size_t>(f - m.formats.data());
        const auto parameters = trim(value);
        if (told_.parameters[index] || parameters.empty()) return false;
        f->fmtp = parameters;
        told_.parameters.set(index);
        return true;
    }

    // Whole milliseconds; a fraction, which some send, is cut off.
    static bool on_milliseconds(std::optional<unsigned>& to, std::string_view value)
    {
        value = trim(value);
        const auto n = number<unsigned>(until(value, '.'));
        if (!n || to) return false;
        to = *n;
        return true;
    }

    // RFC 3605 section 2.1: a=rtcp:<port> [<nettype> <addrtype> <connection-address>]
    static bool on_rtcp(sdp::media& m, std::string_view value)
    {
        const auto port = number<std::uint16_t>(word(value));
        if (!port || m.rtcp_port) return false;
        m.rtcp_port = *port;
        m.rtcp_address = address_in(value);
        return true;
    }

    // RFC 8866 sections 5.7 and 6.7: the session's value is the default of each m= line.
    void inherit()
    {
        for (std::size_t i = 0; i < out_.media.size(); ++i)
        {
            if (!has_address_[i]) out_.media[i].address = out_.address;
            if (!has_direction_[i]) out_.media[i].direction = out_.direction;
        }
    }

    std::string_view text_, line_;
    std::size_t at_ = 0, line_begin_ = 0, next_lf_ = 0;
    description out_;
    // For each m= line: does it say so itself?
    std::bitset<limits::sdp_media> has_address_, has_direction_;
    told told_;
};

} // namespace

result<description> parse(std::string_view text)
{
    return parser(text).run();
}

} // namespace solosip::sdp
