// Requests of any method outside calls: RFC 3261 sections 8.1 and 8.2, RFC 3428 (MESSAGE).
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

ua::request message_to(const std::string& to, std::string text = "hello")
{
    ua::request r;
    r.method = "MESSAGE";
    r.target = to;
    r.headers = {{"Subject", "greeting"}, {"X-Own", "1, 2"}};
    r.body = std::move(text);
    return r;
}

const std::string lines =
    "Via: {via}\nFrom: <sip:peer@192.0.2.9>;tag=p\nTo: <sip:alice@192.0.2.1>\n"
    "Call-ID: outside-1\nMax-Forwards: 70\n";

void say_request(agent_and_peer& s, const std::string& method, const std::string& more = {},
                 const std::string& body = {})
{
    s.peer.say(s.alice.sip(),
               method + " sip:alice@192.0.2.1 SIP/2.0\nCSeq: 7 " + method + "\n" + lines + more,
               body);
    s.w.run_for(milliseconds(100));
}

std::string value_of(const std::vector<ua::header>& headers, std::string_view name)
{
    for (const auto& h : headers)
        if (sip::iequals(h.name, name)) return h.value;
    return "none";
}

} // namespace

TEST_CASE(
    "MESSAGE from one agent to another, with headers, a body and an answer of its own (RFC 3428)")
{
    two_agents s;
    s.bob.engine().take_requests(true);
    s.bob.on_event = [&](const ua::event& e)
    {
        const auto* in = std::get_if<ua::incoming_request>(&e);
        if (!in) return;
        ua::response r;
        r.status = 202;
        r.reason = "Later";
        r.headers = {{"X-Answer", "yes"}};
        r.body = "thanks";
        CHECK(s.bob.engine().respond(in->id, r, s.w.now()));
        CHECK(s.bob.engine().respond(in->id, r, s.w.now()).code() == errc::call_ended);
    };
    const auto id = s.alice.request(message_to(bob_uri));
    REQUIRE(id);
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.bob.seen.requests.size() == 1);
    const auto in = ua::request_of(*s.bob.seen.requests[0].request);
    CHECK(in.method == "MESSAGE");
    CHECK(in.target == bob_uri);
    CHECK(in.content_type == "text/plain");
    CHECK(in.body == "hello");
    CHECK(value_of(in.headers, "x-own") == "1, 2");
    CHECK(value_of(in.headers, "Subject") == "greeting");
    CHECK(value_of(in.headers, "Contact") == "none"); // RFC 3428 section 4
    CHECK(!s.bob.seen.requests[0].call);
    REQUIRE(s.alice.seen.done.size() == 1);
    const auto& done = s.alice.seen.done[0];
    CHECK(done.request == *id);
    CHECK(done.why == errc{});
    CHECK(done.answer.status == 202);
    CHECK(done.answer.reason == "Later");
    CHECK(done.answer.body == "thanks");
    CHECK(done.answer.content_type == "text/plain");
    CHECK(value_of(done.answer.headers, "X-Answer") == "yes");
    CHECK(s.all_over());
}

TEST_CASE("where nobody takes requests they are answered as 8.2.1 and 21.5.2 want")
{
    struct
    {
        const char* method;
        int status;
    } const rows[] = {{"MESSAGE", 405}, {"PRIVATECOMMAND", 501}, {"NOTIFY", 481},
                      {"PUBLISH", 405}, {"SUBSCRIBE", 405},      {"REGISTER", 405},
                      {"message", 501}, {"OPTIONS", 200}};
    for (const auto& row : rows)
    {
        CAPTURE(row.method);
        agent_and_peer s;
        say_request(s, row.method);
        INFO(s.w.log());
        CHECK(s.peer.count(row.status) == 1);
        if (row.status == 405)
            CHECK(header_of(s.peer.last(405), "Allow").find("INVITE") != std::string::npos);
        CHECK(s.alice.seen.requests.empty());
        CHECK(s.all_over());
    }
}

TEST_CASE("a method of somebody's own is taken where somebody takes it; Allow tells of MESSAGE")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    say_request(s, "PRIVATECOMMAND", "Content-Type: x/y\n", "do it");
    INFO(s.w.log());
    REQUIRE(s.alice.seen.requests.size() == 1);
    CHECK(ua::request_of(*s.alice.seen.requests[0].request).method == "PRIVATECOMMAND");
    ua::response r;
    r.status = 183;
    CHECK(s.alice.respond(s.alice.seen.requests[0].id, r)); // patience
    r.status = 200;
    CHECK(s.alice.respond(s.alice.seen.requests[0].id, r));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(183) == 1);
    CHECK(s.peer.count(200) == 1);
    // One tag for both (8.2.6.2).
    CHECK(header_of(s.peer.last(183), "To") == header_of(s.peer.last(200), "To"));
    s.peer.inbox.clear();
    say_request(s, "OPTIONS");
    CHECK(header_of(s.peer.last(200), "Allow").find("MESSAGE") != std::string::npos);
    CHECK(s.all_over());
}

