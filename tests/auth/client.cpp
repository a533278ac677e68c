#include "auth/support.hpp"

#include <set>

namespace
{

using namespace test;
using outcome = client::outcome;

const std::string plain = R"(realm="r", nonce="n1")";

} // namespace

TEST_CASE("client: nothing is known, nothing is sent")
{
    client_bench b;
    CHECK(b.one.has_credentials());
    CHECK(values(b.authorized(), sip::header_id::authorization).empty());

    seeded_random random(1);
    client stranger(random);
    CHECK(!stranger.has_credentials());
    client::attempt a;
    CHECK(stranger.on_challenge(*challenged(plain), a) == outcome::refused);
}

TEST_CASE("client: the answer has what the challenge asked for")
{
    client_bench b;
    REQUIRE(
        b.one.on_challenge(*challenged(R"(realm="r\"1", nonce="n\\1", opaque="o,\"2", qop="auth",)"
                                       " algorithm=sha-256"),
                           b.attempt) == outcome::retry);
    const auto m = b.authorized(request("INVITE", "sip:bob@example.com;transport=udp"));
    CHECK(param(m, "username") == "alice");
    CHECK(param(m, "realm") == "r\"1");
    CHECK(param(m, "nonce") == "n\\1");
    CHECK(param(m, "opaque") == "o,\"2");
    CHECK(param(m, "uri") == "sip:bob@example.com;transport=udp");
    CHECK(param(m, "algorithm") == "SHA-256");
    CHECK(param(m, "qop") == "auth");
    CHECK(param(m, "nc") == "00000001");
    CHECK(param(m, "cnonce").size() == 16);

    response_input in;
    in.method = "INVITE";
    in.uri = "sip:bob@example.com;transport=udp";
    in.nonce = "n\\1";
    const std::string cnonce = param(m, "cnonce");
    in.cnonce = cnonce;
    in.qop = quality::auth;
    CHECK(param(m, "response") ==
          make_response(algorithm::sha256, make_ha1(algorithm::sha256, "alice", "r\"1", "secret"),
                        in));
    // RFC 3261 section 25.1: these two are tokens, not quoted strings.
    const auto text = values(m, sip::header_id::authorization).front();
    CHECK(text.find("qop=auth,") != text.npos);
    CHECK(text.find("algorithm=SHA-256") != text.npos);
}

TEST_CASE("client: what was not asked for is not sent")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(plain), b.attempt) == outcome::retry);
    const auto m = b.authorized();
    for (const char* name : {"qop", "nc", "cnonce", "opaque", "algorithm"})
    {
        INFO(name);
        CHECK(param(m, name) == "-");
    }
}

TEST_CASE("client: auth is preferred to auth-int, which hashes the body")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(R"(realm="r", nonce="n", qop="auth-int,auth")"),
                               b.attempt) == outcome::retry);
    CHECK(param(b.authorized(), "qop") == "auth");

    REQUIRE(b.one.on_challenge(*challenged(R"(realm="i", nonce="n", qop="auth-int")"), b.attempt) ==
            outcome::retry);
    b.one.set_credentials({"alice", "secret"});
    client::attempt again;
    REQUIRE(b.one.on_challenge(*challenged(R"(realm="i", nonce="n", qop="auth-int")"), again) ==
            outcome::retry);
    const auto one = b.authorized(request("INFO", "sip:a@b", "Signal=1"));
    CHECK(param(one, "qop") == "auth-int");
    response_input in;
    in.method = "INFO";
    in.uri = "sip:a@b";
    in.body = "Signal=1";
    in.nonce = "n";
    const std::string cnonce = param(one, "cnonce");
    in.cnonce = cnonce;
    in.qop = quality::auth_int;
    CHECK(param(one, "response") ==
          make_response(algorithm::md5, make_ha1(algorithm::md5, "alice", "i", "secret"), in));
}

