#include "solosip/sip/header_values.hpp"

#include "support/catch.hpp"

#include <string>

using namespace solosip;
using namespace solosip::sip;

namespace
{

// Refused, whatever the reason.
template <class T>
void check_refused(result<T> (*parse)(std::string_view),
                   std::initializer_list<std::string_view> values)
{
    for (const std::string_view value : values)
    {
        CAPTURE(value);
        const auto parsed = parse(value);
        CHECK_FALSE(parsed);
        if (!parsed) CHECK(parsed.error().offset <= value.size());
    }
}

} // namespace

TEST_CASE("tokens with parameters", "[sip][header_values]")
{
    const auto event = parse_token_value("message-summary ; id=7");
    REQUIRE(event);
    CHECK(event->is("Message-Summary"));
    CHECK(event->params.find("id") == "7");
    const auto reason = parse_token_value("Q.850 ;cause=16 ;text=\"Terminated; done\"");
    REQUIRE(reason);
    CHECK(reason->token == "Q.850");
    CHECK(reason->params.find("cause") == "16");
    CHECK(reason->params.find("text") == "\"Terminated; done\"");
    CHECK(parse_token_value("*;audio;require")->params.has("require"));
    CHECK(parse_token_value("active;expires=60\r\n ;x")->params.has("x"));
    check_refused(parse_token_value, {"", ";x", "a b", "a,b", "a;", "\"a\""});
}

TEST_CASE("Session-Expires", "[sip][header_values]")
{
    CHECK(parse_session_expires("1800")->seconds == 1800);
    CHECK(parse_session_expires("1800")->refresher == session_expires::side::unspecified);
    CHECK(parse_session_expires("90 ; refresher=UAS")->refresher == session_expires::side::uas);
    CHECK(parse_session_expires("90;x=y;refresher=uac")->refresher == session_expires::side::uac);
    check_refused(parse_session_expires, {"", "x", "-1", "1.5", "1800 uac", "99999999999", "1;"});
}

TEST_CASE("RAck", "[sip][header_values]")
{
    const auto r = parse_rack("776656 1\r\n INVITE");
    REQUIRE(r);
    CHECK(r->response_number == 776656);
    CHECK(r->cseq.number == 1);
    CHECK(r->cseq.method == method::invite);
    check_refused(parse_rack, {"", "1", "1 2", "1 INVITE", "1 2 INVITE x", "1 2 ",
                               "4294967296 1 INVITE", "1 4294967296 INVITE", "1,2 INVITE"});
}

TEST_CASE("Replaces and Target-Dialog", "[sip][header_values]")
{
    const auto r =
        parse_replaces("425928@bobster.example.org ;to-tag=7743;from-tag=6472;early-only");
    REQUIRE(r);
    CHECK(r->call_id == "425928@bobster.example.org");
    CHECK(r->to_tag == "7743");
    CHECK(r->from_tag == "6472");
    CHECK(r->early_only);
    const auto t = parse_target_dialog("a<b>@h;local-tag=1;remote-tag=2");
    REQUIRE(t);
    CHECK(t->call_id == "a<b>@h");
    CHECK(t->to_tag == "1");
    CHECK(t->from_tag == "2");
    CHECK_FALSE(t->early_only);
    check_refused(parse_replaces,
                  {"", ";to-tag=1;from-tag=2", "a", "a;to-tag=1", "a;from-tag=1",
                   "a;to-tag;from-tag=2", "a b;to-tag=1;from-tag=2", "a,b;to-tag=1;from-tag=2"});
}

TEST_CASE("Retry-After", "[sip][header_values]")
{
    CHECK(parse_retry_after("18000;duration=3600")->duration == 3600u);
    const auto r = parse_retry_after("120 (I'm (really) in a \\) meeting) ; x");
    REQUIRE(r);
    CHECK(r->seconds == 120);
    CHECK(r->comment == "I'm (really) in a \\) meeting");
    CHECK_FALSE(r->duration.has_value());
    check_refused(parse_retry_after, {"", "soon", "1 x", "1 (open", "1 (a(b)", "1;duration=x",
                                      "949302838503028349304023988"});
}

