// What one engine says to single messages and commands; whole calls are in tests/simulation.
#include "solosip/ua/engine.hpp"

#include "solosip/codecs/g711.hpp"
#include "support/catch.hpp"

#include <array>
#include <string>
#include <vector>

using namespace solosip;

namespace
{

constexpr endpoint us{ip_address::v4(192, 0, 2, 1), 5060};
constexpr endpoint them{ip_address::v4(192, 0, 2, 2), 5070};

const std::string offer =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

struct request_text
{
    std::string method = "INVITE";
    std::string uri = "sip:me@192.0.2.1";
    std::string branch = "z9hG4bK1";
    std::string to = "<sip:me@192.0.2.1>";
    std::string call_id = "c1";
    std::string extra{};
    std::string body = offer;
    std::string type = "application/sdp";
    int cseq = 1;
};

std::string text_of(const request_text& r)
{
    std::string m =
        r.method + ' ' + r.uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5070;branch=" + r.branch +
        "\r\nFrom: <sip:them@192.0.2.2>;tag=t1\r\nTo: " + r.to + "\r\nCall-ID: " + r.call_id +
        "\r\nCSeq: " + std::to_string(r.cseq) + ' ' + r.method +
        "\r\nMax-Forwards: 70\r\nContact: <sip:them@192.0.2.2:5070>\r\n" + r.extra;
    if (!r.body.empty() && !r.type.empty()) m += "Content-Type: " + r.type + "\r\n";
    return m + "Content-Length: " + std::to_string(r.body.size()) + "\r\n\r\n" + r.body;
}

struct fixture
{
    fixture() : random(1), agent(config(), random) {}

    static ua::settings config()
    {
        ua::settings s;
        s.codecs = {&codecs::pcma(), &codecs::pcmu()};
        return s;
    }

    // The messages that go out, and the events.
    std::vector<sip::message> drain()
    {
        std::vector<sip::message> sent;
        for (bool more = true; more;)
        {
            more = false;
            while (auto t = agent.poll_transmit())
            {
                more = true;
                last_to = t->to;
                auto m = sip::message::parse(t->bytes);
                REQUIRE(m);
                sent.push_back(std::move(*m));
            }
            while (auto e = agent.poll_event())
            {
                more = true;
                if (const auto* wanted = std::get_if<ua::lookup_wanted>(&*e))
                    agent.on_lookup(wanted->id, std::vector<ua::target>{{them, us}}, now);
                else
                    events.push_back(std::move(*e));
            }
        }
        return sent;
    }

    std::vector<sip::message> say(const request_text& r)
    {
        agent.receive(text_of(r), them, us, now);
        return drain();
    }

    template <class E>
    const E* seen() const
    {
        for (const auto& e : events)
            if (const auto* found = std::get_if<E>(&e)) return found;
        return nullptr;
    }

    void pass(duration d)
    {
        const auto end = now + d;
        for (auto next = agent.next_timeout(); next && *next <= end; next = agent.next_timeout())
        {
            now = *next;
            agent.handle_timeout(now);
            for (auto& m : drain())
                sent_later.push_back(std::move(m));
        }
        now = end;
    }

    seeded_random random;
    ua::engine agent;
    time_point now{seconds(1)};
    endpoint last_to;
    std::vector<ua::event> events;
    std::vector<sip::message> sent_later;
};

} // namespace

