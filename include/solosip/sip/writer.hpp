// Writes a SIP message into a buffer of the caller's.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sip/names.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace solosip::sip
{

/// Start line, headers in the order of the calls, body. Errors stick: the first one is what
/// `finish` answers, so calls need not be checked one by one. Values with CR, LF or NUL are refused
/// (`errc::bad_header`, offset = number of headers written before).
///
///     char buffer[1500];
///     sip::writer w(buffer);
///     w.request(sip::method::options, "sip:bob@example.com");
///     w.header(sip::header_id::max_forwards, 70);
///     ...
///     auto text = w.finish();
class writer
{
public:
    explicit writer(std::span<char> buffer) : buffer_(buffer) {}

    void request(method m, std::string_view uri) { request(to_string(m), uri); }
    void request(std::string_view method_token, std::string_view uri);
    /// An empty reason is the usual one for the status.
    void status(int code, std::string_view reason = {});

    void header(header_id id, std::string_view value);
    void header(header_id id, std::uint32_t value);
    void header(std::string_view name, std::string_view value);
    /// The value in pieces, written one after the other.
    void header(header_id id, std::initializer_list<std::string_view> pieces);

    /// Content-Length, the empty line and the body; nothing may follow but `finish`.
    /// `type` empty: no Content-Type line.
    void body(std::string_view type, std::string_view content);

    /// The message. Without a call of `body` before: Content-Length 0.
    result<std::string_view> finish();

private:
    void put(std::string_view text);
    void put_checked(std::string_view text);
    void put_line(std::string_view name, std::string_view value);
    void fail(errc code);

    std::span<char> buffer_;
    std::size_t used_ = 0;
    std::uint32_t headers_ = 0;
    bool complete_ = false;
    bool failed_ = false;
    solosip::error error_{};
};

} // namespace solosip::sip
