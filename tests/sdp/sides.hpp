// The two sides of an offer and its answer.
#pragma once

#include "solosip/sdp/offer_answer.hpp"
#include "support/catch.hpp"

#include <string>

namespace solosip::sdp
{

inline local_media ours()
{
    local_media l;
    l.rtp = {ip_address::v4(192, 0, 2, 1), 4000};
    l.codecs = {{"PCMA", 8000, 1, 8, ""}, {"PCMU", 8000, 1, 0, ""}};
    l.session_id = 11;
    l.version = 12;
    return l;
}

/// One m= line with these formats, and more lines of it and of the session.
inline description theirs(const std::string& formats, const std::string& line,
                          const std::string& session = {})
{
    const auto d = parse("v=0\r\nc=IN IP4 192.0.2.99\r\n" + session + "m=audio 5000 RTP/AVP " +
                         formats + "\r\n" + line);
    REQUIRE(d.has_value());
    return *d;
}

} // namespace solosip::sdp
