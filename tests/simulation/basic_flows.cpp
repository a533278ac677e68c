// The flows of RFC 3665 that a user agent takes part in, one scenario for each section, with us at
// the end that has more to do. Of a proxy only what reaches us is played.
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

#include <algorithm>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct registering
{
    world w{1};
    node bob{w, "bob", bob_address};
    registrar server{w, peer_address};

    void in()
    {
        bob.register_as(account_at(server, "bob"));
        w.run_for(seconds(1));
    }
    std::vector<sip::message> registers() const
    {
        std::vector<sip::message> all;
        for (const auto& h : server.inbox)
            if (h.message->method() == sip::method::register_) all.push_back(h.message);
        return all;
    }
};

// Alice behind an outbound proxy, which speaks for the next one and for Bob as well.
struct behind_proxies
{
    behind_proxies()
    {
        ua::account a;
        a.uri = "sip:alice@example.com";
        a.registrar = a.outbound_proxy = proxy.host();
        a.password = "secret";
        REQUIRE(alice.engine().set_account(a));
        alice.drain();
    }
    void call()
    {
        REQUIRE(alice.call("sip:bob@biloxi.example.com"));
        w.run_for(milliseconds(50));
    }
    // The last INVITE, answered.
    void answer(const std::string& status, const std::string& more = {},
                const std::string& body = {})
    {
        proxy.answer(proxy.last(sip::method::invite), status, more, body);
        w.run_for(milliseconds(50));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }

    world w{1};
    node alice{w, "alice", alice_address};
    simulation::peer proxy{w, "proxy", peer_address};
    const std::string route = "Record-Route: <sip:ss2.example.com;lr>, <sip:192.0.2.9;lr>\n";
};

std::string digest(const std::string& realm)
{
    return "Proxy-Authenticate: Digest realm=\"" + realm + "\", qop=\"auth\", nonce=\"of " + realm +
           "\"\n";
}

} // namespace

// ---- section 2: registration

TEST_CASE("RFC 3665 2.1 successful new registration")
{
    registering s;
    s.in();
    INFO(s.w.log());
    const auto sent = s.registers();
    REQUIRE(sent.size() == 2);
    CHECK(s.server.count(401) == 0); // it is the one who says so
    CHECK(header_of(sent[0], "Authorization").empty());
    CHECK(header_of(sent[1], "Authorization").find("username=\"bob\"") != std::string::npos);
    CHECK(sent[0]->call_id() == sent[1]->call_id());
    CHECK(sent[1]->cseq()->number == sent[0]->cseq()->number + 1);
    CHECK(sent[1]->request_uri() == "sip:example.com");
    CHECK(header_of(sent[1], "To") == "<sip:bob@example.com>");
    REQUIRE(s.bob.engine().registered());
    CHECK(s.bob.seen.registrations.size() == 1);
    CHECK(s.server.bindings.size() == 1);
}

TEST_CASE("RFC 3665 2.2 update of contact list: others' contacts are there, ours is refreshed")
{
    registering s;
    s.in();
    s.server.also = "Contact: <sip:bob@home.example.com>;expires=100000\n"
                    "Contact: <mailto:bob@example.com>;expires=4294967295\n";
    s.w.run_for(minutes(10));
    INFO(s.w.log());
    const auto sent = s.registers();
    REQUIRE(sent.size() >= 3);
    const auto& update = sent.back();
    CHECK(update->call_id() == sent[0]->call_id());
    CHECK(update->cseq()->number == sent[sent.size() - 2]->cseq()->number + 1);
    CHECK(!header_of(update, "Authorization").empty());
    CHECK(s.bob.engine().registered());
    CHECK(s.bob.seen.registrations.size() == 1); // nothing new for the application
    CHECK(s.server.bindings.size() == 1);
}

