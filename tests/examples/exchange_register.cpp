#include "village.hpp"

#include "support/catch.hpp"

#include <algorithm>

using namespace village;

TEST_CASE("a telephone registers with either digest, and unregisters")
{
    const auto algorithm = GENERATE(auth::algorithm::md5, auth::algorithm::sha256);
    CAPTURE(auth::to_string(algorithm));
    auto s = usual_settings();
    s.algorithms = {algorithm};
    world w(s);
    telephone& t = w.add("alice", "wonderland");
    REQUIRE(t.engine.register_account(w.account("alice", "wonderland"), w.now()));
    w.run(seconds(2));

    auto changes = t.all<ua::registration_changed>();
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].state == ua::registration_state::registered);
    CHECK(changes[0].granted == seconds(600));
    CHECK(w.count("REGISTER") == 2);
    CHECK(w.count("SIP/2.0 401") == 1);
    REQUIRE(w.exchange().bindings_of("alice", w.now()).size() == 1);
    CHECK(w.exchange().bindings_of("alice", w.now())[0].source == t.sip);
    REQUIRE(w.log.size() == 1);
    CHECK(w.log[0].starts_with("alice registered: sip:"));

    t.engine.unregister(w.now());
    w.run(seconds(40));
    CHECK(w.exchange().bindings_of("alice", w.now()).empty());
    CHECK(w.exchange().live_objects() == 0);
    CHECK(t.engine.live_objects() == 0);
}

TEST_CASE("of two challenges the telephone takes the stronger")
{
    world w(usual_settings());
    telephone& t = w.add("alice", "wonderland");
    REQUIRE(t.engine.register_account(w.account("alice", "wonderland"), w.now()));
    w.run(seconds(2));
    CHECK(w.exchange().bindings_of("alice", w.now()).size() == 1);
}

TEST_CASE("a wrong password, an unknown user and another one's name are refused")
{
    struct row
    {
        std::string name, login, password;
    };
    const row rows[] = {
        {"alice", "", "builder"}, {"mallory", "", "x"}, {"alice", "bob", "builder"}};
    for (const auto& r : rows)
    {
        CAPTURE(r.name, r.login);
        world w(usual_settings());
        telephone& t = w.add(r.name, r.password);
        auto a = w.account(r.name, r.password);
        a.login = r.login;
        REQUIRE(t.engine.register_account(a, w.now()));
        w.run(seconds(1));
        const auto changes = t.all<ua::registration_changed>();
        REQUIRE(changes.size() == 1);
        CHECK(changes[0].state == ua::registration_state::failed);
        CHECK(w.exchange().bindings_of("alice", w.now()).empty());
        CHECK(std::any_of(w.log.begin(), w.log.end(),
                          [](const std::string& line)
                          { return line.find("refused") != std::string::npos; }));
    }
}

TEST_CASE("too short a registration hears 423 and comes again with the right one")
{
    auto s = usual_settings();
    s.bindings.shortest = seconds(900);
    world w(s);
    telephone& t = w.add("alice", "wonderland");
    REQUIRE(t.engine.register_account(w.account("alice", "wonderland"), w.now()));
    w.run(seconds(2));
    CHECK(w.count("SIP/2.0 423") == 1);
    const auto changes = t.all<ua::registration_changed>();
    REQUIRE_FALSE(changes.empty());
    CHECK(changes.back().granted == seconds(900));
}

TEST_CASE("other requests are answered, noise is not")
{
    struct row
    {
        std::string method, to_tag;
        int status; // 0: silence
    };
    const row rows[] = {{"OPTIONS", "", 200},   {"MESSAGE", "", 405},      {"BYE", ";tag=x", 481},
                        {"INVITE", "", 404},    {"INVITE", ";tag=x", 481}, {"ACK", "", 0},
                        {"INFO", ";tag=x", 481}};
    for (const auto& r : rows)
    {
        CAPTURE(r.method);
        world w(usual_settings());
        const endpoint from{ip_address::v4(192, 0, 2, 99), 5060};
        const std::string text = r.method +
                                 " sip:nobody@192.0.2.7 SIP/2.0\r\n"
                                 "Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1\r\n"
                                 "Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:nobody@b>" +
                                 r.to_tag + "\r\nCall-ID: c\r\nCSeq: 1 " + r.method +
                                 "\r\nContact: <sip:a@192.0.2.99>\r\nContent-Length: 0\r\n\r\n";
        w.exchange().receive(text, from, w.exchange_address(), w.now());
        const auto answer = w.exchange().poll_transmit();
        CHECK(answer.has_value() == (r.status != 0));
        if (answer)
        {
            CHECK(answer->to == from);
            CHECK(answer->bytes.starts_with("SIP/2.0 " + std::to_string(r.status)));
        }
        w.exchange().receive("\x80\x08noise", from, w.exchange_address(), w.now());
        w.exchange().receive("SIP/2.0 200 OK\r\n\r\n", from, w.exchange_address(), w.now());
        CHECK_FALSE(w.exchange().poll_transmit());
        w.run(seconds(60));
        CHECK(w.exchange().live_objects() == 0);
    }
}
