// Several servers of one realm, each with its own nonces (RFC 3261 sections 22.1, 22.3).
#include "auth/support.hpp"

namespace
{

using namespace test;
using outcome = client::outcome;

// Proxies in a row that have one realm and each its own nonce. Like many, each looks at the first
// credentials of its realm only, and takes them out where they are good.
struct proxies
{
    struct one
    {
        std::string nonce;
        bool says_stale = true;
        bool wrong_password = false;
    };
    std::vector<one> row;
    bool by_401 = false;
    bool makes_fresh = false; // a nonce for each challenge; some make one for each second
    int sent = 0;

    // Sends one request until it is through or given up: how often it was sent, 0 where given up.
    int pass(client& c)
    {
        client::attempt a;
        for (int n = 1;; ++n)
        {
            sip::message m = request("INVITE");
            c.authorize(m);
            ++sent;
            const auto refused = challenge_of(m);
            if (!refused) return n;
            REQUIRE(n < 20);
            if (c.on_challenge(**refused, a) == outcome::refused) return 0;
        }
    }

private:
    std::optional<sip::message> challenge_of(const sip::message& m) const
    {
        const auto name =
            by_401 ? sip::header_id::authorization : sip::header_id::proxy_authorization;
        auto given = values(m, name);
        for (const one& p : row)
        {
            const std::string nonce =
                given.empty() ? "-" : sip::parse_auth(given.front()).value().text("nonce").value();
            if (nonce.starts_with(p.nonce) && !p.wrong_password)
            {
                given.erase(given.begin());
                continue;
            }
            const std::string next = p.nonce + (makes_fresh ? '-' + std::to_string(sent) : "");
            const bool stale = p.says_stale && !given.empty() && !p.wrong_password;
            const std::string text = with_nonce(next, stale ? ", stale=true" : "");
            return by_401 ? challenged(text)
                          : response(407, {"Proxy-Authenticate: Digest " + text});
        }
        return std::nullopt;
    }
};

} // namespace

TEST_CASE("client: two proxies with one realm, each with its nonce (RFC 3261 section 22.3)")
{
    client_bench b;
    proxies two{{{"a1"}, {"b1"}}};
    two.row[0].says_stale = two.row[1].says_stale = GENERATE(true, false);
    two.makes_fresh = GENERATE(true, false);
    CHECK(two.pass(b.one) == 3);
    CHECK(two.pass(b.one) == 1);
    const auto all = values(b.authorized(), sip::header_id::proxy_authorization);
    REQUIRE(all.size() == 2);
    CHECK(sip::parse_auth(all[0]).value().text("nonce").value().starts_with("a1"));
    CHECK(sip::parse_auth(all[1]).value().text("nonce").value().starts_with("b1"));
    // Nonces are counted each by itself (RFC 7616 section 3.4).
    CHECK(sip::parse_auth(all[0]).value().text("nc") == "00000004");
    CHECK(sip::parse_auth(all[1]).value().text("nc") == "00000003");

    SECTION("the second one's has become too old")
    {
        two.row[1].nonce = "b2";
        CHECK(two.pass(b.one) == 2);
    }
    SECTION("the first one's")
    {
        two.row[0].nonce = "a2";
        CHECK(two.pass(b.one) == 3);
    }
    SECTION("both")
    {
        two.row[0].nonce = "a2";
        two.row[1].nonce = "b2";
        CHECK(two.pass(b.one) == 4);
    }
    SECTION("both, twice")
    {
        for (const char* each : {"2", "3"})
        {
            two.row[0].nonce = std::string("a") + each;
            two.row[1].nonce = std::string("b") + each;
            CHECK(two.pass(b.one) == 4);
        }
    }
    SECTION("the second one is on the way of some requests only")
    {
        proxies first{{two.row[0]}};
        CHECK(first.pass(b.one) == 1);
        CHECK(two.pass(b.one) == 1);
    }
    CHECK(two.pass(b.one) == 1);
    CHECK(values(b.authorized(), sip::header_id::proxy_authorization).size() == 2);
}

TEST_CASE("client: a second proxy of a realm appears later")
{
    client_bench b;
    proxies way{{{"a1"}}};
    CHECK(way.pass(b.one) == 2);
    way.row.push_back({"b1"});
    CHECK(way.pass(b.one) == 2);
    CHECK(way.pass(b.one) == 1);
}

TEST_CASE("client: one proxy whose nonces grow old")
{
    client_bench b;
    proxies one{{{"a1"}}};
    one.row[0].says_stale = GENERATE(true, false);
    one.makes_fresh = GENERATE(true, false);
    CHECK(one.pass(b.one) == 2);
    for (const char* nonce : {"a2", "a3", "a4"})
    {
        one.row[0].nonce = nonce;
        // Where it does not say so, it may as well be another one behind it.
        const int sent = one.pass(b.one);
        CHECK(sent <= (one.row[0].says_stale ? 2 : 3));
        CHECK(sent > 0);
        CHECK(one.pass(b.one) == 1);
    }
    CHECK(values(b.authorized(), sip::header_id::proxy_authorization).size() == 1);
}

