// Offers and answers in calls (RFC 3264; RFC 3261 sections 13.2.1, 14).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("nothing in common: 488, and nobody is rung (RFC 3261 section 13.3.1.3)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, s.peer.sdp("18 101"));
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    REQUIRE(s.peer.count(488) == 1);
    CHECK(header_of(s.peer.last(488), "Warning") == "305 solosip \"No audio codec in common\"");
    CHECK(s.alice.seen.incoming.empty());
    CHECK(s.all_over());
}

TEST_CASE("a part that must be understood and is not: 415; one that need not be: rung (20.11)")
{
    for (const std::string handling : {"required", "optional"})
    {
        CAPTURE(handling);
        agent_and_peer s;
        s.peer.invite(
            s.alice.sip(), "sip:alice@192.0.2.1", "Content-Type: multipart/mixed;boundary=b\n",
            "--b\r\nContent-Type: application/sdp\r\n\r\n" + s.peer.sdp() +
                "\r\n--b\r\nContent-Type: a/b\r\nContent-Disposition: x;handling=" + handling +
                "\r\n\r\n?\r\n--b--\r\n");
        s.w.run_for(milliseconds(100));
        INFO(s.w.log());
        CHECK(s.peer.count(415) == (handling == "required" ? 1 : 0));
        CHECK(s.peer.count(180) == (handling == "required" ? 0 : 1));
    }
}

TEST_CASE("more lines than we read: 488, with a warning (20.43)")
{
    agent_and_peer s;
    std::string offer = s.peer.sdp();
    for (int i = 0; i < 16; ++i)
        offer += "m=video 0 RTP/AVP 31\r\n";
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, offer);
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(488) == 1);
    CHECK(header_of(s.peer.last(488), "Warning").starts_with("399 "));
}

TEST_CASE("an answer with nothing in common: the call is given back at once")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", s.peer.contact(), s.peer.sdp("18"));
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 1);
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::no_common_codec);
}

TEST_CASE("answers that are no session description give the call back too")
{
    const std::string body = GENERATE(std::string("hello"), std::string());
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) s.peer.answer(m, "200 OK", s.peer.contact(), body);
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 1);
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("every other m= line is refused with port 0, in its place (RFC 3264 section 6)")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {},
                  "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                  "m=video 7002 RTP/AVP 31\r\nm=audio 7000 RTP/AVP 0 8\r\n"
                  "m=application 9 UDP/BFCP *\r\n");
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    const std::string body(s.peer.last(200)->body());
    CAPTURE(body);
    const auto video = body.find("m=video 0 RTP/AVP 31\r\n");
    const auto audio =
        body.find("m=audio " + std::to_string(s.alice.media().port) + " RTP/AVP 0\r\n");
    const auto floor = body.find("m=application 0 UDP/BFCP *\r\n");
    CHECK(video < audio);
    CHECK(audio < floor);
    CHECK(floor != std::string::npos);
    CHECK(s.alice.seen.media.at(0).codec == "PCMU");
}

TEST_CASE("static payload types need no rtpmap, and the events their own number (RFC 3264 5.1)")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {},
                  "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                  "m=audio 7000 RTP/AVP 8 97\r\na=rtpmap:97 telephone-event/8000");
    s.w.run_for(milliseconds(200));
    const std::string body(s.peer.last(200)->body());
    CHECK(body.find("RTP/AVP 8 97\r\n") != std::string::npos);
    s.peer.acknowledge();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.media_packets >= 45);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an INVITE without an offer: ours is in the 200, the answer in the ACK (13.2.1)")
{
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, std::string());
    s.w.run_for(milliseconds(200));
    CHECK(s.peer.last(200)->body().find("m=audio") != std::string_view::npos);
    CHECK(s.alice.seen.media.empty());
    s.peer.acknowledge(s.peer.sdp());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.media.size() == 1);
    CHECK(s.alice.seen.media[0].remote == endpoint{peer_address, 7000});
    CHECK(s.peer.media_packets >= 45);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an INVITE without an offer whose ACK has no good answer: the call is given back")
{
    const std::string bad =
        GENERATE(std::string(), std::string("v=0\r\nm=audio 7000 RTP/AVP 18\r\n"));
    agent_and_peer s;
    s.alice.how.answer_after = milliseconds(0);
    s.answer_all(sip::method::bye);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, std::string());
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge(bad);
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::no_common_codec);
}

TEST_CASE("the other side moves its audio by a re-INVITE (RFC 3264 section 8.3.1)")
{
    agent_and_peer s;
    s.connect_in();
    simulation::peer other(s.w, "other", carol_address);
    s.peer.request("INVITE", {}, other.sdp());
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    INFO(s.w.log());
    REQUIRE(s.alice.seen.media.size() == 2);
    CHECK(s.alice.seen.media[1].remote == endpoint{carol_address, 7000});
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    CHECK(other.media_packets >= 45);
    CHECK(s.peer.media_packets == before);
    CHECK(s.alice.seen.answered == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("the other side holds, in the new and in the old way, and resumes (RFC 3264 8.4)")
{
    const auto held = GENERATE(std::string("a=sendonly\r\n"), std::string("a=inactive\r\n"),
                               std::string("0.0.0.0"));
    agent_and_peer s;
    s.connect_in();
    auto offer = s.peer.sdp("8 101", held.starts_with("a=") ? held : "");
    if (held == "0.0.0.0")
    {
        const std::string line = "c=IN IP4 192.0.2.9";
        offer.replace(offer.find(line), line.size(), "c=IN IP4 0.0.0.0");
    }
    s.peer.request("INVITE", {}, offer);
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    const std::string body(s.peer.last(200)->body());
    CHECK(body.find(held == "a=inactive\r\n" ? "a=inactive" : "a=recvonly") != std::string::npos);
    s.w.run_for(milliseconds(200));
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.peer.media_packets == before);
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    s.w.run_for(seconds(1));
    CHECK(s.peer.media_packets >= before + 45);
    s.peer.request("BYE");
    CHECK(s.all_over());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("a re-INVITE that we cannot do is refused, and the call stays as it was (14.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE", {}, s.peer.sdp("18"));
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    REQUIRE(s.peer.count(488) == 1);
    s.peer.acknowledge_refusal(s.peer.last(488));
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    CHECK(s.peer.media_packets >= before + 45);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE refused before the first ACK came leaves the call as it was (14.2)")
{
    agent_and_peer s;
    s.w.lets_pass = lose(1, "ACK ");
    s.connect_in();
    s.peer.request("INVITE", {}, s.peer.sdp("18"));
    s.w.run_for(milliseconds(200));
    REQUIRE(s.peer.count(488) == 1);
    s.peer.acknowledge_refusal(s.peer.last(488));
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("a re-INVITE without an offer asks for ours (14.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE");
    s.w.run_for(milliseconds(200));
    CHECK(s.peer.last(200)->body().find("m=audio") != std::string_view::npos);
    s.peer.acknowledge(s.peer.sdp());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("BYE crosses a re-INVITE: the call is over, and the INVITE hears it (RFC 5407 3.2.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.answer_all(sip::method::bye);
    s.peer.request("INVITE", {}, s.peer.sdp());
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.peer.count(481) == 1);
    s.peer.acknowledge_refusal(s.peer.last(481));
    CHECK(s.all_over());
}
