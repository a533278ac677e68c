#include "ua/identity.hpp"

#include "support/catch.hpp"

using namespace solosip;

namespace
{

ua::account with(std::string uri, std::string registrar = {}, std::string proxy = {})
{
    ua::account a;
    a.uri = std::move(uri);
    a.registrar = std::move(registrar);
    a.outbound_proxy = std::move(proxy);
    return a;
}

} // namespace

TEST_CASE("an account's URI and registrar say where REGISTER goes")
{
    struct row
    {
        const char *uri, *registrar;
        const char* request_uri;
        ua::hop goes_to;
    };
    const row rows[] = {
        {"sip:me@example.com", "", "sip:example.com", {"example.com", 0}},
        {"me@example.com", "", "sip:example.com", {"example.com", 0}},
        {"sip:me@example.com:5070", "", "sip:example.com:5070", {"example.com", 5070}},
        {"sip:me@example.com", "192.0.2.7:5080", "sip:example.com", {"192.0.2.7", 5080}},
        {"sip:me@example.com", "sip:reg.example.com", "sip:example.com", {"reg.example.com", 0}},
        {"sip:me@[2001:db8::1]", "", "sip:[2001:db8::1]", {"2001:db8::1", 0}},
        {"sip:me@example.com",
         "sip:x.example;maddr=192.0.2.9",
         "sip:example.com",
         {"192.0.2.9", 0}},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.uri, r.registrar);
        const auto who = ua::understand(with(r.uri, r.registrar));
        REQUIRE(who);
        CHECK(who->registrar_uri == r.request_uri);
        CHECK(who->registrar.host == r.goes_to.host);
        CHECK(who->registrar.port == r.goes_to.port);
    }
}

TEST_CASE("an account brings its login, its name and its proxy")
{
    auto a = with("sip:d%6for@example.com", {}, "proxy.example:5070");
    a.display_name = "The \"front\" door";
    const auto who = ua::understand(a);
    REQUIRE(who);
    CHECK(who->given.login == "door");
    CHECK(who->from == "\"The \\\"front\\\" door\" <sip:d%6for@example.com>");
    CHECK(who->proxy_route == "<sip:proxy.example:5070;lr>");
    REQUIRE(who->proxy);
    CHECK(who->proxy->port == 5070);
}

TEST_CASE("accounts that cannot work are refused")
{
    CHECK(ua::understand(with("")).code() == errc::bad_uri);
    CHECK(ua::understand(with("sip:example.com")).code() == errc::bad_uri); // no user
    CHECK(ua::understand(with("http://me@example.com")).code() == errc::bad_uri);
    CHECK(ua::understand(with("sip:me@example.com", "sip:")).code() == errc::bad_uri);
    CHECK(ua::understand(with("sip:me@example.com\r\nX: y")).code() == errc::bad_header);
    auto a = with("sip:me@example.com");
    a.display_name = "two\nlines";
    CHECK(ua::understand(a).code() == errc::bad_header);
    a = with("sip:me@example.com");
    a.headers = {{"X-Door", std::string("nul\0inside", 10)}};
    CHECK(ua::understand(a).code() == errc::bad_header);
    a = with("sip:me@example.com");
    a.expires = seconds(10);
    CHECK(ua::understand(a).code() == errc::bad_config);
}

TEST_CASE("whom to call may be written in short")
{
    const auto who = ua::understand(with("sip:me@fritz.box:5060"));
    REQUIRE(who);
    struct row
    {
        const char *to, *means;
    };
    const row rows[] = {
        {"bob", "sip:bob@fritz.box:5060"},
        {"**9", "sip:**9@fritz.box:5060"},
        {"#31#5", "sip:%2331%235@fritz.box:5060"},
        {"bob@example.com", "sip:bob@example.com"},
        {"bob@example.com:5070", "sip:bob@example.com:5070"},
        {"sip:bob@example.com", "sip:bob@example.com"},
        {"sip:bob@192.0.2.1:5090;user=phone", "sip:bob@192.0.2.1:5090;user=phone"},
        {"sip:192.0.2.1", "sip:192.0.2.1"},
        {"sip:bob@example.com?Subject=x", "sip:bob@example.com"},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.to);
        const auto target = ua::complete_target(r.to, &*who);
        REQUIRE(target);
        CHECK(*target == r.means);
    }
    for (const char* bad :
         {"", "sip:", "http://x", "sip:bob@", "sip:a@b\r\nc", "mailto:a@b", "sip:bob@ex ample"})
    {
        CAPTURE(bad);
        CHECK_FALSE(ua::complete_target(bad, &*who));
    }
    CHECK_FALSE(ua::complete_target("bob", nullptr)); // of which domain?
}

