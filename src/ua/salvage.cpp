#include "ua/salvage.hpp"

#include <algorithm>

namespace solosip::ua
{

namespace
{

constexpr int most_lines = 8; ///< more of them, and it is something else

/// Behind the line, with its folds.
std::size_t behind_line(const std::string& text, std::size_t at)
{
    do
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'));
    return at;
}

/// Where the empty line that ends the headers begins, seen from the beginning of a line.
std::size_t end_of_headers(const std::string& text, std::size_t at)
{
    while (at < text.size() && text[at] != '\n' && text.compare(at, 2, "\r\n") != 0)
        at = behind_line(text, at);
    return at;
}

/// False: it is no SIP message. `cut`: there were more headers than `m` has room for.
bool salvage(std::string_view datagram, sip::message_view& m, std::string& room, bool& cut)
{
    room = datagram.substr(std::min(datagram.find_first_not_of("\r\n"), datagram.size()));
    const std::size_t start_line = room.find('\n');
    for (int i = 0; i < most_lines; ++i)
    {
        const auto parsed = m.parse(room);
        if (parsed) return true;
        const std::size_t at = parsed.error().offset;
        if (start_line == room.npos || at <= start_line || at >= room.size()) return false;
        if (parsed.code() == errc::bad_syntax)
            room.erase(at, behind_line(room, at) - at);
        else if (parsed.code() == errc::too_many)
        {
            cut = true;
            room.erase(at, end_of_headers(room, at) - at);
        }
        else
            return false;
    }
    return false;
}

// What ends something is heard however odd it is.
bool ends(sip::method m)
{
    return m == sip::method::ack || m == sip::method::bye || m == sip::method::cancel;
}

} // namespace

std::optional<sip::verdict> read_message(std::string_view datagram, sip::message_view& m,
                                         std::string& room)
{
    bool cut = false;
    if (!m.parse(datagram) && !salvage(datagram, m, room, cut)) return std::nullopt;
    const auto verdict = sip::validate(m, sip::demand::necessary);
    if (cut && verdict.ok() && m.is_request() && !ends(m.method()))
        return sip::verdict{513, "Too Many Headers", false};
    return verdict;
}

} // namespace solosip::ua
