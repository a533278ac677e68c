// A session description (RFC 8866) as far as one call of audio needs it, every m= line kept.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::sdp
{

/// RFC 8866 section 6.7; which way media flows, seen from the side that wrote the description.
enum class direction : std::uint8_t
{
    sendrecv,
    sendonly,
    recvonly,
    inactive,
};
std::string_view to_string(direction d);
/// What the answerer may do at most (RFC 3264 section 6.1): sendonly meets recvonly.
direction reversed(direction d);
/// Both at once: sendonly and recvonly together are inactive.
direction intersect(direction a, direction b);
bool sends(direction d);
bool receives(direction d);

/// One payload format of an m= line: with its rtpmap, or what RFC 3551 table 4 says of a static
/// type without one.
struct format
{
    std::uint8_t payload_type = 0; ///< 0-127
    std::string name;              ///< "PCMA"; empty where nothing is known of it
    std::uint32_t clock_rate = 0;  ///< Hz
    std::uint8_t channels = 1;
    std::string fmtp; ///< "0-15"; empty where absent

    friend bool operator==(const format&, const format&) = default;
};

struct media
{
    std::string kind;                       ///< "audio", "video", ...
    std::uint16_t port = 0;                 ///< 0: refused or switched off
    std::string protocol;                   ///< "RTP/AVP"
    std::vector<std::string> format_tokens; ///< as in the m= line
    std::vector<format> formats;            ///< of an RTP protocol, in order of preference
    std::optional<ip_address> address;      ///< its own c=, else the session's
    sdp::direction direction = sdp::direction::sendrecv; ///< its own, else the session's
    std::optional<unsigned> ptime, maxptime;             ///< ms
    std::optional<std::uint16_t> rtcp_port;              ///< a=rtcp (RFC 3605)
    std::optional<ip_address> rtcp_address;
    bool rtcp_mux = false;               ///< RFC 5761
    std::vector<std::string> attributes; ///< every other a= line, without "a="

    friend bool operator==(const media&, const media&) = default;
};

struct description
{
    std::string username = "-";
    std::uint64_t session_id = 0;
    std::uint64_t version = 0;
    ip_address origin{};
    std::string session_name = "-";
    std::optional<ip_address> address; ///< session-level c=
    sdp::direction direction = sdp::direction::sendrecv;
    std::vector<sdp::media> media;
    std::vector<std::string> attributes; ///< session-level, unknown to us

    friend bool operator==(const description&, const description&) = default;
};

/// Lenient: LF, CR or CRLF, no final newline, unknown and malformed lines (they are skipped), any
/// order after v=. A c= line with a host name leaves `address` empty. Formats beyond
/// `limits::sdp_formats` are not looked at. Errors with offset: bad_syntax (no v=0 at the
/// beginning, an m= line without port or protocol, NUL), bad_number (a port above 65535), too_many
/// (m= lines).
result<description> parse(std::string_view text);

/// Canonical RFC 8866 text with CRLF; `parse` gives the same description again.
std::string print(const description& d);

} // namespace solosip::sdp
