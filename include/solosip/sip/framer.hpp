// Messages out of a stream of bytes: TCP and TLS (RFC 3261 section 18.3).
#pragma once

#include "solosip/base/limits.hpp"
#include "solosip/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace solosip::sip
{

/// What stands next in the stream. `bytes` is valid until the next `push`.
struct frame
{
    enum class kind : std::uint8_t
    {
        message, ///< one whole message
        ping,    ///< CRLF CRLF, to be answered by CRLF (RFC 5626 section 4.4.1)
        pong,    ///< CRLF, the answer to ours
    };
    kind what = kind::message;
    std::string_view bytes{};
};

/// Takes bytes as they come and gives messages as soon as they are whole. A byte is looked at a
/// fixed number of times however it drips in, and what waits is bounded by the limit and one
/// `push`.
///
///     sip::framer framer;
///     framer.push(received);
///     for (;;)
///     {
///         const auto next = framer.next();
///         if (!next) { ...; close(); break; }
///         if (!*next) break; // more bytes are needed
///         ...
///     }
class framer
{
public:
    /// `limit`: the largest message, bytes; at most `limits::message_bytes`.
    explicit framer(std::size_t limit = limits::message_bytes);

    void push(std::string_view bytes);

    /// The next frame, or nothing until there are more bytes. An error is final, for nobody knows
    /// where the next message begins then; close the connection, after an answer to `rejected()` if
    /// one can be made. Errors: missing_header and bad_number (of Content-Length, which a stream
    /// cannot do without), too_large, and those of `message_view::parse`.
    result<std::optional<frame>> next();

    /// After an error: the start line and headers of the message in question, as far as known.
    std::string_view rejected() const;

    /// Bytes that wait for the rest of their message.
    std::size_t buffered() const { return buffer_.size() - begin_; }

private:
    std::optional<frame> take_line_ends();
    bool find_head();
    result<void> find_length();
    result<std::optional<frame>> fail(errc code);
    frame take(frame::kind what, std::size_t length);

    std::string buffer_;
    std::size_t limit_;
    std::size_t begin_ = 0;       // of the frame that is awaited
    std::size_t scanned_ = 0;     // no empty line before this place
    std::size_t head_length_ = 0; // with the empty line; 0 while not known
    std::size_t length_ = 0;      // of the whole message; 0 while not known
    bool after_pong_ = false;     // a second CRLF would make it a ping
    std::optional<solosip::error> error_{};
};

} // namespace solosip::sip