TEST_CASE("client: a wrong password is tried once for each place that a server may have")
{
    client_bench b;
    proxies way{{{"a1"}}};
    way.row[0].wrong_password = true;
    way.makes_fresh = true;
    SECTION("a proxy: it looks as if there were two of them")
    {
        CHECK(way.pass(b.one) == 0);
        CHECK(way.sent == 1 + static_cast<int>(limits::servers_of_a_realm));
    }
    SECTION("a registrar: it is alone (RFC 3261 section 22.2)")
    {
        way.by_401 = true;
        CHECK(way.pass(b.one) == 0);
        CHECK(way.sent == 2);
    }
    SECTION("the second of two")
    {
        way.row.insert(way.row.begin(), proxies::one{"a0"});
        CHECK(way.pass(b.one) == 0);
        CHECK(way.sent <= limits::auth_attempts + 1);
    }
    SECTION("it was right before")
    {
        way.row[0].wrong_password = false;
        CHECK(way.pass(b.one) == 2);
        way.row[0].wrong_password = true;
        way.sent = 100;
        CHECK(way.pass(b.one) == 0);
        CHECK(way.sent - 100 <= limits::auth_attempts + 1);
    }
    CHECK(values(b.authorized(), sip::header_id::proxy_authorization).empty());
    CHECK(values(b.authorized(), sip::header_id::authorization).empty());
}

TEST_CASE("client: a proxy that says 401, and a registrar behind it, with one realm")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1", ", opaque=\"\"")), b.attempt) ==
            outcome::retry);
    b.authorized();
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n2")), b.attempt) == outcome::retry);
    const auto all = values(b.authorized(), sip::header_id::authorization);
    REQUIRE(all.size() == 2);
    CHECK(sip::parse_auth(all[0]).value().text("nonce") == "n1");
    CHECK(sip::parse_auth(all[1]).value().text("nonce") == "n2");
    CHECK(b.one.on_challenge(*challenged(with_nonce("n3")), b.attempt) == outcome::refused);
}

TEST_CASE("client: branches of a fork with one realm, in one response (RFC 3261 section 22.3)")
{
    client_bench b;
    const auto line = [](const std::string& nonce, const std::string& more = {})
    { return "Proxy-Authenticate: Digest " + with_nonce(nonce, more); };
    REQUIRE(b.one.on_challenge(*response(407, {line("b1"), line("b2"), line("b1")}), b.attempt) ==
            outcome::retry);
    CHECK(values(b.authorized(), sip::header_id::proxy_authorization).size() == 2);
    SECTION("they grow old")
    {
        client::attempt next;
        REQUIRE(b.one.on_challenge(*response(407, {line("b3", ", stale=true"), line("b4")}),
                                   next) == outcome::retry);
        const auto all = values(b.authorized(), sip::header_id::proxy_authorization);
        REQUIRE(all.size() == 2);
        CHECK(sip::parse_auth(all[0]).value().text("nonce") == "b3");
        CHECK(sip::parse_auth(all[1]).value().text("nonce") == "b4");
    }
    SECTION("one refuses")
    {
        CHECK(b.one.on_challenge(*response(407, {line("b2")}), b.attempt) == outcome::refused);
        CHECK(values(b.authorized(), sip::header_id::proxy_authorization).empty());
    }
    SECTION("stronger algorithms of each")
    {
        client::attempt next;
        REQUIRE(b.one.on_challenge(*response(407, {line("s1", ", algorithm=SHA-256"), line("m1"),
                                                   line("s2", ", algorithm=SHA-256"), line("m2")}),
                                   next) == outcome::retry);
        const auto all = values(b.authorized(), sip::header_id::proxy_authorization);
        REQUIRE(!all.empty());
        CHECK(sip::parse_auth(all.back()).value().text("nonce") == "s2");
    }
}

TEST_CASE("client: many requests at once, challenged in any order, keep within bounds")
{
    seeded_random chance(7);
    client_bench b;
    std::vector<client::attempt> requests(8);
    for (int i = 0; i < 20'000; ++i)
    {
        client::attempt& a = requests[chance.below(8)];
        std::vector<std::string> lines;
        for (std::uint32_t n = 1 + chance.below(3); n > 0; --n)
            lines.push_back(
                std::string(chance.below(2) ? "Proxy-Authenticate" : "WWW-Authenticate") +
                ": Digest realm=\"r" + std::to_string(chance.below(6)) + "\", nonce=\"n" +
                std::to_string(chance.below(40)) + "\", qop=\"auth\"" +
                (chance.below(2) ? ", stale=true" : ""));
        if (b.one.on_challenge(*response(407, lines), a) == outcome::refused) a = {};
        const auto m = b.authorized();
        CHECK(values(m, sip::header_id::authorization).size() +
                  values(m, sip::header_id::proxy_authorization).size() <=
              limits::challenges);
    }
}