TEST_CASE("client: nonces are counted, whatever the request")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1")), b.attempt) == outcome::retry);
    std::set<std::string> responses;
    for (int n = 1; n <= 20; ++n)
    {
        const auto m = b.authorized(request(n % 2 ? "REGISTER" : "INVITE"));
        std::string expected = "000000" + std::string(n < 16 ? "0" : "1");
        expected += "0123456789abcdef"[n % 16];
        CHECK(param(m, "nc") == expected);
        responses.insert(param(m, "response"));
    }
    CHECK(responses.size() == 20);

    client::attempt next;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n2")), next) == outcome::retry);
    CHECK(param(b.authorized(), "nc") == "00000001");
    CHECK(param(b.authorized(), "nonce") == "n2");
}

TEST_CASE("client: authorize replaces what stands there")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1")), b.attempt) == outcome::retry);
    auto m = b.authorized();
    b.one.authorize(m);
    CHECK(param(m, "nc") == "00000002");
}

TEST_CASE("client: the strongest algorithm wins for each realm")
{
    client_bench b;
    const auto line = [](const char* realm, const char* algorithm)
    {
        return std::string("WWW-Authenticate: Digest realm=\"") + realm + "\", nonce=\"" +
               algorithm + "\", algorithm=" + algorithm;
    };
    REQUIRE(b.one.on_challenge(
                *response(401, {line("a", "MD5"), line("a", "SHA-256"), line("b", "SHA-512-256"),
                                line("a", "SHA-512"), line("a", "MD5-sess"), line("b", "MD5")}),
                b.attempt) == outcome::retry);
    const auto all = values(b.authorized(), sip::header_id::authorization);
    REQUIRE(all.size() == 2);
    CHECK(sip::parse_auth(all[0]).value().text("algorithm") == "SHA-256");
    CHECK(sip::parse_auth(all[0]).value().text("nonce") == "SHA-256");
    CHECK(sip::parse_auth(all[1]).value().text("algorithm") == "SHA-512-256");
}

TEST_CASE("client: a proxy and a server behind it, each its own header")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(
                *response(407, {R"(Proxy-Authenticate: Digest realm="p", nonce="np", qop="auth")"}),
                b.attempt) == outcome::retry);
    auto m = b.authorized();
    CHECK(values(m, sip::header_id::authorization).empty());
    CHECK(param(m, "nonce", sip::header_id::proxy_authorization) == "np");

    REQUIRE(b.one.on_challenge(*challenged(R"(realm="p", nonce="nw", qop="auth")"), b.attempt) ==
            outcome::retry);
    m = b.authorized();
    CHECK(param(m, "nonce") == "nw");
    CHECK(param(m, "nc") == "00000001");
    CHECK(param(m, "nonce", sip::header_id::proxy_authorization) == "np");
    CHECK(param(m, "nc", sip::header_id::proxy_authorization) == "00000002");
}

TEST_CASE("client: when it gives up")
{
    struct row
    {
        const char* what;
        std::vector<std::string> challenges; // all but the last are answered
        outcome last;
    };
    const row rows[] = {
        {"a first challenge", {with_nonce("n1")}, outcome::retry},
        {"the same nonce again", {with_nonce("n1"), with_nonce("n1")}, outcome::refused},
        {"the same nonce, stale",
         {with_nonce("n1"), with_nonce("n1", ", stale=true")},
         outcome::refused},
        {"a new nonce", {with_nonce("n1"), with_nonce("n2")}, outcome::refused},
        {"stale", {with_nonce("n1"), with_nonce("n2", ", stale=true")}, outcome::retry},
        {"stale, then a new nonce",
         {with_nonce("n1"), with_nonce("n2", ", stale=true"), with_nonce("n3")},
         outcome::refused},
        {"for ever stale",
         {with_nonce("n1", ", stale=true"), with_nonce("n2", ", stale=true"),
          with_nonce("n3", ", stale=true"), with_nonce("n4", ", stale=true"),
          with_nonce("n5", ", stale=true")},
         outcome::refused},
        {"nothing we could answer", {R"(realm="r", nonce="n", algorithm=X)"}, outcome::refused},
    };
    for (const auto& r : rows)
    {
        INFO(r.what);
        client_bench b;
        for (std::size_t i = 0; i < r.challenges.size(); ++i)
        {
            const auto expected = i + 1 < r.challenges.size() ? outcome::retry : r.last;
            CHECK(b.one.on_challenge(*challenged(r.challenges[i]), b.attempt) == expected);
            b.authorized();
        }
        // What was refused is not sent with the next request.
        const auto sent = values(b.authorized(), sip::header_id::authorization).size();
        CHECK(sent ==
              (r.last == outcome::retry || r.what == std::string("for ever stale") ? 1 : 0));
    }
}

