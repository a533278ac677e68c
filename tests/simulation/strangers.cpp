// Who may ring a registered agent, and floods: RFC 3261 sections 8.2.2.1, 21.4.4, 21.5.4, 26.
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct registered
{
    explicit registered(bool only = true)
        : alice(w, "alice", alice_address,
                [&]
                {
                    auto s = node::usual();
                    s.only_registrar_may_call = only;
                    return s;
                }())
    {
        w.set_host("example.com", {r.sip()});
        alice.register_as(account_at(r));
        w.run_for(seconds(1));
        REQUIRE(r.bindings.size() == 1);
        contact = r.bindings[0].contact;
    }

    world w{1};
    registrar r{w, ip_address::v4(192, 0, 2, 5)};
    node alice;
    simulation::peer stranger{w, "stranger", peer_address};
    std::string contact;
};

std::string invite_number(int n, const std::string& method = "INVITE", const std::string& tag = {})
{
    const std::string i = std::to_string(n);
    return method + " sip:100@192.0.2.1 SIP/2.0\nVia: {via}\nCSeq: 1 " + method +
           "\nFrom: <sip:1000@192.0.2.1>;tag=s" + i + "\nTo: <sip:100@192.0.2.1>" + tag +
           "\nCall-ID: scan" + i + "\nContact: <sip:x@192.0.2.9>\nMax-Forwards: 70\n";
}

} // namespace

TEST_CASE("only the registrar rings a registered agent; strangers hear 403")
{
    registered s;
    const auto before = s.alice.engine().live_objects();
    s.stranger.invite(s.alice.sip(), s.contact);
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.stranger.count(403) == 1);
    s.stranger.acknowledge_refusal(s.stranger.last(403));
    s.stranger.say_again();
    CHECK(s.alice.seen.incoming.empty());
    for (const char* method : {"OPTIONS", "MESSAGE", "REGISTER", "SUBSCRIBE", "OWN"})
        s.stranger.say(s.alice.sip(), invite_number(1, method));
    s.w.run_for(milliseconds(100));
    CHECK(s.stranger.count(403) == 6);
    s.stranger.say(s.alice.sip(), invite_number(1, "BYE", ";tag=9"));
    s.w.run_for(milliseconds(100));
    CHECK(s.stranger.count(481) == 1);
    CHECK(s.alice.engine().live_objects() <= before); // nothing is kept of it

    s.r.invite(s.alice.sip(), s.contact);
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.seen.incoming.size() == 1);
    s.r.cancel();
    s.w.run_for(seconds(1));
}

TEST_CASE("a stranger is heard inside a call that he is part of")
{
    registered s;
    s.alice.how.answer_after = milliseconds(0);
    s.r.invite(s.alice.sip(), s.contact, "");
    s.w.run_for(milliseconds(300));
    s.r.acknowledge();
    s.w.run_for(milliseconds(300));
    REQUIRE(s.alice.in_call());
    // Past the proxy, from the telephone itself.
    s.stranger.with = s.r.with;
    s.stranger.request("BYE");
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    CHECK(s.stranger.count(200) == 1);
    CHECK(!s.alice.in_call());
}

TEST_CASE("the switch: strangers ring if they know whom; who guesses hears 404 (8.2.2.1)")
{
    registered s(false);
    s.stranger.say(s.alice.sip(), invite_number(1));
    s.w.run_for(milliseconds(100));
    CHECK(s.stranger.count(404) == 1);
    CHECK(s.alice.seen.incoming.empty());
    s.stranger.invite(s.alice.sip(), s.contact);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.seen.incoming.size() == 1);
    s.stranger.cancel();
    s.w.run_for(seconds(1));
    s.stranger.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.seen.incoming.size() == 2);
}

TEST_CASE("no longer registered, anybody may ring again")
{
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, ip_address::v4(192, 0, 2, 5));
    simulation::peer stranger(w, "stranger", carol_address);
    alice.register_as(account_at(server));
    w.run_for(seconds(1));
    alice.unregister();
    w.run_for(seconds(1));
    stranger.invite(alice.sip(), "sip:alice@192.0.2.1");
    w.run_for(milliseconds(100));
    INFO(w.log());
    CHECK(alice.seen.incoming.size() == 1);
    CHECK(stranger.count(403) == 0);
}

TEST_CASE("floods of strangers leave nothing behind, and the registration lives")
{
    registered s;
    const auto before = s.alice.engine().live_objects();
    std::size_t most = 0;
    for (int i = 0; i < 3000; ++i)
    {
        constexpr const char* methods[] = {"INVITE", "OPTIONS", "REGISTER", "CANCEL", "ACK"};
        s.stranger.say(s.alice.sip(), invite_number(i, methods[i % 5]));
        if (i % 100 == 0) s.w.run_for(milliseconds(20));
        most = std::max(most, s.alice.engine().live_objects());
    }
    s.w.run_for(seconds(1));
    CHECK(most <= before + 2);
    CHECK(s.alice.seen.incoming.empty());
    CHECK(s.alice.engine().registered());
}

TEST_CASE("floods against an agent that anybody may ring: bounded, 503 beyond, and it recovers")
{
    agent_and_peer s;
    s.alice.engine().take_requests(true);
    std::size_t most = 0;
    const int kind = GENERATE(0, 1, 2, 3);
    CAPTURE(kind);
    constexpr const char* methods[] = {"INVITE", "OPTIONS", "MESSAGE", "REGISTER"};
    for (int i = 0; i < 2000; ++i)
    {
        s.peer.say(s.alice.sip(), invite_number(i, methods[kind]));
        if (i % 100 == 0)
        {
            s.w.run_for(milliseconds(15));
            s.peer.inbox.resize(std::min<std::size_t>(s.peer.inbox.size(), 10));
        }
        most = std::max(most, s.alice.engine().live_objects());
    }
    s.w.run_for(milliseconds(100));
    CHECK(most < limits::transactions + limits::incoming_requests + 200);
    CHECK(s.peer.count(503) > 0);
    // Stray responses are nobody's.
    for (int i = 0; i < 500; ++i)
        s.peer.say(s.alice.sip(), "SIP/2.0 200 OK\nVia: {via}\nFrom: <sip:a@b>;tag=1\n"
                                  "To: <sip:c@d>;tag=2\nCall-ID: stray\nCSeq: 1 INVITE\n");
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.engine().live_objects() < limits::transactions + limits::incoming_requests + 200);
    s.w.run_for(minutes(3));
    CHECK(s.alice.engine().live_objects() == 0);
    s.peer.inbox.clear();
    s.peer.say(s.alice.sip(), invite_number(1, "OPTIONS"));
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(200) == 1);
}
