// 421 Extension Required (RFC 3261 section 21.4.16), heard and sent; RFC 3262 section 3, RFC 4028.
#include "simulation/scenario.hpp"

#include <algorithm>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct insisting
{
    explicit insisting(ua::settings settings = node::usual())
        : alice(w, "alice", alice_address, std::move(settings))
    {
        peer.on_message = [this](const sip::message& m)
        {
            if (!m->is_request() || m->method() == sip::method::ack) return;
            if (m->method() != sip::method::invite) return peer.answer(m, "200 OK");
            if (peer.count(sip::method::invite) <= refusals)
                peer.answer(m, "421 Extension Required", require);
            else
                peer.answer(m, "200 OK", peer.contact() + grant, peer.sdp());
        };
    }
    void call()
    {
        REQUIRE(alice.call(peer_uri));
        w.run_for(seconds(1));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }

    world w{1};
    node alice;
    simulation::peer peer{w, "peer", peer_address};
    std::string require = "Require: 100rel\n", grant{};
    int refusals = 1;
};

ua::settings without_session_timers()
{
    auto s = node::usual();
    s.session_expires = seconds(0);
    return s;
}

bool names(const sip::message& m, const char* header, const std::string& option)
{
    return header_of(m, header).find(option) != std::string::npos;
}

} // namespace

TEST_CASE("a 421 for 100rel: asked again at once, and it is required")
{
    insisting s;
    s.call();
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    const auto& again = s.peer.last(sip::method::invite);
    CHECK(header_of(again, "Require") == "100rel");
    CHECK(names(again, "Supported", "100rel"));
    CHECK(s.alice.seen.answered == 1);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a 421 for session timers that are switched off: this call has one all the same")
{
    insisting s(without_session_timers());
    s.require = "Require: timer, 100rel\nRequire: TIMER\n";
    s.grant = "Require: timer\nSession-Expires: 90;refresher=uac\n";
    s.call();
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    CHECK_FALSE(names(s.peer.inbox.front().message, "Supported", "timer"));
    CHECK(header_of(s.peer.inbox.front().message, "Session-Expires").empty());
    const auto& again = s.peer.last(sip::method::invite);
    CHECK(header_of(again, "Require") == "timer, 100rel");
    CHECK(names(again, "Supported", "timer"));
    CHECK(header_of(again, "Session-Expires") == "1800");
    CHECK(s.alice.seen.answered == 1);
    // RFC 4028 section 7.4: refreshed at half of it, for ever, and they go on to know what we do.
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() != sip::method::ack)
            s.peer.answer(m, "200 OK", s.peer.contact() + s.grant,
                          m->method() == sip::method::invite ? s.peer.sdp() : std::string());
    };
    s.w.run_for(minutes(5));
    CHECK(s.alice.in_call());
    const auto& refresh = s.peer.last(sip::method::invite);
    CHECK(names(refresh, "Supported", "timer"));
    CHECK(header_of(refresh, "Session-Expires").starts_with("90"));
    CHECK(s.peer.count(sip::method::invite) >= 2 + 5);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("the next call knows nothing of a 421")
{
    insisting s;
    s.call();
    REQUIRE(s.alice.hang_up());
    s.w.run_for(long_after);
    s.call();
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 3);
    CHECK(header_of(s.peer.last(sip::method::invite), "Require").empty());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a 421 that cannot be met ends the call, and its headers tell why")
{
    insisting s;
    s.require = GENERATE(std::string("Require: precondition\n"),
                         std::string("Require: 100rel, precondition\n"),
                         std::string("Require: replaces\n"), std::string());
    CAPTURE(s.require);
    s.call();
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 1);
    REQUIRE(s.alice.seen.endings.size() == 1);
    const auto& how = s.alice.seen.endings[0];
    CHECK(how.status == 421);
    CHECK(how.who == ua::ended_by::peer);
    const bool told = std::any_of(how.headers.begin(), how.headers.end(),
                                  [](const ua::header& h) { return h.name == "Require"; });
    CHECK(told == !s.require.empty());
    CHECK(s.all_over());
}

TEST_CASE("a 421 again and again: two INVITEs, not a loop")
{
    insisting s;
    s.refusals = 100;
    s.call();
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 2);
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].status == 421);
    CHECK(s.all_over());
}

TEST_CASE("hang-up while a 421 is on its way: no new INVITE")
{
    insisting s;
    REQUIRE(s.alice.call(peer_uri));
    REQUIRE(s.w.run_until([&] { return s.peer.count(sip::method::invite) == 1; }));
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 1);
    CHECK(s.alice.seen.endings.size() == 1);
}

// ---- as the callee

namespace
{

ua::settings must_be_reliable()
{
    auto s = node::usual();
    s.require_reliable = true;
    return s;
}

struct insisted
{
    world w{1};
    node alice{w, "alice", alice_address, must_be_reliable()};
    simulation::peer peer{w, "peer", peer_address};

    void call_in(const std::string& lines, std::optional<std::string> body = {})
    {
        alice.how.ring = false;
        peer.invite(alice.sip(), "sip:alice@192.0.2.1", lines, std::move(body));
        w.run_for(milliseconds(50));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }
};

} // namespace

TEST_CASE("who cannot do 100rel hears 421 where it is a must for us, and nobody is told of a call")
{
    insisted s;
    s.call_in({});
    INFO(s.w.log());
    REQUIRE(s.peer.count(421) == 1);
    CHECK(header_of(s.peer.last(421), "Require") == "100rel");
    CHECK(s.alice.seen.incoming.empty());
    s.peer.acknowledge_refusal(s.peer.last(421));
    CHECK(s.all_over());
}

TEST_CASE("who can do it gets each 18x reliably")
{
    insisted s;
    s.call_in("Supported: timer, 100rel\n");
    REQUIRE(s.alice.engine().ring(*s.alice.last_call(), s.w.now()));
    s.alice.drain();
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(421) == 0);
    REQUIRE(s.peer.count(180) == 1);
    CHECK(header_of(s.peer.last(180), "Require") == "100rel");
    s.peer.with.to = header_of(s.peer.last(180), "To");
    s.peer.request("PRACK", "RAck: " + header_of(s.peer.last(180), "RSeq") + " 1 INVITE\n");
    s.w.run_for(milliseconds(50));
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("without an offer there is no reliable 180, which would have to hold ours (RFC 3262 5)")
{
    insisted s;
    const bool required = GENERATE(true, false);
    CAPTURE(required);
    s.call_in(required ? "Require: 100rel\n" : "Supported: 100rel\n", std::string());
    REQUIRE(s.alice.engine().ring(*s.alice.last_call(), s.w.now()));
    s.alice.drain();
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(180) == (required ? 0 : 1));
    if (!required) CHECK(header_of(s.peer.last(180), "RSeq").empty());
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    CHECK(!s.peer.last(200)->body().empty());
    s.peer.acknowledge(s.peer.sdp());
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}