TEST_CASE("client: a new realm for each challenge does not go on for ever")
{
    client_bench b;
    int tries = 0;
    while (b.one.on_challenge(*challenged("nonce=\"n\", realm=\"" + std::to_string(tries) + '"'),
                              b.attempt) == outcome::retry)
        REQUIRE(++tries <= limits::auth_attempts);
    CHECK(tries == limits::auth_attempts);
}

TEST_CASE("client: what it remembers is bounded")
{
    client_bench b;
    for (int i = 0; i < 100; ++i)
    {
        client::attempt a;
        REQUIRE(b.one.on_challenge(*challenged("nonce=\"n\", realm=\"" + std::to_string(i) + '"'),
                                   a) == outcome::retry);
    }
    const auto all = values(b.authorized(), sip::header_id::authorization);
    CHECK(all.size() == limits::challenges);
    CHECK(sip::parse_auth(all.back()).value().text("realm") == "99");
}

TEST_CASE("client: a later request goes out with what was learned")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1")), b.attempt) == outcome::retry);
    b.authorized();
    b.authorized(); // the next request, and the server has forgotten the nonce, without `stale`
    client::attempt next;
    CHECK(b.one.on_challenge(*challenged(with_nonce("n2")), next) == outcome::retry);
    CHECK(param(b.authorized(), "nonce") == "n2");
    SECTION("and forgets the next too: that is enough")
    {
        CHECK(b.one.on_challenge(*challenged(with_nonce("n3")), next) == outcome::refused);
    }
    SECTION("two requests at once: the same nonce is no refusal of the second")
    {
        client::attempt other;
        CHECK(b.one.on_challenge(*challenged(with_nonce("n2")), other) == outcome::retry);
        CHECK(param(b.authorized(), "nc") == "00000002");
    }
}

TEST_CASE(
    "client: what one server has asked for is neither sent to another one, nor renewed by him")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1")), b.attempt, "here") == outcome::retry);
    auto m = request();
    for (const char* another : {"there", ""})
    {
        b.one.authorize(m, another);
        CHECK(values(m, sip::header_id::authorization).empty());
    }
    CHECK(b.one.on_success(*response(200, {"Authentication-Info: nextnonce=\"n2\""}), "there"));
    b.one.authorize(m, "here");
    CHECK(param(m, "nonce") == "n1");
    CHECK(b.one.on_success(*response(200, {"Authentication-Info: nextnonce=\"n2\""}), "here"));
    b.one.authorize(m, "here");
    CHECK(param(m, "nonce") == "n2");
}

TEST_CASE("client: only the realm of the credentials")
{
    client_bench b({"alice", "secret", "mine"});
    CHECK(b.one.on_challenge(*challenged(R"(realm="other", nonce="n")"), b.attempt) ==
          outcome::refused);
    CHECK(
        b.one.on_challenge(*response(401, {R"(WWW-Authenticate: Digest realm="other", nonce="1")",
                                           R"(WWW-Authenticate: Digest realm="mine", nonce="2")"}),
                           b.attempt) == outcome::retry);
    CHECK(param(b.authorized(), "nonce") == "2");
}

