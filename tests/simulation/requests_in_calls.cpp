// Requests of any method inside a dialog: RFC 3261 section 12.2, RFC 6086 (INFO), RFC 3428.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

ua::request with_method(std::string method, std::string body = {}, std::string type = {})
{
    ua::request r;
    r.method = std::move(method);
    r.headers = {{"X-Own", "1"}};
    r.body = std::move(body);
    r.content_type = std::move(type);
    return r;
}

void answer_requests(node& n)
{
    n.engine().take_requests(true);
    n.on_event = [&n](const ua::event& e)
    {
        const auto* in = std::get_if<ua::incoming_request>(&e);
        if (!in) return;
        ua::response r;
        r.status = in->request->method() == sip::method::message ? 415 : 200;
        r.body = "got " + std::string(in->request->method_text());
        (void)n.respond(in->id, r);
    };
}

} // namespace

TEST_CASE("INFO, NOTIFY, MESSAGE and a method of our own cross a call in both directions")
{
    two_agents s;
    answer_requests(s.alice);
    answer_requests(s.bob);
    REQUIRE(s.connect());
    const char* methods[] = {"INFO", "NOTIFY", "PRIVATECOMMAND", "MESSAGE"};
    for (const char* method : methods)
    {
        REQUIRE(s.alice.request_in_call(with_method(method, "x", "application/json")));
        REQUIRE(s.bob.request_in_call(with_method(method, "y", "application/json")));
    }
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    for (const node* n : {&s.alice, &s.bob})
    {
        REQUIRE(n->seen.requests.size() == 4);
        REQUIRE(n->seen.done.size() == 4);
        for (std::size_t i = 0; i < 4; ++i)
        {
            CHECK(n->seen.requests[i].request->method_text() == methods[i]);
            CHECK(n->seen.requests[i].call.has_value());
            CHECK(n->seen.done[i].answer.body == std::string("got ") + methods[i]);
        }
        CHECK(n->seen.done[2].why == errc{});
        CHECK(n->seen.done[3].answer.status == 415); // a refusal of one request ends no call
        CHECK(n->in_call());
    }
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("digits by INFO stay digits where requests are taken; other INFO is the application's")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    s.connect_in();
    s.peer.request("INFO", "Content-Type: application/dtmf-relay\n",
                   "Signal=5\r\nDuration=100\r\n");
    s.peer.request("INFO", "Content-Type: application/x-own\n", "?");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.seen.digits == "5");
    REQUIRE(s.alice.seen.requests.size() == 1);
    CHECK(s.alice.seen.requests[0].request->body() == "?");
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(100));
    // What is left alone still hears an answer, after the call too.
    CHECK(s.all_over());
    CHECK(s.peer.count(480) == 1);
}

TEST_CASE("nobody takes requests: 405, 501 and 481 inside a call, which goes on (8.2.1)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("MESSAGE", "Content-Type: text/plain\n", "x");
    s.peer.request("OWN");
    s.peer.request("NOTIFY", "Event: x\nSubscription-State: active\n");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(405) == 1);
    CHECK(s.peer.count(501) == 1);
    CHECK(s.peer.count(481) == 1);
    CHECK(s.alice.in_call());
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(100));
    CHECK(s.all_over());
}

TEST_CASE("481 to a request of ours ends the call, silence too (12.2.1.2)")
{
    const bool silent = GENERATE(false, true);
    agent_and_peer s;
    s.connect_out();
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
        if (m->method() == sip::method::message && !silent)
            s.peer.answer(m, "481 Call/Transaction Does Not Exist");
    };
    REQUIRE(s.alice.request_in_call(with_method("MESSAGE", "x")));
    s.w.run_for(seconds(33));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.done.size() == 1);
    CHECK(s.alice.seen.done[0].why == (silent ? errc::timed_out : errc::rejected));
    CHECK(!s.alice.in_call());
    CHECK(s.peer.count(sip::method::bye) >= 1);
    CHECK(s.all_over());
}

TEST_CASE("what cannot be sent inside a call")
{
    agent_and_peer s;
    CHECK(s.alice.request_in_call(with_method("INFO")).code() == errc::no_such_call);
    REQUIRE(s.alice.call(peer_uri));
    CHECK(s.alice.request_in_call(with_method("INFO")).code() == errc::call_ended); // not yet
    s.w.run_for(seconds(1));
    s.peer.accept(s.peer.last(sip::method::invite));
    s.w.run_for(seconds(1));
    CHECK(s.alice.request_in_call(with_method("BYE")).code() == errc::bad_config);
    CHECK(s.alice.request_in_call(with_method("REGISTER")).code() == errc::bad_config);
    CHECK(s.alice.request_in_call(with_method("UPDATE", "v=0", "application/sdp")).code() ==
          errc::bad_config);
    s.answer_all(sip::method::update);
    REQUIRE(s.alice.request_in_call(with_method("UPDATE")));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(sip::method::update), "Contact").find("sip:") == 1); // RFC 3311 5.1
    for (std::size_t i = 0; i < limits::requests; ++i)
        CHECK(s.alice.request_in_call(with_method("INFO")));
    CHECK(s.alice.request_in_call(with_method("INFO")).code() == errc::too_many);
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    CHECK(s.alice.request_in_call(with_method("INFO")).code() == errc::call_ended);
    CHECK(s.all_over());
    CHECK(s.alice.seen.done.size() == limits::requests + 1); // each is told of
}

TEST_CASE("every header of their answers and their goodbye can be read")
{
    agent_and_peer s;
    std::string progress, answered;
    s.alice.on_event = [&](const ua::event& e)
    {
        const auto find = [](const std::vector<ua::header>& all)
        {
            for (const auto& h : all)
                if (h.name == "X-Peer") return h.value;
            return std::string();
        };
        if (const auto* p = std::get_if<ua::call_progress>(&e)) progress = find(p->headers);
        if (const auto* a = std::get_if<ua::call_answered>(&e)) answered = find(a->headers);
        if (const auto* x = std::get_if<ua::call_ended>(&e)) answered += find(x->how.headers);
    };
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() != sip::method::invite) return;
        s.peer.answer(m, "180 Ringing", "X-Peer: a,\n b\n");
        s.peer.answer(m, "200 OK", s.peer.contact() + "X-Peer: two\n", s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    s.peer.adopt(s.peer.last(sip::method::invite), s.alice.sip());
    s.peer.request("BYE", "X-Peer: bye\n");
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(progress.starts_with("a,"));
    CHECK(progress.find('\n') == std::string::npos);
    CHECK(answered == "twobye");
    CHECK(s.all_over());
}
