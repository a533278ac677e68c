#include "sdp/numbering.hpp"

#include "sdp/encryption.hpp"
#include "sdp/static_types.hpp"

#include <algorithm>

namespace solosip::sdp
{

namespace
{

constexpr std::uint8_t first_dynamic = 96; // RFC 3551 section 3

bool has(const std::vector<format>& formats, std::uint8_t number)
{
    return std::any_of(formats.begin(), formats.end(),
                       [&](const format& f) { return f.payload_type == number; });
}

bool same_codec(const format& a, const format& b)
{
    return a.clock_rate == b.clock_rate && a.channels == b.channels && same_name(a.name, b.name);
}

} // namespace

void remember(std::vector<format>& numbers, const description& d)
{
    for (const media& m : d.media)
        for (const format& f : m.formats)
        {
            if (!is_rtp_audio(m) || f.name.empty()) continue;
            std::erase_if(numbers,
                          [&](const format& n) { return n.payload_type == f.payload_type; });
            numbers.push_back({f.payload_type, f.name, f.clock_rate, f.channels, {}});
        }
}

void add_format(media& line, format f)
{
    line.format_tokens.push_back(std::to_string(f.payload_type));
    line.formats.push_back(std::move(f));
}

numbering::numbering(const media& before, const payload_numbers& session)
{
    const auto take = [this](std::vector<format>& to, const std::vector<format>& from)
    {
        for (const format& f : from)
            if (!f.name.empty() && !has(ours_, f.payload_type) && !has(theirs_, f.payload_type))
                to.push_back(f);
    };
    take(ours_, before.formats);
    take(ours_, session.ours);
    take(theirs_, session.theirs);
}

bool numbering::is_free(const media& line, std::uint8_t number) const
{
    return !has(line.formats, number) && !has(ours_, number) && !has(theirs_, number);
}

std::optional<std::uint8_t> numbering::number_for(const media& line, const format& f) const
{
    const auto known = [&](const std::vector<format>& numbers) -> std::optional<std::uint8_t>
    {
        for (const format& n : numbers)
            if (same_codec(n, f) && !has(line.formats, n.payload_type)) return n.payload_type;
        return std::nullopt;
    };
    if (const auto number = known(ours_)) return number;
    const bool is_static = f.payload_type < first_dynamic;
    if (is_static && is_free(line, f.payload_type)) return f.payload_type;
    if (const auto number = known(theirs_)) return number;
    const unsigned wanted = is_static ? first_dynamic : f.payload_type;
    for (unsigned i = 0; i < 32; ++i)
    {
        const auto number = static_cast<std::uint8_t>(first_dynamic + (wanted + i) % 32);
        if (is_free(line, number)) return number;
    }
    return std::nullopt;
}

void numbering::add(media& line, format f) const
{
    const auto number = number_for(line, f);
    if (!number) return;
    f.payload_type = *number;
    add_format(line, std::move(f));
}

} // namespace solosip::sdp
