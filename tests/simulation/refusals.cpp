// Calls that do not come about: refused, busy, unanswered (RFC 3261 sections 13, 21; RFC 3665
// sections 3.9-3.11).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("what a refusal means to the caller")
{
    const struct
    {
        const char* answer;
        int status;
        errc why;
    } rows[] = {
        {"486 Busy Here", 486, errc::busy},
        {"600 Busy Everywhere", 600, errc::busy},
        {"603 Decline", 603, errc::declined},
        {"404 Not Found", 404, errc::not_found},
        {"604 Does Not Exist Anywhere", 604, errc::not_found},
        {"403 Forbidden", 403, errc::forbidden},
        {"480 Temporarily Unavailable", 480, errc::no_answer},
        {"408 Request Timeout", 408, errc::no_answer},
        {"488 Not Acceptable Here", 488, errc::no_common_codec},
        {"415 Unsupported Media Type", 415, errc::no_common_codec},
        {"302 Moved Temporarily", 302, errc::redirected},
        {"500 Server Internal Error", 500, errc::server_failure},
        {"503 Service Unavailable", 503, errc::server_failure},
        {"420 Bad Extension", 420, errc::rejected},
        {"699 Something New", 699, errc::rejected},
        {"401 Unauthorized", 401, errc::auth_rejected},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.answer);
        agent_and_peer s;
        s.peer.on_message = [&](const sip::message& m)
        {
            if (m->method() == sip::method::invite) s.peer.answer(m, row.answer);
        };
        REQUIRE(s.alice.call(peer_uri));
        REQUIRE(s.all_over());
        INFO(s.w.log());
        REQUIRE(s.alice.seen.endings.size() == 1);
        const auto& e = s.alice.seen.endings[0];
        CHECK(e.who == ua::ended_by::peer);
        CHECK(e.status == row.status);
        CHECK(e.why == row.why);
        CHECK(std::string(row.answer).ends_with(e.reason));
        CHECK(e.duration == milliseconds(0));
        CHECK(s.peer.count(sip::method::ack) == 1);
        CHECK(s.peer.count(sip::method::invite) == 1);
    }
}

TEST_CASE("a refusal with any code reaches the caller as it was meant")
{
    const int code =
        GENERATE(300, 302, 400, 403, 404, 410, 480, 486, 488, 500, 503, 600, 603, 604, 606, 699);
    CAPTURE(code);
    two_agents s;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(seconds(1));
    REQUIRE(s.bob.reject(code));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.at(0).status == code);
    CHECK(s.bob.seen.endings.at(0).status == code);
    CHECK(s.bob.seen.endings.at(0).who == ua::ended_by::us);
}

TEST_CASE("codes that refuse nothing are not sent")
{
    two_agents s;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(seconds(1));
    for (const int code : {0, 100, 180, 200, 299, 700, -1})
        CHECK(s.bob.reject(code).code() == errc::bad_config);
    CHECK(s.bob.in_call());
    (void)s.bob.hang_up(); // an unanswered call: 603
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.at(0).status == 603);
}

TEST_CASE("a second caller hears 486, and the first call does not notice (21.4.24)")
{
    two_agents s;
    node carol(s.w, "carol", carol_address);
    REQUIRE(s.connect());
    REQUIRE(carol.call(bob_uri));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(carol.seen.endings.at(0).why == errc::busy);
    CHECK(s.bob.seen.incoming.size() == 1);
    CHECK(s.bob.in_call());
    REQUIRE(s.alice.press("7"));
    s.w.run_for(seconds(2));
    CHECK(s.bob.seen.digits == "7");
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    // And once the first call is over, she gets through.
    REQUIRE(carol.call(bob_uri));
    s.w.run_for(seconds(2));
    CHECK(carol.in_call());
    CHECK(carol.seen.answered == 1);
    REQUIRE(carol.hang_up());
    CHECK(s.all_over());
    CHECK(carol.nothing_left());
}

TEST_CASE("a caller is busy for others too: while it rings there, while we ring")
{
    two_agents s;
    node carol(s.w, "carol", carol_address);
    REQUIRE(s.alice.call(bob_uri)); // rings
    s.w.run_for(seconds(1));
    REQUIRE(carol.call("sip:alice@192.0.2.1"));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(carol.seen.endings.size() == 1);
    CHECK(carol.seen.endings.back().why == errc::busy);
    REQUIRE(carol.call(bob_uri));
    s.w.run_for(seconds(1));
    CHECK(carol.seen.endings.size() == 2);
    CHECK(carol.seen.endings.back().why == errc::busy);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("two who call each other at the same moment are busy for each other")
{
    two_agents s;
    REQUIRE(s.alice.call(bob_uri));
    REQUIRE(s.bob.call("sip:alice@192.0.2.1"));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.at(0).why == errc::busy);
    CHECK(s.bob.seen.endings.at(0).why == errc::busy);
}

