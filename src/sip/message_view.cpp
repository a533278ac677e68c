#include "solosip/sip/message_view.hpp"

#include "base/words.hpp"
#include "sip/text.hpp"

#include <algorithm>
#include <cstring>

namespace solosip::sip
{
namespace
{

std::uint16_t u16(std::size_t n)
{
    return static_cast<std::uint16_t>(n);
}

error at(errc code, std::size_t offset)
{
    return {code, static_cast<std::uint32_t>(offset)};
}

bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// As text::is_space, decided for nearly all characters by their value alone.
bool is_white(char c)
{
    return static_cast<unsigned char>(c) <= ' ' && text::is_space(c);
}

const char* find(const char* from, const char* end, char c)
{
    return static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(end - from)));
}

// The end of a line's text: CR LF, or LF alone, is at `newline`.
const char* line_end(const char* start, const char* newline)
{
    return newline > start && newline[-1] == '\r' ? newline - 1 : newline;
}

// Headers whose grammar is a comma list (RFC 3261 section 7.3.1); in any other a comma is text.
constexpr header_id lists[] = {
    header_id::accept,
    header_id::accept_encoding,
    header_id::accept_language,
    header_id::alert_info,
    header_id::allow,
    header_id::call_info,
    header_id::contact,
    header_id::content_encoding,
    header_id::content_language,
    header_id::error_info,
    header_id::in_reply_to,
    header_id::proxy_require,
    header_id::record_route,
    header_id::require,
    header_id::route,
    header_id::supported,
    header_id::unsupported,
    header_id::via,
    header_id::warning,
    header_id::allow_events,
    header_id::p_asserted_identity,
    header_id::p_preferred_identity,
    header_id::reason,
    header_id::path,
    header_id::service_route,
    header_id::accept_contact,
    header_id::reject_contact,
    header_id::request_disposition,
    header_id::recv_info,
    header_id::history_info,
    header_id::p_access_network_info,
    header_id::p_associated_uri,
    header_id::p_visited_network_id,
};

constexpr std::array<bool, static_cast<std::size_t>(header_id::count)> make_list_table()
{
    std::array<bool, static_cast<std::size_t>(header_id::count)> table{};
    for (const header_id id : lists)
        table[static_cast<std::size_t>(id)] = true;
    return table;
}
constexpr auto list_table = make_list_table();

bool is_list(header_id id)
{
    return list_table[static_cast<std::size_t>(id)];
}

} // namespace

message_view& message_view::operator=(const message_view& other)
{
    bytes_ = other.bytes_;
    header_count_ = other.header_count_;
    std::copy_n(other.lines_.begin(), header_count_, lines_.begin());
    first_line_ = other.first_line_;
    status_ = other.status_;
    method_ = other.method_;
    body_truncated_ = other.body_truncated_;
    first_at_ = other.first_at_;
    first_length_ = other.first_length_;
    second_at_ = other.second_at_;
    second_length_ = other.second_length_;
    version_at_ = other.version_at_;
    version_length_ = other.version_length_;
    start_line_length_ = other.start_line_length_;
    body_at_ = other.body_at_;
    return *this;
}

void message_view::clear()
{
    bytes_ = {};
    header_count_ = status_ = 0;
    first_line_.fill(0);
    method_ = sip::method::unknown;
    body_truncated_ = false;
    first_at_ = first_length_ = second_at_ = second_length_ = 0;
    version_at_ = version_length_ = start_line_length_ = body_at_ = 0;
}

std::string_view message_view::method_text() const
{
    return is_request() ? bytes_.substr(first_at_, first_length_) : std::string_view{};
}

std::string_view message_view::reason() const
{
    return is_response() ? bytes_.substr(first_at_, first_length_) : std::string_view{};
}

std::string_view message_view::request_uri() const
{
    return bytes_.substr(second_at_, second_length_);
}

std::string_view message_view::version() const
{
    return bytes_.substr(version_at_, version_length_);
}

std::string_view message_view::body() const
{
    return bytes_.substr(body_at_);
}

header_field message_view::header(std::size_t index) const
{
    const line& l = lines_[index];
    const char* const base = bytes_.data();
    return {l.id, {base + l.name_at, l.name_length}, {base + l.value_at, l.value_length}};
}

