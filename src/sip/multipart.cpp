#include "solosip/sip/multipart.hpp"

#include "sip/text.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/header_values.hpp"
#include "solosip/sip/parameters.hpp"

namespace solosip::sip
{
namespace
{

struct delimiter
{
    std::string_view::size_type before; // where the content before it ends
    std::string_view::size_type behind; // where the next part begins
    bool last;
};

bool is_line_start(std::string_view text, std::size_t at)
{
    return at == 0 || text[at - 1] == '\n';
}

// dash-boundary = "--" boundary; delimiter = CRLF dash-boundary; transport-padding is white space.
std::optional<delimiter> find_delimiter(std::string_view text, std::string_view boundary)
{
    for (std::size_t at = 0; (at = text.find("--", at)) != std::string_view::npos; ++at)
    {
        if (!is_line_start(text, at) || text.substr(at + 2, boundary.size()) != boundary) continue;
        delimiter d{at, at + 2 + boundary.size(), false};
        if (text.substr(d.behind, 2) == "--")
        {
            d.last = true;
            d.behind += 2;
        }
        while (d.behind < text.size() && (text[d.behind] == ' ' || text[d.behind] == '\t'))
            ++d.behind;
        if (text.substr(d.behind, 2) == "\r\n")
            d.behind += 2;
        else if (text.substr(d.behind, 1) == "\n")
            d.behind += 1;
        // "--boundaryX" is a line of the content.
        else if (d.behind != text.size())
            continue;
        // The line end in front belongs to the delimiter.
        if (d.before > 0) --d.before;
        if (d.before > 0 && text[d.before - 1] == '\r') --d.before;
        return d;
    }
    return std::nullopt;
}

// Headers, the empty line, the content; a part that begins with the empty line has no headers.
body_part split_part(std::string_view part)
{
    std::size_t at = 0;
    for (;;)
    {
        const std::string_view rest = part.substr(at);
        if (rest.starts_with("\r\n")) return {part.substr(0, at), rest.substr(2)};
        if (rest.starts_with('\n')) return {part.substr(0, at), rest.substr(1)};
        const std::size_t newline = rest.find('\n');
        if (newline == std::string_view::npos) return {part, {}};
        at += newline + 1;
    }
}

} // namespace

std::optional<std::string_view> body_part::header(std::string_view name) const
{
    std::string_view rest = headers;
    while (!rest.empty())
    {
        std::size_t end = rest.find('\n');
        while (end != std::string_view::npos && end + 1 < rest.size() &&
               (rest[end + 1] == ' ' || rest[end + 1] == '\t'))
            end = rest.find('\n', end + 1);
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        if (iequals(text::trim(line.substr(0, colon)), name))
            return text::trim(line.substr(colon + 1));
    }
    return std::nullopt;
}

result<media_type> body_part::type() const
{
    const auto value = header("Content-Type");
    return parse_media_type(value.value_or("text/plain"));
}

multipart::multipart(std::string_view body, std::string_view boundary)
    : rest_(body), boundary_(boundary)
{
    const auto first = boundary.empty() ? std::nullopt : find_delimiter(body, boundary);
    rest_ = first && !first->last ? body.substr(first->behind) : std::string_view{};
}

std::optional<body_part> multipart::next()
{
    if (rest_.empty()) return std::nullopt;
    const std::string_view all = rest_;
    const auto d = find_delimiter(all, boundary_);
    rest_ = d && !d->last ? all.substr(d->behind) : std::string_view{};
    return split_part(d ? all.substr(0, d->before) : all);
}

namespace
{

// Such a description is of another session, RFC 3959 section 4, or none (RFC 3261 section 20.11).
bool is_of_session(const body_part& part)
{
    const auto line = part.header("Content-Disposition");
    const auto value = line ? parse_token_value(*line) : errc::missing_header;
    return !value || value->is("session");
}

std::optional<std::string_view> find_within(std::string_view body, const media_type& type,
                                            std::string_view wanted_type,
                                            std::string_view wanted_subtype, std::size_t depth)
{
    if (type.is(wanted_type, wanted_subtype)) return body;
    if (depth == 0 || !iequals(type.type, "multipart")) return std::nullopt;
    const std::string boundary = unquote(type.params.find("boundary").value_or(std::string_view{}));
    multipart parts(body, boundary);
    for (std::size_t count = 0; count < limits::body_parts; ++count)
    {
        const auto part = parts.next();
        if (!part) break;
        const auto part_type = part->type();
        if (!part_type) continue;
        if (part_type->is("application", "sdp") && !is_of_session(*part)) continue;
        if (const auto found =
                find_within(part->content, *part_type, wanted_type, wanted_subtype, depth - 1))
            return found;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> find_content(std::string_view body, const media_type& type,
                                             std::string_view wanted_type,
                                             std::string_view wanted_subtype)
{
    return find_within(body, type, wanted_type, wanted_subtype, limits::body_depth);
}

} // namespace solosip::sip
