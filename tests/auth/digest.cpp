#include "auth/support.hpp"

using namespace test;

namespace
{

struct published
{
    const char* what;
    algorithm algo;
    const char *user, *realm, *password, *method, *uri, *nonce;
    std::uint32_t count;
    const char* cnonce;
    quality qop;
    const char *body, *response;
};

constexpr const char* old_nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
constexpr const char* new_nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
constexpr const char* new_cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

} // namespace

TEST_CASE("responses of the RFCs' examples")
{
    const published rows[] = {
        {"RFC 2617 section 3.5", algorithm::md5, "Mufasa", "testrealm@host.com", "Circle Of Life",
         "GET", "/dir/index.html", old_nonce, 1, "0a4f113b", quality::auth, "",
         "6629fae49393a05397450978507c4ef1"},
        {"RFC 2069 section 2.4, corrected by erratum 749", algorithm::md5, "Mufasa",
         "testrealm@host.com", "CircleOfLife", "GET", "/dir/index.html", old_nonce, 1, "",
         quality::none, "", "1949323746fe6a43ef61f9606e7febea"},
        {"RFC 7616 section 3.9.1", algorithm::md5, "Mufasa", "http-auth@example.org",
         "Circle of Life", "GET", "/dir/index.html", new_nonce, 1, new_cnonce, quality::auth, "",
         "8ca523f5e9506fed4657c9700eebdbec"},
        {"RFC 7616 section 3.9.1", algorithm::sha256, "Mufasa", "http-auth@example.org",
         "Circle of Life", "GET", "/dir/index.html", new_nonce, 1, new_cnonce, quality::auth, "",
         "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
        {"RFC 7616 section 3.9.2, corrected by erratum 4897", algorithm::sha512_256,
         "J\xc3\xa4s\xc3\xb8n Doe", "api@example.org", "Secret, or not?", "GET", "/doe.json",
         "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", 1,
         "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", quality::auth, "",
         "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
        // The rest with Python's hashlib: no RFC has such examples.
        {"sip, no qop", algorithm::md5, "bob", "biloxi.com", "zanzibar", "INVITE",
         "sip:bob@biloxi.com", old_nonce, 1, "0a4f113b", quality::none, "",
         "bf57e4e0d0bffc0fbaedce64d59add5e"},
        {"sip", algorithm::md5, "bob", "biloxi.com", "zanzibar", "INVITE", "sip:bob@biloxi.com",
         old_nonce, 1, "0a4f113b", quality::auth, "", "89eb0059246c02b2f6ee02c7961d5ea3"},
        {"MD5-sess", algorithm::md5_sess, "bob", "biloxi.com", "zanzibar", "INVITE",
         "sip:bob@biloxi.com", old_nonce, 1, "0a4f113b", quality::auth, "",
         "e4e4ea61d186d07a92c9e1f6919902e9"},
        {"SHA-256-sess", algorithm::sha256_sess, "bob", "biloxi.com", "zanzibar", "INVITE",
         "sip:bob@biloxi.com", old_nonce, 1, "0a4f113b", quality::auth, "",
         "5da59c9ca40954be9d5063a15a174066c8251be2c10cf47c144c366dc7daf792"},
        {"SHA-512-256-sess", algorithm::sha512_256_sess, "bob", "biloxi.com", "zanzibar", "INVITE",
         "sip:bob@biloxi.com", old_nonce, 1, "0a4f113b", quality::auth, "",
         "077d9677be83f41f162d1a4453dc163389919f81e5927391d972f477da767633"},
        {"auth-int and a count above 9", algorithm::sha256, "bob", "biloxi.com", "zanzibar",
         "INVITE", "sip:bob@biloxi.com", old_nonce, 10, "0a4f113b", quality::auth_int, "x=1",
         "03e89bc6af644dd5d87b53d471b27d5ef4c8f79f8a84ac2b81980f580677d7de"},
        {"auth-int, -sess", algorithm::sha512_256_sess, "bob", "biloxi.com", "zanzibar", "INVITE",
         "sip:bob@biloxi.com", old_nonce, 10, "0a4f113b", quality::auth_int, "x=1",
         "88c3cb9ca51fd59dd01ab54392091eed5ae281e229e86ce94e1548eb47966304"},
    };
    for (const auto& r : rows)
    {
        INFO(r.what);
        response_input in;
        in.method = r.method;
        in.uri = r.uri;
        in.body = r.body;
        in.nonce = r.nonce;
        in.cnonce = r.cnonce;
        in.nonce_count = r.count;
        in.qop = r.qop;
        CHECK(make_response(r.algo, make_ha1(r.algo, r.user, r.realm, r.password), in) ==
              r.response);
    }
}

TEST_CASE("names of algorithms")
{
    for (int i = 0; i < 6; ++i)
    {
        const auto a = static_cast<algorithm>(i);
        CHECK(algorithm_from(to_string(a)) == a);
    }
    CHECK(algorithm_from("md5") == algorithm::md5);
    CHECK(algorithm_from("Sha-256-SESS") == algorithm::sha256_sess);
    for (const char* other : {"", "MD4", "MD5 ", "SHA-1", "SHA-512", "AKAv1-MD5"})
        CHECK(!algorithm_from(other));
}

TEST_CASE("what a challenge says")
{
    const auto all = challenges_of(*response(
        401, {"WWW-Authenticate: Digest realm=\"a \\\"b\\\" c\", nonce=\"n1\", opaque=\"\", "
              "algorithm=SHA-256, qop=\"auth, auth-int\", stale=TRUE, userhash=true, charset=UTF-8",
              "Proxy-Authenticate: Digest nonce=n2,realm=\"p\"",
              "WWW-Authenticate:  digest\trealm=\"x\" ,nonce=\"n3\",qop=auth-int"}));
    REQUIRE(all.size() == 3);
    CHECK(!all[0].proxy);
    CHECK(all[0].realm == "a \"b\" c");
    CHECK(all[0].nonce == "n1");
    CHECK(all[0].opaque_named);
    CHECK(all[0].opaque.empty());
    CHECK(all[0].algo == algorithm::sha256);
    CHECK(all[0].algorithm_named);
    CHECK(all[0].offers_auth);
    CHECK(all[0].offers_auth_int);
    CHECK(all[0].stale);

    CHECK(all[1].proxy);
    CHECK(all[1].nonce == "n2");
    CHECK(all[1].algo == algorithm::md5);
    CHECK(!all[1].algorithm_named);
    CHECK(!all[1].opaque_named);
    CHECK(!all[1].offers_auth);
    CHECK(!all[1].stale);

    CHECK(!all[2].offers_auth);
    CHECK(all[2].offers_auth_int);
}

TEST_CASE("challenges that cannot be answered are passed over")
{
    const std::string big(limits::auth_value + 1, 'n');
    const std::string rows[] = {
        "WWW-Authenticate: Basic realm=\"a\"",
        "WWW-Authenticate: Digest realm=\"a\"",
        "WWW-Authenticate: Digest nonce=\"a\"",
        "WWW-Authenticate: Digest",
        "WWW-Authenticate: ",
        "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", algorithm=AKAv1-MD5",
        "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", algorithm=\"\"",
        "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth-conf\"",
        "WWW-Authenticate: Digest realm=\"a\", nonce=\"" + big + "\"",
        "WWW-Authenticate: Digest realm=\"" + big + "\", nonce=\"n\"",
        "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", opaque=\"" + big + "\"",
        "Authorization: Digest realm=\"a\", nonce=\"n\"",
    };
    for (const auto& line : rows)
    {
        INFO(line.substr(0, 100));
        CHECK(challenges_of(*response(401, {line})).empty());
    }
    // An empty list of qualities is as good as none.
    CHECK(challenges_of(*challenged("realm=\"a\", nonce=\"n\", qop=\"\"")).size() == 1);
    CHECK(challenges_of(*challenged("realm=\"a\", nonce=\"n\", qop=\"x,auth\"")).size() == 1);
}

TEST_CASE("no more challenges than the limit")
{
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < 3 * limits::challenges; ++i)
        lines.push_back("WWW-Authenticate: Digest nonce=\"n\", realm=\"" + std::to_string(i) + '"');
    CHECK(challenges_of(*response(401, lines)).size() == limits::challenges);
}
