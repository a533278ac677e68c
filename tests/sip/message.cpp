#include "solosip/sip/message.hpp"

#include "support/catch.hpp"

#include <string>
#include <utility>

using namespace solosip;
using namespace solosip::sip;

namespace
{

const std::string start = "INVITE sip:bob@h SIP/2.0\r\n";
const std::string lines =
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport,\r\n SIP/2.0/UDP p2;branch=z9hG4bKb\r\n"
    "v: SIP/2.0/UDP p3;branch=z9hG4bKc\r\n"
    "Route: <sip:r1;lr>, <sip:r2;lr>\r\n"
    "Route: <sip:r3;lr>\r\n"
    "Record-Route: <sip:rr1;lr>\r\n"
    "Record-Route: <sip:rr2;lr>\r\n"
    "Max-Forwards: 69\r\n"
    "From: \"A\"\r\n <sip:a@h>;tag=1\r\n"
    "To: <sip:bob@h>\r\n"
    "Call-ID: c1\r\n"
    "CSeq: 7 INVITE\r\n"
    "Timestamp: 54\r\n"
    "Contact: <sip:a@192.0.2.1>\r\n"
    "l: 3\r\n";

message make(const std::string& text)
{
    auto m = message::parse(text);
    REQUIRE(m);
    return std::move(*m);
}

message invite()
{
    return make(start + lines + "\r\nabc");
}

const endpoint source{ip_address::v4(192, 0, 2, 1), 40'001};
const endpoint elsewhere{ip_address::v4(198, 51, 100, 7), 40'001};

} // namespace

TEST_CASE("a message keeps its own bytes", "[sip][message]")
{
    message m = make("\r\n\r\n" + start + lines + "\r\nabcdef");
    CHECK(m.bytes() == start + lines + "\r\nabc");
    CHECK(m->bytes().data() == m.bytes().data());

    message copy = m;
    CHECK(copy->call_id() == "c1");
    CHECK(copy->call_id().data() != m->call_id().data());
    message moved = std::move(copy);
    CHECK(moved->call_id() == "c1");
    CHECK(moved->body() == "abc");
    CHECK(copy.empty());
    m = moved;
    CHECK(m->from()->tag() == "1");
    m = *&m;
    CHECK(m->from()->tag() == "1");
    const message of_view(*moved);
    CHECK(of_view.bytes() == moved.bytes());
    CHECK(of_view->top_via()->branch() == "z9hG4bKa");
    CHECK(message().empty());
    CHECK(message::parse("x").code() == errc::truncated);
}

TEST_CASE("a short message survives a move", "[sip][message]")
{
    message a = make("A b SIP/2.0\n\n"); // short enough for a string's own room
    const message b = std::move(a);
    CHECK(b->method_text() == "A");
    CHECK(b->bytes().data() == b.bytes().data());
}

TEST_CASE("setting a header replaces all its lines", "[sip][message]")
{
    message m = invite();
    REQUIRE(m.set(header_id::route, "<sip:new;lr>"));
    CHECK(m.bytes().find("<sip:r1") == std::string::npos);
    CHECK(m.bytes().find("<sip:r3") == std::string::npos);
    CHECK(m->header(2).value == "<sip:new;lr>");
    CHECK(m->header(3).id == header_id::record_route);
    REQUIRE(m.set(header_id::from, "<sip:x@h>;tag=2"));
    CHECK(m->from()->tag() == "2");
    REQUIRE(m.set(header_id::subject, "new"));
    CHECK(m->header(m->header_count() - 1).value == "new");
    CHECK(m->body() == "abc");
}

TEST_CASE("lines at the top, before their like, and at the end", "[sip][message]")
{
    message m = invite();
    REQUIRE(m.prepend(header_id::via, "SIP/2.0/UDP new;branch=z9hG4bKn"));
    CHECK(m->header(0).value == "SIP/2.0/UDP new;branch=z9hG4bKn");
    REQUIRE(m.prepend(header_id::route, "<sip:r0;lr>"));
    CHECK(m->header(3).value == "<sip:r0;lr>");
    CHECK(m->header(4).value == "<sip:r1;lr>, <sip:r2;lr>");
    REQUIRE(m.prepend(header_id::path, "<sip:p>"));
    CHECK(m->header(0).value == "<sip:p>");
    REQUIRE(m.append("X-Last", "1"));
    REQUIRE(m.append(header_id::subject, ""));
    CHECK(m->header(m->header_count() - 2).name == "X-Last");
    CHECK(m->header(m->header_count() - 1).id == header_id::subject);
    CHECK(m->body() == "abc");
}

TEST_CASE("removing lines and values", "[sip][message]")
{
    message m = invite();
    m.remove_first_value(header_id::via);
    CHECK(m->top_via()->host == "p2");
    m.remove_first_value(header_id::via);
    CHECK(m->top_via()->host == "p3");
    m.remove_first_value(header_id::via);
    CHECK_FALSE(m->has(header_id::via));
    m.remove_first_value(header_id::via);
    m.remove_first_value(header_id::route);
    CHECK(m->first(header_id::route) == "<sip:r2;lr>");
    m.remove(header_id::route);
    CHECK_FALSE(m->has(header_id::route));
    CHECK(m->header_count() == 10);
    m.remove(header_id::content_length);
    CHECK(m->body() == "abc");
}

TEST_CASE("the first value may stand behind a line of nothing", "[sip][message]")
{
    message m =
        make("OPTIONS sip:h SIP/2.0\r\nRoute: ,\r\nSubject: x\r\nRoute: ,<sip:a>,, <sip:b>\r\n"
             "Route: <sip:c>\r\n\r\n");
    m.remove_first_value(header_id::route);
    CHECK(m.bytes() == "OPTIONS sip:h SIP/2.0\r\nRoute: ,\r\nSubject: x\r\nRoute: <sip:b>\r\n"
                       "Route: <sip:c>\r\n\r\n");
    m.remove_first_value(header_id::route);
    CHECK(m.bytes() == "OPTIONS sip:h SIP/2.0\r\nRoute: ,\r\nSubject: x\r\nRoute: <sip:c>\r\n\r\n");
    m.remove_first_value(header_id::route);
    m.remove_first_value(header_id::route);
    CHECK(m.bytes() == "OPTIONS sip:h SIP/2.0\r\nRoute: ,\r\nSubject: x\r\n\r\n");
}

TEST_CASE("editing refuses what would break the message", "[sip][message]")
{
    message m = invite();
    const std::string before = m.bytes();
    for (const std::string_view evil :
         {std::string_view("a\r\nX: y"), std::string_view("a\n"), std::string_view("\0", 1)})
    {
        CHECK(m.set(header_id::subject, evil).error().code == errc::bad_header);
        CHECK(m.append(header_id::subject, evil).error().code == errc::bad_header);
        CHECK(m.append("X", evil).error().code == errc::bad_header);
        CHECK(m.append(evil, "x").error().code == errc::bad_header);
        CHECK(m.prepend(header_id::via, evil).error().code == errc::bad_header);
        CHECK(m.set_body(evil, "x").error().code == errc::bad_header);
        CHECK_FALSE(m.set_request_uri(evil));
    }
    CHECK_FALSE(m.set(header_id::other, "x"));
    CHECK_FALSE(m.append(header_id::subject, std::string(70'000, 'x')));
    CHECK_FALSE(m.set_body("a/b", std::string(70'000, 'x')));
    CHECK(m.bytes() == before);
    message none;
    CHECK_FALSE(none.set(header_id::subject, "x"));
    CHECK_FALSE(none.prepend(header_id::subject, "x"));
    CHECK_FALSE(none.set_body("a/b", "x"));
    CHECK_FALSE(none.set_request_uri("sip:h"));
    none.remove(header_id::subject);
    none.remove_first_value(header_id::via);
    CHECK(none.empty());
}

TEST_CASE("request URI and body", "[sip][message]")
{
    message m = invite();
    REQUIRE(m.set_request_uri("sip:carol@chicago.example"));
    CHECK(m->request_uri() == "sip:carol@chicago.example");
    REQUIRE(m.set_body("application/sdp", "v=0\r\n"));
    CHECK(m->body() == "v=0\r\n");
    CHECK(m->number(header_id::content_length).value_or(0) == 5);
    CHECK(m->content_type()->is("application", "sdp"));
    REQUIRE(m.set_body("text/plain", ""));
    CHECK(m->body().empty());
    REQUIRE(m.set_body("", ""));
    CHECK_FALSE(m->has(header_id::content_type));
    CHECK(m->number(header_id::content_length).value_or(9) == 0);
}

TEST_CASE("a response has no more Via lines than its request", "[sip][message]")
{
    std::string vias = "SIP/2.0/UDP h;branch=z9hG4bK1;rport";
    for (int i = 0; i < 200; ++i)
        vias += ",, SIP/2.0/UDP p" + std::to_string(i);
    const auto m = message::parse("OPTIONS sip:b@h SIP/2.0\r\nVia: ,\r\nv: " + vias +
                                  "\r\nSupported: x\r\nVia: SIP/2.0/UDP last\r\n\r\n");
    REQUIRE(m);
    const auto r = make_response(**m, 200, {}, "t", source);
    REQUIRE(r);
    CHECK((*r)->header_count() == 3);
    CHECK((*r)->top_via()->params.find("rport") == "40001");
    int count = 0;
    std::string last;
    (*r)->for_each_value(header_id::via,
                         [&](std::string_view v)
                         {
                             ++count;
                             last = v;
                         });
    CHECK(count == 202);
    CHECK(last == "SIP/2.0/UDP last");
}

TEST_CASE("a response copies what routes it back", "[sip][message]")
{
    const message m = invite();
    const auto r = make_response(*m, 180, {}, "tt", source);
    REQUIRE(r);
    CHECK(r->bytes() ==
          "SIP/2.0 180 Ringing\r\n"
          "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport=40001;received=192.0.2.1, "
          "SIP/2.0/UDP p2;branch=z9hG4bKb\r\n"
          "Via: SIP/2.0/UDP p3;branch=z9hG4bKc\r\n"
          "Record-Route: <sip:rr1;lr>\r\n"
          "Record-Route: <sip:rr2;lr>\r\n"
          "From: \"A\" <sip:a@h>;tag=1\r\n"
          "To: <sip:bob@h>;tag=tt\r\n"
          "Call-ID: c1\r\n"
          "CSeq: 7 INVITE\r\n"
          "Content-Length: 0\r\n\r\n");
    const auto trying = make_response(*m, 100, {}, "tt", source);
    REQUIRE(trying);
    CHECK((*trying)->to()->tag().empty());
    CHECK((*trying)->first(header_id::timestamp) == "54");
    CHECK_FALSE((*trying)->has(header_id::record_route));
    const auto refused = make_response(*m, 486, "No Time", "tt", source);
    REQUIRE(refused);
    CHECK((*refused)->reason() == "No Time");
    CHECK_FALSE((*refused)->has(header_id::record_route));
}

TEST_CASE("received and rport", "[sip][message]")
{
    const struct
    {
        std::string via, expected;
        endpoint from;
    } table[] = {
        {"SIP/2.0/UDP 192.0.2.1;branch=x", "SIP/2.0/UDP 192.0.2.1;branch=x", source},
        {"SIP/2.0/UDP 192.0.2.1;branch=x", "SIP/2.0/UDP 192.0.2.1;branch=x;received=198.51.100.7",
         elsewhere},
        {"SIP/2.0/UDP host;branch=x", "SIP/2.0/UDP host;branch=x;received=192.0.2.1", source},
        {"SIP/2.0/UDP host", "SIP/2.0/UDP host;received=192.0.2.1", source},
        {"SIP/2.0/UDP host ; rport ;branch=x",
         "SIP/2.0/UDP host;rport=40001;branch=x;received=192.0.2.1", source},
        {"SIP/2.0/UDP h;received=203.0.113.9;branch=x", "SIP/2.0/UDP h;branch=x;received=192.0.2.1",
         source},
        {"SIP/2.0/UDP h;rport=9;branch=x", "SIP/2.0/UDP h;rport=40001;branch=x;received=192.0.2.1",
         source},
        {"SIP/2.0/UDP [2001:db8::1]:5060;branch=x",
         "SIP/2.0/UDP [2001:db8::1]:5060;branch=x",
         {*ip_address::parse("2001:db8::1"), 5060}},
        {"SIP/2.0/UDP [2001:DB8:0::1];branch=x;rport",
         "SIP/2.0/UDP [2001:DB8:0::1];branch=x;rport=5060;received=2001:db8::1",
         {*ip_address::parse("2001:db8::1"), 5060}},
        {"SIP/2.0/UDP h;;", "SIP/2.0/UDP h;;", source},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.via);
        const message m = make("OPTIONS sip:h SIP/2.0\r\nVia: " + each.via + "\r\n\r\n");
        const auto r = make_response(*m, 200, {}, "t", each.from);
        REQUIRE(r);
        CHECK((*r)->first(header_id::via) == each.expected);
    }
}

TEST_CASE("a response to a bad request, and one that cannot be made", "[sip][message]")
{
    const message bare = make("OPTIONS sip:h SIP/2.0\r\nTo: \"x <sip:a@h>\r\n\r\n");
    const auto r = make_response(*bare, 400, "Missing Via", "t", source);
    REQUIRE(r);
    CHECK((*r)->first(header_id::to) == "\"x <sip:a@h>");
    const message tagged = make("BYE sip:h SIP/2.0\r\nTo: <sip:a@h>;tag=own\r\n\r\n");
    CHECK((*make_response(*tagged, 200, {}, "t", source))->to()->tag() == "own");
    CHECK(make_response(*bare, 99, {}, "t", source).code() == errc::bad_number);
    CHECK(make_response(*bare, 200, "a\r\nb", "t", source).code() == errc::bad_header);
    CHECK(make_response(*bare, 200, "", "t;x", source).code() == errc::bad_header);
    CHECK_FALSE(make_response(**r, 200, {}, "t", source));
}

TEST_CASE("ACK of a refusal", "[sip][message]")
{
    const message m = invite();
    const auto refused = make_response(*m, 486, {}, "tt", source);
    REQUIRE(refused);
    const auto ack = make_ack(*m, **refused);
    REQUIRE(ack);
    CHECK(ack->bytes() == "ACK sip:bob@h SIP/2.0\r\n"
                          "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport\r\n"
                          "Route: <sip:r1;lr>, <sip:r2;lr>\r\n"
                          "Route: <sip:r3;lr>\r\n"
                          "From: \"A\"   <sip:a@h>;tag=1\r\n"
                          "To: <sip:bob@h>;tag=tt\r\n"
                          "Call-ID: c1\r\n"
                          "CSeq: 7 ACK\r\n"
                          "Max-Forwards: 70\r\n"
                          "Content-Length: 0\r\n\r\n");
    const auto cancel = make_cancel(*m);
    REQUIRE(cancel);
    CHECK((*cancel)->method() == method::cancel);
    CHECK((*cancel)->to()->tag().empty());
    CHECK((*cancel)->cseq()->number == 7);
    CHECK((*cancel)->cseq()->method == method::cancel);
    CHECK((*cancel)->top_via()->branch() == "z9hG4bKa");
    CHECK((*cancel)->first(header_id::route) == "<sip:r1;lr>, <sip:r2;lr>");

    const message bare = make("OPTIONS sip:h SIP/2.0\r\n\r\n");
    CHECK(make_ack(*bare, **refused).code() == errc::missing_header);
    CHECK(make_ack(*m, *bare).code() == errc::missing_header);
    CHECK(make_cancel(*bare).code() == errc::missing_header);
}
