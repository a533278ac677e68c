// Both sides want to change the call at once (RFC 3261 sections 14.1, 14.2; RFC 3264 section 4).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("both send a re-INVITE: both hear 491, and both get their way (RFC 5407 section 3.3.1)")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 20)));
    two_agents s({}, seed);
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hold());
    REQUIRE(s.bob.hold());
    s.w.run_for(seconds(1));
    s.w.run_until([&]
                  { return s.alice.seen.changes.size() == 1 && s.bob.seen.changes.size() == 1; },
                  minutes(1));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.held() == "both");
    CHECK(s.bob.held() == "both");
    CHECK(s.alice.seen.changes.at(0).why == errc{});
    CHECK(s.bob.seen.changes.at(0).why == errc{});
    CHECK(s.w.log().find("491") != std::string::npos);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("491: who made the Call-ID waits 2.1 to 4 s, the other up to 2 s (14.1)")
{
    const bool owner = GENERATE(true, false);
    CAPTURE(owner);
    std::vector<duration> waits;
    for (std::uint64_t seed = 1; seed <= 12; ++seed)
    {
        agent_and_peer s({}, seed);
        if (owner)
            s.connect_out();
        else
            s.connect_in();
        REQUIRE(s.alice.hold());
        s.w.run_for(milliseconds(50));
        const auto before = s.peer.count(sip::method::invite);
        s.peer.answer(s.peer.last(sip::method::invite), "491 Request Pending");
        const auto refused = s.w.now();
        REQUIRE(
            s.w.run_until([&] { return s.peer.count(sip::method::invite) > before; }, seconds(10)));
        INFO(s.w.log());
        waits.push_back(s.w.now() - refused - milliseconds(20)); // there and back
        CHECK(s.peer.last(sip::method::invite)->body().find("a=sendonly") !=
              std::string_view::npos);
        s.peer.answer(s.peer.last(sip::method::invite), "200 OK", s.peer.contact(),
                      s.peer.sdp("8", "a=recvonly\r\n"));
        s.w.run_for(milliseconds(100));
        CHECK(s.alice.held() == "us");
        s.peer.request("BYE");
        CHECK(s.all_over());
    }
    const auto [least, most] = std::minmax_element(waits.begin(), waits.end());
    CHECK(*least >= (owner ? milliseconds(2100) : milliseconds(0)));
    CHECK(*most <= (owner ? milliseconds(4000) : milliseconds(2000)));
    CHECK(*most - *least > milliseconds(100)); // by chance
}

TEST_CASE("between 491 and the next try the other side gets its own way")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(50));
    s.peer.answer(s.peer.last(sip::method::invite), "491 Request Pending");
    s.w.run_for(milliseconds(50));
    s.peer.request("INVITE", {}, s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(200));
    s.peer.acknowledge();
    CHECK(s.peer.last(200)->body().find("a=sendonly") == std::string_view::npos);
    CHECK(s.alice.seen.media.back().codec == "PCMU");
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::invite)->body().find("a=sendonly") != std::string_view::npos);
    CHECK(s.holds_then_ends("0"));
}

TEST_CASE("491 for ever is given up, and the call stays")
{
    agent_and_peer s;
    s.connect_out();
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::invite) s.peer.answer(m, "491 Request Pending");
    };
    REQUIRE(s.alice.hold());
    s.w.run_for(minutes(2));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 1 + limits::change_attempts);
    REQUIRE(s.alice.seen.changes.size() == 1);
    CHECK(s.alice.seen.changes[0].status == 491);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("500 with a Retry-After of seconds is tried again then (14.2)")
{
    agent_and_peer s;
    s.connect_in();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(50));
    s.peer.answer(s.peer.last(sip::method::invite), "500 Busy", "Retry-After: 3\n");
    s.w.run_for(milliseconds(2900));
    CHECK(s.peer.count(sip::method::invite) == 1);
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 2);
    s.peer.answer(s.peer.last(sip::method::invite), "500 Broken", "Retry-After: 3600\n");
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.seen.changes.at(0).why == errc::server_failure);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE while ours is out hears 491 (14.2)")
{
    agent_and_peer s;
    s.connect_in();
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(50));
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    REQUIRE(s.peer.count(491) == 1);
    s.peer.acknowledge_refusal(s.peer.last(491));
    CHECK(s.holds_then_ends("8"));
}

TEST_CASE("the same where ours only asks for an offer, so that none is open (14.2)")
{
    agent_and_peer s;
    s.connect_out();
    ua::change what;
    what.ask = true;
    REQUIRE(s.alice.modify(what));
    s.w.run_for(milliseconds(100));
    s.peer.request("INVITE", {}, s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(491) == 1);
    s.peer.acknowledge_refusal(s.peer.last(491));
    s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp());
    CHECK(s.alice.seen.changes.at(0).why == errc{});
    CHECK(s.alice.seen.media.back().codec == "PCMA");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE before the first INVITE is answered: 500 and 0 to 10 s (14.2)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(100));
    s.peer.with.to = header_of(s.peer.last(180), "To");
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(500) == 1);
    const int wait = std::stoi(header_of(s.peer.last(500), "Retry-After"));
    CHECK(wait >= 0);
    CHECK(wait <= 10);
    s.peer.acknowledge_refusal(s.peer.last(500));
    REQUIRE(s.alice.reject(486));
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE from the callee before its answer came hears 491 (14.2)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(100));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact());
    s.w.run_for(milliseconds(100));
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(491) == 1);
    s.peer.acknowledge_refusal(s.peer.last(491));
    s.peer.accept(invite);
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("CANCEL for a re-INVITE that is answered has no effect (9.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE", {}, s.peer.sdp("8 101", "a=sendonly\r\n"));
    s.peer.cancel();
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    CHECK(s.peer.count(487) == 0);
    s.peer.acknowledge();
    s.w.run_for(milliseconds(200));
    CHECK(s.alice.held() == "peer");
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an answered re-INVITE whose ACK never comes ends the call (14.2)")
{
    agent_and_peer s;
    s.connect_in();
    s.answer_all(sip::method::bye);
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK_FALSE(s.alice.in_call());
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.all_over());
}

TEST_CASE("our wish waits until the 2xx of theirs is acknowledged (14.1)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE", {}, s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(sip::method::invite) == 0);
    s.peer.acknowledge();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::invite) == 1);
    CHECK(s.holds_then_ends("0"));
}

TEST_CASE("a re-INVITE that is repeated is answered alike, and done once (17.2.1)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE", {}, s.peer.sdp("8 101", "a=sendonly\r\n"));
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    s.peer.say_again();
    s.w.run_for(milliseconds(100));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.seen.holds.size() == 1);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a re-INVITE without an offer whose ACK says nothing changes nothing")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("INVITE");
    s.w.run_for(milliseconds(100));
    s.peer.acknowledge();
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    CHECK(s.peer.media_packets >= before + 45);
    REQUIRE(s.alice.hold()); // an offer of ours is not open any more
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(sip::method::invite) == 1);
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK", s.peer.contact(),
                  s.peer.sdp("8", "a=recvonly\r\n"));
    s.w.run_for(milliseconds(100));
    s.peer.request("BYE");
    CHECK(s.all_over());
}