// Request-Line = Method SP Request-URI SP SIP-Version CRLF
// Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
// More spaces than the grammar has end up in the views, where `validate` finds them.
result<void> message_view::parse_start_line(std::string_view text)
{
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || space == 0) return at(errc::bad_start_line, 0);
    const std::string_view word = text.substr(0, space);
    if (iequals(word.substr(0, 4), "SIP/"))
    {
        const std::string_view code = text.substr(space + 1, 3);
        const bool ends =
            text.size() == space + 4 || (text.size() > space + 4 && text[space + 4] == ' ');
        if (code.size() < 3 || !text::all(code, text::digit) || !ends || code[0] < '1' ||
            code[0] > '6')
            return at(errc::bad_start_line, space + 1);
        status_ = u16(static_cast<std::size_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 +
                                               (code[2] - '0')));
        version_length_ = u16(space);
        first_at_ = u16(std::min(space + 5, text.size()));
        first_length_ = u16(text.size() - first_at_);
        return {};
    }
    method_ = method_from(word);
    if (method_ == sip::method::unknown && !text::all(word, text::token))
        return at(errc::bad_start_line, 0);
    std::size_t end = text.size();
    while (is_blank(text[end - 1]))
        --end;
    const std::size_t last = text.substr(0, end).rfind(' ');
    if (last == std::string_view::npos || last <= space ||
        !iequals(text.substr(last + 1, 4), "SIP/"))
        return at(errc::bad_start_line, end);
    first_length_ = u16(space);
    second_at_ = u16(space + 1);
    second_length_ = u16(last - space - 1);
    version_at_ = u16(last + 1);
    version_length_ = u16(end - last - 1);
    return {};
}

namespace
{

// message-header = field-name HCOLON field-value, HCOLON = *( SP / HTAB ) ":" SWS
// `end` is behind the last fold, without the line end. False where there is no name.
bool split_line(const char* start, const char* end, header_field& field)
{
    const char* value = words::find_any(start, end, ':');
    if (value == end) return false;
    const char* name_end = value++;
    while (name_end > start && is_blank(name_end[-1]))
        --name_end;
    field.name = {start, static_cast<std::size_t>(name_end - start)};
    field.id = header_id_from(field.name);
    while (value < end && is_white(*value))
        ++value;
    while (end > value && is_white(end[-1]))
        --end;
    field.value = {value, static_cast<std::size_t>(end - value)};
    return field.id != header_id::other || text::all(field.name, text::token);
}

} // namespace

result<void> message_view::parse(std::string_view bytes)
{
    const char* const origin = bytes.data();
    const auto failure = [origin](errc code, const char* place)
    { return at(code, static_cast<std::size_t>(place - origin)); };
    clear();
    while (!bytes.empty() && (bytes[0] == '\r' || bytes[0] == '\n'))
        bytes.remove_prefix(1);
    const char* start = bytes.data();
    const char* const end = start + bytes.size();
    if (bytes.size() > limits::message_bytes)
        return failure(errc::too_large, start + limits::message_bytes);
    if (bytes.empty()) return failure(errc::truncated, end);
    bytes_ = bytes;

    const char* newline = find(start, end, '\n');
    if (!newline) return failure(errc::truncated, end);
    start_line_length_ = u16(static_cast<std::size_t>(line_end(start, newline) - start));
    if (const auto parsed = parse_start_line(start_line()); !parsed)
        return failure(parsed.code(), start + parsed.error().offset);
    for (;;)
    {
        start = newline + 1;
        newline = start == end ? nullptr : find(start, end, '\n');
        if (!newline) return failure(errc::truncated, end);
        // There is a character before: at least the end of the line above.
        if (newline - (newline[-1] == '\r' ? 1 : 0) == start) break;
        while (newline + 1 < end && is_blank(newline[1]))
        {
            newline = find(newline + 1, end, '\n');
            if (!newline) return failure(errc::truncated, end);
        }
        header_field field;
        if (!split_line(start, newline - (newline[-1] == '\r' ? 1 : 0), field))
            return failure(errc::bad_syntax, start);
        if (header_count_ == lines_.size()) return failure(errc::too_many, start);
        const auto offset = [&bytes](std::string_view part)
        { return u16(static_cast<std::size_t>(part.data() - bytes.data())); };
        lines_[header_count_++] = {offset(field.name), u16(field.name.size()), offset(field.value),
                                   u16(field.value.size()), field.id};
        std::uint8_t& first = first_line_[static_cast<std::size_t>(field.id)];
        if (first == 0) first = static_cast<std::uint8_t>(header_count_);
    }
    find_body(newline + 1, end);
    return {};
}

