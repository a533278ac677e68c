// What is in the offers of the world, and what becomes of it: RFC 3264 and RFC 6337, item by item.
#include "simulation/scenario.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <vector>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

constexpr char head[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
                        "t=0 0\r\n";

struct row
{
    const char* name;
    std::string offer;                 ///< what stands behind `head`
    std::vector<std::string> answered; ///< lines of our answer, in order; %M is our port
    std::vector<std::string> absent;   ///< what stands nowhere in it
    int payload_type;
    std::size_t payload_bytes = 160;
};

/// Whether the lines stand in `text` in this order.
bool in_order(const std::string& text, const std::vector<std::string>& lines, std::uint16_t port)
{
    std::size_t at = 0;
    for (std::string line : lines)
    {
        if (const auto mark = line.find("%M"); mark != std::string::npos)
            line.replace(mark, 2, std::to_string(port));
        const auto found = text.find("\r\n" + line + "\r\n", at);
        if (found == std::string::npos) return false;
        at = found + 2;
    }
    return true;
}

const std::string events_96 = "a=rtpmap:96 telephone-event/8000\r\n";

const std::vector<row> rows = {
    {"the offer's order decides (RFC 3264 6.1)",
     "m=audio 7000 RTP/AVP 18 0 8\r\n",
     {"m=audio %M RTP/AVP 0", "a=rtpmap:0 PCMU/8000"},
     {"PCMA", "telephone-event"},
     0},
    {"telephone-event under the offer's number",
     "m=audio 7000 RTP/AVP 8 96\r\n" + events_96,
     {"m=audio %M RTP/AVP 8 96", "a=rtpmap:96 telephone-event/8000"},
     {"101"},
     8},
    {"telephone-event only of the codec's clock rate (RFC 4733 2.1)",
     "m=audio 7000 RTP/AVP 8 96 97\r\na=rtpmap:96 telephone-event/16000\r\n"
     "a=rtpmap:97 telephone-event/8000\r\n",
     {"m=audio %M RTP/AVP 8 97"},
     {"16000"},
     8},
    {"telephone-event of no suitable clock rate",
     "m=audio 7000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/48000\r\n",
     {"m=audio %M RTP/AVP 8"},
     {"telephone-event"},
     8},
    {"a dynamic number for a codec that has a static one",
     "m=audio 7000 RTP/AVP 98\r\na=rtpmap:98 PCMU/8000\r\n",
     {"m=audio %M RTP/AVP 98", "a=rtpmap:98 PCMU/8000"},
     {},
     98},
    {"attributes before those that they belong to, and unknown ones",
     "m=audio 7000 RTP/AVP 99 8\r\na=fmtp:99 x\r\na=silenceSupp:off - - - -\r\na=\r\n"
     "a=rtpmap:99 iLBC/8000\r\na=X-unknown:1\r\nb=AS:64\r\n",
     {"m=audio %M RTP/AVP 8"},
     {"iLBC", "silenceSupp", "X-unknown"},
     8},
    {"longer packets",
     "m=audio 7000 RTP/AVP 8\r\na=ptime:40\r\n",
     {"m=audio %M RTP/AVP 8"},
     {},
     8,
     320},
    {"not longer than they can take",
     "m=audio 7000 RTP/AVP 8\r\na=ptime:60\r\na=maxptime:30\r\n",
     {"m=audio %M RTP/AVP 8"},
     {},
     8,
     240},
    {"shorter packets",
     "m=audio 7000 RTP/AVP 8\r\na=maxptime:10\r\n",
     {"m=audio %M RTP/AVP 8"},
     {},
     8,
     80},
    {"the second audio line where the first has nothing for us (RFC 3264 6)",
     "m=audio 6998 RTP/AVP 18\r\nm=audio 7000 RTP/AVP 8\r\n",
     {"m=audio 0 RTP/AVP 18", "m=audio %M RTP/AVP 8"},
     {},
     8},
    {"of two audio lines the first",
     "m=audio 7000 RTP/AVP 8\r\nm=audio 7002 RTP/AVP 0\r\n",
     {"m=audio %M RTP/AVP 8", "m=audio 0 RTP/AVP 0"},
     {},
     8},
    {"a line without a port is no offer",
     "m=audio 0 RTP/AVP 8\r\nm=audio 7000 RTP/AVP 0\r\n",
     {"m=audio 0 RTP/AVP 8", "m=audio %M RTP/AVP 0"},
     {},
     0},
    {"video, fax and what nobody knows, each refused in its place",
     "m=image 7004 udptl t38\r\nm=audio 7000 RTP/AVP 8\r\nm=video 7002 RTP/AVP 31\r\n"
     "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nm=hologram 1 x y\r\n",
     {"m=image 0 udptl t38", "m=audio %M RTP/AVP 8", "m=video 0 RTP/AVP 31",
      "m=application 0 UDP/DTLS/SCTP webrtc-datachannel", "m=hologram 0 x y"},
     {},
     8},
    {"BUNDLE is not taken up (RFC 8843 7.2)",
     "a=group:BUNDLE 0 1\r\nm=audio 7000 RTP/AVP 8\r\na=mid:0\r\nm=video 7000 RTP/AVP 31\r\n"
     "a=mid:1\r\na=bundle-only\r\n",
     {"m=audio %M RTP/AVP 8", "m=video 0 RTP/AVP 31"},
     {"BUNDLE", "group", "a=mid"},
     8},
    {"ICE is left alone (RFC 8839 4.3)",
     "a=ice-options:trickle\r\nm=audio 7000 RTP/AVP 8\r\na=ice-ufrag:abcd\r\n"
     "a=ice-pwd:0123456789012345678901\r\na=ice-lite\r\na=end-of-candidates\r\n"
     "a=candidate:1 1 UDP 2130706431 10.0.0.1 7000 typ host\r\na=rtcp-rsize\r\n"
     "a=candidate:2 1 UDP 1694498815 203.0.113.5 7000 typ srflx raddr 10.0.0.1 rport 7000\r\n",
     {"m=audio %M RTP/AVP 8"},
     {"ice", "candidate", "203.0.113.5", "rsize"},
     8},
    {"other things of browsers",
     "a=msid-semantic: WMS *\r\nm=audio 7000 RTP/AVPF 111 8\r\na=rtpmap:111 opus/48000/2\r\n"
     "a=rtcp-fb:111 transport-cc\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
     "a=ssrc:3735928559 cname:x\r\na=msid:- a\r\n",
     {"m=audio %M RTP/AVPF 8"},
     {"extmap", "rtcp-fb", "ssrc", "msid"},
     8},
    {"keys that may be left alone are left alone (RFC 8643 3.1)",
     "m=audio 7000 RTP/AVP 8\r\n"
     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n",
     {"m=audio %M RTP/AVP 8"},
     {"crypto"},
     8},
    {"a secret line is refused beside a plain one (RFC 4568 5.1.2)",
     "m=audio 7000 RTP/SAVP 8\r\n"
     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
     "m=audio 7000 RTP/AVP 0\r\n",
     {"m=audio 0 RTP/SAVP 8", "m=audio %M RTP/AVP 0"},
     {"crypto"},
     0},
    {"one port for both (RFC 5761 5.1.1)",
     "m=audio 7000 RTP/AVP 8\r\na=rtcp-mux\r\n",
     {"m=audio %M RTP/AVP 8", "a=rtcp-mux"},
     {},
     8},
    {"but only where they want it",
     "m=audio 7000 RTP/AVP 8\r\na=rtcp:7100 IN IP4 192.0.2.9\r\n",
     {"m=audio %M RTP/AVP 8"},
     {"rtcp-mux"},
     8},
    {"an address of the line's own",
     "m=audio 7000 RTP/AVP 8\r\nc=IN IP4 192.0.2.9\r\n",
     {"m=audio %M RTP/AVP 8"},
     {},
     8},
};

} // namespace