TEST_CASE("requests that begin no call get the answer of RFC 3261 section 8.2")
{
    struct row
    {
        const char* what;
        request_text request;
        int status;
    };
    const row rows[] = {
        {"options", {.method = "OPTIONS", .body = {}}, 200},
        {"a method that we do not do", {.method = "MESSAGE", .body = {}}, 405},
        {"no method at all", {.method = "PRIVATECOMMAND", .body = {}}, 501},
        {"a scheme that is none of ours", {.uri = "http://192.0.2.1/"}, 416},
        {"a telephone number", {.uri = "tel:+441632960123"}, 416},
        {"a required extension", {.extra = "Require: 100rel, precondition\r\n"}, 420},
        {"a dialog that is none", {.to = "<sip:me@192.0.2.1>;tag=gone"}, 481},
        {"a BYE for nothing", {.method = "BYE", .body = {}}, 481},
        {"a body that is no session", {.body = "hello", .type = "text/plain"}, 415},
        {"a body in code", {.extra = "Content-Encoding: gzip\r\n"}, 415},
        {"a malformed session", {.body = "v=0\r\nm=audio\r\n"}, 400},
        {"only video",
         {.body = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\n"
                  "t=0 0\r\nm=video 4000 RTP/AVP 31\r\n"},
         488},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.what);
        fixture f;
        const auto sent = f.say(r.request);
        REQUIRE(sent.size() == 1);
        CHECK(sent[0]->status() == r.status);
        CHECK(sent[0]->to()->tag() != "");
        CHECK_FALSE(f.agent.current_call());
        CHECK(f.events.empty());
        if (r.status == 405) CHECK(sent[0]->list_has(sip::header_id::allow, "INVITE"));
        if (r.status == 420)
        {
            CHECK_FALSE(sent[0]->list_has(sip::header_id::unsupported, "100rel"));
            CHECK(sent[0]->list_has(sip::header_id::unsupported, "precondition"));
        }
        if (r.status == 415 && r.request.type == "text/plain")
            CHECK(sent[0]->first(sip::header_id::accept) == "application/sdp");
    }
}