TEST_CASE("answers that cannot be sent are refused, and the request still waits")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    say_request(s, "MESSAGE");
    REQUIRE(s.alice.seen.requests.size() == 1);
    const auto id = s.alice.seen.requests[0].id;
    ua::response r;
    for (const int status : {0, 99, 700, -200})
    {
        r.status = status;
        CHECK(s.alice.respond(id, r).code() == errc::bad_config);
    }
    r.status = 200;
    r.headers = {{"X", "a\r\nEvil: yes"}};
    CHECK(s.alice.respond(id, r).code() == errc::bad_header);
    r.headers = {{"Via", "SIP/2.0/UDP evil"}};
    CHECK(s.alice.respond(id, r).code() == errc::bad_header);
    r.headers = {};
    r.reason = "a\nb";
    CHECK(s.alice.respond(id, r).code() == errc::bad_header);
    r.reason = {};
    CHECK(s.alice.respond(id, r));
    CHECK(s.all_over());
}

TEST_CASE("a request that the application leaves alone hears 480 in time; repetitions are absorbed "
          "(17.2.2)")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    say_request(s, "MESSAGE");
    s.w.after(milliseconds(400), [&] { s.peer.say_again(); });
    s.w.run_for(seconds(9));
    CHECK(s.peer.inbox.empty());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.peer.count(480) == 1);
    CHECK(s.alice.seen.requests.size() == 1);
    ua::response r;
    r.status = 200;
    CHECK(s.alice.respond(s.alice.seen.requests[0].id, r).code() == errc::call_ended);
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(480) == 2);
    CHECK(s.alice.seen.requests.size() == 1);
    CHECK(s.all_over());
}

TEST_CASE("the same MESSAGE by another path hears 482 (8.2.2.2)")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    say_request(s, "MESSAGE");
    say_request(s, "MESSAGE"); // another branch
    CHECK(s.peer.count(482) == 1);
    CHECK(s.alice.seen.requests.size() == 1);
    CHECK(s.all_over());
}

TEST_CASE("more requests than anybody reads hear 503, and are no more work later")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    for (int i = 0; i < 40; ++i)
        s.peer.say(s.alice.sip(),
                   "MESSAGE sip:alice@192.0.2.1 SIP/2.0\nCSeq: 7 MESSAGE\nVia: {via}\n"
                   "From: <sip:peer@192.0.2.9>;tag=p\nTo: <sip:alice@192.0.2.1>\nCall-ID: m" +
                       std::to_string(i) + "\nMax-Forwards: 70\n");
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.seen.requests.size() == limits::incoming_requests);
    CHECK(s.peer.count(503) == 40 - static_cast<int>(limits::incoming_requests));
    CHECK(s.all_over());
}

TEST_CASE("requests that may not or cannot be sent")
{
    agent_and_peer s;
    auto& e = s.alice.engine();
    ua::request r;
    r.target = peer_uri;
    for (const char* method :
         {"INVITE", "ACK", "CANCEL", "BYE", "PRACK", "", "two words", "X\r\nY"})
    {
        r.method = method;
        CAPTURE(method);
        CHECK(e.send_request(r, s.w.now()).code() == errc::bad_config);
    }
    r.method = "MESSAGE";
    r.headers = {{"X-Y", "a\r\nb"}};
    CHECK(e.send_request(r, s.w.now()).code() == errc::bad_header);
    for (const char* name : {"Via", "v", "Content-Length", "l", "CSeq", "Call-ID", "To", "from",
                             "Route", "Max-Forwards", "Authorization"})
    {
        r.headers = {{name, "1"}};
        CAPTURE(name);
        CHECK(e.send_request(r, s.w.now()).code() == errc::bad_header);
    }
    r.headers.clear();
    r.content_type = "a/b\nc";
    CHECK(e.send_request(r, s.w.now()).code() == errc::bad_header);
    r.content_type.clear();
    r.target = "sip:";
    CHECK(e.send_request(r, s.w.now()).code() == errc::bad_uri);
    r.target = peer_uri;
    for (std::size_t i = 0; i < limits::requests; ++i)
        CHECK(s.alice.request(r));
    CHECK(s.alice.request(r).code() == errc::too_many);
    s.w.run_for(seconds(40));
    CHECK(s.alice.seen.done.size() == limits::requests);
    for (const auto& done : s.alice.seen.done)
        CHECK(done.why == errc::timed_out);
    CHECK(s.all_over());
}