TEST_CASE("nobody answers us: our limit gives 480 to the caller")
{
    two_agents s;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(seconds(59));
    CHECK(s.bob.in_call());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.bob.last_ending().starts_with("us 480"));
    CHECK(s.alice.last_ending().starts_with("peer 480"));
    CHECK(s.alice.seen.endings.at(0).why == errc::no_answer);
    CHECK(s.all_over());
}

TEST_CASE("nobody answers there: the caller's limit sends CANCEL")
{
    two_agents s;
    ua::call_options o;
    o.ring_for = seconds(20);
    REQUIRE(s.alice.call(bob_uri, o));
    s.w.run_for(seconds(19));
    CHECK(s.alice.in_call());
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.at(0).why == errc::no_answer);
    CHECK(s.alice.seen.endings.at(0).who == ua::ended_by::us);
    CHECK(s.bob.seen.endings.at(0).why == errc::cancelled);
}

TEST_CASE("an unknown host is one clear error")
{
    agent_and_peer s;
    REQUIRE(s.alice.call("sip:bob@nowhere.example.net"));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].why == errc::dns_failed);
    CHECK(s.alice.seen.endings[0].who == ua::ended_by::network);
    CHECK(s.all_over());
}

TEST_CASE("a network that refuses the INVITE ends the call at once (17.1.4)")
{
    agent_and_peer s;
    s.w.close(s.peer.sip());
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].why == errc::unreachable);
    CHECK(s.all_over());
}

TEST_CASE("the next address of a host is tried after an error, after 503 and after silence")
{
    const int kind = GENERATE(0, 1, 2);
    CAPTURE(kind);
    two_agents s;
    simulation::peer first(s.w, "first", peer_address);
    s.w.set_host("phones.example.com", {first.sip(), s.bob.sip()});
    s.bob.how.answer_after = milliseconds(100);
    if (kind == 0) s.w.close(first.sip());
    if (kind == 1)
        first.on_message = [&](const sip::message& m)
        {
            if (m->method() == sip::method::invite) first.answer(m, "503 Service Unavailable");
        };
    REQUIRE(s.alice.call("sip:bob@phones.example.com"));
    s.w.run_for(seconds(34));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    // A new try is a new transaction: its own branch.
    CHECK(first.count(sip::method::invite) == (kind == 0 ? 0 : kind == 1 ? 1 : 7));
}

TEST_CASE("targets and headers that cannot be are refused before anything is sent")
{
    agent_and_peer s;
    for (const char* to : {"", "sip:", "http://example.com/", "sip:bob@", "sip:a b@c",
                           "sip:bob@x\r\nX: y", "sip:bob@[::g]"})
    {
        CAPTURE(to);
        const auto made = s.alice.engine().call(to, {}, s.w.now());
        CHECK(!made.has_value());
    }
    ua::call_options o;
    o.subject = "a\r\nEvil: yes";
    CHECK(s.alice.engine().call(peer_uri, o, s.w.now()).code() == errc::bad_header);
    o = {};
    o.headers = {{"X-A\r\n", "b"}};
    CHECK(s.alice.engine().call(peer_uri, o, s.w.now()).code() == errc::bad_header);
    s.w.run_for(seconds(1));
    CHECK(s.peer.inbox.empty());
    CHECK(s.alice.engine().live_objects() == 0);
}

TEST_CASE("an INVITE that is meant for a while only hears 487 when that is over (13.3.1)")
{
    agent_and_peer s;
    s.alice.how.ring = true;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", "Expires: 5\n");
    s.w.run_for(seconds(4));
    CHECK(s.alice.in_call());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    REQUIRE(s.peer.count(487) > 0);
    s.peer.acknowledge_refusal(s.peer.last(487));
    CHECK(s.alice.seen.endings.at(0).why == errc::no_answer);
    CHECK(s.all_over());
}

TEST_CASE("while it rings each minute has a 1xx, for the proxies on the way (13.3.1.1)")
{
    auto patient = node::usual();
    patient.ring_limit = seconds(600);
    agent_and_peer s(patient);
    s.alice.how.ring = true;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(seconds(290));
    INFO(s.w.log());
    CHECK(s.peer.count(180) == 5);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge();
    s.w.run_for(seconds(200));
    CHECK(s.peer.count(180) == 5);
    s.peer.request("BYE");
    CHECK(s.all_over());
}
