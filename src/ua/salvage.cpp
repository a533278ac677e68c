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

} // namespace

bool salvage(std::string_view datagram, sip::message_view& m, std::string& room, bool& cut)
{
    cut = false;
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

} // namespace solosip::ua
