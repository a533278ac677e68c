// A session description (RFC 8866), found in place: nothing copied, no heap.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/result.hpp"
#include "solosip/sdp/description.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace solosip::sdp
{

/// One payload format of an m= line; see `format`.
struct format_view
{
    std::uint8_t payload_type;
    std::uint8_t channels;
    std::uint32_t clock_rate; ///< Hz; 0 where nothing is known of it
    std::string_view name;    ///< empty where nothing is known of it
    std::string_view fmtp;    ///< empty where absent
};

class media_view;

/// Views into one text, which must outlive it and stay as it is. Reads what `parse` reads and
/// refuses what it refuses.
///
///     sdp::description_view d;
///     if (auto parsed = d.parse(body); !parsed) return parsed.error();
///     for (std::size_t i = 0; i < d.media_count(); ++i)
///         if (d.media(i).kind() == "audio") ...
class description_view
{
public:
    /// Time is linear in the size of `text`. Errors: those of `sdp::parse`. After an error nothing
    /// else may be asked.
    result<void> parse(std::string_view text);

    std::string_view username() const { return view(username_); } ///< empty where absent
    std::uint64_t session_id() const;                             ///< 0 where it is no number
    std::uint64_t version() const;                                ///< 0 where it is no number
    std::optional<ip_address> origin() const;
    std::string_view session_name() const { return view(session_name_); } ///< empty where absent
    /// Of the session's c= line; nothing where there is none or it has a host name.
    std::optional<ip_address> address() const;
    sdp::direction direction() const { return direction_; }

    std::size_t media_count() const { return media_count_; }
    /// `index` < `media_count()`. It is good while this object is, and until the next `parse`.
    media_view media(std::size_t index) const;

    /// Every session-level a= line that is told by nothing above, without "a=".
    template <class F>
    void for_each_attribute(F&& f) const;

private:
    friend class media_view;
    friend class description_parser;

    // Offsets instead of views and no initial values: only what is used is ever written.
    struct piece
    {
        std::uint32_t at, length;
    };
    struct format_line
    {
        piece name, fmtp; ///< name: nothing where RFC 3551 tells it
        std::uint32_t clock_rate;
        std::uint8_t payload_type, channels;
        bool mapped;
    };
    struct media_line
    {
        piece kind, protocol, formats, connection, lines;
        piece ptime, maxptime, rtcp; ///< the lines that count; no length: absent
        std::uint32_t ptime_value, maxptime_value;
        std::uint16_t port, rtcp_port;
        std::uint16_t first_format, format_count;
        sdp::direction direction;
        bool has_direction, has_connection, rtcp_mux;
    };

    std::string_view view(piece p) const { return {text_.data() + p.at, p.length}; }
    bool tells(std::string_view attribute) const;
    bool tells(const media_line& m, std::string_view attribute) const;
    bool is_in(piece p, std::string_view attribute) const;
    static std::string_view take_attribute(std::string_view& lines);

    std::string_view text_;
    piece username_{}, numbers_{}, origin_{}, session_name_{}, connection_{}, lines_{};
    sdp::direction direction_ = sdp::direction::sendrecv;
    std::uint16_t media_count_ = 0, format_count_ = 0;
    std::array<media_line, limits::sdp_media> media_;
    std::array<format_line, limits::sdp_all_formats> formats_;
};

/// One m= line with all that belongs to it.
class media_view
{
public:
    std::string_view kind() const { return of_.view(line_.kind); } ///< "audio"
    std::uint16_t port() const { return line_.port; }
    std::string_view protocol() const { return of_.view(line_.protocol); } ///< "RTP/AVP"

    /// The formats of an RTP protocol, in order of preference; each once.
    std::size_t format_count() const { return line_.format_count; }
    /// `index` < `format_count()`.
    format_view format(std::size_t index) const;
    /// Each word behind the protocol, at most `limits::sdp_formats`.
    template <class F>
    void for_each_token(F&& f) const;

    std::optional<ip_address> address() const; ///< its own c=, else the session's
    /// The same as it is written, which may be a host name; empty where absent.
    std::string_view address_text() const;
    sdp::direction direction() const;               ///< its own, else the session's
    std::optional<unsigned> ptime() const;          ///< ms
    std::optional<unsigned> maxptime() const;       ///< ms
    std::optional<std::uint16_t> rtcp_port() const; ///< a=rtcp (RFC 3605)
    std::optional<ip_address> rtcp_address() const;
    bool rtcp_mux() const { return line_.rtcp_mux; } ///< RFC 5761

    /// Every a= line of it that is told by nothing above, without "a=".
    template <class F>
    void for_each_attribute(F&& f) const;

private:
    friend class description_view;
    media_view(const description_view& of, const description_view::media_line& line)
        : of_(of), line_(line)
    {
    }
    static std::string_view take_word(std::string_view& text);

    const description_view& of_;
    const description_view::media_line& line_;
};

template <class F>
void description_view::for_each_attribute(F&& f) const
{
    for (auto rest = view(lines_); !rest.empty();)
        if (const auto a = take_attribute(rest); !a.empty() && !tells(a)) f(a);
}

template <class F>
void media_view::for_each_attribute(F&& f) const
{
    for (auto rest = of_.view(line_.lines); !rest.empty();)
        if (const auto a = description_view::take_attribute(rest);
            !a.empty() && !of_.tells(line_, a))
            f(a);
}

template <class F>
void media_view::for_each_token(F&& f) const
{
    auto rest = of_.view(line_.formats);
    for (std::size_t i = 0; i < limits::sdp_formats; ++i)
    {
        const auto token = take_word(rest);
        if (token.empty()) return;
        f(token);
    }
}

} // namespace solosip::sdp
