#include "dialog/dialog.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using dialog::dialog_phase;

namespace
{

const std::string invite = "INVITE sip:bob@biloxi.example SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9\r\n"
                           "Max-Forwards: 70\r\n"
                           "From: \"Alice, at home\" <sip:alice@atlanta.example>;tag=9fxced76sl\r\n"
                           "To: Bob <sip:bob@biloxi.example>\r\n"
                           "Call-ID: 3848276298220188511@atlanta.example\r\n"
                           "CSeq: 7 INVITE\r\n"
                           "Contact: <sip:alice@192.0.2.1:5060>\r\n"
                           "RECORD"
                           "Content-Length: 0\r\n\r\n";

const std::string success =
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9\r\n"
    "RECORD"
    "From: \"Alice, at home\" <sip:alice@atlanta.example>;tag=9fxced76sl\r\n"
    "To: Bob <sip:bob@biloxi.example>;tag=314159\r\n"
    "Call-ID: 3848276298220188511@atlanta.example\r\n"
    "CSeq: 7 INVITE\r\n"
    "Contact: <sip:bob@192.0.2.201:5062;ob>\r\n"
    "Content-Length: 0\r\n\r\n";

sip::message with_routes(std::string text, const std::string& record_route)
{
    text.replace(text.find("RECORD"), 6, record_route);
    auto parsed = sip::message::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

std::vector<std::string> routes_of(const sip::message& m)
{
    std::vector<std::string> routes;
    m->for_each_value(sip::header_id::route, [&](std::string_view v) { routes.emplace_back(v); });
    return routes;
}

dialog::request_parts bye()
{
    dialog::request_parts parts;
    parts.method = sip::method::bye;
    parts.via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKbye";
    return parts;
}

const char* const loose = "Record-Route: <sip:p2.example;lr>, <sip:p1.example:5070;lr>\r\n";
const char* const strict = "Record-Route: <sip:p2.example>\r\nRecord-Route: <sip:p1.example>\r\n";

} // namespace

TEST_CASE("a caller's request goes through the route set backwards (RFC 3261 section 12.1.2)")
{
    auto d = dialog::dialog::from_response(*with_routes(invite, ""), *with_routes(success, loose));
    REQUIRE(d);
    CHECK(d->phase() == dialog_phase::early);
    CHECK(d->next_hop() == "sip:p1.example:5070;lr");

    const auto request = d->make_request(bye());
    REQUIRE(request);
    const auto& m = **request;
    CHECK(m.request_uri() == "sip:bob@192.0.2.201:5062;ob");
    CHECK(routes_of(*request) ==
          std::vector<std::string>{"<sip:p1.example:5070;lr>", "<sip:p2.example;lr>"});
    CHECK(m.first(sip::header_id::from) ==
          "\"Alice, at home\" <sip:alice@atlanta.example>;tag=9fxced76sl");
    CHECK(m.first(sip::header_id::to) == "Bob <sip:bob@biloxi.example>;tag=314159");
    CHECK(m.call_id() == "3848276298220188511@atlanta.example");
    REQUIRE(m.cseq());
    CHECK(m.cseq()->number == 8);
    CHECK(m.cseq()->method == sip::method::bye);

    SECTION("the next one counts on, an ACK does not")
    {
        auto ack = bye();
        ack.method = sip::method::ack;
        ack.cseq = 7;
        CHECK((*d->make_request(ack))->cseq()->number == 7);
        CHECK((*d->make_request(bye()))->cseq()->number == 9);
    }
}

TEST_CASE("a callee's request goes through the route set forwards (section 12.1.1)")
{
    auto d = dialog::dialog::from_request(*with_routes(invite, loose), "8321234356");
    REQUIRE(d);
    CHECK(d->next_hop() == "sip:p2.example;lr");
    const auto request = d->make_request(bye());
    REQUIRE(request);
    CHECK((*request)->request_uri() == "sip:alice@192.0.2.1:5060");
    CHECK((*request)->first(sip::header_id::from) == "Bob <sip:bob@biloxi.example>;tag=8321234356");
    CHECK((*request)->to()->tag() == "9fxced76sl");
    CHECK(routes_of(*request) ==
          std::vector<std::string>{"<sip:p2.example;lr>", "<sip:p1.example:5070;lr>"});
}

TEST_CASE("a strict router gets the request in its own name (section 12.2.1.1)")
{
    auto d = dialog::dialog::from_response(*with_routes(invite, ""), *with_routes(success, strict));
    REQUIRE(d);
    CHECK(d->next_hop() == "sip:p1.example");
    const auto request = d->make_request(bye());
    REQUIRE(request);
    CHECK((*request)->request_uri() == "sip:p1.example");
    CHECK(routes_of(*request) ==
          std::vector<std::string>{"<sip:p2.example>", "<sip:bob@192.0.2.201:5062;ob>"});
}

TEST_CASE("without a route set the target is the next hop, and a refresh moves it")
{
    auto d = dialog::dialog::from_response(*with_routes(invite, ""), *with_routes(success, ""));
    REQUIRE(d);
    CHECK(d->next_hop() == "sip:bob@192.0.2.201:5062;ob");
    auto moved = with_routes(success, "");
    REQUIRE(moved.set(sip::header_id::contact, "<sip:bob@192.0.2.99>"));
    d->refresh_target(*moved);
    CHECK(d->next_hop() == "sip:bob@192.0.2.99");
    moved.remove(sip::header_id::contact);
    d->refresh_target(*moved);
    CHECK(d->remote_target() == "sip:bob@192.0.2.99");
}

TEST_CASE("a 2xx sets the caller's route set anew (section 13.2.2.4)")
{
    auto d = dialog::dialog::from_response(*with_routes(invite, ""), *with_routes(success, strict));
    REQUIRE(d);
    REQUIRE(d->confirm(*with_routes(success, loose)));
    CHECK(d->phase() == dialog_phase::confirmed);
    CHECK(d->next_hop() == "sip:p1.example:5070;lr");
}

TEST_CASE("a request belongs to a dialog by Call-ID and both tags (section 12.2.2)")
{
    auto d = dialog::dialog::from_request(*with_routes(invite, ""), "here");
    REQUIRE(d);
    auto request = with_routes(invite, "");
    REQUIRE(request.set(sip::header_id::to, "Bob <sip:bob@biloxi.example>;tag=here"));
    CHECK(d->is_for(*request));

    struct change
    {
        sip::header_id id;
        const char* value;
    };
    const change changes[] = {
        {sip::header_id::to, "Bob <sip:bob@biloxi.example>;tag=HERE"},
        {sip::header_id::to, "Bob <sip:bob@biloxi.example>"},
        {sip::header_id::from, "<sip:alice@atlanta.example>;tag=other"},
        {sip::header_id::call_id, "another"},
    };
    for (const auto& c : changes)
    {
        CAPTURE(c.value);
        auto other = request;
        REQUIRE(other.set(c.id, c.value));
        CHECK_FALSE(d->is_for(*other));
    }
}

TEST_CASE("remote sequence numbers never go back (section 12.2.2)")
{
    auto d = dialog::dialog::from_request(*with_routes(invite, ""), "here");
    REQUIRE(d);
    CHECK_FALSE(d->accept_remote_cseq(6));
    CHECK(d->accept_remote_cseq(8));
    CHECK(d->accept_remote_cseq(100)); // gaps are no error
    CHECK_FALSE(d->accept_remote_cseq(99));
}

TEST_CASE("a route of another scheme leads nowhere (section 8.1.2)")
{
    const auto m = with_routes(invite, "Record-Route: <tel:1>\r\n");
    CHECK_FALSE(dialog::dialog::from_request(*m, "here"));
}

TEST_CASE("an INVITE without a usable Contact makes no dialog (section 8.1.1.8)")
{
    auto m = with_routes(invite, "");
    m.remove(sip::header_id::contact);
    CHECK_FALSE(dialog::dialog::from_request(*m, "here"));
    REQUIRE(m.append(sip::header_id::contact, "*"));
    CHECK_FALSE(dialog::dialog::from_request(*m, "here"));
}
