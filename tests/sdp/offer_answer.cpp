#include "solosip/sdp/offer_answer.hpp"
#include "sdp/sides.hpp"
#include "sdp/texts.hpp"
#include "support/catch.hpp"

using namespace solosip;
using namespace solosip::sdp;

namespace
{

description parsed(std::string_view text)
{
    const auto d = parse(text);
    REQUIRE(d.has_value());
    return *d;
}

// A description of one audio line.
std::string audio(std::string_view formats, std::string_view more = "",
                  std::string_view address = "IN IP4 192.0.2.99", std::string_view port = "5000")
{
    std::string text = "v=0\r\no=- 1 1 IN IP4 192.0.2.99\r\ns=-\r\nc=";
    text += address;
    text += "\r\nt=0 0\r\nm=audio ";
    text += port;
    text += " RTP/AVP ";
    text += formats;
    text += "\r\n";
    text += more;
    return text;
}

constexpr char events_101[] = "a=rtpmap:101 telephone-event/8000\r\n";

} // namespace

TEST_CASE("an offer lists our codecs in our order, and the events")
{
    CHECK(print(make_offer(ours())) == "v=0\r\n"
                                       "o=- 11 12 IN IP4 192.0.2.1\r\n"
                                       "s=-\r\n"
                                       "c=IN IP4 192.0.2.1\r\n"
                                       "t=0 0\r\n"
                                       "m=audio 4000 RTP/AVP 8 0 101\r\n"
                                       "a=rtpmap:8 PCMA/8000\r\n"
                                       "a=rtpmap:0 PCMU/8000\r\n"
                                       "a=rtpmap:101 telephone-event/8000\r\n"
                                       "a=fmtp:101 0-16\r\n"
                                       "a=ptime:20\r\n"
                                       "a=sendrecv\r\n");
}

TEST_CASE("an offer without events, over IPv6, on hold")
{
    auto local = ours();
    local.events = false;
    local.rtp.address = *ip_address::parse("2001:db8::1");
    local.direction = direction::sendonly;
    const auto d = make_offer(local);
    CHECK(print(d).find("c=IN IP6 2001:db8::1\r\n") != std::string::npos);
    CHECK(d.media.at(0).format_tokens == std::vector<std::string>{"8", "0"});
    CHECK(d.media[0].direction == direction::sendonly);
}

TEST_CASE("events are offered for each clock rate (RFC 4733 section 2.1)")
{
    auto local = ours();
    local.codecs.push_back({"opus", 48000, 2, 102, ""});
    const auto m = make_offer(local).media.at(0);
    CHECK(m.format_tokens == std::vector<std::string>{"8", "0", "102", "101", "103"});
    CHECK(m.formats.back() == format{103, "telephone-event", 48000, 1, "0-16"});
}

TEST_CASE("answers to offers in the manner of real peers")
{
    const struct
    {
        const char* offer;
        const char* formats;
        std::uint8_t codec;
        std::optional<std::uint8_t> events;
        const char* remote;
        const char* remote_rtcp;
    } rows[] = {
        {texts::router, "8 101", 8, 101, "192.168.178.1:7078", "192.168.178.1:7079"},
        {texts::pbx, "0 96", 0, 96, "198.51.100.20:14562", "198.51.100.20:14563"},
        {texts::generator, "0", 0, {}, "127.0.0.1:6000", "127.0.0.1:6001"},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.offer);
        const auto a = make_answer(parsed(row.offer), ours());
        REQUIRE(a.has_value());
        const auto text = print(a->text);
        CAPTURE(text);
        CHECK(text.find("m=audio 4000 RTP/AVP " + std::string(row.formats) + "\r\n") !=
              std::string::npos);
        CHECK(a->agreed.codec.payload_type == row.codec);
        CHECK(a->agreed.receive_payload_type == row.codec);
        CHECK(a->agreed.send_events == row.events);
        CHECK(a->agreed.receive_events == row.events);
        CHECK(a->agreed.remote.to_string() == row.remote);
        CHECK(a->agreed.remote_rtcp.to_string() == row.remote_rtcp);
        CHECK(a->agreed.direction == direction::sendrecv);
        CHECK(!a->agreed.held_by_peer);
        CHECK(a->text.session_id == 11);
        CHECK(a->text.version == 12);
    }
}

