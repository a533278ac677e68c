// Being registered, and staying so (RFC 3261 section 10; RFC 3665 section 2).
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

constexpr auto registrar_address = ip_address::v4(192, 0, 2, 100);
using ua::registration_state;

struct registering
{
    explicit registering(std::vector<auth::algorithm> algorithms = {auth::algorithm::md5},
                         duration nonce_life = minutes(5), weather sky = {}, std::uint64_t seed = 1)
        : w(seed, sky), server(w, registrar_address, std::move(algorithms), nonce_life)
    {
    }

    void start(ua::account a)
    {
        alice.register_as(std::move(a));
        w.run_for(seconds(1));
    }
    void start() { start(account_at(server)); }
    int asked() const { return server.count(sip::method::register_); }
    const std::vector<ua::registration_changed>& told() const { return alice.seen.registrations; }
    std::vector<registration_state> states() const
    {
        std::vector<registration_state> all;
        for (const auto& r : told())
            all.push_back(r.state);
        return all;
    }

    world w;
    node alice{w, "alice", alice_address};
    registrar server;
};

using states = std::vector<registration_state>;

} // namespace

TEST_CASE("registered by digest, with each algorithm (RFC 3665 section 2.1; RFC 8760)")
{
    using auth::algorithm;
    const auto algorithms =
        GENERATE(std::vector<algorithm>{algorithm::md5}, std::vector<algorithm>{algorithm::sha256},
                 std::vector<algorithm>{algorithm::sha512_256},
                 std::vector<algorithm>{algorithm::md5, algorithm::sha256});
    registering s(algorithms);
    s.start();
    INFO(s.w.log());
    REQUIRE(s.told().size() == 1);
    CHECK(s.told()[0].state == registration_state::registered);
    CHECK(s.told()[0].granted == seconds(600));
    CHECK(s.alice.engine().registered());
    CHECK(s.asked() == 2);
    // The strongest of several challenges is answered, once.
    const auto answer = header_of(s.server.last(sip::method::register_), "Authorization");
    CHECK(answer.find("Digest ") == answer.rfind("Digest "));
    const std::string_view strongest = auth::to_string(algorithms.back());
    CHECK(answer.find("algorithm=" + std::string(strongest)) != std::string::npos);
    // One more than the first, same Call-ID (section 10.2).
    const auto& first = s.server.inbox[0].message;
    const auto& second = s.server.inbox[1].message;
    CHECK(second->cseq()->number == first->cseq()->number + 1);
    CHECK(second->call_id() == first->call_id());
}

TEST_CASE("a wrong password: one clear error within 3 s, at most two REGISTERs, and no third")
{
    registering s;
    auto a = account_at(s.server);
    a.password = "wrong";
    s.alice.register_as(a);
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    REQUIRE(s.told().size() == 1);
    CHECK(s.told()[0].state == registration_state::failed);
    CHECK((s.told()[0].why == errc::forbidden || s.told()[0].why == errc::auth_rejected));
    CHECK(s.asked() == 2);
    CHECK(s.alice.engine().live_objects() <= 2); // transactions that absorb repetitions
}

TEST_CASE("a wrong password at a server that challenges for ever (22.1): no loop")
{
    registering s;
    s.server.on_message = [&](const sip::message& m)
    {
        s.server.answer(m, "401 Unauthorized",
                        "WWW-Authenticate: Digest realm=\"r\", nonce=\"" +
                            std::to_string(s.w.random().u32()) + "\", qop=\"auth\"\n");
    };
    s.alice.register_as(account_at(s.server));
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    REQUIRE(s.told().size() == 1);
    CHECK(s.told()[0].why == errc::auth_rejected);
    CHECK(!s.told()[0].retry_in);
    CHECK(s.asked() == 2); // a fresh nonce is not refused for its age
    const int before = s.asked();
    s.w.run_for(hours(2));
    CHECK(s.asked() == before);
}

TEST_CASE("the same nonce refused again is a wrong password at once")
{
    registering s;
    s.server.on_message = [&](const sip::message& m)
    {
        s.server.answer(m, "401 Unauthorized",
                        "WWW-Authenticate: Digest realm=\"r\", nonce=\"same\"\n");
    };
    s.start();
    INFO(s.w.log());
    CHECK(s.asked() == 2);
    CHECK(s.told().at(0).why == errc::auth_rejected);
}

TEST_CASE("a nonce that is forgotten without `stale` is renewed (as some home routers ask)")
{
    registering s;
    int n = 0;
    s.server.on_message = [&](const sip::message& m)
    {
        // Each nonce is good for one request.
        if (++n % 2 == 1)
            s.server.answer(m, "401 Unauthorized",
                            "WWW-Authenticate: Digest realm=\"r\", nonce=\"n" + std::to_string(n) +
                                "\", qop=\"auth\"\n");
        else
            s.server.answer(m, "200 OK", "Expires: 120\n");
    };
    s.start();
    s.w.run_for(minutes(10));
    INFO(s.w.log());
    CHECK(s.asked() >= 10);
    CHECK(s.states() == states{registration_state::registered});
}

