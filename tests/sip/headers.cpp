#include "solosip/sip/headers.hpp"

#include "sip/text.hpp"
#include "support/catch.hpp"

using namespace solosip;
using namespace solosip::sip;

TEST_CASE("addresses", "[sip][headers]")
{
    const struct
    {
        std::string_view text, display, uri, tag, params;
    } table[] = {
        {"sip:bob@example.com", "", "sip:bob@example.com", "", ""},
        {"<sip:bob@example.com>", "", "sip:bob@example.com", "", ""},
        {"Bob <sip:bob@example.com>;tag=a6c85cf", "Bob", "sip:bob@example.com", "a6c85cf",
         ";tag=a6c85cf"},
        {"\"A. G. Bell\" <sip:agb@example.com> ;tag=a48s", "\"A. G. Bell\"", "sip:agb@example.com",
         "a48s", ";tag=a48s"},
        {"caller<sip:caller@example.com>;tag=323", "caller", "sip:caller@example.com", "323",
         ";tag=323"},
        {"sip:bob@example.com;tag=1;lr", "", "sip:bob@example.com", "1", ";tag=1;lr"},
        {"<sip:bob@example.com;lr>", "", "sip:bob@example.com;lr", "", ""},
        {"\"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8",
         "\"J Rosenberg \\\\\\\"\"", "sip:jdrosen@example.com", "98asjd8", ";\r\n  tag = 98asjd8"},
        {"sip:vivekg@example.com ;   tag    = 1918181833n", "", "sip:vivekg@example.com",
         "1918181833n", ";   tag    = 1918181833n"},
        {"token1~` token2'+_ token3*%!.- <sip:x@h>", "token1~` token2'+_ token3*%!.-", "sip:x@h",
         "", ""},
        {"J\xc3\xb6rg M. <sip:x@h>", "J\xc3\xb6rg M.", "sip:x@h", "", ""},
        {"\"<sip:evil@h>\" <sip:x@h>", "\"<sip:evil@h>\"", "sip:x@h", "", ""},
        {"\"\" <sip:x@h>", "\"\"", "sip:x@h", "", ""},
        {"  <sip:x@h>  ", "", "sip:x@h", "", ""},
        {"<tel:+358-555-1234567>;tag=1", "", "tel:+358-555-1234567", "1", ";tag=1"},
        {"<sip:user@example.com?Route=%3Csip:sip.example.com%3E>", "",
         "sip:user@example.com?Route=%3Csip:sip.example.com%3E", "", ""},
        {"sip:x@h;text=\"a <b>, c\"", "", "sip:x@h", "", ";text=\"a <b>, c\""},
        {"* <sip:x@h>", "*", "sip:x@h", "", ""},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto a = parse_name_addr(each.text);
        REQUIRE(a);
        CHECK(a->display_name == each.display);
        CHECK(a->uri.text == each.uri);
        CHECK(a->tag() == each.tag);
        CHECK(text::trim(a->params.text()) == each.params);
        CHECK_FALSE(a->star);
    }
    const auto star = parse_name_addr("*");
    REQUIRE(star);
    CHECK(star->star);
}

TEST_CASE("addresses that are refused, and where", "[sip][headers]")
{
    const struct
    {
        std::string_view text;
        errc code;
        std::uint32_t offset;
    } table[] = {
        {"", errc::bad_uri, 0},
        {"\"Mr. J. User <sip:j.user@example.com>", errc::bad_syntax, 0},
        {"Bell, Alexander <sip:a@h>;tag=43", errc::bad_syntax, 4},
        {"\"Watson\" < sip:t@h >", errc::bad_uri, 10},
        {"sip:user@example.com?Route=%3Csip:h%3E", errc::bad_syntax, 20},
        {"sip:a@h,sip:b@h", errc::bad_syntax, 7},
        {"<sip:a@h", errc::bad_syntax, 8},
        {"<>", errc::bad_uri, 1},
        {"<sip:a@h>x", errc::bad_syntax, 9},
        {"<sip:a@h>;", errc::bad_syntax, 10},
        {"<sip:a@h>;;tag=1", errc::bad_syntax, 10},
        {"\"x\" sip:a@h", errc::bad_syntax, 0},
        {"<sip:a@h>;tag=1\r\nX: y", errc::bad_syntax, 15},
        {"*;expires=0", errc::bad_uri, 0},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto a = parse_name_addr(each.text);
        REQUIRE_FALSE(a);
        CHECK(a.code() == each.code);
        CHECK(a.error().offset == each.offset);
    }
}

