#include "solosip/sip/uri.hpp"

#include "support/catch.hpp"

#include <string>

using namespace solosip;
using namespace solosip::sip;

TEST_CASE("SIP URIs taken apart", "[sip][uri]")
{
    const struct
    {
        std::string_view text;
        uri_scheme scheme;
        std::string_view user, password, host;
        std::uint16_t port;
        std::string_view params, headers;
    } table[] = {
        {"sip:example.com", uri_scheme::sip, "", "", "example.com", 0, "", ""},
        {"sip:bob@example.com", uri_scheme::sip, "bob", "", "example.com", 0, "", ""},
        {"SIPS:bob:secret@example.com:5061", uri_scheme::sips, "bob", "secret", "example.com", 5061,
         "", ""},
        {"sip:bob@192.0.2.1:65535;transport=tcp;lr", uri_scheme::sip, "bob", "", "192.0.2.1", 65535,
         ";transport=tcp;lr", ""},
        {"sip:[2001:db8::10]:5070", uri_scheme::sip, "", "", "[2001:db8::10]", 5070, "", ""},
        {"sip:[2001:db8::10:5070]", uri_scheme::sip, "", "", "[2001:db8::10:5070]", 0, "", ""},
        {"sip:x@[::ffff:192.0.2.10];lr", uri_scheme::sip, "x", "", "[::ffff:192.0.2.10]", 0, ";lr",
         ""},
        {"sip:x@[2001:db8:::192.0.2.1]", uri_scheme::sip, "x", "", "[2001:db8:::192.0.2.1]", 0, "",
         ""},
        {"sip:user;par=u%40example.net@example.com", uri_scheme::sip, "user;par=u%40example.net",
         "", "example.com", 0, "", ""},
        {"sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/"
         ";;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
         uri_scheme::sip, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
         "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", "example.com", 0, "", ""},
        {"sip:null-%00-null@example.com", uri_scheme::sip, "null-%00-null", "", "example.com", 0,
         "", ""},
        {"sip:*21#@pbx_1", uri_scheme::sip, "*21#", "", "pbx_1", 0, "", ""},
        {"sip:a@h?subject=x%20y&to=sip:b%40c", uri_scheme::sip, "a", "", "h", 0, "",
         "subject=x%20y&to=sip:b%40c"},
        {"sip:a@h;p=[::1]/x:y&z+$?k=v", uri_scheme::sip, "a", "", "h", 0, ";p=[::1]/x:y&z+$",
         "k=v"},
        {"sip:h;maddr=239.255.255.1;ttl=15", uri_scheme::sip, "", "", "h", 0,
         ";maddr=239.255.255.1;ttl=15", ""},
        {"tel:+1-201-555-0123", uri_scheme::tel, "+1-201-555-0123", "", "", 0, "", ""},
        {"tel:7042;phone-context=example.com", uri_scheme::tel, "7042", "", "", 0,
         ";phone-context=example.com", ""},
        {"tel:*#06#;phone-context=+44", uri_scheme::tel, "*#06#", "", "", 0, ";phone-context=+44",
         ""},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto u = parse_uri(each.text);
        REQUIRE(u);
        CHECK(u->scheme == each.scheme);
        CHECK(u->user == each.user);
        CHECK(u->password == each.password);
        CHECK(u->host == each.host);
        CHECK(u->port == each.port);
        CHECK(u->params.text() == each.params);
        CHECK(u->headers == each.headers);
        CHECK(u->text == each.text);
        CHECK(u->opaque.empty());
    }
}

TEST_CASE("other schemes keep their text", "[sip][uri]")
{
    const auto u = parse_uri("soap.beep://192.0.2.103:3002");
    REQUIRE(u);
    CHECK(u->scheme == uri_scheme::other);
    CHECK(u->scheme_text == "soap.beep");
    CHECK(u->opaque == "//192.0.2.103:3002");
    CHECK_FALSE(u->is_sip());
    CHECK(parse_uri("urn:service:sos"));
    CHECK(parse_uri("isbn:2983792873"));
    CHECK_FALSE(parse_uri("isbn:"));
    CHECK_FALSE(parse_uri("x:a b"));
}