TEST_CASE("client: -sess has one cnonce for one nonce")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1", ", algorithm=MD5-sess")), b.attempt) ==
            outcome::retry);
    const auto first = param(b.authorized(), "cnonce");
    CHECK(param(b.authorized(), "cnonce") == first);
    client::attempt next;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n2", ", algorithm=MD5-sess")), next) ==
            outcome::retry);
    CHECK(param(b.authorized(), "cnonce") != first);
    // Without qop a cnonce is needed all the same.
    b.one.set_credentials({"alice", "secret"});
    client::attempt bare;
    REQUIRE(b.one.on_challenge(*challenged(R"(realm="r", nonce="n", algorithm=SHA-256-sess)"),
                               bare) == outcome::retry);
    CHECK(param(b.authorized(), "cnonce") != "-");
    CHECK(param(b.authorized(), "nc") == "-");
}

TEST_CASE("client: nextnonce")
{
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(with_nonce("n1")), b.attempt) == outcome::retry);
    b.authorized();
    const std::string huge(limits::auth_value + 1, 'x');
    for (const std::string& ignored :
         {std::string("qop=auth"), std::string("nextnonce=\"\""), "nextnonce=\"" + huge + '"',
          std::string("nextnonce=\"n9\", cnonce=\"not ours\"")})
    {
        b.one.on_success(*response(200, {"Authentication-Info: " + ignored}));
        CHECK(param(b.authorized(), "nonce") == "n1");
    }
    b.one.on_success(*response(200, {"Authentication-Info: nextnonce=\"n2\", qop=auth"}));
    const auto m = b.authorized();
    CHECK(param(m, "nonce") == "n2");
    CHECK(param(m, "nc") == "00000001");
    b.one.on_success(*response(200, {}));
}

TEST_CASE("client: a user that cannot be written is refused, not looped")
{
    client_bench b({"al\r\nice", "secret"});
    CHECK(b.one.on_challenge(*challenged(plain), b.attempt) == outcome::retry);
    CHECK(values(b.authorized(), sip::header_id::authorization).empty());
    CHECK(b.one.on_challenge(*challenged(plain), b.attempt) == outcome::refused);
}

TEST_CASE("client: whatever a challenge holds, the request stays a message")
{
    seeded_random random(99);
    const std::string model =
        R"(Digest realm="r\"x", nonce="abc\\", opaque="o", algorithm=SHA-256, )"
        R"(qop="auth,auth-int", stale=true)";
    const std::string spice("\"\\,=;: \t\0\x7f\xff<>%'()", 18);
    int answered = 0;
    for (int round = 0; round < 5000; ++round)
    {
        std::string value = model;
        for (std::uint32_t n = random.below(3) + 1; n > 0; --n)
        {
            const auto at = random.below(static_cast<std::uint32_t>(value.size()));
            const char c = spice[random.below(static_cast<std::uint32_t>(spice.size()))];
            switch (random.below(4))
            {
            case 0: value[at] = c; break;
            case 1: value.insert(at, 1, c); break;
            case 2: value.erase(at, random.below(8) + 1); break;
            default: value.insert(at, value.substr(random.below(at + 1), 20)); break;
            }
            if (value.empty()) value = "D";
        }
        INFO(value);
        const auto challenged_by = sip::message::parse(
            "SIP/2.0 401 X\r\nWWW-Authenticate: " + value + "\r\nContent-Length: 0\r\n\r\n");
        if (!challenged_by) continue;
        client_bench b({"al\"ice\\", "secret"});
        const auto outcome = b.one.on_challenge(**challenged_by, b.attempt);
        const auto m = b.authorized();
        const auto lines = values(m, sip::header_id::authorization);
        CHECK(lines.size() == (outcome == outcome::retry ? 1 : 0));
        const auto again = sip::message::parse(m.bytes());
        REQUIRE(again);
        CHECK(again.value()->header_count() == request()->header_count() + lines.size());
        if (lines.empty()) continue;
        ++answered;
        CHECK(param(m, "username") == "al\"ice\\");
        const auto understood = challenges_of(**challenged_by);
        REQUIRE(understood.size() == 1);
        CHECK(param(m, "realm") == understood[0].realm);
        CHECK(param(m, "nonce") == understood[0].nonce);
    }
    CHECK(answered > 400);
}

