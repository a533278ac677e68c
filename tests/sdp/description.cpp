#include "solosip/sdp/description.hpp"
#include "sdp/texts.hpp"
#include "support/catch.hpp"

using namespace solosip;
using sdp::description;
using sdp::direction;
using sdp::parse;
using sdp::print;

namespace
{

description parsed(std::string_view text)
{
    const auto d = parse(text);
    REQUIRE(d.has_value());
    return *d;
}

// One audio line with `more` behind it.
sdp::media audio(std::string_view more, std::string_view formats = "0")
{
    std::string text = "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP ";
    text += formats;
    text += "\r\n";
    text += more;
    const auto d = parsed(text);
    REQUIRE(d.media.size() == 1);
    return d.media[0];
}

const char* const all[] = {sdp::texts::router, sdp::texts::pbx, sdp::texts::softphone,
                           sdp::texts::generator, sdp::texts::video_phone};

} // namespace

TEST_CASE("what is printed is what was parsed")
{
    for (const char* text : all)
    {
        CAPTURE(text);
        const auto d = parsed(text);
        CHECK(parsed(print(d)) == d);
        CHECK(print(parsed(print(d))) == print(d));
    }
}

TEST_CASE("a home router's offer")
{
    const auto d = parsed(sdp::texts::router);
    CHECK(d.username == "user");
    CHECK(d.session_id == 4127391);
    CHECK(d.origin == ip_address::v4(192, 168, 178, 1));
    CHECK(d.session_name == "call");
    REQUIRE(d.media.size() == 1);
    const auto& m = d.media[0];
    CHECK(m.port == 7078);
    CHECK(m.address == ip_address::v4(192, 168, 178, 1));
    CHECK(m.rtcp_port == 7079);
    CHECK(!m.rtcp_address);
    REQUIRE(m.formats.size() == 11);
    CHECK(m.formats[0] == sdp::format{9, "G722", 8000, 1, ""});
    CHECK(m.formats[3] == sdp::format{2, "G726-32", 8000, 1, ""});
    CHECK(m.formats[7] == sdp::format{97, "iLBC", 8000, 1, "mode=30"});
    CHECK(m.formats[8] == sdp::format{120, "PCMA", 16000, 1, ""});
    CHECK(m.formats[10] == sdp::format{101, "telephone-event", 8000, 1, "0-15"});
}

TEST_CASE("a softphone's offer over IPv6")
{
    const auto d = parsed(sdp::texts::softphone);
    CHECK(d.attributes == std::vector<std::string>{"tool:softphone 3"});
    const auto& m = d.media.at(0);
    CHECK(m.address->to_string() == "2001:db8::17");
    CHECK(m.formats[0] == sdp::format{96, "opus", 48000, 2, "stereo=1;sprop-stereo=1"});
    CHECK(m.rtcp_mux);
    CHECK(m.rtcp_address->to_string() == "2001:db8::17");
    CHECK(m.ptime == 20u);
    CHECK(m.attributes == std::vector<std::string>{"label:1"});
}

TEST_CASE("lines that end with LF only, and a last line without an end")
{
    const auto d = parsed(sdp::texts::generator);
    REQUIRE(d.media.size() == 1);
    CHECK(d.media[0].formats.at(0) == sdp::format{0, "PCMU", 8000, 1, ""});
}

TEST_CASE("every m= line is kept with its tokens")
{
    const auto d = parsed(sdp::texts::video_phone);
    REQUIRE(d.media.size() == 5);
    CHECK(d.media[0].kind == "video");
    CHECK(d.media[2].address == ip_address::v4(203, 0, 113, 6));
    CHECK(d.media[3].protocol == "UDP/BFCP");
    CHECK(d.media[3].format_tokens == std::vector<std::string>{"*"});
    CHECK(d.media[3].formats.empty());
    CHECK(d.media[4].format_tokens == std::vector<std::string>{"t38"});
}

TEST_CASE("static payload types need no rtpmap (RFC 3551 section 6)")
{
    const struct
    {
        const char* token;
        sdp::format means;
    } rows[] = {
        {"0", {0, "PCMU", 8000, 1, ""}},    {"3", {3, "GSM", 8000, 1, ""}},
        {"4", {4, "G723", 8000, 1, ""}},    {"8", {8, "PCMA", 8000, 1, ""}},
        {"9", {9, "G722", 8000, 1, ""}},    {"10", {10, "L16", 44100, 2, ""}},
        {"11", {11, "L16", 44100, 1, ""}},  {"13", {13, "CN", 8000, 1, ""}},
        {"15", {15, "G728", 8000, 1, ""}},  {"18", {18, "G729", 8000, 1, ""}},
        {"31", {31, "H261", 90000, 1, ""}}, {"1", {1, "", 0, 1, ""}},
        {"96", {96, "", 0, 1, ""}},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.token);
        CHECK(audio("", row.token).formats.at(0) == row.means);
    }
}

