// Keys pressed in a call, by RFC 4733 and by INFO: each press once.
#include "simulation/scenario.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <cmath>

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("digits by RFC 4733, both ways at the same time")
{
    two_agents s;
    REQUIRE(s.connect());
    REQUIRE(s.alice.press("1590*#ABCD"));
    REQUIRE(s.bob.press("7"));
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.bob.seen.digits == "1590*#ABCD");
    CHECK(s.alice.seen.digits == "7");
    for (const auto& d : s.bob.seen.presses)
    {
        CHECK(d.via == ua::digit_method::rtp);
        CHECK(d.length >= milliseconds(80));
        CHECK(d.length <= milliseconds(140));
    }
    REQUIRE(s.alice.seen.sent.size() == 1);
    CHECK(s.alice.seen.sent[0].why == errc{});
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("the same key pressed again and again is heard as often")
{
    two_agents s;
    REQUIRE(s.connect());
    REQUIRE(s.alice.press("1111111111"));
    s.w.run_for(seconds(5));
    CHECK(s.bob.seen.digits == "1111111111");
}

TEST_CASE("digits by INFO where RFC 4733 was not agreed (RFC 6086 legacy usage)")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", s.peer.contact(), s.peer.sdp("8"));
        if (m->method() == sip::method::info) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.press("42#"));
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::info) == 3);
    CHECK(header_of(s.peer.last(sip::method::info), "Content-Type") == "application/dtmf-relay");
    CHECK(s.peer.last(sip::method::info)->body().find("Signal=#") != std::string_view::npos);
    REQUIRE(s.alice.seen.sent.size() == 1);
    CHECK(s.alice.seen.sent[0].why == errc{});
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("keys go on by INFO when a re-INVITE takes telephone-events away")
{
    agent_and_peer s;
    s.connect_out();
    s.answer_all(sip::method::info);
    REQUIRE(s.alice.press("12345"));
    s.w.run_for(milliseconds(250)); // 1, and a part of 2
    s.peer.request("INVITE", s.peer.contact(), s.peer.sdp("8"));
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge();
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    std::string keys;
    for (const auto& heard : s.peer.inbox)
        if (heard.message->is_request() && heard.message->method() == sip::method::info)
            keys += heard.message->body()[7]; // "Signal="
    CHECK(keys == "345");
    REQUIRE(s.alice.seen.sent.size() == 1);
    CHECK(s.alice.seen.sent[0].why == errc{});
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("digits by INFO on demand, from engine to engine, over a bad line")
{
    two_agents s(
        {.loss = 0.2, .duplication = 0.2, .latency = milliseconds(20), .spread = milliseconds(100)},
        5);
    REQUIRE(s.connect());
    REQUIRE(s.alice.press("159D*#", ua::digit_method::info));
    s.w.run_for(seconds(60));
    INFO(s.w.log());
    CHECK(s.bob.seen.digits == "159D*#");
    for (const auto& d : s.bob.seen.presses)
        CHECK(d.via == ua::digit_method::info);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("INFO in both its bodies is heard, and answered with 200")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INFO", "Content-Type: application/dtmf-relay\n",
                   "Signal=5\r\nDuration=160\r\n");
    s.w.run_for(milliseconds(100));
    s.peer.request("INFO", "Content-Type: application/dtmf\n", "9");
    s.w.run_for(milliseconds(100));
    s.peer.say_again(); // a repetition is no second press
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.seen.digits == "59");
    CHECK(s.alice.seen.presses.at(0).length == milliseconds(160));
    // What is no key is refused, and the call goes on.
    s.peer.request("INFO", "Content-Type: application/dtmf-relay\n", "Signal=\r\n");
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(400) == 1);
    s.peer.request("INFO", "Content-Type: application/json\n", "{}");
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(415) == 1);
    CHECK(s.alice.in_call());
    CHECK(s.alice.seen.digits == "59");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an INFO that the other side does not understand is no end of the call")
{
    agent_and_peer s;
    s.connect_out();
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::info) s.peer.answer(m, "415 Unsupported Media Type");
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.press("12", ua::digit_method::info));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.sent.size() == 1);
    CHECK(s.alice.seen.sent[0].why != errc{});
    CHECK(s.alice.in_call());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE(
    "the ends of an event are lost: the press is heard all the same (RFC 4733 section 2.5.2.2)")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.lets_pass = [](const datagram& d)
    {
        const bool event = !d.is_sip() && d.bytes.size() == 16 && (d.bytes[1] & 0x7f) == 101;
        return !(event && (d.bytes[13] & 0x80) != 0);
    };
    REQUIRE(s.alice.press("123"));
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    CHECK(s.bob.seen.digits == "123");
}

