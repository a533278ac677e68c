// Credentials in calls (RFC 3261 section 22; RFC 3665 section 3.2): nobody but the ladder sees
// them.
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct behind_a_proxy
{
    behind_a_proxy() : server(w, peer_address)
    {
        auto a = account_at(server);
        a.outbound_proxy = server.address().to_string();
        REQUIRE(alice.engine().set_account(a));
        alice.drain();
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }

    world w{1};
    node alice{w, "alice", alice_address};
    registrar server;
};

} // namespace

TEST_CASE("INVITE and BYE are challenged by the proxy, and answered (22.3)")
{
    behind_a_proxy s;
    s.server.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::ack || !m->is_request()) return;
        if (!s.server.admits(m, true)) return;
        if (m->method() == sip::method::invite)
            s.server.accept(m);
        else
            s.server.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call("bob"));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    CHECK(s.server.count(sip::method::invite) == 2);
    CHECK(s.server.count(sip::method::ack) == 2); // one for the 407, one for the 200
    // 13.2.2.4: the ACK has the credentials of the INVITE.
    CHECK(header_of(s.server.last(sip::method::ack), "Proxy-Authorization") ==
          header_of(s.server.last(sip::method::invite), "Proxy-Authorization"));
    CHECK(s.server.last(sip::method::invite)->request_uri() == "sip:bob@example.com");
    REQUIRE(s.alice.hang_up());
    s.w.run_for(seconds(1));
    CHECK(s.server.count(sip::method::bye) >= 1);
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "us 0");
}

TEST_CASE("proxy and callee both want credentials, one after the other (22.3)")
{
    behind_a_proxy s;
    s.server.on_message = [&](const sip::message& m)
    {
        if (m->method() != sip::method::invite) return;
        if (header_of(m, "Proxy-Authorization").empty())
            s.server.answer(m, "407 Proxy Authentication Required",
                            "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"1\"\n");
        else if (header_of(m, "Authorization").empty())
            s.server.answer(m, "401 Unauthorized",
                            "WWW-Authenticate: Digest realm=\"callee\", nonce=\"2\"\n");
        else
            s.server.accept(m);
    };
    REQUIRE(s.alice.call("bob"));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.server.count(sip::method::invite) == 3);
}

TEST_CASE("two proxies in a row have one realm, and each its own nonce (22.3)")
{
    behind_a_proxy s;
    std::string nonces[] = {"a1", "b1"};
    // What the two make of a request: each looks at the first credentials that are left.
    const auto challenge_of = [&](const sip::message& m) -> std::string
    {
        std::vector<std::string> given;
        for (std::size_t i = 0; i < m->header_count(); ++i)
            if (m->header(i).id == sip::header_id::proxy_authorization)
                given.push_back(sip::parse_auth(m->header(i).value).value().text("nonce").value());
        for (const std::string& nonce : nonces)
        {
            if (given.empty() || given.front() != nonce)
                return "Proxy-Authenticate: Digest realm=\"both\", qop=\"auth\", nonce=\"" + nonce +
                       (given.empty() ? "\"\n" : "\", stale=true\n");
            given.erase(given.begin());
        }
        return {};
    };
    s.server.on_message = [&](const sip::message& m)
    {
        if (!m->is_request() || m->method() == sip::method::ack) return;
        const std::string challenge = challenge_of(m);
        if (!challenge.empty())
            s.server.answer(m, "407 Proxy Authentication Required", challenge);
        else if (m->method() == sip::method::invite)
            s.server.accept(m);
        else
            s.server.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call("bob"));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    CHECK(s.server.count(sip::method::invite) == 3);
    SECTION("a re-INVITE and a BYE are not asked again")
    {
        REQUIRE(s.alice.hold());
        s.w.run_for(seconds(1));
        CHECK(s.server.count(sip::method::invite) == 4);
        REQUIRE(s.alice.hang_up());
        s.w.run_for(seconds(1));
        CHECK(s.server.count(sip::method::bye) == 1);
    }
    SECTION("both nonces are too old when we hang up")
    {
        nonces[0] = "a2";
        nonces[1] = "b2";
        REQUIRE(s.alice.hang_up());
        s.w.run_for(seconds(1));
        CHECK(s.server.count(sip::method::bye) == 4);
    }
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "us 0");
}

TEST_CASE("proxy and registrar have one realm, and each its own nonce (22.1)")
{
    world w{1};
    node alice{w, "alice", alice_address};
    registrar server{w, peer_address};
    server.on_message = [&](const sip::message& m)
    {
        if (!m->is_request()) return;
        if (header_of(m, "Proxy-Authorization").find("nonce=\"p\"") == std::string::npos)
            server.answer(m, "407 Proxy Authentication Required",
                          "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"p\"\n");
        else if (header_of(m, "Authorization").find("nonce=\"r\"") == std::string::npos)
            server.answer(m, "401 Unauthorized",
                          "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"r\"\n");
        else
            server.answer(m, "200 OK", "Contact: " + header_of(m, "Contact") + '\n');
    };
    alice.register_as(account_at(server));
    w.run_for(seconds(1));
    INFO(w.log());
    REQUIRE(alice.engine().registered());
    CHECK(server.count(sip::method::register_) == 3);
    alice.unregister();
    w.run_for(seconds(1));
    CHECK(server.count(sip::method::register_) == 4);
}