TEST_CASE("requests take the way of the account, and only its own servers are trusted")
{
    struct row
    {
        const char *account, *registrar, *proxy, *target;
        ua::hop goes_to;
        bool ours;
    };
    const row rows[] = {
        {"sip:me@a.example", "", "", "sip:bob@a.example", {"a.example", 0}, true},
        {"sip:me@a.example", "192.0.2.1:5070", "", "sip:bob@A.example", {"192.0.2.1", 5070}, true},
        {"sip:me@a.example",
         "192.0.2.1:5070",
         "",
         "sip:bob@192.0.2.1:5090",
         {"192.0.2.1", 5090},
         true},
        {"sip:me@a.example", "192.0.2.1", "", "sip:bob@a.example:5090", {"a.example", 5090}, true},
        {"sip:me@a.example", "", "", "sip:bob@b.example", {"b.example", 0}, false},
        {"sip:me@a.example", "", "p.example", "sip:bob@b.example", {"p.example", 0}, true},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.account, r.registrar, r.proxy, r.target);
        const auto who = ua::understand(with(r.account, r.registrar, r.proxy));
        REQUIRE(who);
        const auto way = ua::route_for(*sip::parse_uri(r.target), &*who);
        CHECK(way.to.host == r.goes_to.host);
        CHECK(way.to.port == r.goes_to.port);
        CHECK(way.ours == r.ours);
        CHECK_FALSE(ua::route_for(*sip::parse_uri(r.target), nullptr).ours);
    }
}

TEST_CASE("an HA1 in the place of a password")
{
    ua::account a;
    a.uri = "sip:alice@example.com";
    a.realm = "example.com";
    const std::string md5(32, 'a'), sha(64, 'B');
    struct
    {
        std::string text;
        bool good;
        auth::algorithm by;
    } const rows[] = {
        {md5, true, auth::algorithm::md5},
        {"MD5:" + md5, true, auth::algorithm::md5},
        {sha, true, auth::algorithm::sha256},
        {"sha-256:" + sha, true, auth::algorithm::sha256},
        {"SHA-512-256:" + sha, true, auth::algorithm::sha512_256},
        {"SHA-512-256-sess:" + sha, false, auth::algorithm::md5},
        {"MD5:" + sha, false, auth::algorithm::md5},
        {"X:" + md5, false, auth::algorithm::md5},
        {md5 + "a", false, auth::algorithm::md5},
        {std::string(31, 'a') + "g", false, auth::algorithm::md5},
        {"secret", false, auth::algorithm::md5},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.text);
        a.ha1 = row.text;
        const auto who = ua::understand(a);
        CHECK(who.has_value() == row.good);
        if (!who)
        {
            CHECK(who.code() == errc::bad_config);
            continue;
        }
        const auto c = ua::credentials_of(who->given);
        CHECK(c.ha1_by == row.by);
        CHECK(c.ha1.find('B') == std::string::npos); // RFC 7616 section 3.1: small letters
        CHECK(c.user == "alice");
    }
    a.ha1 = md5;
    a.realm.clear(); // it is worth nothing elsewhere
    CHECK(ua::understand(a).code() == errc::bad_config);
}

TEST_CASE("what names a device")
{
    CHECK(ua::is_instance(""));
    CHECK(ua::is_instance("urn:uuid:f81d4fae-7dec-11d0-a765-00A0C91E6BF6"));
    CHECK(!ua::is_instance("urn:uuid:f81d4fae-7dec-11d0-a765-00A0C91E6BF"));
    CHECK(!ua::is_instance("urn:uuid:f81d4fae-7dec-11d0-a765-00A0C91E6BFx"));
    CHECK(!ua::is_instance("urn:imei:f81d4fae-7dec-11d0-a765-00A0C91E6BF6"));
    CHECK(!ua::is_instance("x"));
}
