#include "solosip/trace/summary.hpp"

#include "solosip/base/error.hpp"
#include "solosip/sip/message_view.hpp"
#include "trace/brief.hpp"

#include <array>

namespace solosip::trace
{
namespace
{

constexpr std::string_view hidden = "***";

bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// The end of the value that begins at `at`: behind a closing quote, or before a separator.
std::size_t value_end(std::string_view text, std::size_t at)
{
    if (at < text.size() && text[at] == '"')
    {
        for (++at; at < text.size() && text[at] != '"'; ++at)
            if (text[at] == '\\') ++at;
        return at < text.size() ? at + 1 : text.size();
    }
    while (at < text.size() && std::string_view(", \t\r\n;").find(text[at]) == std::string::npos)
        ++at;
    return at;
}

// Hides the values of `name=` in one logical header line.
void hide_parameter(std::string& line, std::string_view name)
{
    for (std::size_t at = 0; at + name.size() < line.size(); ++at)
    {
        const bool begins = at == 0 || !is_token(line[at - 1]);
        if (!begins || !sip::iequals(std::string_view(line).substr(at, name.size()), name))
            continue;
        std::size_t value = line.find_first_not_of(" \t\r\n", at + name.size());
        if (value == std::string::npos || line[value] != '=') continue;
        value = line.find_first_not_of(" \t\r\n", value + 1);
        if (value == std::string::npos) continue;
        line.replace(value, value_end(line, value) - value, hidden);
        at = value + hidden.size() - 1;
    }
}

// "sip:me:secret@host", wherever it stands.
void hide_password(std::string& line)
{
    for (const std::string_view scheme : {"sip:", "sips:"})
    {
        std::size_t from = 0;
        for (std::size_t at = line.find(scheme); at != std::string::npos;
             at = line.find(scheme, from))
        {
            from = at + scheme.size();
            const auto stop = line.find_first_of("@<>\" \r\n", from);
            const auto colon = line.find(':', from);
            if (stop == std::string::npos || line[stop] != '@' || colon > stop) continue;
            line.replace(colon + 1, stop - colon - 1, hidden);
        }
    }
}

// Each "inline:" of a=crypto (RFC 4568 section 9.1): there may be several, also among the
// parameters.
void hide_keys(std::string& line)
{
    constexpr std::string_view attribute = "a=crypto:", inline_key = "inline:";
    const auto is_at = [&](std::size_t at, std::string_view word)
    { return sip::iequals(std::string_view(line).substr(at, word.size()), word); };
    if (!is_at(0, attribute)) return;
    for (std::size_t at = 0; at < line.size(); ++at)
    {
        if (!is_at(at, inline_key)) continue;
        at += inline_key.size();
        line.replace(at, value_end(line, at) - at, hidden);
    }
}

bool holds_credentials(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t'))
        name.remove_suffix(1);
    const auto id = sip::header_id_from(name);
    return id == sip::header_id::authorization || id == sip::header_id::proxy_authorization;
}

} // namespace

std::string escaped(std::string_view text, std::size_t limit)
{
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    for (const char c : text.substr(0, limit))
    {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (c == '\\')
            out += "\\\\";
        else if (byte >= 0x20 && byte < 0x7f)
            out += c;
        else
            (out += "\\x") += {hex[byte >> 4], hex[byte & 15]};
    }
    if (text.size() > limit) out += "...";
    return out;
}

std::string redacted(std::string_view bytes)
{
    std::string out;
    while (!bytes.empty())
    {
        // A logical line: with the folded ones that follow (RFC 3261 section 7.3.1).
        std::size_t end = bytes.find('\n');
        while (end != std::string_view::npos && end + 1 < bytes.size() &&
               (bytes[end + 1] == ' ' || bytes[end + 1] == '\t'))
            end = bytes.find('\n', end + 1);
        std::string line(bytes.substr(0, end == std::string_view::npos ? end : end + 1));
        bytes.remove_prefix(line.size());
        if (holds_credentials(line))
        {
            hide_parameter(line, "response");
            hide_parameter(line, "cnonce");
        }
        hide_password(line);
        hide_keys(line);
        out += line;
    }
    return out;
}

std::string summary(std::string_view bytes, bool sent, const endpoint& peer)
{
    const std::string_view verb = sent ? "sent " : "received ";
    const std::string whom = (sent ? " to " : " from ") + peer.to_string();
    sip::message_view m;
    const auto parsed = m.parse(bytes);
    if (!parsed)
        return std::string(verb) + std::to_string(bytes.size()) + " bytes" + whom +
               " that are no SIP (" + describe(parsed.code()) + " at byte " +
               std::to_string(parsed.error().offset) + "): " + escaped(bytes);
    std::string out = std::string(verb) + start_line(m) + whom;
    if (const std::string more = details(m); !more.empty()) out += " (" + more + ')';
    return out;
}

} // namespace solosip::trace
