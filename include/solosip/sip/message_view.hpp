// A received SIP message, found in place: where each header line begins and ends, nothing copied.
#pragma once

#include "solosip/base/limits.hpp"
#include "solosip/base/result.hpp"
#include "solosip/sip/headers.hpp"
#include "solosip/sip/names.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace solosip::sip
{

/// One header line. `value` has no white space at its ends but may hold folds (CR LF and white
/// space inside, RFC 3261 section 7.3.1), which every typed parser of this library accepts as
/// white space.
struct header_field
{
    header_id id = header_id::other;
    std::string_view name; ///< as written, compact or long
    std::string_view value;
};

/// Views into one message. The bytes must outlive it and stay as they are.
///
///     sip::message_view m;
///     if (auto parsed = m.parse(datagram); !parsed) return parsed.error();
///     if (m.is_request() && m.method() == sip::method::options) ...
class message_view
{
public:
    message_view() = default;
    message_view(const message_view& other) { *this = other; }
    message_view& operator=(const message_view& other);

    /// Finds start line, header lines and body. What is merely strange is accepted; typed accessors
    /// and `validate` judge. Leading CRLFs are skipped (RFC 3261 section 7.5). The body ends where
    /// Content-Length says, or with the datagram where it is absent or larger than what is there
    /// (`body_truncated`). Allocates nothing.
    /// Errors: bad_start_line, bad_syntax, truncated (no empty line), too_large, too_many.
    result<void> parse(std::string_view bytes);

    bool is_request() const { return status_ == 0; }
    bool is_response() const { return status_ != 0; }

    sip::method method() const { return method_; } ///< of the request line; `unknown` for responses
    std::string_view method_text() const;
    std::string_view request_uri() const;  ///< as written; empty for responses
    int status() const { return status_; } ///< 100-699; 0 for requests
    std::string_view reason() const;       ///< reason phrase, may be empty
    std::string_view version() const;      ///< "SIP/2.0", as written
    /// The first line, without its line end.
    std::string_view start_line() const { return bytes_.substr(0, start_line_length_); }

    std::string_view bytes() const { return bytes_; } ///< as far as the body's end
    std::string_view body() const;
    bool body_truncated() const { return body_truncated_; }

    std::size_t header_count() const { return header_count_; }
    header_field header(std::size_t index) const;

    /// The whole value of the first line of that header; nothing where there is none.
    std::optional<std::string_view> first(header_id id) const;
    std::optional<std::string_view> first(std::string_view name) const;
    bool has(header_id id) const { return first(id).has_value(); }

    /// Calls `f(std::string_view)` with each value of all lines of that header, in order: list
    /// headers are split at their commas. `f` returns false to stop, or void.
    template <class F>
    void for_each_value(header_id id, F&& f) const;

    /// Whether the comma list `id` (Supported, Require, Allow...) has `token`, case-insensitive.
    bool list_has(header_id id, std::string_view token) const;

    // Typed access; an absent header is `errc::missing_header`.
    result<sip::via> top_via() const;
    result<name_addr> from() const;
    result<name_addr> to() const;
    result<sip::cseq> cseq() const;
    std::string_view call_id() const;                 ///< empty where absent
    result<name_addr> contact() const;                ///< the first
    result<std::uint32_t> number(header_id id) const; ///< Expires, Max-Forwards, Min-Expires...
    result<media_type> content_type() const;

    /// The same views of `other`, an identical copy of the bytes.
    void rebase(const char* other) { bytes_ = {other, bytes_.size()}; }

private:
    struct line
    {
        std::uint16_t name_at, name_length, value_at, value_length;
        header_id id;
    };

    void clear();
    result<void> parse_start_line(std::string_view line);
    void find_body(const char* start, const char* end);

    // Takes the next value off `rest`, at a comma that is outside quotes and angle brackets.
    static std::string_view take_value(header_id id, std::string_view& rest);

    std::string_view bytes_;
    std::array<line, limits::headers> lines_; // only the first `header_count_` are set
    // The number of the first line of each header, counted from 1; 0 where there is none.
    std::array<std::uint8_t, static_cast<std::size_t>(header_id::count)> first_line_{};
    static_assert(limits::headers < 256);
    std::uint16_t header_count_ = 0;
    std::uint16_t status_ = 0;
    sip::method method_ = sip::method::unknown;
    bool body_truncated_ = false;
    std::uint16_t first_at_ = 0, first_length_ = 0;   // method text or reason phrase
    std::uint16_t second_at_ = 0, second_length_ = 0; // Request-URI
    std::uint16_t version_at_ = 0, version_length_ = 0;
    std::uint16_t start_line_length_ = 0;
    std::uint16_t body_at_ = 0;
};

template <class F>
void message_view::for_each_value(header_id id, F&& f) const
{
    const std::size_t first = first_line_[static_cast<std::size_t>(id)];
    if (first == 0) return;
    for (std::size_t i = first - 1; i < header_count_; ++i)
    {
        if (lines_[i].id != id) continue;
        std::string_view rest = header(i).value;
        while (!rest.empty())
        {
            const std::string_view value = take_value(id, rest);
            if (value.empty()) continue;
            if constexpr (std::is_void_v<std::invoke_result_t<F&, std::string_view>>)
                f(value);
            else if (!f(value))
                return;
        }
    }
}

} // namespace solosip::sip