TEST_CASE("an old nonce is renewed without anybody noticing (RFC 7616 section 3.3, stale)")
{
    registering s({auth::algorithm::sha256}, minutes(2));
    auto a = account_at(s.server);
    a.expires = seconds(600);
    s.start(a);
    s.w.run_for(hours(1));
    INFO(s.w.log());
    CHECK(s.states() == states{registration_state::registered});
    CHECK(s.server.accepted >= 6);
    CHECK(s.server.count(sip::method::register_) == 2 * s.server.accepted); // each time: stale
}

TEST_CASE("a nonce that is still good is used again, counted up (RFC 7616 section 3.4)")
{
    registering s({auth::algorithm::md5}, hours(10));
    s.start();
    s.w.run_for(minutes(30));
    INFO(s.w.log());
    CHECK(s.server.accepted >= 3);
    CHECK(s.asked() == s.server.accepted + 1);
    const auto count = "nc=0000000" + std::to_string(s.server.accepted);
    CHECK(header_of(s.server.last(sip::method::register_), "Authorization").find(count) !=
          std::string::npos);
}

TEST_CASE("two challenges in one answer, WWW and proxy, are both met (22.3)")
{
    registering s;
    s.server.on_message = [&](const sip::message& m)
    {
        const bool both =
            !header_of(m, "Authorization").empty() && !header_of(m, "Proxy-Authorization").empty();
        if (both)
            s.server.answer(m, "200 OK");
        else
            s.server.answer(m, "407 Proxy Authentication Required",
                            "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\n"
                            "Proxy-Authenticate: Digest realm=\"b\", nonce=\"2\"\n");
    };
    s.start();
    INFO(s.w.log());
    CHECK(s.asked() == 2);
    CHECK(s.states() == states{registration_state::registered});
}

TEST_CASE("refreshed before our own binding runs out, whatever others have (10.2.4)")
{
    registering s;
    s.server.grants = 120;
    s.server.also = "Contact: <sip:other@192.0.2.77>;expires=7200, "
                    "<sip:third@192.0.2.78>;expires=5\n";
    s.start();
    CHECK(s.told().at(0).granted == seconds(120));
    for (int i = 0; i < 60; ++i)
    {
        s.w.run_for(minutes(1));
        INFO(s.w.log());
        REQUIRE(s.server.bindings.size() == 1);
        REQUIRE(s.server.bindings[0].until > s.w.now());
    }
    INFO(s.w.log());
    CHECK(s.states() == states{registration_state::registered}); // told once
    CHECK(s.server.accepted >= 40);
    CHECK(s.server.accepted <= 62); // early enough, but not all the time
}

TEST_CASE("a 200 without our Contact, or without any: Expires counts, else what we asked for")
{
    registering s;
    s.server.contact_in_200 = false;
    s.server.also = GENERATE(std::string("Expires: 90\n"), std::string());
    s.start();
    INFO(s.w.log());
    CHECK(s.told().at(0).granted == (s.server.also.empty() ? seconds(600) : seconds(90)));
}

TEST_CASE("a registrar cannot lengthen what we asked for")
{
    registering s;
    s.server.contact_in_200 = false;
    s.server.also = "Expires: 4294967295\n";
    s.start();
    CHECK(s.told().at(0).granted == seconds(600));
}

TEST_CASE("423: asked again at once for as long as the registrar wants (10.2.8)")
{
    registering s;
    s.server.least = 1800;
    s.start();
    INFO(s.w.log());
    CHECK(s.states() == states{registration_state::registered});
    CHECK(s.told().at(0).granted == seconds(1800));
    CHECK(s.asked() == 3);
    s.w.run_for(hours(1));
    CHECK(s.states() == states{registration_state::registered});
}

TEST_CASE("423 without sense is a failure, not a loop")
{
    registering s;
    const auto least = GENERATE("Min-Expires: 10\n", "Min-Expires: 999999999\n", "");
    s.server.on_message = [&](const sip::message& m)
    { s.server.answer(m, "423 Interval Too Brief", least); };
    s.start();
    INFO(s.w.log());
    CHECK(s.asked() == 1);
    CHECK(s.states() == states{registration_state::failed});
}

TEST_CASE("failures are followed by longer and longer pauses, and an end to them (RFC 5626 4.5)")
{
    registering s;
    s.server.refusals = std::vector<std::string>(1000, "500 Trouble");
    s.alice.register_as(account_at(s.server));
    s.w.run_for(hours(1));
    INFO(s.w.log());
    std::vector<duration> gaps;
    for (std::size_t i = 1; i < s.server.inbox.size(); ++i)
        gaps.push_back(s.server.inbox[i].at - s.server.inbox[i - 1].at);
    REQUIRE(gaps.size() >= 10);
    CHECK(gaps[0] <= seconds(3));
    CHECK(gaps.back() >= seconds(150));
    CHECK(*std::max_element(gaps.begin(), gaps.end()) <= seconds(301));
    CHECK(gaps.size() < 40);
    // It is told each time, with the pause, and once it is well again.
    CHECK(s.told().size() == s.server.inbox.size());
    CHECK(s.told().back().retry_in.has_value());
    s.server.refusals.clear();
    s.w.run_for(minutes(6));
    CHECK(s.told().back().state == registration_state::registered);
}

