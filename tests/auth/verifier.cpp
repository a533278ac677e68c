#include "auth/support.hpp"

namespace
{

using namespace test;
using outcome = verifier::outcome;

constexpr time_point start_time = time_point{} + std::chrono::hours(1);

const std::vector<algorithm> all_algorithms{algorithm::md5,        algorithm::md5_sess,
                                            algorithm::sha256,     algorithm::sha256_sess,
                                            algorithm::sha512_256, algorithm::sha512_256_sess};

struct bench
{
    explicit bench(std::vector<algorithm> algorithms = {algorithm::md5, algorithm::sha256},
                   std::string realm = "r")
        : server(random, std::move(realm), std::move(algorithms))
    {
        user.set_credentials({"alice", "secret"});
    }

    outcome check(const sip::message& m, bool proxy = false)
    {
        return server.check(*m, proxy, now,
                            [&](std::string_view name) -> std::optional<std::string>
                            {
                                if (name == known_user) return password;
                                return std::nullopt;
                            });
    }
    client::outcome challenge(bool proxy = false, bool stale = false)
    {
        std::vector<std::string> lines;
        for (const auto& value : server.challenges(now, stale))
            lines.push_back((proxy ? "Proxy-Authenticate: " : "WWW-Authenticate: ") + value);
        return user.on_challenge(*response(proxy ? 407 : 401, lines), attempt);
    }
    sip::message authorized(sip::message m = request())
    {
        user.authorize(m);
        return m;
    }

    seeded_random random{7};
    time_point now = start_time;
    verifier server;
    client user{random};
    client::attempt attempt;
    std::string known_user = "alice", password = "secret";
};

// `m` with one parameter of its Authorization changed.
sip::message changed(sip::message m, const std::string& from, const std::string& to)
{
    std::string value = values(m, sip::header_id::authorization).at(0);
    const auto at = value.find(from);
    REQUIRE(at != value.npos);
    value.replace(at, from.size(), to);
    REQUIRE(m.set(sip::header_id::authorization, value));
    return m;
}

} // namespace

TEST_CASE("verifier and client agree, with each algorithm and each awkward name")
{
    const char* const users[] = {"alice", "a\"li\\ce", "J\xc3\xb6rg, \"the\" user=1", "a:b"};
    const std::string passwords[] = {"secret", "", "p\"\\:w \xc3\xa4", std::string("\r\n\0x", 4)};
    for (const auto a : all_algorithms)
        for (const auto* user : users)
            for (const auto& password : passwords)
                for (const bool proxy : {false, true})
                {
                    CAPTURE(to_string(a), user, proxy);
                    bench b({a}, "a \"quoted\\\" realm");
                    b.known_user = user;
                    b.password = password;
                    b.user.set_credentials({user, password});
                    CHECK(b.check(b.authorized(), proxy) == outcome::challenge);
                    REQUIRE(b.challenge(proxy) == client::outcome::retry);
                    CHECK(b.check(b.authorized(), proxy) == outcome::accepted);
                    CHECK(b.check(b.authorized(), proxy) == outcome::accepted); // nc=2
                    CHECK(b.check(b.authorized(), !proxy) == outcome::challenge);
                }
}

TEST_CASE("verifier: challenges, the strongest first")
{
    bench b(all_algorithms);
    const auto values = b.server.challenges(b.now, true);
    REQUIRE(values.size() == 6);
    CHECK(values[0].find("algorithm=SHA-512-256-sess") != std::string::npos);
    CHECK(values[5].find("algorithm=MD5,") != std::string::npos);
    for (const auto& v : values)
    {
        const auto parsed = sip::parse_auth(v);
        REQUIRE(parsed);
        CHECK(parsed.value().is_digest());
        CHECK(parsed.value().text("realm") == "r");
        CHECK(parsed.value().text("qop") == "auth");
        CHECK(parsed.value().text("stale") == "true");
    }
    CHECK(b.server.challenges(b.now)[0].find("stale") == std::string::npos);
    const auto nonce = [&]
    { return sip::parse_auth(b.server.challenges(b.now)[0])->text("nonce"); };
    CHECK(nonce() != nonce());

    REQUIRE(b.challenge() == client::outcome::retry);
    CHECK(param(b.authorized(), "algorithm") == "SHA-512-256-sess");
}

TEST_CASE("verifier: wrong passwords and users")
{
    bench b;
    REQUIRE(b.challenge() == client::outcome::retry);
    const auto right = b.authorized();
    CHECK(b.check(right) == outcome::accepted);
    b.password = "other";
    CHECK(b.check(right) == outcome::wrong);
    b.password = "";
    CHECK(b.check(right) == outcome::wrong);
    b.password = "secret";
    b.known_user = "bob";
    CHECK(b.check(right) == outcome::wrong);
    // The empty password that stands in for an unknown user opens nothing.
    b.user.set_credentials({"alice", ""});
    b.attempt = {};
    REQUIRE(b.challenge() == client::outcome::retry);
    CHECK(b.check(b.authorized()) == outcome::wrong);
}