TEST_CASE("only the ends of an event arrive: the press is heard once")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.lets_pass = [](const datagram& d)
    {
        const bool event = !d.is_sip() && d.bytes.size() == 16 && (d.bytes[1] & 0x7f) == 101;
        return !(event && (d.bytes[13] & 0x80) == 0);
    };
    REQUIRE(s.alice.press("1123"));
    s.w.run_for(seconds(3));
    CHECK(s.bob.seen.digits == "1123");
}

TEST_CASE("digits under way when the call ends are told as not sent")
{
    two_agents s;
    REQUIRE(s.connect());
    REQUIRE(s.alice.press("1234567890"));
    s.w.run_for(milliseconds(500));
    REQUIRE(s.alice.hang_up());
    INFO(s.w.log());
    REQUIRE(s.alice.seen.sent.size() == 1);
    CHECK(s.alice.seen.sent[0].why != errc{});
    CHECK(s.all_over());
}

TEST_CASE(
    "the hook flash goes by RFC 4733 to who takes it so, else by INFO (RFC 4733 section 2.4.1)")
{
    two_agents s;
    REQUIRE(s.connect());
    REQUIRE(s.alice.press("1!2"));
    s.w.run_for(seconds(2));
    CHECK(s.bob.seen.digits == "1!2");
    for (const auto& d : s.bob.seen.presses)
        CHECK(d.via == ua::digit_method::rtp);

    agent_and_peer other; // which takes 0-15
    other.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            other.peer.answer(m, "200 OK", other.peer.contact(), other.peer.sdp("8 101"));
        if (m->method() == sip::method::info) other.peer.answer(m, "200 OK");
    };
    REQUIRE(other.alice.call(peer_uri));
    other.w.run_for(seconds(1));
    CHECK(other.alice.press("1!2", ua::digit_method::rtp).code() == errc::bad_digit);
    REQUIRE(other.alice.press("12"));
    other.w.run_for(seconds(2));
    CHECK(other.peer.count(sip::method::info) == 0);
    REQUIRE(other.alice.press("1!2"));
    other.w.run_for(seconds(2));
    CHECK(other.peer.count(sip::method::info) == 3);
}

TEST_CASE("what is no key is refused at once")
{
    two_agents s;
    REQUIRE(s.connect());
    CHECK(s.alice.press("12x").code() == errc::bad_digit);
    CHECK(s.alice.press("12x", ua::digit_method::info).code() == errc::bad_digit);
    CHECK(!s.alice.press(std::string(100'000, '1')).has_value());
    s.w.run_for(seconds(1));
    CHECK(s.bob.seen.digits.empty());
}

TEST_CASE("a key by RFC 4733 and by INFO at once is one press")
{
    two_agents s;
    REQUIRE(s.connect());
    for (const std::string key : {"1", "1", "2", "1", "!"})
    {
        REQUIRE(s.alice.press(key, ua::digit_method::rtp));
        REQUIRE(s.alice.press(key, ua::digit_method::info));
        s.w.run_for(milliseconds(400));
    }
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.bob.seen.digits == "1121!");
}

TEST_CASE("keys in the sound are heard where RFC 4733 was not agreed")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", s.peer.contact(), s.peer.sdp("8"));
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    // 852 and 1336 Hz: 8; then silence.
    for (std::uint16_t n = 0; n < 20; ++n)
    {
        std::array<std::uint8_t, 172> packet{};
        rtp::print_header({8, n == 0, n, n * 160u, 5}, packet);
        for (int i = 0; i < 160; ++i)
        {
            const double t = (n * 160 + i) / 8000.0, turn = 6.283185307;
            const double v =
                n < 6 ? 6000 * (std::sin(turn * 852 * t) + std::sin(turn * 1336 * t)) : 0;
            packet[static_cast<std::size_t>(12 + i)] =
                codecs::linear_to_alaw(static_cast<media::sample>(v));
        }
        s.peer.say_media(s.alice.media(),
                         {reinterpret_cast<const char*>(packet.data()), packet.size()});
        s.w.run_for(milliseconds(20));
    }
    s.w.run_for(seconds(1));
    CHECK(s.alice.seen.digits == "8");
    CHECK(s.alice.seen.presses.at(0).via == ua::digit_method::tone);
}

TEST_CASE("one packet of a press is enough, though no two packets come in sequence")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    int events = 0;
    s.w.lets_pass = [&](const datagram& d)
    {
        const bool event = !d.is_sip() && d.bytes.size() == 16 && (d.bytes[1] & 0x7f) == 101;
        return d.is_sip() || (event && events++ % 7 == 0);
    };
    REQUIRE(s.alice.press("12345"));
    s.w.run_for(seconds(4));
    INFO(s.w.log());
    CHECK(events > 20);
    CHECK(s.bob.seen.digits == "12345");
}