TEST_CASE("a wrong password ends a call once, clearly, after at most two INVITEs")
{
    behind_a_proxy s;
    s.server.password = "another";
    s.server.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) (void)s.server.admits(m, true);
    };
    REQUIRE(s.alice.call("bob"));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.server.count(sip::method::invite) == 2);
    CHECK((s.alice.seen.endings.at(0).why == errc::forbidden ||
           s.alice.seen.endings.at(0).why == errc::auth_rejected));
}

TEST_CASE("a proxy that challenges for ever ends the call, not the world")
{
    behind_a_proxy s;
    s.server.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            s.server.answer(m, "407 Proxy Authentication Required",
                            "Proxy-Authenticate: Digest realm=\"r" +
                                std::to_string(s.w.random().u32()) + "\", nonce=\"" +
                                std::to_string(s.w.random().u32()) + "\"\n");
    };
    REQUIRE(s.alice.call("bob"));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.server.count(sip::method::invite) <= limits::auth_attempts + 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::auth_rejected);
}

TEST_CASE("hang-up while the challenge is on its way: no new INVITE")
{
    behind_a_proxy s;
    s.server.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) (void)s.server.admits(m, true);
    };
    REQUIRE(s.alice.call("bob"));
    REQUIRE(s.w.run_until([&] { return s.server.count(sip::method::invite) == 1; }));
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.server.count(sip::method::invite) == 1);
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("credentials do not go to a stranger who challenges a call to him")
{
    behind_a_proxy s;
    simulation::peer stranger(s.w, "stranger", carol_address);
    ua::account a = account_at(s.server);
    a.realm = "example.com";
    REQUIRE(s.alice.engine().set_account(a)); // no outbound proxy: straight to the stranger
    stranger.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite)
            stranger.answer(m, "401 Unauthorized",
                            "WWW-Authenticate: Digest realm=\"elsewhere\", nonce=\"1\"\n");
    };
    REQUIRE(s.alice.call("sip:x@192.0.2.3"));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(stranger.count(sip::method::invite) == 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::auth_rejected);
}

TEST_CASE("what one server asked for does not go to the next one whom we call (22.1)")
{
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, peer_address);
    simulation::peer stranger(w, "stranger", carol_address);
    REQUIRE(alice.engine().set_account(account_at(server)));
    server.on_message = [&](const sip::message& m)
    {
        if (!m->is_request() || m->method() == sip::method::ack || !server.admits(m)) return;
        server.answer(m, m->method() == sip::method::invite ? "486 Busy Here" : "200 OK");
    };
    REQUIRE(alice.call("sip:x@192.0.2.9"));
    w.run_for(seconds(1));
    REQUIRE(server.count(sip::method::invite) == 2);
    REQUIRE(alice.call("sip:x@192.0.2.3"));
    REQUIRE(alice.request({"MESSAGE", "sip:x@192.0.2.3", {}, {}, "Hello."}));
    w.run_for(seconds(1));
    INFO(w.log());
    REQUIRE(stranger.count(sip::method::invite) > 0);
    CHECK(header_of(stranger.last(sip::method::invite), "Authorization").empty());
    REQUIRE(stranger.count(sip::method::message) > 0);
    CHECK(header_of(stranger.last(sip::method::message), "Authorization").empty());
    REQUIRE(alice.request({"MESSAGE", "sip:x@192.0.2.9", {}, {}, "Hello."}));
    w.run_for(seconds(1));
    CHECK(server.count(sip::method::message) == 1); // not asked again
}

TEST_CASE("a route that the callee has made up gets no credentials, nor does his ACK (13.2.2.4)")
{
    const bool forged = GENERATE(false, true);
    CAPTURE(forged);
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, peer_address);
    simulation::peer callee(w, "callee", carol_address);
    alice.register_as(account_at(server));
    w.run_for(seconds(1));
    REQUIRE(alice.engine().registered());
    server.on_message = [&](const sip::message& m)
    {
        if (!m->is_request() || m->method() != sip::method::invite || !server.admits(m, true))
            return;
        const std::string route = forged ? "Record-Route: <sip:192.0.2.3;lr>\n" : std::string();
        server.answer(m, "200 OK", route + "Contact: <sip:x@192.0.2.3>\n", server.sdp());
    };
    REQUIRE(alice.call("bob"));
    w.run_for(seconds(1));
    REQUIRE(alice.seen.answered == 1);
    REQUIRE(alice.hang_up());
    w.run_for(seconds(1));
    INFO(w.log());
    REQUIRE(callee.count(sip::method::ack) > 0);
    REQUIRE(callee.count(sip::method::bye) > 0);
    for (const auto method : {sip::method::ack, sip::method::bye})
    {
        CHECK(header_of(callee.last(method), "Proxy-Authorization").empty());
        CHECK(header_of(callee.last(method), "Authorization").empty());
    }
}

TEST_CASE("another account for calls leaves the registration its own")
{
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, peer_address, {auth::algorithm::md5}, seconds(10));
    server.grants = 120;
    alice.register_as(account_at(server));
    w.run_for(seconds(1));
    REQUIRE(alice.engine().registered());
    ua::account another = account_at(server, "door");
    another.password = "wrong";
    REQUIRE(alice.engine().set_account(another));
    w.run_for(minutes(10)); // refreshed, with nonces that are too old
    INFO(w.log());
    CHECK(alice.engine().registered());
    CHECK(alice.seen.registrations.size() == 1);
    CHECK(header_of(server.last(sip::method::register_), "Authorization").find("\"alice\"") !=
          std::string::npos);
    alice.unregister();
    w.run_for(seconds(1));
    CHECK(server.bindings.empty());
}