TEST_CASE(
    "a request is tried at the next address, and what fails everywhere is told once (RFC 3263 4.3)")
{
    agent_and_peer s;
    simulation::peer dead(s.w, "dead", carol_address), busy(s.w, "busy", bob_address);
    s.w.set_host("farm.example.com", {dead.sip(), busy.sip(), s.peer.sip()});
    s.w.close(dead.sip());
    busy.on_message = [&](const sip::message& m) { busy.answer(m, "503 Service Unavailable"); };
    s.peer.on_message = [&](const sip::message& m) { s.peer.answer(m, "404 Not Found"); };
    REQUIRE(s.alice.request(message_to("sip:x@farm.example.com")));
    REQUIRE(s.alice.request(message_to("sip:x@nowhere.example.com")));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.done.size() == 2);
    CHECK(s.alice.seen.done[0].why == errc::dns_failed);
    CHECK(s.alice.seen.done[0].answer.status == 0);
    CHECK(s.alice.seen.done[1].why == errc::not_found);
    CHECK(s.alice.seen.done[1].answer.status == 404);
    CHECK(busy.count(sip::method::message) == 1);
    CHECK(s.all_over());
}

TEST_CASE("a challenged MESSAGE carries the answer, once (22.2)")
{
    agent_and_peer s;
    registrar r(s.w, ip_address::v4(192, 0, 2, 5));
    s.w.set_host("example.com", {r.sip()});
    r.on_message = [&](const sip::message& m)
    {
        if (r.admits(m)) r.answer(m, "200 OK");
    };
    s.alice.register_as(account_at(r));
    s.w.run_for(seconds(1));
    r.inbox.clear();
    ua::request options;
    options.method = "OPTIONS";
    options.target = "bob"; // of our own domain
    REQUIRE(s.alice.request(options));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.done.size() == 1);
    CHECK(s.alice.seen.done[0].why == errc{});
    CHECK(r.last(sip::method::options)->request_uri() == "sip:bob@example.com");
    CHECK(header_of(r.last(sip::method::options), "From").find("alice@example.com") !=
          std::string::npos);
}

namespace
{

/// Alice subscribes to the peer, who has not answered yet.
sip::message subscribe(agent_and_peer& s)
{
    s.alice.engine().take_requests(true);
    ua::request r;
    r.method = "SUBSCRIBE";
    r.target = "sip:box@192.0.2.9";
    r.headers = {{"Event", "message-summary"}, {"Expires", "600"}};
    REQUIRE(s.alice.request(r));
    s.w.run_for(milliseconds(100));
    return s.peer.last(sip::method::subscribe);
}

void accept(agent_and_peer& s, const sip::message& asked)
{
    s.peer.answer(asked, "200 OK", s.peer.contact());
    s.w.run_for(milliseconds(100));
}

/// A NOTIFY in the dialog of that.
void notify(agent_and_peer& s, const sip::message& asked, const std::string& state,
            const std::string& tag = {})
{
    const auto from = header_of(asked, "From");
    s.peer.say(s.alice.sip(), "NOTIFY sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\n"
                              "From: <sip:box@192.0.2.9>;tag=box\nTo: " +
                                  (tag.empty() ? from : "<sip:alice@192.0.2.1>;tag=" + tag) +
                                  "\nCall-ID: " + std::string(asked->call_id()) + "\nCSeq: " +
                                  std::to_string(s.w.now().time_since_epoch() / milliseconds(1)) +
                                  " NOTIFY\nMax-Forwards: 70\nEvent: message-summary\n"
                                  "Subscription-State: " +
                                  state + "\nContact: <sip:box@192.0.2.9>\n");
    s.w.run_for(milliseconds(100));
}

} // namespace

TEST_CASE("what a SUBSCRIBE of the application's asked for is told to it (RFC 6665 4.1.2.4)")
{
    agent_and_peer s;
    s.alice.on_event = [&](const ua::event& e)
    {
        const auto* in = std::get_if<ua::incoming_request>(&e);
        if (in) CHECK(s.alice.engine().respond(in->id, {200}, s.w.now()));
    };
    const auto asked = subscribe(s);
    notify(s, asked, "pending"); // before the answer
    accept(s, asked);
    notify(s, asked, "active;expires=600");
    INFO(s.w.log());
    REQUIRE(s.alice.seen.requests.size() == 2);
    CHECK(!s.alice.seen.requests[1].call);
    REQUIRE(s.alice.seen.done.size() == 1);
    CHECK(s.alice.seen.done[0].why == errc{});
    CHECK(s.peer.count(200) == 2);
    CHECK(header_of(s.peer.last(200), "To") == header_of(asked, "From")); // the dialog's tag
    notify(s, asked, "active", "guessed");
    CHECK(s.peer.count(481) == 1);
    notify(s, asked, "TERMINATED;reason=timeout");
    CHECK(s.alice.seen.requests.size() == 3);
    notify(s, asked, "active"); // of what is over
    CHECK(s.peer.count(481) == 2);
    CHECK(s.alice.seen.requests.size() == 3);
}

