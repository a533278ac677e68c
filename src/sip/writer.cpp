#include "solosip/sip/writer.hpp"

#include "sip/text.hpp"

#include <charconv>
#include <cstring>

namespace solosip::sip
{
namespace
{

struct decimal
{
    explicit decimal(std::uint64_t number)
    {
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        length = static_cast<std::size_t>(end - digits);
    }
    std::string_view view() const { return {digits, length}; }

    char digits[20];
    std::size_t length;
};

} // namespace

void writer::fail(errc code)
{
    if (!failed_) error_ = {code, headers_};
    failed_ = true;
}

void writer::put(std::string_view text)
{
    if (failed_) return;
    if (text.size() > buffer_.size() - used_) return fail(errc::no_space);
    if (!text.empty()) std::memcpy(buffer_.data() + used_, text.data(), text.size());
    used_ += text.size();
}

void writer::put_checked(std::string_view text)
{
    if (text::has_line_break(text)) return fail(errc::bad_header);
    put(text);
}

void writer::request(std::string_view method_token, std::string_view uri)
{
    if (!text::all(method_token, text::token)) return fail(errc::bad_header);
    // A space would end the Request-URI early, and no URI has brackets or quotes.
    if (!text::all(uri, text::opaque)) return fail(errc::bad_uri);
    put(method_token);
    put(" ");
    put(uri);
    put(" SIP/2.0\r\n");
}

void writer::status(int code, std::string_view reason)
{
    if (code < 100 || code > 699) return fail(errc::bad_number);
    put("SIP/2.0 ");
    put(decimal(static_cast<std::uint64_t>(code)).view());
    put(" ");
    put_checked(reason.empty() ? reason_phrase(code) : reason);
    put("\r\n");
}

// "name: value" and the line end; `name` is a token. What has been copied counts only when all of
// it is good.
void writer::put_line(std::string_view name, std::string_view value)
{
    if (failed_) return;
    if (name.size() + value.size() + 4 > buffer_.size() - used_)
        return fail(text::has_line_break(value) ? errc::bad_header : errc::no_space);
    char* to = buffer_.data() + used_;
    text::copy_short(to, name);
    to += name.size();
    *to++ = ':';
    *to++ = ' ';
    if (!text::copy_line(to, value)) return fail(errc::bad_header);
    to += value.size();
    *to++ = '\r';
    *to++ = '\n';
    used_ = static_cast<std::size_t>(to - buffer_.data());
    ++headers_;
}

void writer::header(header_id id, std::string_view value)
{
    if (id == header_id::other) return fail(errc::bad_header);
    put_line(to_string(id), value);
}

void writer::header(header_id id, std::uint32_t value)
{
    header(id, decimal(value).view());
}

void writer::header(std::string_view name, std::string_view value)
{
    if (!text::all(name, text::token)) return fail(errc::bad_header);
    put_line(name, value);
}

void writer::header(header_id id, std::initializer_list<std::string_view> pieces)
{
    if (id == header_id::other) return fail(errc::bad_header);
    put(to_string(id));
    put(": ");
    for (const std::string_view piece : pieces)
        put_checked(piece);
    put("\r\n");
    ++headers_;
}

void writer::body(std::string_view type, std::string_view content)
{
    if (!type.empty()) header(header_id::content_type, type);
    header(header_id::content_length, decimal(content.size()).view());
    put("\r\n");
    put(content);
    complete_ = true;
}

result<std::string_view> writer::finish()
{
    if (!complete_) body({}, {});
    if (failed_) return error_;
    return std::string_view(buffer_.data(), used_);
}

} // namespace solosip::sip
