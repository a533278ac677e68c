#include "solosip/trace/ladder.hpp"

#include "solosip/sip/message_view.hpp"
#include "solosip/trace/summary.hpp"
#include "trace/brief.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>

namespace solosip::trace
{
namespace
{

constexpr std::size_t time_width = 12; // up to the first column

// From one column to the next: as wide as the labels need, within reason.
constexpr std::size_t narrowest_column = 40, widest_column = 64;
constexpr std::size_t lead = 5, label_margin = lead + 5; // "|----" before, "-->|" and two spaces

// How far back a repetition is looked for: Timer B's seven sends with all that lies between.
constexpr std::size_t look_back = 64;

std::string seconds_text(duration since)
{
    const double s = std::chrono::duration<double>(since).count();
    char buffer[32];
    (void)std::snprintf(buffer, sizeof buffer, "%+10.3f  ", s);
    return buffer;
}

void trim_right(std::string& line)
{
    line.erase(line.find_last_not_of(' ') + 1);
}

} // namespace

std::uint8_t ladder::column_of(const endpoint& peer)
{
    const auto at = std::find(peers_.begin(), peers_.end(), peer);
    if (at != peers_.end()) return static_cast<std::uint8_t>(at - peers_.begin());
    if (peers_.size() < peer_limit)
        peers_.push_back(peer);
    else
        peers_share_ = true;
    return static_cast<std::uint8_t>(peers_.size() - 1);
}

void ladder::keep(entry e)
{
    if (entries_.empty() && left_out_ == 0) first_ = e.when;
    if (entries_.size() == entry_limit)
    {
        entries_.pop_front();
        ++left_out_;
    }
    entries_.push_back(std::move(e));
}

void ladder::message(time_point when, bool sent, const endpoint& local, const endpoint& peer,
                     std::string_view bytes)
{
    local_ = local;
    entry e{when, sent ? kind::sent : kind::received, column_of(peer), false, 0, {}, {}};
    e.hash = std::hash<std::string_view>{}(bytes);
    const auto oldest = entries_.size() > look_back ? entries_.end() - look_back : entries_.begin();
    e.again = std::any_of(oldest, entries_.end(),
                          [&](const entry& o)
                          { return o.hash == e.hash && o.what == e.what && o.peer == e.peer; });
    sip::message_view m;
    if (m.parse(bytes))
    {
        e.label = start_line(m);
        e.detail = details(m);
    }
    else
    {
        e.label = "no SIP";
        e.detail = std::to_string(bytes.size()) + " bytes: " + escaped(bytes, 24);
    }
    keep(std::move(e));
}

void ladder::note(time_point when, std::string_view text)
{
    keep({when, kind::note, 0, false, 0, {}, escaped(text, 120)});
}

std::size_t ladder::column_width() const
{
    std::size_t longest = 0;
    for (const auto& e : entries_)
        longest = std::max(longest, e.label.size());
    return std::clamp(longest + label_margin, narrowest_column, widest_column);
}

std::string ladder::heading(std::size_t width) const
{
    std::string line = "   seconds";
    line.resize(time_width, ' ');
    std::size_t column = time_width;
    for (std::size_t i = 0; i <= peers_.size(); ++i, column += width)
    {
        std::string name =
            i == 0 ? (peers_.empty() ? "" : local_.to_string()) : peers_[i - 1].to_string();
        if (i == peer_limit && peers_share_) name += " and others";
        line.resize(column, ' ');
        line += name;
    }
    trim_right(line);
    return line + '\n';
}

// "|----- INVITE sip:bob@192.0.2.7 ------->|": from our column, the first, to the peer's or back.
std::string ladder::arrow(const entry& e, std::size_t width) const
{
    std::string line(width * peers_.size() + 1, ' ');
    for (std::size_t i = 0; i <= peers_.size(); ++i)
        line[i * width] = '|';
    if (e.what == kind::note) return line;

    const std::size_t to = (std::size_t{e.peer} + 1) * width;
    for (std::size_t i = 1; i < to; ++i)
        if (line[i] == ' ') line[i] = '-';
    if (e.what == kind::sent)
        line[to - 1] = '>';
    else
        line[1] = '<';

    const std::size_t room = width - label_margin;
    std::string label = e.label;
    if (label.size() > room) label = label.substr(0, room - 2) + "..";
    label = ' ' + label + ' ';
    line.replace(lead, label.size(), label);
    return line;
}

std::string ladder::text() const
{
    if (entries_.empty()) return {};
    const std::size_t width = column_width();
    std::string out = heading(width);
    if (left_out_ > 0)
        out += "            (" + std::to_string(left_out_) + " earlier ones left out)\n";
    for (const auto& e : entries_)
    {
        std::string line = seconds_text(e.when - first_) + arrow(e, width) + "  ";
        if (e.what == kind::note) line += "* ";
        line += e.detail;
        if (e.again) line += " (again)";
        trim_right(line);
        out += line + '\n';
    }
    return out;
}

} // namespace solosip::trace