TEST_CASE("Via", "[sip][headers]")
{
    const struct
    {
        std::string_view text, transport, host;
        std::uint16_t port;
        std::string_view branch;
        bool cookie;
    } table[] = {
        {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx", "UDP", "192.0.2.1", 5060, "z9hG4bKx", true},
        {"SIP/2.0/TLS h", "TLS", "h", 0, "", false},
        {"SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw", "UDP", "192.0.2.2", 0,
         "390skdjuw", false},
        {"SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8", "TCP",
         "spindle.example.com", 0, "z9hG4bK9ikj8", true},
        {"sip/2.0/udp [2001:db8::9:1] : 5070 ;received=[2001:db8::9:255];branch=z9hG4bKas3-111",
         "udp", "[2001:db8::9:1]", 5070, "z9hG4bKas3-111", true},
        {"SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKkdjuw;received=2001:db8::9:255", "UNKNOWN",
         "t5.example.com", 0, "z9hG4bKkdjuw", true},
        {"HTTP/1.1/TCP h", "TCP", "h", 0, "", false}, // protocol-name is any token
        {"SIP/2.0/UDP h;branch=z9hG4bK", "UDP", "h", 0, "z9hG4bK", true},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto v = parse_via(each.text);
        REQUIRE(v);
        CHECK(v->transport == each.transport);
        CHECK(v->host == each.host);
        CHECK(v->port == each.port);
        CHECK(v->branch() == each.branch);
        CHECK(v->has_cookie() == each.cookie);
    }
    for (const std::string_view wrong :
         {"", "SIP", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ", "/1.1/TCP h",
          "SIP/2.0/UDP h:", "SIP/2.0/UDP h:70000", "SIP/2.0/UDP 192.0.2.15;;,;,,",
          "SIP/2.0/UDP h;branch=", "SIP/2.0/UDPh", "SIP/2.0/UDP h h2", "SIP/2.0/UDP [::1",
          "SIP//UDP h", "SIP/2.0/UDP @;x", "SIP/2.0/UDP h;branch=a\r\nX: y"})
    {
        CAPTURE(wrong);
        CHECK_FALSE(parse_via(wrong));
    }
}

TEST_CASE("CSeq", "[sip][headers]")
{
    const auto c = parse_cseq("0009\r\n  INVITE");
    REQUIRE(c);
    CHECK(c->number == 9);
    CHECK(c->method == method::invite);
    CHECK(c->method_text == "INVITE");
    const auto odd = parse_cseq("4294967295 !interesting-Method0123456789_*+`.%indeed'~ ");
    REQUIRE(odd);
    CHECK(odd->number == 4294967295u);
    CHECK(odd->method == method::unknown);
    CHECK(odd->method_text == "!interesting-Method0123456789_*+`.%indeed'~");
    CHECK(parse_cseq("4294967296 INVITE").code() == errc::bad_number);
    CHECK(parse_cseq("36893488147419103232 REGISTER").code() == errc::bad_number);
    for (const std::string_view wrong :
         {"", "1", "INVITE", "1INVITE", "-1 INVITE", "1 INVITE x", "1 IN/VITE", "1 ", "0x1 INVITE"})
    {
        CAPTURE(wrong);
        CHECK_FALSE(parse_cseq(wrong));
    }
}

TEST_CASE("challenges and credentials", "[sip][headers]")
{
    const auto a = parse_auth("Digest realm=\"atlanta \\\"x\\\"\",\r\n nonce=\"84a4\", "
                              "algorithm=MD5 , qop=\"auth,auth-int\"");
    REQUIRE(a);
    CHECK(a->is_digest());
    CHECK(a->scheme == "Digest");
    CHECK(a->text("realm") == "atlanta \"x\"");
    CHECK(a->text("NONCE") == "84a4");
    CHECK(a->text("algorithm") == "MD5");
    CHECK(a->text("qop") == "auth,auth-int");
    CHECK_FALSE(a->text("opaque").has_value());
    const auto other = parse_auth("NoOneKnowsThisScheme opaque-data=here");
    REQUIRE(other);
    CHECK_FALSE(other->is_digest());
    CHECK(other->text("opaque-data") == "here");
    CHECK(parse_auth("digest realm=x,nonce=y")->is_digest());
    for (const std::string_view wrong : {"", "=", "Digest,", "Digest realm=\"x", "Digest realm",
                                         "Digest realm=\"x\" nonce=\"y\"", "Digest realm=\"a\"b"})
    {
        CAPTURE(wrong);
        CHECK_FALSE(parse_auth(wrong));
    }
}

TEST_CASE("media types", "[sip][headers]")
{
    const auto m = parse_media_type("Application / SDP ; charset=utf-8");
    REQUIRE(m);
    CHECK(m->is("application", "sdp"));
    CHECK_FALSE(m->is("application", "sd"));
    CHECK(m->params.find("charset") == "utf-8");
    CHECK(parse_media_type("multipart/mixed;boundary=\"7a9cbec02ceef655\"")
              ->params.find("boundary") == "\"7a9cbec02ceef655\"");
    for (const std::string_view wrong :
         {"", "application", "application/", "/sdp", "a/b c", "a/b;"})
    {
        CAPTURE(wrong);
        CHECK_FALSE(parse_media_type(wrong));
    }
}

TEST_CASE("numbers", "[sip][headers]")
{
    CHECK(parse_number("0068").value_or(0) == 68);
    CHECK(parse_number(" 3600 ;refresher=uac").value_or(0) == 3600);
    CHECK(parse_number("120 (in a meeting)").value_or(0) == 120);
    CHECK(parse_number("4294967295").value_or(0) == 4294967295u);
    CHECK(parse_number("4294967296").value_or(0) == 4294967295u);
    CHECK(parse_number("1000000000000000000000000000000000000").value_or(0) == 4294967295u);
    for (const std::string_view wrong : {"", "-999", "+1", "1.5", "1 2", "x", "0x10", ";1"})
    {
        CAPTURE(wrong);
        CHECK(parse_number(wrong).code() == errc::bad_number);
    }
}

TEST_CASE("equality of ASCII text in any case", "[sip][headers]")
{
    CHECK(iequals("", ""));
    CHECK(iequals("aZ-9", "Az-9"));
    CHECK_FALSE(iequals("a", "ab"));
    CHECK_FALSE(iequals("@", "`"));
    CHECK_FALSE(iequals("[", "{"));
    CHECK_FALSE(iequals("\xc4", "\xe4"));
}
