// A SIP message that owns its bytes: to keep, copy and change.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace solosip::sip
{

/// Its bytes and the views into them, copied and moved together. An empty one has no start line.
class message
{
public:
    message() = default;
    message(const message& other) { *this = other; }
    message(message&& other) noexcept { *this = std::move(other); }
    message& operator=(const message& other);
    message& operator=(message&& other) noexcept;

    /// A copy of the bytes behind `v`.
    explicit message(const message_view& v);
    static result<message> parse(std::string bytes);

    bool empty() const { return bytes_.empty(); }
    const std::string& bytes() const { return bytes_; }

    const message_view& view() const { return view_; }
    const message_view* operator->() const { return &view_; }
    const message_view& operator*() const { return view_; }

    // Editing rewrites the bytes: views taken before are void. Values with CR, LF or NUL are
    // refused with `errc::bad_header` and change nothing.

    /// Replaces all lines of that header by one, at the place of the first, or at the end.
    result<void> set(header_id id, std::string_view value);
    /// A line before the first one of that header, or at the top where there is none: Via, Route.
    result<void> prepend(header_id id, std::string_view value);
    /// A line behind all others.
    result<void> append(header_id id, std::string_view value);
    result<void> append(std::string_view name, std::string_view value);
    /// All lines of that header.
    void remove(header_id id);
    /// The first value of a list header: the topmost Via or Route.
    void remove_first_value(header_id id);
    result<void> set_request_uri(std::string_view uri);
    /// Content-Type and Content-Length follow.
    result<void> set_body(std::string_view type, std::string_view content);

private:
    static std::size_t offset_of_view(const message& m);
    result<void> replace_bytes(std::string bytes);

    std::string bytes_;
    message_view view_;
};

/// The response of RFC 3261 section 8.2.6: Via, From, To (with `to_tag` where it has none and the
/// status is not 100), Call-ID, CSeq copied; Record-Route too, for statuses 101-299; Timestamp for
/// 100. The top Via gets `received` and the `rport` value (section 18.2.1, RFC 3581) for a request
/// that came from `source`.
result<message> make_response(const message_view& request, int status, std::string_view reason,
                              std::string_view to_tag, const endpoint& source);

/// RFC 3261 section 17.1.1.3: the ACK for a final response of 300 or more.
result<message> make_ack(const message_view& invite, const message_view& response);

/// RFC 3261 section 9.1.
result<message> make_cancel(const message_view& invite);

} // namespace solosip::sip
