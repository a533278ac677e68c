#include "solosip/sip/message.hpp"

#include "sip/text.hpp"

namespace solosip::sip
{
namespace
{

struct range
{
    std::size_t begin, end;
};

std::size_t offset_of(const message_view& m, std::string_view part)
{
    return static_cast<std::size_t>(part.data() - m.bytes().data());
}

// Where the empty line behind the headers begins.
std::size_t headers_end(const message_view& m)
{
    const std::size_t body = m.bytes().size() - m.body().size();
    return body >= 2 && m.bytes()[body - 2] == '\r' ? body - 2 : body - 1;
}

std::size_t line_begin(const message_view& m, std::size_t index)
{
    return index < m.header_count() ? offset_of(m, m.header(index).name) : headers_end(m);
}

range line_at(const message_view& m, std::size_t index)
{
    return {line_begin(m, index), line_begin(m, index + 1)};
}

std::optional<std::size_t> index_of(const message_view& m, header_id id, std::size_t from = 0)
{
    for (std::size_t i = from; i < m.header_count(); ++i)
        if (m.header(i).id == id) return i;
    return std::nullopt;
}

bool acceptable(std::string_view name, std::string_view value)
{
    return text::all(name, text::token) && !text::has_line_break(value);
}

std::string line_text(std::string_view name, std::string_view value)
{
    std::string line(name);
    line += ": ";
    line += value;
    line += "\r\n";
    return line;
}

} // namespace

message& message::operator=(const message& other)
{
    if (this == &other) return *this;
    bytes_ = other.bytes_;
    view_ = other.view_;
    view_.rebase(bytes_.data());
    return *this;
}

message& message::operator=(message&& other) noexcept
{
    if (this == &other) return *this;
    bytes_ = std::move(other.bytes_);
    view_ = other.view_;
    // A short string moves by copying, so the views must follow it.
    view_.rebase(bytes_.data());
    other.bytes_.clear();
    other.view_ = message_view();
    return *this;
}

message::message(const message_view& v) : bytes_(v.bytes()), view_(v)
{
    view_.rebase(bytes_.data());
}

result<message> message::parse(std::string bytes)
{
    message m;
    m.bytes_ = std::move(bytes);
    if (auto parsed = m.view_.parse(m.bytes_); !parsed) return parsed.error();
    // What stands before the start line and behind the body is not part of the message.
    const std::size_t begin = offset_of_view(m);
    m.bytes_.erase(begin + m.view_.bytes().size());
    m.bytes_.erase(0, begin);
    m.view_.rebase(m.bytes_.data());
    return m;
}

std::size_t message::offset_of_view(const message& m)
{
    return static_cast<std::size_t>(m.view_.bytes().data() - m.bytes_.data());
}

// Takes the edited bytes if they are a message still; else nothing changes.
result<void> message::replace_bytes(std::string bytes)
{
    auto edited = parse(std::move(bytes));
    if (!edited) return edited.error();
    *this = std::move(*edited);
    return {};
}

result<void> message::set(header_id id, std::string_view value)
{
    if (!acceptable(to_string(id), value)) return errc::bad_header;
    const auto first = index_of(view_, id);
    if (!first) return append(id, value);
    std::string bytes = bytes_;
    for (std::size_t i = view_.header_count(); i-- > *first + 1;)
    {
        if (view_.header(i).id != id) continue;
        const range r = line_at(view_, i);
        bytes.erase(r.begin, r.end - r.begin);
    }
    const range r = line_at(view_, *first);
    bytes.replace(r.begin, r.end - r.begin, line_text(to_string(id), value));
    return replace_bytes(std::move(bytes));
}

result<void> message::prepend(header_id id, std::string_view value)
{
    if (!acceptable(to_string(id), value)) return errc::bad_header;
    if (empty()) return errc::bad_start_line;
    std::string bytes = bytes_;
    bytes.insert(line_begin(view_, index_of(view_, id).value_or(0)),
                 line_text(to_string(id), value));
    return replace_bytes(std::move(bytes));
}

result<void> message::append(header_id id, std::string_view value)
{
    return append(to_string(id), value);
}

result<void> message::append(std::string_view name, std::string_view value)
{
    if (!acceptable(name, value)) return errc::bad_header;
    if (empty()) return errc::bad_start_line;
    std::string bytes = bytes_;
    bytes.insert(headers_end(view_), line_text(name, value));
    return replace_bytes(std::move(bytes));
}

void message::remove(header_id id)
{
    std::string bytes = bytes_;
    for (std::size_t i = view_.header_count(); i-- > 0;)
    {
        if (view_.header(i).id != id) continue;
        const range r = line_at(view_, i);
        bytes.erase(r.begin, r.end - r.begin);
    }
    // Fewer header lines cannot make a message wrong.
    static_cast<void>(replace_bytes(std::move(bytes)));
}

void message::remove_first_value(header_id id)
{
    std::optional<std::string_view> first, second;
    view_.for_each_value(id,
                         [&](std::string_view each)
                         {
                             (first ? second : first) = each;
                             return !second;
                         });
    if (!first) return;
    // The line that has the first value: lines before it may hold empty elements only.
    const std::size_t at = offset_of(view_, *first);
    std::size_t index = 0;
    while (line_at(view_, index).end <= at)
        ++index;
    const range line = line_at(view_, index);
    std::string bytes = bytes_;
    if (second && offset_of(view_, *second) < line.end)
    {
        const std::size_t begin = offset_of(view_, view_.header(index).value);
        bytes.erase(begin, offset_of(view_, *second) - begin);
    }
    else
        bytes.erase(line.begin, line.end - line.begin);
    static_cast<void>(replace_bytes(std::move(bytes)));
}

result<void> message::set_request_uri(std::string_view uri)
{
    if (!view_.is_request() || empty()) return errc::bad_start_line;
    if (auto parsed = parse_uri(uri); !parsed) return parsed.error();
    std::string bytes = bytes_;
    const std::string_view old = view_.request_uri();
    bytes.replace(offset_of(view_, old), old.size(), uri);
    return replace_bytes(std::move(bytes));
}

result<void> message::set_body(std::string_view type, std::string_view content)
{
    if (text::has_line_break(type)) return errc::bad_header;
    if (empty()) return errc::bad_start_line;
    message edited = *this;
    edited.remove(header_id::content_length);
    if (type.empty())
        edited.remove(header_id::content_type);
    else if (auto done = edited.set(header_id::content_type, type); !done)
        return done.error();
    std::string bytes = edited.bytes_.substr(0, edited.bytes_.size() - edited.view_.body().size());
    bytes.insert(headers_end(edited.view_),
                 line_text(to_string(header_id::content_length), std::to_string(content.size())));
    bytes += content;
    return replace_bytes(std::move(bytes));
}

} // namespace solosip::sip
