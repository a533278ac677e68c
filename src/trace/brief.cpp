#include "trace/brief.hpp"

#include "solosip/trace/summary.hpp"

#include <array>
#include <utility>
#include <vector>

namespace solosip::trace
{
namespace
{

constexpr std::size_t longest_field = 60;

std::string_view next_line(std::string_view& rest)
{
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::string_view next_word(std::string_view& rest)
{
    const auto start = rest.find_first_not_of(' ');
    if (start == std::string_view::npos) return rest = {};
    rest.remove_prefix(start);
    const auto end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    return word;
}

// RFC 3551 table 4; others without an rtpmap are shown by their number.
std::string_view static_name(std::string_view payload_type)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> names = {
        {{"0", "PCMU"}, {"3", "GSM"}, {"8", "PCMA"}, {"9", "G722"}, {"18", "G729"}}};
    for (const auto& [number, name] : names)
        if (number == payload_type) return name;
    return payload_type;
}

// "PCMA" for "8" where the lines up to the next m= hold "a=rtpmap:8 PCMA/8000".
std::string_view format_name(std::string_view payload_type, std::string_view section)
{
    while (!section.empty())
    {
        std::string_view line = next_line(section);
        if (line.starts_with("m=")) break;
        constexpr std::string_view prefix = "a=rtpmap:";
        if (!line.starts_with(prefix)) continue;
        line.remove_prefix(prefix.size());
        if (next_word(line) != payload_type) continue;
        const std::string_view encoding = next_word(line);
        return encoding.substr(0, encoding.find('/'));
    }
    return static_name(payload_type);
}

std::string_view direction_of(std::string_view section)
{
    while (!section.empty())
    {
        const std::string_view line = next_line(section);
        if (line.starts_with("m=")) break;
        for (const std::string_view d : {"sendonly", "recvonly", "inactive"})
            if (line.size() == d.size() + 2 && line.starts_with("a=") && line.ends_with(d))
                return d;
    }
    return {};
}

void add(std::string& to, std::string_view what)
{
    if (what.empty()) return;
    if (!to.empty()) to += "; ";
    to += what;
}

std::string challenges_of(const sip::message_view& m)
{
    std::string out;
    for (const auto id : {sip::header_id::www_authenticate, sip::header_id::proxy_authenticate})
        for (std::size_t i = 0; i < m.header_count(); ++i)
        {
            if (m.header(i).id != id) continue;
            const auto c = sip::parse_auth(m.header(i).value);
            if (!c) continue;
            out += out.empty() ? std::string(c->scheme) + ' ' : std::string(", ");
            out += c->text("algorithm").value_or("MD5");
            if (sip::iequals(c->text("stale").value_or(""), "true")) out += " (stale)";
        }
    return escaped(out, longest_field);
}

std::string login_of(const sip::message_view& m)
{
    for (const auto id : {sip::header_id::authorization, sip::header_id::proxy_authorization})
        if (const auto value = m.first(id))
            if (const auto c = sip::parse_auth(*value))
                if (const auto name = c->text("username"))
                    return "as " + escaped(*name, longest_field);
    return {};
}

} // namespace

std::string without_password(std::string_view uri)
{
    // Not by the parser: what does not parse may hold a password, too.
    const auto at = uri.find('@');
    const auto scheme = uri.find(':');
    if (at == std::string_view::npos || scheme == std::string_view::npos || scheme > at)
        return std::string(uri);
    const auto colon = uri.find(':', scheme + 1);
    if (colon > at) return std::string(uri);
    return std::string(uri.substr(0, colon)) + std::string(uri.substr(at));
}

std::string start_line(const sip::message_view& m)
{
    if (m.is_response())
    {
        std::string text = std::to_string(m.status());
        if (!m.reason().empty()) text += ' ' + escaped(m.reason(), longest_field);
        return text;
    }
    return escaped(m.method_text(), longest_field) + ' ' +
           escaped(without_password(m.request_uri()), longest_field);
}

std::string media_of(std::string_view sdp)
{
    std::string out;
    while (!sdp.empty())
    {
        std::string_view line = next_line(sdp);
        if (!line.starts_with("m=")) continue;
        line.remove_prefix(2);
        std::string one(next_word(line));
        const std::string_view port = next_word(line);
        (void)next_word(line); // RTP/AVP
        one += ' ' + std::string(port) + ':';
        while (true)
        {
            const std::string_view format = next_word(line);
            if (format.empty()) break;
            one += ' ' + std::string(format_name(format, sdp));
        }
        if (const auto d = direction_of(sdp); !d.empty()) one += ", " + std::string(d);
        add(out, port == "0" ? one.substr(0, one.find(' ')) + " refused" : one);
    }
    return escaped(out, 2 * longest_field);
}

std::string details(const sip::message_view& m)
{
    std::string out;
    if (const auto c = m.cseq())
    {
        out = "CSeq " + std::to_string(c->number);
        if (m.is_response()) out += ' ' + escaped(c->method_text, longest_field);
    }
    if (m.is_response() && m.status() >= 300) add(out, challenges_of(m));
    if (m.is_request()) add(out, login_of(m));
    if (m.method() == sip::method::register_)
        if (const auto expires = m.number(sip::header_id::expires))
            add(out, "Expires " + std::to_string(*expires));
    if (const auto reason = m.first(sip::header_id::reason))
        add(out, "Reason " + escaped(*reason, longest_field));
    if (const auto type = m.content_type(); type && !m.body().empty())
    {
        const bool sdp = type->is("application", "sdp");
        const bool digit = type->is("application", "dtmf-relay") || type->is("application", "dtmf");
        if (sdp)
            add(out, media_of(m.body()));
        else if (digit)
            add(out, escaped(m.body(), longest_field));
        else
            add(out, escaped(std::string(type->type) + '/' + std::string(type->subtype)));
    }
    return out;
}

} // namespace solosip::trace