TEST_CASE("an INVITE is offered to the application, rung and answered")
{
    fixture f;
    auto sent = f.say({.extra = "Subject: Door\r\n"});
    REQUIRE(sent.size() == 1);
    CHECK(sent[0]->status() == 100);
    const auto* call = f.seen<ua::incoming_call>();
    REQUIRE(call);
    CHECK(call->from_uri == "sip:them@192.0.2.2");
    CHECK(call->invite->first(sip::header_id::subject) == "Door");
    const auto id = call->call;
    CHECK(f.agent.current_call() == id);

    REQUIRE(f.agent.ring(id, f.now));
    sent = f.drain();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0]->status() == 180);
    const std::string tag(sent[0]->to()->tag());
    CHECK(tag != "");

    REQUIRE(f.agent.answer(id, {4002, {}}, f.now));
    sent = f.drain();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0]->status() == 200);
    CHECK(sent[0]->to()->tag() == tag);
    CHECK(sent[0]->contact());
    // The address is the one that the routing table gave for this peer.
    CHECK(sent[0]->body().find("c=IN IP4 192.0.2.1\r\n") != std::string_view::npos);
    CHECK(sent[0]->body().find("m=audio 4002 RTP/AVP 8 101\r\n") != std::string_view::npos);
    CHECK(f.last_to == them);
    CHECK(f.seen<ua::call_answered>());
    const auto* media = f.seen<ua::media_started>();
    REQUIRE(media);
    CHECK(media->remote == endpoint{them.address, 4000});

    SECTION("our 2xx is repeated until the ACK comes (section 13.3.1.4)")
    {
        f.pass(milliseconds(3'600)); // 0.5, 1.5, 3.5
        CHECK(f.sent_later.size() == 3);
        f.say({.method = "ACK",
               .branch = "z9hG4bKack",
               .to = "<sip:me@192.0.2.1>;tag=" + tag,
               .body = {}});
        f.sent_later.clear();
        f.pass(seconds(100));
        CHECK(f.sent_later.empty());
        CHECK(f.agent.current_call() == id);

        const auto bye = f.say({.method = "BYE",
                                .branch = "z9hG4bKbye",
                                .to = "<sip:me@192.0.2.1>;tag=" + tag,
                                .extra = "Reason: SIP;cause=200;text=\"enough\"\r\n",
                                .body = {},
                                .cseq = 2});
        REQUIRE(bye.size() == 1);
        CHECK(bye[0]->status() == 200);
        const auto* ended = f.seen<ua::call_ended>();
        REQUIRE(ended);
        CHECK(ended->how.who == ua::ended_by::peer);
        CHECK(ended->how.reason == "enough");
        CHECK(ended->how.why == errc{});
        CHECK(ended->how.duration == milliseconds(103'600));
        f.pass(seconds(33));
        CHECK(f.agent.live_objects() == 0);
    }
    SECTION("without an ACK the call ends after 64*T1")
    {
        f.pass(seconds(33));
        const auto* ended = f.seen<ua::call_ended>();
        REQUIRE(ended);
        CHECK(ended->how.who == ua::ended_by::network);
        CHECK(ended->how.why == errc::timed_out);
        CHECK(f.sent_later.back()->method() == sip::method::bye);
    }
    SECTION("a second caller hears 486, and OPTIONS says so too (section 11.2)")
    {
        sent = f.say({.branch = "z9hG4bK2", .call_id = "c2"});
        REQUIRE(sent.size() == 1);
        CHECK(sent[0]->status() == 486);
        sent = f.say({.method = "OPTIONS", .branch = "z9hG4bK3", .call_id = "c3", .body = {}});
        CHECK(sent.at(0)->status() == 486);
    }
    SECTION("the same INVITE by another path is a loop (section 8.2.2.2)")
    {
        sent = f.say({.branch = "z9hG4bKother"});
        REQUIRE(sent.size() == 1);
        CHECK(sent[0]->status() == 482);
    }
    SECTION("an old request inside the dialog is out of order (section 12.2.2)")
    {
        sent = f.say({.method = "OPTIONS",
                      .branch = "z9hG4bK4",
                      .to = "<sip:me@192.0.2.1>;tag=" + tag,
                      .body = {},
                      .cseq = 0});
        CHECK(sent.at(0)->status() == 500);
    }
}

TEST_CASE("an unanswered call hears 480 in the end")
{
    fixture f;
    f.say({});
    f.pass(seconds(61));
    REQUIRE_FALSE(f.sent_later.empty());
    CHECK(f.sent_later[0]->status() == 480);
    const auto* ended = f.seen<ua::call_ended>();
    REQUIRE(ended);
    CHECK(ended->how.why == errc::no_answer);
    CHECK(ended->how.who == ua::ended_by::us);
}

TEST_CASE("commands that the state does not allow say so and change nothing")
{
    fixture f;
    const auto none = static_cast<ua::call_id>(7);
    CHECK(f.agent.answer(none, {}, f.now).code() == errc::call_ended);
    CHECK(f.agent.hang_up(none, f.now).code() == errc::call_ended);
    CHECK(f.agent.play(none, nullptr, {}, f.now).code() == errc::call_ended);
    CHECK(f.agent.call("bob", {}, f.now).code() == errc::bad_uri); // of which domain?
    CHECK(f.agent.call("sip:bob@192.0.2.2", {.subject = "a\r\nb"}, f.now).code() ==
          errc::bad_header);
    CHECK(f.agent.call("sip:bob@192.0.2.2", {.headers = {{"X", "a\nb"}}}, f.now).code() ==
          errc::bad_header);
    CHECK(f.drain().empty());

    const auto id = f.agent.call("sip:bob@192.0.2.2", {.media_port = 4000}, f.now);
    REQUIRE(id);
    CHECK(f.agent.call("sip:bob@192.0.2.2", {}, f.now).code() == errc::call_in_progress);
    CHECK(f.agent.answer(*id, {}, f.now).code() == errc::call_ended);
    CHECK(f.agent.send_digits(*id, "1", f.now).code() == errc::call_ended);
    const auto sent = f.drain();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0]->method() == sip::method::invite);
    CHECK(sent[0].bytes().size() < 1'300);
    REQUIRE(f.agent.hang_up(*id, f.now));
    CHECK(f.agent.hang_up(*id, f.now).code() == errc::call_ended);
}

TEST_CASE("junk on the SIP port is dropped")
{
    fixture f;
    for (const char* junk :
         {"", "\r\n\r\n", "hello", "INVITE sip:me@192.0.2.1 SIP/2.0", "SIP/2.0 200 OK\r\n\r\n",
          "INVITE\r\n\r\n", "\x80\x08\x01\x02\x03\x04\x05\x06\x07\x08\x09"})
    {
        f.agent.receive(junk, them, us, f.now);
        CHECK(f.drain().empty());
        CHECK(f.agent.live_objects() == 0);
    }
}