TEST_CASE("the first line that suits is answered, every other one refused (RFC 3264 section 6)")
{
    const auto a = make_answer(parsed(texts::video_phone), ours());
    REQUIRE(a.has_value());
    CHECK(a->agreed.media_index == 2);
    CHECK(a->agreed.remote.to_string() == "203.0.113.6:5008");
    CHECK(print(a->text) == "v=0\r\n"
                            "o=- 11 12 IN IP4 192.0.2.1\r\n"
                            "s=-\r\n"
                            "c=IN IP4 192.0.2.1\r\n"
                            "t=0 0\r\n"
                            "m=video 0 RTP/AVP 31 97\r\n"
                            "m=audio 0 RTP/SAVP 8\r\n"
                            "m=audio 4000 RTP/AVP 8 101\r\n"
                            "a=rtpmap:8 PCMA/8000\r\n"
                            "a=rtpmap:101 telephone-event/8000\r\n"
                            "a=fmtp:101 0-16\r\n"
                            "a=ptime:20\r\n"
                            "a=sendrecv\r\n"
                            "m=application 0 UDP/BFCP *\r\n"
                            "m=image 0 udptl t38\r\n");
}

TEST_CASE("an offer over IPv6 suits an agent that is reached over IPv6")
{
    auto local = ours();
    CHECK(make_answer(parsed(texts::softphone), local).code() == errc::no_common_codec);
    local.rtp.address = *ip_address::parse("2001:db8::1");
    const auto a = make_answer(parsed(texts::softphone), local);
    REQUIRE(a.has_value());
    CHECK(a->agreed.codec.name == "PCMA");
    CHECK(a->agreed.send_events == 102); // the one of the codec's clock rate
    CHECK(!a->agreed.rtcp_mux);
    CHECK(!a->text.media[0].rtcp_mux);
    CHECK(a->agreed.remote_rtcp.to_string() == "[2001:db8::17]:40009");

    local.rtcp_mux = true;
    const auto muxed = make_answer(parsed(texts::softphone), local);
    CHECK(muxed->text.media[0].rtcp_mux);
    CHECK(muxed->agreed.remote_rtcp == muxed->agreed.remote);
}

TEST_CASE("offers that hold nothing for us")
{
    for (const auto& offer :
         {audio("3 18"), audio("97", "a=rtpmap:97 iLBC/8000\r\n"), audio("101", events_101),
          audio("120", "a=rtpmap:120 PCMA/16000\r\n"), audio("8", "a=rtpmap:8 PCMA/8000/2\r\n"),
          audio("0", "", "IN IP4 192.0.2.99", "0"), std::string("v=0\r\n"),
          std::string("v=0\r\nm=video 5000 RTP/AVP 0\r\n"),
          std::string("v=0\r\nm=audio 5000 RTP/SAVP 0\r\n"),
          std::string("v=0\r\nm=audio 5000 UDP/TLS/RTP/SAVPF 0\r\n"),
          std::string("v=0\r\nm=audio 5000 RTP/AVP\r\n")})
    {
        CAPTURE(offer);
        const auto a = make_answer(parsed(offer), ours());
        REQUIRE(!a.has_value());
        CHECK(a.code() == errc::no_common_codec);
    }
}

TEST_CASE("names are compared without case, and numbers are the offer's")
{
    const auto a = make_answer(
        parsed(audio("98 99", "a=rtpmap:98 pcma/8000\r\na=rtpmap:99 Telephone-Event/8000\r\n")),
        ours());
    REQUIRE(a.has_value());
    CHECK(a->text.media[0].format_tokens == std::vector<std::string>{"98", "99"});
    CHECK(a->agreed.codec.payload_type == 98);
    CHECK(a->agreed.receive_events == 99);
}

TEST_CASE("directions of an answer (RFC 3264 section 6.1) and hold (section 8.4)")
{
    using d = direction;
    const struct
    {
        const char* theirs;
        d mine, answered;
        bool held;
    } rows[] = {
        {"sendrecv", d::sendrecv, d::sendrecv, false},
        {"sendonly", d::sendrecv, d::recvonly, true},
        {"recvonly", d::sendrecv, d::sendonly, false},
        {"inactive", d::sendrecv, d::inactive, true},
        {"sendrecv", d::sendonly, d::sendonly, false},
        {"sendonly", d::sendonly, d::inactive, true},
        {"recvonly", d::recvonly, d::inactive, false},
        {"sendrecv", d::inactive, d::inactive, false},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.theirs, to_string(row.mine));
        auto local = ours();
        local.direction = row.mine;
        const auto a =
            make_answer(parsed(audio("0", "a=" + std::string(row.theirs) + "\r\n")), local);
        REQUIRE(a.has_value());
        CHECK(a->text.media[0].direction == row.answered);
        CHECK(a->agreed.direction == row.answered);
        CHECK(a->agreed.held_by_peer == row.held);
    }
}

TEST_CASE("the old way of holding: 0.0.0.0 (RFC 3264 section 8.4)")
{
    const auto a = make_answer(parsed(audio("0", "", "IN IP4 0.0.0.0")), ours());
    REQUIRE(a.has_value());
    CHECK(a->agreed.held_by_peer);
    CHECK(a->agreed.direction == direction::recvonly);
    CHECK(a->text.media[0].direction == direction::recvonly);
    CHECK(a->text.media[0].port == 4000);
}