TEST_CASE("offers of the world: each is answered line by line, and audio runs by it")
{
    for (const row& r : rows)
    {
        CAPTURE(r.name);
        agent_and_peer s;
        s.alice.how.answer_after = milliseconds(0);
        s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, head + r.offer);
        s.w.run_for(milliseconds(200));
        REQUIRE(s.peer.count(200) == 1);
        const std::string body(s.peer.last(200)->body());
        CAPTURE(body);
        CHECK(in_order(body, r.answered, s.alice.media().port));
        for (const auto& text : r.absent)
        {
            CAPTURE(text);
            CHECK(body.find(text) == std::string::npos);
        }
        s.peer.acknowledge();
        s.w.run_for(seconds(1));
        CHECK(s.peer.media_packets * r.payload_bytes >= 45 * 160);
        CHECK(s.peer.payload_type == r.payload_type);
        CHECK(s.peer.payload_bytes == r.payload_bytes);
        s.peer.request("BYE");
        CHECK(s.all_over());
    }
}

TEST_CASE("offers that hold nothing for us are refused: 488 (RFC 3261 13.3.1.3)")
{
    const struct
    {
        const char* name;
        std::string offer;
    } offers[] = {
        {"other codecs", "m=audio 7000 RTP/AVP 18 3\r\n"},
        {"no audio", "m=video 7002 RTP/AVP 31\r\n"},
        {"no line at all", ""},
        {"secret only", "m=audio 7000 RTP/SAVP 8\r\n"
                        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
                        "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"},
        {"a browser's", "m=audio 9 UDP/TLS/RTP/SAVPF 111 8\r\na=rtpmap:111 opus/48000/2\r\n"
                        "a=fingerprint:sha-256 00:11\r\na=setup:actpass\r\n"},
        {"another kind of address", "m=audio 7000 RTP/AVP 8\r\nc=IN IP6 2001:db8::9\r\n"},
        {"a group", "m=audio 7000 RTP/AVP 8\r\nc=IN IP4 233.252.0.1/127\r\n"}, // section 6.2
        {"no port", "m=audio 0 RTP/AVP 8\r\n"},
        {"stereo", "m=audio 7000 RTP/AVP 98\r\na=rtpmap:98 PCMA/8000/2\r\n"},
    };
    for (const auto& o : offers)
    {
        CAPTURE(o.name);
        agent_and_peer s;
        s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, head + o.offer);
        s.w.run_for(milliseconds(200));
        INFO(s.w.log());
        CHECK(s.peer.count(488) == 1);
        CHECK(s.alice.seen.incoming.empty());
        CHECK(s.all_over());
    }
}