TEST_CASE("media lines take the session's address and direction where they have none")
{
    const auto d = parsed("v=0\r\n"
                          "c=IN IP4 192.0.2.1\r\n"
                          "a=sendonly\r\n"
                          "m=audio 4000 RTP/AVP 0\r\n"
                          "m=audio 4002 RTP/AVP 0\r\n"
                          "c=IN IP4 192.0.2.2/127\r\n"
                          "a=inactive\r\n"
                          "m=audio 4004 RTP/AVP 0\r\n"
                          "c=IN IP4 phone.example.com\r\n");
    REQUIRE(d.media.size() == 3);
    CHECK(d.media[0].address == ip_address::v4(192, 0, 2, 1));
    CHECK(d.media[0].direction == direction::sendonly);
    CHECK(d.media[1].address == ip_address::v4(192, 0, 2, 2));
    CHECK(d.media[1].direction == direction::inactive);
    CHECK(!d.media[2].address);
    CHECK(parsed(print(d)) == d);
}

TEST_CASE("attributes of an audio line")
{
    CHECK(audio("a=ptime:30\r\n").ptime == 30u);
    CHECK(audio("a=ptime: 30 \r\n").ptime == 30u);
    CHECK(audio("a=ptime:20.5\r\n").ptime == 20u);
    CHECK(audio("a=maxptime:60\r\n").maxptime == 60u);
    CHECK(audio("a=recvonly\r\n").direction == direction::recvonly);
    CHECK(audio("a=recvonly \r\n").direction == direction::recvonly);
    CHECK(audio("a=rtcp:53020 IN IP4 192.0.2.9\r\n").rtcp_address == ip_address::v4(192, 0, 2, 9));
    CHECK(audio("a=rtcp:53020\r\n").rtcp_port == 53020);
    CHECK(audio("a=rtcp-mux\r\n").rtcp_mux);
    CHECK(audio("a=rtpmap:96 L16/16000/2\r\n", "96").formats.at(0) ==
          sdp::format{96, "L16", 16000, 2, ""});
    CHECK(audio("a=rtpmap:0 PCMA/8000\r\n").formats.at(0).name == "PCMA");
    CHECK(audio("a=fmtp:96 a=1; b=2\r\na=rtpmap:96 x/8000\r\n", "96").formats.at(0).fmtp ==
          "a=1; b=2");
}

TEST_CASE("attributes that make no sense are kept as they are")
{
    for (const char* attribute :
         {"ptime:x", "ptime:", "maxptime:-1", "rtcp:70000", "rtpmap:0", "rtpmap:0 PCMU",
          "rtpmap:0 PCMU/x", "rtpmap:0 PCMU/0", "rtpmap:0 /8000", "rtpmap:99 PCMU/8000",
          "rtpmap:300 PCMU/8000", "rtpmap:0 PCMU/8000/999", "fmtp:99 x", "fmtp:0", "fmtp:x y",
          "crypto:1 AES", "sendrecvish"})
    {
        CAPTURE(attribute);
        const auto m = audio("a=" + std::string(attribute) + "\r\n");
        CHECK(m.attributes == std::vector<std::string>{attribute});
        CHECK(m.formats.at(0) == sdp::format{0, "PCMU", 8000, 1, ""});
        CHECK(m.direction == direction::sendrecv);
        CHECK(!m.ptime);
    }
}

TEST_CASE("of several values for one thing the first counts")
{
    const auto m = audio("a=rtpmap:96 one/8000\r\na=rtpmap:96 two/8000\r\n"
                         "a=fmtp:96 one\r\na=fmtp:96 two\r\n"
                         "a=ptime:30\r\na=ptime:40\r\n"
                         "c=IN IP4 192.0.2.7\r\nc=IN IP4 192.0.2.8\r\n",
                         "96 96");
    REQUIRE(m.formats.size() == 1);
    CHECK(m.formats[0] == sdp::format{96, "one", 8000, 1, "one"});
    CHECK(m.ptime == 30u);
    CHECK(m.address == ip_address::v4(192, 0, 2, 7));
}

