#include "exchange/registrar.hpp"

#include "support/catch.hpp"

#include <initializer_list>

using namespace solosip;
using examples::registrar;

namespace
{

const endpoint source{ip_address::v4(192, 0, 2, 1), 5060};

time_point at(int s)
{
    return time_point(seconds(s));
}

sip::message request(const std::string& headers, unsigned cseq, const std::string& call_id = "1")
{
    auto made = sip::message::parse("REGISTER sip:example.com SIP/2.0\r\nCall-ID: " + call_id +
                                    "\r\nCSeq: " + std::to_string(cseq) + " REGISTER\r\n" +
                                    headers + "\r\n");
    REQUIRE(made);
    return *made;
}

using values = std::vector<std::string>;

} // namespace

TEST_CASE("each contact has its own expiry: its parameter, else Expires, else the usual one")
{
    registrar r;
    const auto a = r.update("alice",
                            *request("Contact: <sip:a@192.0.2.1>;expires=120, <sip:b@192.0.2.1>\r\n"
                                     "Expires: 240\r\n",
                                     1),
                            source, at(0));
    CHECK(a.status == 200);
    CHECK(a.contacts == values{"<sip:b@192.0.2.1>;expires=240", "<sip:a@192.0.2.1>;expires=120"});
    CHECK(a.added == values{"sip:a@192.0.2.1", "sip:b@192.0.2.1"});

    const auto usual =
        r.update("bob", *request("Contact: <sip:c@192.0.2.1>\r\n", 1), source, at(0));
    CHECK(usual.contacts == values{"<sip:c@192.0.2.1>;expires=600"});
    const auto capped = r.update(
        "carol", *request("Contact: <sip:c@192.0.2.1>;expires=99999\r\n", 1), source, at(0));
    CHECK(capped.contacts == values{"<sip:c@192.0.2.1>;expires=3600"});
}

TEST_CASE("a query returns all bindings, with what is left of them")
{
    registrar r;
    (void)r.update("alice", *request("Contact: <sip:a@192.0.2.1>;expires=120\r\n", 1, "one"),
                   source, at(0));
    (void)r.update("alice", *request("Contact: <sip:b@192.0.2.2>;expires=300\r\n", 1, "two"),
                   source, at(20));
    const auto a = r.update("alice", *request("", 2, "one"), source, at(60));
    CHECK(a.status == 200);
    CHECK(a.contacts == values{"<sip:b@192.0.2.2>;expires=260", "<sip:a@192.0.2.1>;expires=60"});
    CHECK(r.bindings_of("alice", at(60)).size() == 2);
    CHECK(r.bindings_of("alice", at(120)).size() == 1);
    CHECK(r.bindings_of("alice", at(320)).empty());
    CHECK(r.bindings_of("nobody", at(0)).empty());
}

TEST_CASE("unregistering removes one contact, or all of them by a star")
{
    registrar r;
    (void)r.update("alice", *request("Contact: <sip:a@192.0.2.1>, <sip:b@192.0.2.1>\r\n", 1),
                   source, at(0));
    const auto one =
        r.update("alice", *request("Contact: <sip:a@192.0.2.1>;expires=0\r\n", 2), source, at(1));
    CHECK(one.removed == values{"sip:a@192.0.2.1"});
    CHECK(one.contacts.size() == 1);
    const auto all = r.update("alice", *request("Contact: *\r\nExpires: 0\r\n", 3), source, at(2));
    CHECK(all.status == 200);
    CHECK(all.removed == values{"sip:b@192.0.2.1"});
    CHECK(all.contacts.empty());
}

TEST_CASE("what is wrong is refused and changes nothing")
{
    struct row
    {
        std::string headers;
        unsigned cseq;
        int status;
    };
    const row rows[] = {
        {"Contact: <sip:b@192.0.2.1>;expires=59\r\n", 2, 423},
        {"Contact: <sip:b@192.0.2.1>\r\nExpires: 1\r\n", 2, 423},
        {"Contact: *\r\n", 2, 400},
        {"Contact: *\r\nExpires: 60\r\n", 2, 400},
        {"Contact: *, <sip:b@192.0.2.1>\r\nExpires: 0\r\n", 2, 400},
        {"Contact: <tel:123>\r\n", 2, 400},
        {"Contact: <sip:\r\n", 2, 400},
        {"Contact: <sip:a@192.0.2.1>;expires=0\r\n", 1, 500}, // overtaken: the CSeq of the binding
        {"Contact: *\r\nExpires: 0\r\n", 1, 500},
        {"Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>, <sip:4@h>, <sip:5@h>, <sip:6@h>, <sip:7@h>, "
         "<sip:8@h>\r\n",
         2, 403},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.headers);
        registrar r;
        REQUIRE(r.update("alice", *request("Contact: <sip:a@192.0.2.1>\r\n", 1), source, at(0))
                    .status == 200);
        CHECK(r.update("alice", *request(row.headers, row.cseq), source, at(1)).status ==
              row.status);
        const auto left = r.bindings_of("alice", at(1));
        REQUIRE(left.size() == 1);
        CHECK(left[0].contact == "sip:a@192.0.2.1");
        CHECK(left[0].expires == at(600));
    }
}

TEST_CASE("a contact that is registered again is one binding")
{
    registrar r;
    (void)r.update("alice", *request("Contact: <sip:a@192.0.2.1:5060>\r\n", 1), source, at(0));
    const auto a = r.update("alice", *request("Contact: <sip:a@192.0.2.1:5060>;expires=90\r\n", 2),
                            source, at(1));
    CHECK(a.contacts == values{"<sip:a@192.0.2.1:5060>;expires=90"});
}