void message_view::find_body(const char* start, const char* end)
{
    body_at_ = u16(static_cast<std::size_t>(start - bytes_.data()));
    const auto value = first(header_id::content_length);
    if (!value) return;
    const auto length = parse_number(*value);
    if (!length) return;
    body_truncated_ = *length > static_cast<std::size_t>(end - start);
    if (!body_truncated_) bytes_ = bytes_.substr(0, body_at_ + *length);
}

std::optional<std::string_view> message_view::first(header_id id) const
{
    const std::size_t number = first_line_[static_cast<std::size_t>(id)];
    if (number == 0) return std::nullopt;
    const line& l = lines_[number - 1];
    return std::string_view(bytes_.data() + l.value_at, l.value_length);
}

std::optional<std::string_view> message_view::first(std::string_view name) const
{
    const header_id id = header_id_from(name);
    if (id != header_id::other) return first(id);
    for (std::size_t i = 0; i < header_count_; ++i)
    {
        const header_field field = header(i);
        if (iequals(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::string_view message_view::take_value(header_id id, std::string_view& rest)
{
    const std::string_view all = rest;
    rest = {};
    if (!is_list(id) || std::memchr(all.data(), ',', all.size()) == nullptr) return text::trim(all);
    text::scanner s(all);
    bool in_brackets = false;
    while (!s.done())
    {
        const char c = s.peek();
        if (c == '"' && !in_brackets)
        {
            // Without an end there is nothing left to split, and trying again would cost the
            // square.
            if (!s.skip_quoted()) break;
            continue;
        }
        if (c == '<')
            in_brackets = true;
        else if (c == '>')
            in_brackets = false;
        else if (c == ',' && !in_brackets)
        {
            rest = s.rest().substr(1);
            return text::trim(s.since(all.data()));
        }
        s.go(s.at() + 1);
    }
    return text::trim(all);
}

bool message_view::list_has(header_id id, std::string_view token) const
{
    bool found = false;
    for_each_value(id,
                   [&](std::string_view value)
                   {
                       // Parameters belong to the value, not to its name.
                       const std::string_view name = value.substr(0, value.find(';'));
                       found = iequals(text::trim(name), token);
                       return !found;
                   });
    return found;
}

namespace
{

// `parse` on the whole first line.
template <class T>
result<T> whole(const message_view& m, header_id id, result<T> (*parse)(std::string_view))
{
    const auto line = m.first(id);
    if (!line) return errc::missing_header;
    if (line->empty()) return errc::bad_syntax;
    return parse(*line);
}

// `parse` on the first value of a list.
template <class T>
result<T> first_value(const message_view& m, header_id id, result<T> (*parse)(std::string_view))
{
    std::string_view value;
    m.for_each_value(id,
                     [&](std::string_view each)
                     {
                         value = each;
                         return false;
                     });
    if (value.empty()) return m.has(id) ? errc::bad_syntax : errc::missing_header;
    return parse(value);
}

} // namespace

result<via> message_view::top_via() const
{
    return first_value(*this, header_id::via, parse_via);
}

result<name_addr> message_view::from() const
{
    return whole(*this, header_id::from, parse_name_addr);
}

result<name_addr> message_view::to() const
{
    return whole(*this, header_id::to, parse_name_addr);
}

result<sip::cseq> message_view::cseq() const
{
    return whole(*this, header_id::cseq, parse_cseq);
}

std::string_view message_view::call_id() const
{
    return first(header_id::call_id).value_or(std::string_view{});
}

result<name_addr> message_view::contact() const
{
    return first_value(*this, header_id::contact, parse_name_addr);
}

result<std::uint32_t> message_view::number(header_id id) const
{
    return whole(*this, id, parse_number);
}

result<media_type> message_view::content_type() const
{
    return whole(*this, header_id::content_type, parse_media_type);
}

} // namespace solosip::sip