TEST_CASE("client: rspauth is the server's proof (RFC 7616 3.5)")
{
    for (const char* qop : {"auth", "auth-int"})
    {
        CAPTURE(qop);
        client_bench b;
        REQUIRE(b.one.on_challenge(
                    *challenged(R"(realm="r", nonce="n1", qop=")" + std::string(qop) + '"'),
                    b.attempt) == outcome::retry);
        const auto m = b.authorized(request("REGISTER", "sip:example.com"));
        response_input in;
        in.uri = "sip:example.com"; // A2 is ":" uri
        in.nonce = "n1";
        const std::string cnonce = param(m, "cnonce");
        in.cnonce = cnonce;
        in.qop = qop == std::string("auth") ? quality::auth : quality::auth_int;
        const auto good =
            make_response(algorithm::md5, make_ha1(algorithm::md5, "alice", "r", "secret"), in);
        const auto info = [&](const std::string& proof, const std::string& nc)
        {
            return response(200, {"Authentication-Info: rspauth=\"" + proof + "\", cnonce=\"" +
                                  cnonce + "\", nc=" + nc + ", qop=" + qop + ", nextnonce=\"n2\""});
        };
        CHECK(!b.one.on_success(*info(std::string(32, '0'), "00000001")));
        CHECK(param(b.authorized(), "nonce") == "n1");    // nothing is learned from a liar
        CHECK(b.one.on_success(*info(good, "00000001"))); // of an earlier request: not judged
        b.one.set_credentials({"alice", "secret"});
        b.attempt = {};
        CHECK(b.one.on_success(*response(200, {})));
    }
    client_bench b;
    REQUIRE(b.one.on_challenge(*challenged(R"(realm="r", nonce="n1", qop="auth")"), b.attempt) ==
            outcome::retry);
    const auto m = b.authorized(request("REGISTER", "sip:example.com"));
    response_input in;
    in.uri = "sip:example.com";
    in.nonce = "n1";
    const std::string cnonce = param(m, "cnonce");
    in.cnonce = cnonce;
    in.qop = quality::auth;
    const auto good =
        make_response(algorithm::md5, make_ha1(algorithm::md5, "alice", "r", "secret"), in);
    CHECK(b.one.on_success(
        *response(200, {"Authentication-Info: qop=auth, rspauth=\"" + good + "\", cnonce=\"" +
                        cnonce + "\", nc=00000001, nextnonce=\"n2\""})));
    CHECK(param(b.authorized(), "nonce") == "n2");
}

TEST_CASE("client: HA1 instead of a password answers its own algorithm only")
{
    credentials c{"alice", "", "r"};
    c.ha1 = make_ha1(algorithm::sha256, "alice", "r", "secret");
    c.ha1_by = algorithm::sha256;
    client_bench with_ha1(c), with_password;
    CHECK(with_ha1.one.on_challenge(*challenged(R"(realm="r", nonce="n", algorithm=MD5)"),
                                    with_ha1.attempt) == outcome::refused);
    const auto asked =
        response(401, {R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-512-256)",
                       R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256)",
                       R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5)"});
    REQUIRE(with_ha1.one.on_challenge(*asked, with_ha1.attempt) == outcome::retry);
    REQUIRE(
        with_password.one.on_challenge(*challenged(R"(realm="r", nonce="n", algorithm=SHA-256)"),
                                       with_password.attempt) == outcome::retry);
    const auto m = request();
    CHECK(param(with_ha1.authorized(m), "response") ==
          param(with_password.authorized(m), "response"));
}