TEST_CASE("each codec of an answer is heard, and no other one (5.1, 6.1)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", s.peer.contact(), s.peer.sdp("8 0 101"));
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    CHECK(s.peer.payload_type == 8);
    std::uint16_t sequence = 10;
    for (const auto type : std::array<std::uint8_t, 4>{8, 0, 0, 9})
    {
        std::vector<std::uint8_t> packet(rtp::header_bytes);
        rtp::print_header({type, false, sequence++, sequence * 160u, 0xCAFE}, packet);
        packet.resize(packet.size() + 160, 0xD5);
        s.peer.say_media(s.alice.media(),
                         {reinterpret_cast<const char*>(packet.data()), packet.size()});
        s.w.run_for(milliseconds(20));
    }
    CHECK(s.alice.engine().media_statistics().received_packets == 3);
    CHECK(s.alice.engine().media_statistics().ignored_packets == 1);
}

TEST_CASE("payload numbers change in a re-INVITE, and audio goes on by the new ones (8.3.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.w.run_for(milliseconds(500));
    CHECK(s.peer.payload_type == 8);
    std::uint32_t at = 1600;
    std::uint16_t sequence = 10;
    const auto say = [&](std::uint8_t type, std::vector<std::uint8_t> payload, bool moves = true)
    {
        std::vector<std::uint8_t> packet(rtp::header_bytes);
        rtp::print_header({type, false, sequence++, at, 0xCAFE}, packet);
        packet.insert(packet.end(), payload.begin(), payload.end());
        if (moves) at += static_cast<std::uint32_t>(payload.size());
        s.peer.say_media(s.alice.media(),
                         {reinterpret_cast<const char*>(packet.data()), packet.size()});
        s.w.run_for(milliseconds(20));
    };
    const auto speak = [&](std::uint8_t type)
    {
        const auto before = s.alice.engine().media_statistics().received_packets;
        for (int i = 0; i < 10; ++i)
            say(type, std::vector<std::uint8_t>(160, 0xD5));
        return s.alice.engine().media_statistics().received_packets - before;
    };
    CHECK(speak(8) == 10);

    const std::string changed = "m=audio 7000 RTP/AVP 98 96\r\na=rtpmap:98 PCMA/8000\r\n"
                                "a=rtpmap:96 telephone-event/8000\r\n";
    s.peer.request("INVITE", {}, head + changed);
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    const std::string body(s.peer.last(200)->body());
    CHECK(body.find("RTP/AVP 98 96\r\na=rtpmap:98 PCMA/8000\r\na=rtpmap:96 telephone-event/8000") !=
          std::string::npos);
    s.w.run_for(milliseconds(200));
    CHECK(s.peer.payload_type == 98);
    CHECK(speak(98) == 10);
    CHECK(speak(8) == 0); // no number of this call any more
    for (const int end : {0x0A, 0x8A})
        say(96, {5, static_cast<std::uint8_t>(end), 0x03, 0x20}, false);
    CHECK(s.alice.seen.digits == "5");
    REQUIRE(s.alice.press("7"));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.payload_type == 96);

    // Our own next offer keeps to them.
    s.w.run_for(milliseconds(500));
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    const std::string ours(s.peer.last(sip::method::invite)->body());
    CAPTURE(ours);
    CHECK(ours.find(" RTP/AVP 98 0 96\r\n") != std::string::npos);
    CHECK(s.holds_then_ends("98 96"));
}