TEST_CASE("packet times: what they ask for, within what they can take")
{
    const struct
    {
        const char* attributes;
        unsigned agreed;
    } rows[] = {
        {"", 20},
        {"a=ptime:30\r\n", 30},
        {"a=ptime:10\r\n", 10},
        {"a=ptime:0\r\n", 20},
        {"a=ptime:35\r\n", 30},
        {"a=ptime:4000000000\r\n", 100},
        {"a=ptime:60\r\na=maxptime:40\r\n", 40},
        {"a=maxptime:10\r\n", 10},
        {"a=maxptime:5\r\n", 20},
        {"a=maxptime:150\r\n", 20},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.attributes);
        CHECK(make_answer(parsed(audio("0", row.attributes)), ours())->agreed.ptime == row.agreed);
    }
}

TEST_CASE("an answer is read against the offer")
{
    const auto local = ours();
    const auto offer = make_offer(local);
    const auto a = read_answer(offer, parsed(texts::pbx), local);
    REQUIRE(a.has_value());
    CHECK(a->codec.name == "PCMU");
    CHECK(a->codec.payload_type == 0);
    CHECK(a->receive_payload_type == 0);
    CHECK(a->remote.to_string() == "198.51.100.20:14562");
    CHECK(a->send_events == 96);     // as they want to hear it
    CHECK(a->receive_events == 101); // as we announced it
    CHECK(a->direction == direction::sendrecv);
    CHECK(!a->held_by_peer);
}

TEST_CASE("a dynamic codec may have another number in each direction (RFC 3264 section 5.1)")
{
    auto local = ours();
    local.codecs = {{"L16", 16000, 1, 96, ""}};
    const auto a =
        read_answer(make_offer(local), parsed(audio("110", "a=rtpmap:110 L16/16000\r\n")), local);
    REQUIRE(a.has_value());
    CHECK(a->codec.payload_type == 110);
    CHECK(a->receive_payload_type == 96);
}

TEST_CASE("answers that leave out what the offer has said")
{
    auto local = ours();
    local.codecs = {{"L16", 16000, 1, 96, ""}};
    const auto a = read_answer(make_offer(local), parsed(audio("96 101")), local);
    REQUIRE(a.has_value());
    CHECK(a->codec == format{96, "L16", 16000, 1, ""});
    CHECK(a->send_events == 101);
}

TEST_CASE("answers without events, or with events that we did not offer")
{
    auto local = ours();
    const auto none = read_answer(make_offer(local), parsed(audio("8")), local);
    CHECK(!none->send_events);
    CHECK(!none->receive_events);
    local.events = false;
    const auto unasked = read_answer(make_offer(local), parsed(audio("8 101", events_101)), local);
    CHECK(!unasked->send_events);
    CHECK(!unasked->receive_events);
}

TEST_CASE("answers that refuse")
{
    const auto local = ours();
    const auto offer = make_offer(local);
    const struct
    {
        std::string answer;
        errc why;
    } rows[] = {
        {audio("8", "", "IN IP4 192.0.2.99", "0"), errc::no_common_codec},
        {audio("18"), errc::no_common_codec},
        {audio("101", events_101), errc::no_common_codec},
        {"v=0\r\nm=audio 5000 RTP/SAVP 8\r\n", errc::no_common_codec},
        {"v=0\r\n", errc::bad_syntax},
        {"v=0\r\nm=video 5000 RTP/AVP 31\r\n", errc::bad_syntax},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.answer);
        const auto a = read_answer(offer, parsed(row.answer), local);
        REQUIRE(!a.has_value());
        CHECK(a.code() == row.why);
    }
}

TEST_CASE("answers with another number of m= lines")
{
    const auto local = ours();
    const auto offer = make_offer(local);
    CHECK(read_answer(offer, parsed(audio("8", "m=video 0 RTP/AVP 31\r\n")), local).has_value());
    const auto second = read_answer(
        offer, parsed("v=0\r\nc=IN IP4 192.0.2.5\r\nm=video 0 RTP/AVP 31\r\nm=audio 6 RTP/AVP 8"),
        local);
    REQUIRE(second.has_value());
    CHECK(second->remote.to_string() == "192.0.2.5:6");
}