TEST_CASE("strange but harmless descriptions are read")
{
    CHECK(parsed("v=0").media.empty());
    CHECK(parsed("\r\n\r\nv=0\r\n").media.empty());
    CHECK(parsed("v=0 \r\nnonsense\r\n=\r\nx=unknown\r\nz\r\n").media.empty());
    CHECK(parsed("v=0\rs=cr\r").session_name == "cr");
    CHECK(parsed("v=0\r\no=one two\r\n").username == "one");
    CHECK(parsed("v=0\r\no=- 99999999999999999999999 1 IN IP4 x\r\n").session_id == 0);
    CHECK(parsed("v=0\r\ns=\r\n").session_name == "-");
    CHECK(parsed("v=0\r\ns= \r\n").session_name == "-");
    CHECK(parsed("v=0\r\nm=audio 5/2 RTP/AVP 0\r\n").media.at(0).port == 5);
    CHECK(parsed("v=0\r\nm=audio  5   RTP/AVP   0  8 \r\n").media.at(0).formats.size() == 2);
    CHECK(parsed("v=0\r\nm=audio 0 RTP/AVP\r\n").media.at(0).formats.empty());
    CHECK(parsed("v=0\r\nm=audio 5 RTP/AVP 0 128 x 300\r\n").media.at(0).formats.size() == 1);
    CHECK(parsed("v=0\r\nm=audio 5 RTP/AVP 0 128 x\r\n").media.at(0).format_tokens.size() == 3);
}

TEST_CASE("what is no session description is refused with the place")
{
    const struct
    {
        std::string text;
        error why;
    } rows[] = {
        {"", {errc::bad_syntax, 0}},
        {"\r\n", {errc::bad_syntax, 2}},
        {"v=1\r\n", {errc::bad_syntax, 0}},
        {"o=- 1 1 IN IP4 1.2.3.4\r\nv=0\r\n", {errc::bad_syntax, 0}},
        {std::string("v=0\r\ns=a\0b\r\n", 12), {errc::bad_syntax, 8}},
        {"v=0\r\nm=audio\r\n", {errc::bad_syntax, 5}},
        {"v=0\r\nm=audio 5\r\n", {errc::bad_syntax, 5}},
        {"v=0\r\nm=\r\n", {errc::bad_syntax, 5}},
        {"v=0\r\nm=audio 65536 RTP/AVP 0\r\n", {errc::bad_number, 13}},
        {"v=0\r\nm=audio -1 RTP/AVP 0\r\n", {errc::bad_number, 13}},
        {"v=0\r\nm=audio x RTP/AVP 0\r\n", {errc::bad_number, 13}},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.text);
        const auto d = parse(row.text);
        REQUIRE(!d.has_value());
        CHECK(d.error() == row.why);
    }
}

TEST_CASE("m= lines and formats are bounded")
{
    std::string text = "v=0\r\n";
    for (std::size_t i = 0; i < limits::sdp_media; ++i)
        text += "m=audio 0 RTP/AVP 0\r\n";
    CHECK(parsed(text).media.size() == limits::sdp_media);
    const auto end = text.size();
    text += "m=audio 0 RTP/AVP 0\r\n";
    REQUIRE(!parse(text).has_value());
    CHECK(parse(text).error() == error{errc::too_many, static_cast<std::uint32_t>(end)});

    std::string formats;
    for (int i = 0; i < 128; ++i)
        formats += std::to_string(i) + " ";
    CHECK(audio("", formats).formats.size() == limits::sdp_formats);
}

TEST_CASE("the canonical text")
{
    description d;
    d.session_id = 7;
    d.version = 8;
    d.origin = ip_address::v4(192, 0, 2, 1);
    d.address = d.origin;
    sdp::media m;
    m.kind = "audio";
    m.port = 4000;
    m.protocol = "RTP/AVP";
    m.format_tokens = {"8", "101"};
    m.formats = {{8, "PCMA", 8000, 1, ""}, {101, "telephone-event", 8000, 1, "0-15"}};
    m.address = d.address;
    m.ptime = 20;
    d.media = {m};
    CHECK(print(d) == "v=0\r\n"
                      "o=- 7 8 IN IP4 192.0.2.1\r\n"
                      "s=-\r\n"
                      "c=IN IP4 192.0.2.1\r\n"
                      "t=0 0\r\n"
                      "m=audio 4000 RTP/AVP 8 101\r\n"
                      "a=rtpmap:8 PCMA/8000\r\n"
                      "a=rtpmap:101 telephone-event/8000\r\n"
                      "a=fmtp:101 0-15\r\n"
                      "a=ptime:20\r\n"
                      "a=sendrecv\r\n");
}
