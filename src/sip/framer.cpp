#include "solosip/sip/framer.hpp"

#include "sip/text.hpp"
#include "solosip/sip/message_view.hpp"

#include <algorithm>

namespace solosip::sip
{

framer::framer(std::size_t limit) : limit_(std::min(limit, limits::message_bytes)) {}

void framer::push(std::string_view bytes)
{
    if (error_) return;
    // What was taken goes first, so that a byte moves once at most while its message grows.
    if (begin_ > 0)
    {
        buffer_.erase(0, begin_);
        scanned_ -= begin_;
        begin_ = 0;
    }
    buffer_ += bytes;
}

result<std::optional<frame>> framer::next()
{
    if (error_) return *error_;
    if (head_length_ == 0)
    {
        if (const auto line_ends = take_line_ends()) return line_ends;
        if (!find_head())
        {
            if (buffered() > limit_) return fail(errc::too_large);
            return std::optional<frame>{};
        }
        // Before anything else is said of it, as where it comes bit by bit.
        if (head_length_ > limit_) return fail(errc::too_large);
    }
    if (length_ == 0)
        if (const auto found = find_length(); !found) return fail(found.code());
    if (buffered() < length_) return std::optional<frame>{};
    return std::optional<frame>(take(frame::kind::message, length_));
}

std::string_view framer::rejected() const
{
    if (!error_) return {};
    return std::string_view(buffer_).substr(begin_, head_length_);
}

// CRLFs in front of a start line are keep-alives or noise (RFC 3261 section 7.5); LF alone is
// noise.
std::optional<frame> framer::take_line_ends()
{
    for (;;)
    {
        const std::string_view rest = std::string_view(buffer_).substr(begin_);
        if (rest.starts_with("\r\n\r\n")) return take(frame::kind::ping, 4);
        if (rest.starts_with("\r\n"))
        {
            // The other half of a ping may come later: "\r" alone is not reported yet.
            if (rest.size() == 3 && rest[2] == '\r') return std::nullopt;
            const bool ping = after_pong_;
            const frame f = take(ping ? frame::kind::ping : frame::kind::pong, 2);
            after_pong_ = !ping && buffered() == 0;
            return f;
        }
        if (!rest.starts_with('\n')) return std::nullopt;
        take(frame::kind::pong, 1);
    }
}

// The empty line behind the headers.
bool framer::find_head()
{
    const std::string_view all = buffer_;
    for (;;)
    {
        const std::size_t newline = all.find('\n', scanned_);
        if (newline == std::string_view::npos)
        {
            scanned_ = all.size();
            return false;
        }
        scanned_ = newline;
        std::size_t behind = newline + 1;
        if (behind < all.size() && all[behind] == '\r') ++behind;
        if (behind == all.size()) return false;
        if (all[behind] == '\n')
        {
            head_length_ = behind + 1 - begin_;
            return true;
        }
        scanned_ = newline + 1;
    }
}

// Content-Length, which must be there (section 18.3), a number, and the same wherever it stands.
result<void> framer::find_length()
{
    message_view head;
    const auto parsed = head.parse(std::string_view(buffer_).substr(begin_, head_length_));
    if (!parsed) return parsed.error();
    if (!head.has(header_id::content_length)) return errc::missing_header;
    const std::string_view text = *head.first(header_id::content_length);
    bool good = text::all(text, text::digit);
    head.for_each_value(header_id::content_length,
                        [&](std::string_view each) { good = good && each == text; });
    if (!good) return errc::bad_number;
    // Checked before it is added, for the sum might not fit into a `size_t` of 32 bits.
    const std::uint32_t length = head.number(header_id::content_length).value_or(0);
    if (length > limit_ - head_length_) return errc::too_large;
    length_ = head_length_ + length;
    return {};
}

result<std::optional<frame>> framer::fail(errc code)
{
    error_ = error{code};
    return *error_;
}

frame framer::take(frame::kind what, std::size_t length)
{
    const frame f{what, std::string_view(buffer_).substr(begin_, length)};
    begin_ += length;
    scanned_ = begin_;
    head_length_ = length_ = 0;
    after_pong_ = false;
    return f;
}

} // namespace solosip::sip