TEST_CASE("verifier: each part of an answer counts")
{
    bench b({algorithm::sha256});
    REQUIRE(b.challenge() == client::outcome::retry);
    const auto right = b.authorized();
    REQUIRE(b.check(right) == outcome::accepted);
    const std::string response_part = param(right, "response").substr(0, 8);
    struct row
    {
        std::string from, to;
        outcome expected;
    };
    const row rows[] = {
        {response_part,
         response_part[0] == '0' ? "1" + response_part.substr(1) : "0" + response_part.substr(1),
         outcome::wrong},
        {"response=\"", "response=\"00", outcome::wrong},
        {"nc=00000001", "nc=00000002", outcome::wrong},
        {"nc=00000001", "nc=1", outcome::challenge},
        {"nc=00000001", "nc=0000000g", outcome::challenge},
        {"nc=00000001", "nd=00000001", outcome::challenge},
        {"cnonce=\"", "cnonce=\"x", outcome::wrong},
        {"qop=auth", "qop=auth-int", outcome::challenge},
        {"qop=auth,", "", outcome::wrong},
        {"realm=\"r\"", "realm=\"s\"", outcome::challenge},
        {"username=\"alice\"", "username=\"\"", outcome::challenge},
        {"algorithm=SHA-256", "algorithm=MD5", outcome::challenge},
        {"algorithm=SHA-256", "algorithm=SHA-256-sess", outcome::challenge},
        {"nonce=\"", "nonce=\"0", outcome::challenge},
        {"uri=\"sip:example.com\"", "uri=\"sip:else.com\"", outcome::wrong},
        {"Digest", "Basic", outcome::challenge},
    };
    for (const auto& r : rows)
    {
        INFO(r.from << " -> " << r.to);
        CHECK(b.check(changed(right, r.from, r.to)) == r.expected);
    }
}

TEST_CASE("verifier: the answer is for this request")
{
    bench b;
    REQUIRE(b.challenge() == client::outcome::retry);
    const auto right = b.authorized();
    const auto value = values(right, sip::header_id::authorization).at(0);

    auto other_method = request("INVITE");
    REQUIRE(other_method.append(sip::header_id::authorization, value));
    CHECK(b.check(other_method) == outcome::wrong);

    auto other_uri = request("REGISTER", "sip:else.com");
    REQUIRE(other_uri.append(sip::header_id::authorization, value));
    CHECK(b.check(other_uri) == outcome::wrong);

    auto same_uri = request("REGISTER", "sip:EXAMPLE.com");
    REQUIRE(same_uri.append(sip::header_id::authorization, value));
    CHECK(b.check(same_uri) == outcome::accepted);
}

TEST_CASE("verifier: old nonces are stale, and the client goes on by itself")
{
    bench b;
    REQUIRE(b.challenge() == client::outcome::retry);
    b.now += std::chrono::minutes(5);
    CHECK(b.check(b.authorized()) == outcome::accepted);
    b.now += std::chrono::nanoseconds(1);
    const auto late = b.authorized();
    CHECK(b.check(late) == outcome::stale);
    b.password = "other";
    CHECK(b.check(late) == outcome::wrong);
    b.password = "secret";
    REQUIRE(b.challenge(false, true) == client::outcome::retry);
    CHECK(b.check(b.authorized()) == outcome::accepted);
}

TEST_CASE("verifier: nonces of others")
{
    bench b, other;
    other.random = seeded_random(8);
    other.server = verifier(other.random, "r", {algorithm::sha256});
    REQUIRE(other.challenge() == client::outcome::retry);
    const auto m = other.authorized();
    REQUIRE(other.check(m) == outcome::accepted);
    // As after a restart: the answer is right, so the user need not be asked.
    CHECK(b.check(m) == outcome::stale);
    b.password = "other";
    CHECK(b.check(m) == outcome::challenge);
}

TEST_CASE("verifier: the old style without qop")
{
    bench b({algorithm::md5});
    const auto nonce = *sip::parse_auth(b.server.challenges(b.now)[0])->text("nonce");
    response_input in;
    in.method = "REGISTER";
    in.uri = "sip:example.com";
    in.nonce = nonce;
    const auto hash =
        make_response(algorithm::md5, make_ha1(algorithm::md5, "alice", "r", "secret"), in);
    auto m = request();
    REQUIRE(m.append(sip::header_id::authorization,
                     "Digest username=\"alice\", realm=\"r\", nonce=\"" + nonce +
                         "\", uri=\"sip:example.com\", response=\"" + hash + '"'));
    CHECK(b.check(m) == outcome::accepted);
}

TEST_CASE("verifier: several answers, one of them for us")
{
    bench b;
    REQUIRE(b.challenge() == client::outcome::retry);
    const auto value = values(b.authorized(), sip::header_id::authorization).at(0);
    auto m = request();
    REQUIRE(m.append(sip::header_id::authorization, "Basic YTpi"));
    REQUIRE(m.append(sip::header_id::authorization, R"(Digest username="a", realm="else")"));
    REQUIRE(m.append(sip::header_id::authorization, value));
    CHECK(b.check(m) == outcome::accepted);
}
