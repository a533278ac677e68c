#include "exchange/proxy.hpp"

#include "village.hpp"

#include "support/catch.hpp"

using namespace solosip;

namespace
{

const endpoint caller{ip_address::v4(192, 0, 2, 1), 5070};
const endpoint callee{ip_address::v4(192, 0, 2, 9), 5090};
const endpoint ours{ip_address::v4(192, 0, 2, 7), 5060};

sip::message invite(const std::string& via_parameters, const std::string& more)
{
    auto made = sip::message::parse("INVITE sip:bob@192.0.2.7 SIP/2.0\r\n"
                                    "Via: SIP/2.0/UDP 10.0.0.1:5080" +
                                    via_parameters +
                                    "\r\nFrom: <sip:alice@192.0.2.7>;tag=1\r\n"
                                    "To: <sip:bob@192.0.2.7>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" +
                                    more + "\r\n");
    REQUIRE(made);
    return *made;
}

std::vector<std::string> values(const sip::message& m, sip::header_id id)
{
    std::vector<std::string> out;
    m->for_each_value(id, [&](std::string_view v) { out.emplace_back(v); });
    return out;
}

} // namespace

TEST_CASE("a request is passed on with our Via, and its answer finds back")
{
    struct row
    {
        std::string via;
        endpoint back;
    };
    const row rows[] = {{";branch=z9hG4bKx;rport", caller},
                        {";rport;branch=z9hG4bKx", caller},
                        {";branch=z9hG4bKx", {caller.address, 5080}}};
    const examples::stateless_proxy proxy;
    for (const auto& r : rows)
    {
        CAPTURE(r.via);
        const auto in = invite(r.via, "Max-Forwards: 9\r\n");
        const auto on = proxy.request(*in, "sip:bob@192.0.2.9:5090", callee, caller, ours);
        REQUIRE(on);
        CHECK(on->to == callee);
        const auto out = sip::message::parse(on->bytes);
        REQUIRE(out);
        CHECK((*out)->request_uri() == "sip:bob@192.0.2.9:5090");
        CHECK((*out)->number(sip::header_id::max_forwards).value_or(0) == 8);
        const auto vias = values(*out, sip::header_id::via);
        REQUIRE(vias.size() == 2);
        CHECK(vias[0].starts_with("SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK"));

        auto answer = sip::make_response(*(*out), 200, {}, "t", ours);
        REQUIRE(answer);
        const auto back = proxy.response(*(*answer));
        REQUIRE(back);
        CHECK(back->to == r.back);
        const auto stripped = sip::message::parse(back->bytes);
        REQUIRE(stripped);
        CHECK(values(*stripped, sip::header_id::via).size() == 1);
        // It had one Via only: nothing of ours is left to take off.
        CHECK_FALSE(proxy.response(*(*stripped)));
    }
}

TEST_CASE("copies, CANCEL and ACK get the branch of the INVITE, other requests another")
{
    const examples::stateless_proxy proxy;
    const auto branch = [&](const std::string& parameters)
    {
        const auto on =
            proxy.request(*invite(parameters, ""), "sip:b@192.0.2.9", callee, caller, ours);
        REQUIRE(on);
        return values(*sip::message::parse(on->bytes), sip::header_id::via)[0];
    };
    CHECK(branch(";branch=z9hG4bKx") == branch(";branch=z9hG4bKx"));
    CHECK(branch(";branch=z9hG4bKx") != branch(";branch=z9hG4bKy"));
}

TEST_CASE("a route to us is taken off, the others stay")
{
    const examples::stateless_proxy proxy;
    const auto in =
        invite(";branch=z9hG4bKx", "Route: <sip:192.0.2.7:5060;lr>, <sip:192.0.2.8;lr>\r\n");
    const auto on = proxy.request(*in, "sip:b@192.0.2.9", callee, caller, ours);
    REQUIRE(on);
    CHECK(values(*sip::message::parse(on->bytes), sip::header_id::route) ==
          std::vector<std::string>{"<sip:192.0.2.8;lr>"});
}

TEST_CASE("what has gone round too often, or cannot be told from others, is not passed on")
{
    const examples::stateless_proxy proxy;
    const auto tried = [&](const std::string& via, const std::string& more)
    { return proxy.request(*invite(via, more), "sip:b@192.0.2.9", callee, caller, ours); };
    CHECK_FALSE(tried(";branch=z9hG4bKx", "Max-Forwards: 0\r\n"));
    CHECK_FALSE(tried(";branch=old", "Max-Forwards: 70\r\n"));
    CHECK(tried(";branch=z9hG4bKx", ""));

    // The exchange says so.
    village::world w(village::usual_settings());
    village::telephone& bob = w.add("bob", "builder");
    REQUIRE(bob.engine.register_account(w.account("bob", "builder"), w.now()));
    w.run(seconds(1));
    const auto in = invite(";branch=z9hG4bKx", "Max-Forwards: 0\r\nContact: <sip:a@192.0.2.1>\r\n");
    w.exchange().receive(in.bytes(), caller, w.exchange_address(), w.now());
    const auto answer = w.exchange().poll_transmit();
    REQUIRE(answer);
    CHECK(answer->bytes.starts_with("SIP/2.0 483 "));
}