TEST_CASE("RFC 3665 2.3 request for current contact list: a REGISTER without Contact")
{
    registering s;
    s.in();
    s.server.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::register_ && s.server.admits(m))
            s.server.answer(m, "200 OK",
                            "Contact: <sip:bob@192.0.2.2>;expires=500\n"
                            "Contact: <sip:bob@home.example.com>;expires=1000\n");
    };
    ua::request r;
    r.method = "REGISTER";
    r.target = "sip:example.com";
    REQUIRE(s.bob.request(r));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    const auto& query = s.server.last(sip::method::register_);
    CHECK(header_of(query, "Contact").empty());
    CHECK(header_of(query, "Expires").empty());
    CHECK(header_of(query, "To") == "<sip:bob@example.com>");
    REQUIRE(s.bob.seen.done.size() == 1);
    CHECK(s.bob.seen.done[0].answer.status == 200);
    const auto& headers = s.bob.seen.done[0].answer.headers;
    CHECK(std::count_if(headers.begin(), headers.end(),
                        [](const ua::header& h) { return h.name == "Contact"; }) == 2);
    CHECK(s.bob.engine().registered());
    // What would bind is the registration's own.
    for (const char* name : {"Contact", "m", "contact"})
    {
        r.headers = {{name, "<sip:bob@192.0.2.2>"}};
        CHECK(s.bob.request(r).code() == errc::bad_config);
    }
}

TEST_CASE("RFC 3665 2.4 cancellation of registration")
{
    registering s;
    s.in();
    s.bob.unregister();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    const auto last = s.registers().back();
    CHECK(header_of(last, "Expires") == "0");
    CHECK(header_of(last, "Contact").ends_with("expires=0"));
    CHECK(s.server.bindings.empty());
    CHECK_FALSE(s.bob.engine().registered());
    REQUIRE(s.bob.seen.registrations.size() == 2);
    CHECK(s.bob.seen.registrations[1].state == ua::registration_state::unregistered);
    CHECK(s.bob.seen.registrations[1].status == 200);
}

TEST_CASE("RFC 3665 2.5 unsuccessful registration: the second 401 is believed")
{
    registering s;
    int challenges = 0;
    s.server.on_message = [&](const sip::message& m)
    {
        s.server.answer(m, "401 Unauthorized",
                        "WWW-Authenticate: Digest realm=\"example.com\", qop=\"auth\", nonce=\"n" +
                            std::to_string(++challenges) + "\"\n");
    };
    s.in();
    s.w.run_for(minutes(30));
    INFO(s.w.log());
    CHECK(s.registers().size() == 2);
    REQUIRE(s.bob.seen.registrations.size() == 1);
    CHECK(s.bob.seen.registrations[0].why == errc::auth_rejected);
    CHECK(s.bob.seen.registrations[0].status == 401);
}

// ---- section 3: sessions

TEST_CASE("RFC 3665 3.1 successful session establishment")
{
    two_agents s;
    std::vector<std::string> flow;
    s.w.on_arrival = [&](const datagram& d)
    {
        if (!d.is_sip()) return;
        const auto m = sip::message::parse(std::string(d.bytes));
        REQUIRE(m);
        flow.push_back((*m)->is_request() ? std::string((*m)->method_text())
                                          : std::to_string((*m)->status()));
    };
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(flow == std::vector<std::string>{"INVITE", "100", "180", "200", "ACK", "BYE", "200"});
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "us 0");
    CHECK(s.bob.last_ending() == "peer 0");
}