TEST_CASE("URIs that are refused, and where", "[sip][uri]")
{
    const struct
    {
        std::string_view text;
        std::uint32_t offset;
    } table[] = {
        {"", 0},
        {"bob", 3},
        {"@", 0},
        {"1sip:x", 0},
        {"sip:", 4},
        {"sip:@example.com", 5},
        {"sip:bob@", 8},
        {"sip:bob@exa mple.com", 11},
        {" sip:bob@example.com", 0},
        {"sip:bob@example.com ", 19},
        {"sip:b ob@example.com", 5},
        {"sip:b%4@example.com", 5},
        {"sip:b%zz@example.com", 5},
        {"sip:a@b@c", 7},
        {"sip:2001:db8::10", 9},
        {"sip:[2001:db8::10", 17},
        {"sip:[]", 5},
        {"sip:[zz]", 5},
        {"sip:h:", 6},
        {"sip:h:65536", 11},
        {"sip:h:99999999999999999999", 26},
        {"sip:h;", 6},
        {"sip:h;;lr", 6},
        {"sip:h;a=", 8},
        {"sip:h;a==", 8},
        {"sip:h?", 6},
        {"sip:h;a?", 8},
        {"sip:<bob@h>", 4},
        {"<sip:bob@h>", 0},
        {"sip:bob@h\r\nX: y", 9},
        {std::string_view("sip:b\0b@h", 9), 5},
        {"tel:", 4},
        {"tel:()", 6},
        {"tel:1+2", 7},
        {"tel:12x", 6},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto u = parse_uri(each.text);
        REQUIRE_FALSE(u);
        CHECK(u.code() == errc::bad_uri);
        CHECK(u.error().offset == each.offset);
    }
}

TEST_CASE("comparison by RFC 3261 section 19.1.4", "[sip][uri]")
{
    const struct
    {
        std::string_view a, b;
        bool same;
    } table[] = {
        {"sip:%61lice@atlanta.example;transport=TCP", "sip:alice@AtLanTa.Example;Transport=tcp",
         true},
        {"sip:carol@chicago.example", "sip:carol@chicago.example;newparam=5", true},
        {"sip:carol@chicago.example;security=on", "sip:carol@chicago.example;newparam=5", true},
        {"sip:biloxi.example;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.example",
         "sip:biloxi.example;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.example", true},
        {"sip:alice@h?subject=project%20x&priority=urgent",
         "sip:alice@h?priority=urgent&subject=project%20x", true},
        {"SIP:ALICE@h;Transport=udp", "sip:alice@h;Transport=UDP", false},
        {"sip:bob@h", "sip:bob@h:5060", false},
        {"sip:bob@h", "sip:bob@h;transport=udp", false},
        {"sip:bob@h", "sip:bob@h:6000;transport=tcp", false},
        {"sip:carol@h", "sip:carol@h?Subject=next%20meeting", false},
        {"sip:bob@phone21.example", "sip:bob@192.0.2.4", false},
        {"sip:bob@h", "sips:bob@h", false},
        {"sip:bob@h", "sip:bob:pw@h", false},
        {"sip:h;security=on", "sip:h;security=off", false},
        {"sip:h;maddr=192.0.2.1", "sip:h", false},
        {"sip:a%3Bb@h", "sip:a;b@h", false},
        {"sip:a%3Bb@h", "sip:a%3bb@h", true},
        {"sip:a@h?x=1", "sip:a@h?x=2", false},
        {"sip:h;x=1;x=2", "sip:h;x=1;y", true},
        {"sip:h;x=1;x=2", "sip:h;x=2;x=1", false},
        {"tel:+1-201-555-0123", "tel:+1(201)5550123", true},
        {"tel:+12015550123", "tel:+12015550124", false},
        {"urn:service:sos", "URN:service:sos", true},
        {"urn:service:sos", "urn:service:SOS", false},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.a, each.b);
        const auto a = parse_uri(each.a);
        const auto b = parse_uri(each.b);
        REQUIRE(a);
        REQUIRE(b);
        CHECK(equivalent(*a, *b) == each.same);
        CHECK(equivalent(*b, *a) == each.same);
        CHECK(equivalent(*a, *a));
    }
}

TEST_CASE("escaping", "[sip][uri]")
{
    CHECK(unescape("a%20b%41%3b%") == "a bA;%");
    CHECK(unescape("%0") == "%0");
    CHECK(unescape("%00").size() == 1);
    CHECK(escape_user("a b@c:d\"%#") == "a%20b%40c%3Ad%22%25%23");
    CHECK(escape_user("+49(30)1;x=y") == "+49(30)1;x=y");
    CHECK(escape_user("\xc3\xa4") == "%C3%A4");
}