TEST_CASE("Retry-After is obeyed (21.5.4)")
{
    registering s;
    s.server.on_message = [&](const sip::message& m)
    { s.server.answer(m, "503 Busy", "Retry-After: 120\n"); };
    s.alice.register_as(account_at(s.server));
    s.w.run_for(seconds(119));
    INFO(s.w.log());
    CHECK(s.asked() == 1);
    s.w.run_for(seconds(10));
    CHECK(s.asked() == 2);
}

TEST_CASE("a registrar that says nothing: a failure after 64*T1, then again")
{
    registering s;
    s.server.on_message = nullptr;
    s.alice.register_as(account_at(s.server));
    s.w.run_for(seconds(31));
    CHECK(s.told().empty());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    REQUIRE(s.told().size() == 1);
    CHECK(s.told()[0].why == errc::timed_out);
    CHECK(s.told()[0].status == 0);
    s.server.on_message = [&](const sip::message& m) { s.server.on_register(m); };
    s.w.run_for(seconds(10));
    CHECK(s.alice.engine().registered());
}

TEST_CASE("a registrar that is not there: the network says so, at once")
{
    registering s;
    s.w.close({registrar_address, 5060});
    s.start();
    INFO(s.w.log());
    REQUIRE(s.told().size() == 1);
    CHECK(s.told()[0].why == errc::unreachable);
    s.w.open({registrar_address, 5060});
    s.w.run_for(seconds(10));
    CHECK(s.alice.engine().registered());
}

TEST_CASE("an unknown registrar name is one clear error, and tried again")
{
    registering s;
    auto a = account_at(s.server);
    a.registrar = "registrar.example.net";
    s.start(a);
    INFO(s.w.log());
    REQUIRE(!s.told().empty());
    CHECK(s.told()[0].why == errc::dns_failed);
    CHECK(s.told()[0].retry_in.has_value());
    s.w.set_host("registrar.example.net", {{registrar_address, 5060}});
    s.w.run_for(seconds(30));
    CHECK(s.alice.engine().registered());
}

TEST_CASE("the second address of a registrar is tried when the first is silent (RFC 3263 4.3)")
{
    registering s;
    s.w.set_host("registrar.example.net",
                 {{ip_address::v4(192, 0, 2, 200), 5060}, {registrar_address, 5060}});
    auto a = account_at(s.server);
    a.registrar = "registrar.example.net";
    s.alice.register_as(a);
    s.w.run_for(seconds(34));
    INFO(s.w.log());
    CHECK(s.states() == states{registration_state::registered});
}

TEST_CASE("unregistered at our wish: Expires 0 for our own binding only (10.2.2)")
{
    registering s;
    s.start();
    REQUIRE(s.server.bindings.size() == 1);
    s.server.bindings.push_back({"sip:other@192.0.2.77", s.w.now() + hours(1)});
    s.alice.unregister();
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.states() == states{registration_state::registered, registration_state::unregistered});
    REQUIRE(s.server.bindings.size() == 1);
    CHECK(s.server.bindings[0].contact == "sip:other@192.0.2.77");
    CHECK(header_of(s.server.last(sip::method::register_), "Contact").find("*") ==
          std::string::npos);
    s.w.run_for(long_after);
    CHECK(s.alice.engine().live_objects() == 0);
    CHECK(!s.alice.next_timeout()); // and never again
}

TEST_CASE("unregistered in every moment of registering")
{
    const auto ms = GENERATE(0, 1, 5, 11, 15, 21, 25, 31, 35, 41, 45, 100);
    CAPTURE(ms);
    registering s;
    s.alice.register_as(account_at(s.server));
    s.w.run_for(milliseconds(ms));
    s.alice.unregister();
    s.w.run_for(long_after);
    INFO(s.w.log());
    CHECK(s.told().back().state == registration_state::unregistered);
    CHECK(s.server.bindings.empty());
    CHECK(s.alice.engine().settled());
    CHECK(!s.alice.next_timeout());
}

TEST_CASE("a registration over a line that loses a third stays up for a day")
{
    const auto seed = GENERATE(range(1, 11));
    CAPTURE(seed);
    registering s({auth::algorithm::sha256}, minutes(5),
                  {.loss = 0.33,
                   .duplication = 0.1,
                   .latency = milliseconds(40),
                   .spread = milliseconds(200)},
                  static_cast<std::uint64_t>(seed));
    s.alice.register_as(account_at(s.server));
    s.w.run_for(minutes(1));
    for (int i = 0; i < 24 * 12; ++i)
    {
        s.w.run_for(minutes(5));
        INFO(s.w.log());
        REQUIRE(s.server.bindings.size() == 1);
        REQUIRE(s.server.bindings[0].until > s.w.now());
    }
}