TEST_CASE("Warning", "[sip][header_values]")
{
    const auto w =
        parse_warning("307 isi.edu:5060 \"Session parameter 'foo' not \\\"understood\\\"\"");
    REQUIRE(w);
    CHECK(w->code == 307);
    CHECK(w->agent == "isi.edu:5060");
    CHECK(unquote(w->text) == "Session parameter 'foo' not \"understood\"");
    check_refused(parse_warning,
                  {"", "307", "307 h", "307 h x", "307 h \"x", "30 h \"x\"", "3070 h \"x\"",
                   "1812 overture \"In Progress\"", "307 h \"x\" y"});
}

TEST_CASE("Timestamp", "[sip][header_values]")
{
    CHECK(parse_timestamp("54")->time == "54");
    CHECK(parse_timestamp("54.25")->time == "54.25");
    CHECK(parse_timestamp("54. 1.5")->delay == "1.5");
    CHECK(parse_timestamp("54")->delay.empty());
    check_refused(parse_timestamp, {"", ".5", "x", "1 2 3", "1,5", "-1"});
}

TEST_CASE("dates", "[sip][header_values]")
{
    const struct
    {
        std::string_view text;
        std::int64_t seconds;
    } table[] = {
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sat, 13 Nov 2010 23:29:00 GMT", 1'289'690'940},
        {"Tue, 29 Feb 2000 12:00:00 GMT", 951'825'600},
        {"Fri, 31 Dec 1999 23:59:59 GMT", 946'684'799},
        {"Tue, 19 Jan 2038 03:14:08 GMT", 2'147'483'648},
        {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
        {"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800},
        {"Thu, 01 Jan  1970\r\n 00:00:10 GMT", 10},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.text);
        const auto date = parse_date(each.text);
        REQUIRE(date);
        CHECK(*date == each.seconds);
    }
    check_refused(parse_date, {"", "Fri, 01 Jan 2010 16:00:00 EST", "Fri, 01 Jan 2010 16:00:00",
                               "01 Jan 2010 16:00:00 GMT", "Foo, 01 Jan 2010 16:00:00 GMT",
                               "Fri, 1 Jan 2010 16:00:00 GMT", "Fri, 01 Foo 2010 16:00:00 GMT",
                               "Fri, 29 Feb 2001 16:00:00 GMT", "Wed, 29 Feb 1900 16:00:00 GMT",
                               "Fri, 31 Apr 2010 16:00:00 GMT", "Fri, 00 Jan 2010 16:00:00 GMT",
                               "Fri, 01 Jan 2010 24:00:00 GMT", "Fri, 01 Jan 2010 16:60:00 GMT",
                               "Fri, 01 Jan 2010 16:00:61 GMT", "Fri, 01 Jan 10 16:00:00 GMT",
                               "Fri, 01 Jan 0000 16:00:00 GMT", "Fri, 01 Jan 2010 16:00:00 GMT x",
                               "Fri, 01 Jan 20100 16:00:00 GMT"});
}

TEST_CASE("parameters with nothing before them", "[sip][header_values]")
{
    const auto info =
        parse_parameter_list("nextnonce=\"47364c23432d2e131a5fb210812c\", qop=auth, nc=00000001");
    REQUIRE(info);
    CHECK(info->find("nextnonce") == "\"47364c23432d2e131a5fb210812c\"");
    CHECK(info->find("nc") == "00000001");
    const auto vector = parse_parameter_list(
        "icid-value=1234bc9876e;icid-generated-at=192.0.2.6;orig-ioi=home1.net", ';');
    REQUIRE(vector);
    CHECK(vector->find("orig-ioi") == "home1.net");
    CHECK_FALSE(parse_parameter_list("a"));
    CHECK_FALSE(parse_parameter_list("a=1;b=2"));
    CHECK_FALSE(parse_parameter_list("a=\"1"));
}
