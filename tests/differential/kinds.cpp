#include "differential/kinds.hpp"

#include "solosip/sip/message_view.hpp"

namespace differential
{
namespace
{

using namespace solosip;

std::string_view shape(std::string_view text)
{
    const auto any = [&](auto is_odd)
    {
        for (const char c : text)
            if (is_odd(static_cast<unsigned char>(c))) return true;
        return false;
    };
    if (text.empty()) return "empty";
    if (any([](unsigned char c)
            { return c == 0x7f || (c < 0x20 && c != '\t' && c != '\r' && c != '\n'); }))
        return "with control characters";
    if (any([](unsigned char c) { return c >= 0x80; })) return "beyond ASCII";
    if (text.find('\n') != text.npos) return "folded";
    if (text.find('\r') != text.npos) return "with control characters";
    return "plain";
}

// A message in its parts, to be put together again with one of them replaced.
struct parts
{
    std::string start_line;
    std::vector<std::pair<std::string, std::string>> lines;
    std::string body;

    std::string text() const
    {
        std::string m = start_line + "\r\n";
        for (const auto& [name, value] : lines)
            m += name + ": " + value + "\r\n";
        return m + "\r\n" + body;
    }
};

parts take_apart(const sip::message_view& m)
{
    parts p;
    p.start_line = m.start_line();
    for (std::size_t i = 0; i < m.header_count(); ++i)
        p.lines.emplace_back(m.header(i).name, m.header(i).value);
    p.body = m.body();
    return p;
}

// A value that nobody objects to; empty: the line can be left out.
std::string harmless(const sip::message_view& m, sip::header_id id)
{
    switch (id)
    {
    case sip::header_id::via: return "SIP/2.0/UDP h;branch=z9hG4bK1";
    case sip::header_id::from: return "<sip:a@b>;tag=1";
    case sip::header_id::to: return "<sip:c@d>";
    case sip::header_id::call_id: return "x@y";
    case sip::header_id::cseq:
        return "1 " + std::string(m.is_request() ? m.method_text() : m.cseq()->method_text);
    default: return {};
    }
}

std::string harmless_start(const sip::message_view& m)
{
    return m.is_request() ? std::string(m.method_text()) + " sip:a@b SIP/2.0" : "SIP/2.0 200 OK";
}

// By name only those that every agent needs; `validate` does not look into the others.
std::string name_of(const sip::header_field& h)
{
    switch (h.id)
    {
    case sip::header_id::via:
    case sip::header_id::from:
    case sip::header_id::to:
    case sip::header_id::call_id:
    case sip::header_id::cseq:
    case sip::header_id::contact:
    case sip::header_id::route:
    case sip::header_id::record_route:
    case sip::header_id::max_forwards:
    case sip::header_id::content_length:
    case sip::header_id::content_type:
    case sip::header_id::expires: return std::string(sip::to_string(h.id));
    default: return "another header";
    }
}

// Which part does the peer object to in a message that we take?
std::string objection(const peer& p, std::string_view message)
{
    sip::message_view m;
    if (!m.parse(message)) return "nothing";
    const parts whole = take_apart(m);
    const auto takes = [&](const parts& changed)
    {
        const std::string text = changed.text();
        return p.read(text).accepted && read_ours(text).accepted;
    };
    if (takes(whole)) return "line ends " + std::string(shape(m.start_line()));
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        parts changed = whole;
        const std::string value = harmless(m, m.header(i).id);
        if (value.empty())
            changed.lines.erase(changed.lines.begin() + static_cast<std::ptrdiff_t>(i));
        else
            changed.lines[i] = {std::string(sip::to_string(m.header(i).id)), value};
        if (takes(changed))
            return name_of(m.header(i)) + ' ' + std::string(shape(m.header(i).value));
    }
    parts changed = whole;
    changed.start_line = harmless_start(m);
    if (takes(changed))
        return (m.is_request() ? "Request-Line " : "Status-Line ") +
               std::string(shape(m.start_line()));
    changed = whole;
    changed.body.clear();
    std::erase_if(changed.lines, [](const auto& line)
                  { return sip::header_id_from(line.first) == sip::header_id::content_length; });
    if (takes(changed)) return "body " + std::string(shape(m.body()));
    return "several parts";
}

std::string relation(const std::optional<std::string>& ours,
                     const std::optional<std::string>& theirs)
{
    if (!theirs) return "not there";
    if (!ours) return "not here";
    if (lower(*ours) == lower(*theirs)) return "another case";
    if (theirs->empty()) return "empty there";
    if (ours->empty()) return "empty here";
    if (ours->starts_with(*theirs)) return "shorter there";
    if (theirs->starts_with(*ours)) return "longer there";
    return "another";
}

} // namespace

std::vector<std::string> kinds(const peer& p, std::string_view message)
{
    const reading ours = read_ours(message);
    const reading theirs = p.read(message);
    const std::string name = p.name;
    if (!ours.accepted && !theirs.accepted) return {};
    if (!ours.accepted) return {name + " takes: " + ours.why};
    if (!theirs.accepted) return {name + " refuses: " + objection(p, message)};
    std::vector<std::string> all;
    for (std::size_t i = 0; i < field_count; ++i)
    {
        const auto f = static_cast<field>(i);
        if (ours[f] == theirs[f]) continue;
        // What a reader does not tell is no disagreement, where it could not.
        if (f == field::body && !theirs[f]) continue;
        const std::string& text = ours[f] ? *ours[f] : *theirs[f];
        all.push_back(name + ' ' + std::string(to_string(f)) + ": " + relation(ours[f], theirs[f]) +
                      ", " + std::string(shape(text)));
    }
    return all;
}

} // namespace differential