TEST_CASE("a SUBSCRIBE that was refused, or that nobody reads for, has no NOTIFY (RFC 6665 4.1.3)")
{
    agent_and_peer s;
    const auto refused = subscribe(s);
    s.peer.answer(refused, "489 Bad Event");
    s.w.run_for(milliseconds(100));
    notify(s, refused, "active");
    INFO(s.w.log());
    CHECK(s.peer.count(481) == 1);
    const auto asked = subscribe(s);
    accept(s, asked);
    s.alice.engine().take_requests(false);
    notify(s, asked, "active");
    CHECK(s.peer.count(481) == 2);
    CHECK(s.alice.seen.requests.empty());
}

TEST_CASE("of many subscriptions the oldest is forgotten")
{
    agent_and_peer s;
    const auto first = subscribe(s);
    accept(s, first);
    const auto second = subscribe(s);
    accept(s, second);
    for (std::size_t i = 1; i < limits::requests; ++i)
        accept(s, subscribe(s));
    notify(s, first, "active");
    CHECK(s.alice.seen.requests.empty());
    notify(s, second, "active");
    CHECK(s.alice.seen.requests.size() == 1);
}

TEST_CASE("notifications come from servers elsewhere, too, and strangers are still refused")
{
    agent_and_peer s;
    registrar r(s.w, ip_address::v4(192, 0, 2, 5));
    s.w.set_host("example.com", {r.sip()});
    s.alice.register_as(account_at(r));
    s.w.run_for(seconds(1));
    const auto asked = subscribe(s);
    CHECK(asked->request_uri() == "sip:box@192.0.2.9");
    accept(s, asked);
    notify(s, asked, "active");
    INFO(s.w.log());
    CHECK(s.alice.seen.requests.size() == 1);
    notify(s, asked, "active", "guessed");
    CHECK(s.alice.seen.requests.size() == 1);
    CHECK(s.peer.count(481) == 1);
}

TEST_CASE("a request says who sends it: a user of the account's own domain, and a name for people")
{
    struct row
    {
        const char* what;
        bool account;
        std::string from, name;
        errc refused;
        std::string header; // its beginning
    };
    const row rows[] = {
        {"as usual", true, "", "", {}, "\"Al\" <sip:alice@example.com>;tag="},
        {"another user", true, "sip:door@example.com", "", {}, "<sip:door@example.com>;tag="},
        {"another user and a name",
         true,
         "sip:door@EXAMPLE.com",
         "Front \"door\"",
         {},
         "\"Front \\\"door\\\"\" <sip:door@EXAMPLE.com>;tag="},
        {"only a name", true, "", "Door", {}, "\"Door\" <sip:alice@example.com>;tag="},
        {"another domain", true, "sip:alice@example.org", "", errc::bad_uri, ""},
        {"no URI", true, "door", "", errc::bad_uri, ""},
        {"no SIP URI", true, "mailto:alice@example.com", "", errc::bad_uri, ""},
        {"two in one", true, "sip:a@example.com>, <sip:b@example.com", "", errc::bad_uri, ""},
        {"a line break", true, "sip:a@example.com\r\nX: y", "", errc::bad_uri, ""},
        {"a line break in the name", true, "", "a\nb", errc::bad_header, ""},
        {"no account",
         false,
         "sip:door@example.org",
         "Door",
         {},
         "\"Door\" <sip:door@example.org>;tag="},
        {"no account, only a name", false, "", "Door", {}, "\"Door\" <sip:anonymous@192.0.2.1"},
    };
    for (const auto& r : rows)
    {
        INFO(r.what);
        agent_and_peer s;
        s.answer_all(sip::method::message);
        if (r.account)
        {
            ua::account a;
            a.uri = "sip:alice@example.com";
            a.registrar = s.peer.host();
            a.display_name = "Al";
            REQUIRE(s.alice.engine().set_account(a));
            s.alice.drain();
        }
        ua::request out = message_to(peer_uri);
        out.from = r.from;
        out.display_name = r.name;
        const auto id = s.alice.request(out);
        s.w.run_for(milliseconds(100));
        INFO(s.w.log());
        if (r.refused != errc{})
        {
            CHECK(id.code() == r.refused);
            CHECK(s.peer.inbox.empty());
            continue;
        }
        REQUIRE(id);
        const auto& heard = s.peer.last(sip::method::message);
        CHECK(header_of(heard, "From").starts_with(r.header));
        CHECK(ua::request_of(*heard).from == std::string(heard->from()->uri.text));
        if (!r.name.empty()) CHECK(ua::request_of(*heard).display_name == r.name);
        CHECK(s.all_over());
    }
}