TEST_CASE("directions of an answer as the offerer understands them")
{
    using d = direction;
    const struct
    {
        d offered;
        const char* theirs;
        d agreed;
        bool held;
    } rows[] = {
        {d::sendrecv, "sendrecv", d::sendrecv, false},
        {d::sendrecv, "recvonly", d::sendonly, false},
        {d::sendrecv, "sendonly", d::recvonly, true},
        {d::sendrecv, "inactive", d::inactive, true},
        {d::sendonly, "recvonly", d::sendonly, false},
        {d::sendonly, "sendrecv", d::sendonly, false},
        {d::inactive, "inactive", d::inactive, false},
        {d::recvonly, "sendonly", d::recvonly, false},
    };
    for (const auto& row : rows)
    {
        CAPTURE(to_string(row.offered), row.theirs);
        auto local = ours();
        local.direction = row.offered;
        const auto a = read_answer(make_offer(local),
                                   parsed(audio("8", "a=" + std::string(row.theirs))), local);
        REQUIRE(a.has_value());
        CHECK(a->direction == row.agreed);
        CHECK(a->held_by_peer == row.held);
    }
}

TEST_CASE("two agents agree with each other")
{
    const auto caller = ours();
    auto callee = ours();
    callee.rtp = {ip_address::v4(192, 0, 2, 2), 6000};
    callee.codecs = {{"PCMU", 8000, 1, 0, ""}, {"PCMA", 8000, 1, 8, ""}};
    callee.event_payload_type = 110;
    const auto offer = parsed(print(make_offer(caller)));
    const auto answer = make_answer(offer, callee);
    REQUIRE(answer.has_value());
    const auto read = read_answer(offer, parsed(print(answer->text)), caller);
    REQUIRE(read.has_value());
    CHECK(read->codec.name == "PCMA"); // the offerer's preference
    CHECK(read->codec.payload_type == answer->agreed.receive_payload_type);
    CHECK(read->send_events == answer->agreed.receive_events);
    CHECK(read->receive_events == answer->agreed.send_events);
    CHECK(read->remote == callee.rtp);
    CHECK(answer->agreed.remote == caller.rtp);
}

TEST_CASE("a re-INVITE that changes address, port and codec")
{
    const auto first = make_answer(parsed(texts::router), ours());
    const auto next = make_answer(parsed(audio("0 105", "a=rtpmap:105 telephone-event/8000\r\n",
                                               "IN IP4 192.0.2.77", "6502")),
                                  ours());
    REQUIRE(first.has_value());
    REQUIRE(next.has_value());
    CHECK(next->agreed.remote.to_string() == "192.0.2.77:6502");
    CHECK(next->agreed.codec.name == "PCMU");
    CHECK(next->agreed.send_events == 105);
}

TEST_CASE("our next offer keeps lines and numbers (RFC 3264 sections 8, 8.3.2)")
{
    const auto a = make_answer(parsed("v=0\r\nc=IN IP4 192.0.2.9\r\n"
                                      "m=video 5004 RTP/AVP 31\r\n"
                                      "m=audio 5006 RTP/AVP 97 98\r\n"
                                      "a=rtpmap:97 PCMA/8000\r\n"
                                      "a=rtpmap:98 telephone-event/8000\r\n"),
                               ours());
    REQUIRE(a.has_value());
    auto local = ours();
    local.direction = direction::sendonly;
    ++local.version;
    const auto offer = make_next_offer(a->text, a->agreed, local);
    REQUIRE(offer.media.size() == 2);
    CHECK(offer.version == 13);
    CHECK(offer.media[0].kind == "video");
    CHECK(offer.media[0].port == 0);
    CHECK(offer.media[1].format_tokens == std::vector<std::string>{"97", "0", "98"});
    CHECK(offer.media[1].direction == direction::sendonly);
    const auto read = read_answer(offer,
                                  parsed("v=0\r\nc=IN IP4 192.0.2.9\r\nm=video 0 RTP/AVP 31\r\n"
                                         "m=audio 5006 RTP/AVP 97 98\r\na=rtpmap:97 PCMA/8000\r\n"
                                         "a=rtpmap:98 telephone-event/8000\r\na=recvonly\r\n"),
                                  local);
    REQUIRE(read.has_value());
    CHECK(read->media_index == 1);
    CHECK(read->direction == direction::sendonly);
    CHECK(!read->held_by_peer);
}

TEST_CASE("a refusal answers every line, with port 0 (RFC 3264 section 6)")
{
    const auto offer =
        parsed(audio("8 0", "m=video 6000 RTP/AVP 31\r\nm=application 7000 udp x\r\n"));
    REQUIRE(offer.media.size() == 3);
    const auto answer = refuse(offer, ours());
    REQUIRE(answer.media.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
    {
        CHECK(answer.media[i].port == 0);
        CHECK(answer.media[i].kind == offer.media[i].kind);
        CHECK(answer.media[i].protocol == offer.media[i].protocol);
        CHECK(answer.media[i].format_tokens == offer.media[i].format_tokens);
    }
    CHECK(print(answer).find("m=video 0 RTP/AVP 31\r\n") != std::string::npos);
}
