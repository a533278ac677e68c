#include "trace/brief.hpp"

#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("media of a session description, in brief")
{
    struct row
    {
        std::string_view sdp, wanted;
    };
    const row rows[] = {
        {"", ""},
        {"v=0\r\n", ""},
        {"v=0\r\nm=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n",
         "audio 40000: PCMA PCMU telephone-event"},
        {"m=audio 40000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=sendonly\n",
         "audio 40000: opus, sendonly"},
        {"m=audio 4 RTP/AVP 77\r\n", "audio 4: 77"},
        {"m=audio 4 RTP/AVP 8\r\nm=video 0 RTP/AVP 31\r\na=inactive\r\n",
         "audio 4: PCMA; video refused"},
        // The rtpmap of another m= line is not ours.
        {"m=audio 4 RTP/AVP 96\nm=video 6 RTP/AVP 96\na=rtpmap:96 H264/90000",
         "audio 4: 96; video 6: H264"},
        {"m=", " :"},
        {"m=audio", "audio :"},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.sdp);
        CHECK(trace::media_of(r.sdp) == r.wanted);
    }
}

TEST_CASE("a URI loses its password only")
{
    CHECK(trace::without_password("sip:me:secret@host:5060") == "sip:me@host:5060");
    CHECK(trace::without_password("sip:me@host:5060") == "sip:me@host:5060");
    CHECK(trace::without_password("sip:host:5060") == "sip:host:5060");
    CHECK(trace::without_password("nothing") == "nothing");
}

TEST_CASE("details say who answers a challenge and which there are, but no secret")
{
    sip::message_view m;
    REQUIRE(m.parse("REGISTER sip:example.com SIP/2.0\r\nCSeq: 2 REGISTER\r\nExpires: 600\r\n"
                    "Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", "
                    "uri=\"sip:example.com\", response=\"0123456789abcdef\"\r\n\r\n"));
    CHECK(trace::start_line(m) == "REGISTER sip:example.com");
    CHECK(trace::details(m) == "CSeq 2; as alice; Expires 600");

    sip::message_view r;
    REQUIRE(r.parse("SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n"
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256\r\n"
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=TRUE\r\n\r\n"));
    CHECK(trace::start_line(r) == "401 Unauthorized");
    CHECK(trace::details(r) == "CSeq 1 REGISTER; Digest SHA-256, MD5 (stale)");
}