TEST_CASE("an answer may have numbers and an order of its own (RFC 3264 5.1, 6.1)")
{
    const struct
    {
        const char* name;
        std::string answer;
        std::string codec;
        int payload_type;
    } answers[] = {
        {"the second of ours", "m=audio 7000 RTP/AVP 0\r\n", "PCMU", 0},
        {"both: theirs is the first", "m=audio 7000 RTP/AVP 0 8\r\n", "PCMU", 0},
        {"a number of their own", "m=audio 7000 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000\r\n", "PCMA",
         97},
        {"one that we did not offer, first", "m=audio 7000 RTP/AVP 18 8\r\n", "PCMA", 8},
        {"an event of their number",
         "m=audio 7000 RTP/AVP 8 100\r\n"
         "a=rtpmap:100 telephone-event/8000\r\n",
         "PCMA", 8},
    };
    for (const auto& a : answers)
    {
        CAPTURE(a.name);
        agent_and_peer s;
        s.peer.on_message = [&](const sip::message& m)
        {
            if (m->is_request() && m->method() == sip::method::invite)
                s.peer.answer(m, "200 OK", s.peer.contact(), head + a.answer);
        };
        REQUIRE(s.alice.call(peer_uri));
        s.w.run_for(seconds(1));
        INFO(s.w.log());
        REQUIRE(s.alice.seen.answered == 1);
        CHECK(s.alice.seen.media.back().codec == a.codec);
        CHECK(s.peer.payload_type == a.payload_type);
        s.peer.adopt(s.peer.last(sip::method::invite), s.alice.sip());
        s.peer.request("BYE");
        CHECK(s.all_over());
    }
}