TEST_CASE("RFC 3665 3.2 through two proxies")
{
    behind_proxies s;
    s.call();
    const auto invite = s.proxy.last(sip::method::invite);
    CHECK(header_of(invite, "Route") == "<sip:192.0.2.9:5060;lr>");
    s.answer("100 Trying");
    s.answer("180 Ringing", s.route + "Contact: <sip:bob@192.0.2.3>\n");
    CHECK(s.alice.seen.progress == std::vector<int>{180});
    s.answer("200 OK", s.route + "Contact: <sip:bob@192.0.2.3>\n", s.proxy.sdp());
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    const std::string back = "<sip:192.0.2.9;lr>, <sip:ss2.example.com;lr>";
    const auto& ack = s.proxy.last(sip::method::ack);
    CHECK(ack->request_uri() == "sip:bob@192.0.2.3");
    CHECK(header_of(ack, "Route") == back);
    CHECK(ack->cseq()->number == invite->cseq()->number);
    s.w.run_for(seconds(1));
    CHECK(s.proxy.media_packets >= 45);
    s.proxy.adopt(invite, s.alice.sip());
    s.proxy.request("BYE"); // Bob hangs up
    s.w.run_for(milliseconds(50));
    CHECK(header_of(s.proxy.last(200), "CSeq").ends_with("BYE"));
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("RFC 3665 3.3 with multiple proxy authentication")
{
    behind_proxies s;
    s.call();
    s.answer("407 Proxy Authorization Required", digest("atlanta"));
    REQUIRE(s.proxy.count(sip::method::invite) == 2);
    s.answer("100 Trying");
    s.answer("407 Proxy Authorization Required", digest("biloxi"));
    REQUIRE(s.proxy.count(sip::method::invite) == 3);
    CHECK(s.proxy.count(sip::method::ack) == 2);
    const auto invite = s.proxy.last(sip::method::invite);
    const auto both = header_of(invite, "Proxy-Authorization");
    CHECK(both.find("realm=\"atlanta\"") != std::string::npos);
    CHECK(both.find("realm=\"biloxi\"") != std::string::npos);
    CHECK(invite->call_id() == s.proxy.inbox.front().message->call_id());
    CHECK(invite->cseq()->number == s.proxy.inbox.front().message->cseq()->number + 2);
    s.answer("200 OK", s.route + "Contact: <sip:bob@192.0.2.3>\n", s.proxy.sdp());
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    // Section 22.3: the ACK and the BYE have them too.
    CHECK(header_of(s.proxy.last(sip::method::ack), "Proxy-Authorization") == both);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    const auto& bye = s.proxy.last(sip::method::bye);
    CHECK(header_of(bye, "Proxy-Authorization").find("nc=00000003") != std::string::npos);
    s.proxy.answer(bye, "200 OK");
    CHECK(s.all_over());
}

TEST_CASE("RFC 3665 3.4 with proxy failure: the second of its addresses")
{
    behind_proxies s;
    simulation::peer second(s.w, "second", carol_address);
    s.w.set_host("proxies.example.com", {s.proxy.sip(), second.sip()});
    ua::account a;
    a.uri = "sip:alice@example.com";
    a.registrar = a.outbound_proxy = "proxies.example.com";
    a.password = "secret";
    REQUIRE(s.alice.engine().set_account(a));
    s.alice.drain();
    s.call(); // nothing comes back
    s.w.run_for(seconds(33));
    CHECK(s.proxy.count(sip::method::invite) == 7); // Timer B
    REQUIRE(second.count(sip::method::invite) >= 1);
    second.answer(second.last(sip::method::invite), "407 Proxy Authorization Required",
                  digest("atlanta"));
    s.w.run_for(milliseconds(50));
    second.answer(second.last(sip::method::invite), "200 OK",
                  "Record-Route: <sip:192.0.2.3;lr>\n" + second.contact(), second.sdp());
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    CHECK(s.proxy.count(sip::method::invite) == 7);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    second.answer(second.last(sip::method::bye), "200 OK");
    CHECK(s.proxy.count(sip::method::bye) == 0);
    CHECK(s.all_over());
}

TEST_CASE("RFC 3665 3.5 through a SIP ALG: it stands in Contact and description for the other side")
{
    behind_proxies s;
    simulation::peer gateway(s.w, "gateway", carol_address);
    s.call();
    s.answer("200 OK", "Contact: <sip:bob@192.0.2.3>\n", gateway.sdp());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    CHECK(gateway.count(sip::method::ack) == 1); // no route was recorded
    CHECK(gateway.media_packets >= 45);
    CHECK(s.proxy.media_packets == 0);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    gateway.answer(gateway.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
}

TEST_CASE("RFC 3665 3.6 via redirect, with the description in the ACK")
{
    behind_proxies s;
    ua::call_options o;
    o.late_offer = o.follow_redirects = true;
    REQUIRE(s.alice.call("sip:bob@biloxi.example.com", o));
    s.w.run_for(milliseconds(50));
    const auto first = s.proxy.last(sip::method::invite);
    CHECK(first->body().empty());
    s.answer("302 Moved Temporarily", "Contact: <sip:bob@chicago.example.com>\n");
    CHECK(s.proxy.count(sip::method::ack) == 1);
    REQUIRE(s.proxy.count(sip::method::invite) == 2);
    const auto second = s.proxy.last(sip::method::invite);
    CHECK(second->request_uri() == "sip:bob@chicago.example.com");
    CHECK(header_of(second, "To") == header_of(first, "To"));
    CHECK(second->body().empty());
    s.answer("180 Ringing", s.route + "Contact: <sip:bob@192.0.2.3>\n");
    s.answer("200 OK", s.route + "Contact: <sip:bob@192.0.2.3>\n", s.proxy.sdp());
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    const auto& ack = s.proxy.last(sip::method::ack);
    CHECK(ack->body().find("m=audio") != std::string_view::npos);
    s.w.run_for(seconds(1));
    CHECK(s.proxy.media_packets >= 45);
    s.proxy.adopt(second, s.alice.sip());
    s.proxy.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("RFC 3665 3.7 session with re-INVITE: their address changes")
{
    agent_and_peer s;
    simulation::peer moved(s.w, "moved", carol_address);
    s.connect_in();
    s.w.run_for(seconds(1));
    const auto before = s.peer.media_packets;
    moved.with = s.peer.with;
    moved.request("INVITE", {}, moved.sdp());
    s.w.run_for(milliseconds(100));
    REQUIRE(!moved.last(200)->body().empty());
    moved.acknowledge();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(moved.media_packets >= 45);
    CHECK(s.peer.media_packets <= before + 10);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    REQUIRE(moved.count(sip::method::bye) == 1); // the new Contact is the target
    moved.answer(moved.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
}

TEST_CASE("RFC 3665 3.8 unsuccessful no answer: CANCEL, 487, ACK")
{
    behind_proxies s;
    ua::call_options o;
    o.ring_for = seconds(5);
    REQUIRE(s.alice.call("sip:bob@biloxi.example.com", o));
    s.w.run_for(milliseconds(50));
    s.answer("100 Trying");
    s.answer("180 Ringing", s.route + "Contact: <sip:bob@192.0.2.3>\n");
    s.w.run_for(seconds(6));
    const auto& invite = s.proxy.last(sip::method::invite);
    const auto& cancel = s.proxy.last(sip::method::cancel);
    CHECK(cancel->request_uri() == invite->request_uri());
    CHECK(cancel->top_via()->branch() == invite->top_via()->branch());
    CHECK(header_of(cancel, "Route") == header_of(invite, "Route"));
    CHECK(cancel->cseq()->number == invite->cseq()->number);
    s.proxy.answer(cancel, "200 OK");
    s.answer("487 Request Terminated");
    INFO(s.w.log());
    CHECK(s.proxy.count(sip::method::ack) == 1);
    CHECK(s.proxy.count(sip::method::bye) == 0);
    CHECK(s.all_over());
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].why == errc::no_answer);
}

TEST_CASE("RFC 3665 3.9, 3.10 and 3.11 unsuccessful: busy, no response, temporarily unavailable")
{
    struct
    {
        const char* status;
        int code;
        errc why;
    } const rows[] = {{"486 Busy Here", 486, errc::busy},
                      {"480 No Response", 480, errc::no_answer},
                      {"480 Temporarily Unavailable", 480, errc::no_answer}};
    for (const auto& r : rows)
    {
        CAPTURE(r.status);
        behind_proxies s;
        s.call();
        s.answer("100 Trying");
        if (r.code == 480) s.w.run_for(seconds(30)); // meanwhile the proxy has tried
        s.answer(r.status);
        INFO(s.w.log());
        CHECK(s.proxy.count(sip::method::ack) == 1);
        CHECK(s.proxy.last(sip::method::ack)->top_via()->branch() ==
              s.proxy.last(sip::method::invite)->top_via()->branch());
        REQUIRE(s.alice.seen.endings.size() == 1);
        CHECK(s.alice.seen.endings[0].status == r.code);
        CHECK(s.alice.seen.endings[0].why == r.why);
        CHECK(s.all_over());
    }
}

TEST_CASE("RFC 3665 3.10 no response at all, not even from a proxy")
{
    behind_proxies s;
    s.call();
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.proxy.count(sip::method::invite) == 7);
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].why == errc::timed_out);
    CHECK(s.alice.seen.endings[0].status == 408);
}
