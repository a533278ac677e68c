// Session timers (RFC 4028) and the longest duration of a call.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

const std::string alice_uri = "sip:alice@192.0.2.1";

// The peer calls with these headers; Alice answers, and is acknowledged.
void connect_in(agent_and_peer& s, const std::string& headers)
{
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), alice_uri, headers);
    s.w.run_for(milliseconds(100));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.seen.answered == 1);
}

// Alice calls, and the 200 has these headers.
void connect_out(agent_and_peer& s, const std::string& headers)
{
    s.peer.on_message = [&, headers](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", s.peer.contact() + headers, s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(500));
    s.peer.on_message = nullptr;
    REQUIRE(s.alice.seen.answered == 1);
    s.peer.adopt(s.peer.last(sip::method::invite), s.alice.sip());
}

ua::settings with(seconds expires, seconds longest = seconds(0))
{
    auto s = node::usual();
    s.session_expires = expires;
    s.max_call = longest;
    return s;
}

} // namespace

TEST_CASE("two agents refresh a long call without touching its media (7.4, 10)")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    const auto media = s.alice.seen.media.size();
    s.w.run_for(minutes(61));
    CHECK(s.alice.in_call());
    CHECK(s.bob.in_call());
    CHECK(s.w.log().find("UPDATE") != std::string::npos);
    CHECK(s.alice.seen.media.size() == media);
    CHECK(s.alice.seen.changes.empty()); // nobody wished for anything
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("our INVITE asks for it, and says that we can (7.1)")
{
    agent_and_peer s;
    connect_out(s, {});
    const auto& invite = s.peer.last(sip::method::invite);
    CHECK(header_of(invite, "Supported").find("timer") != std::string::npos);
    CHECK(header_of(invite, "Session-Expires") == "1800");
    CHECK(header_of(invite, "Min-SE").empty());
    // The other side does not do it: no refresh, no end (7.2).
    s.w.run_for(minutes(70));
    CHECK(s.peer.count(sip::method::invite) == 1);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("switched off, nothing is said and nothing is done")
{
    world w(1);
    node alice(w, "alice", alice_address, with(seconds(0)));
    simulation::peer peer(w, "peer", peer_address);
    alice.how.answer_after = milliseconds(0);
    peer.invite(alice.sip(), alice_uri, "Supported: timer\nSession-Expires: 90\n");
    w.run_for(milliseconds(100));
    peer.acknowledge();
    INFO(w.log());
    CHECK(header_of(peer.last(200), "Session-Expires").empty());
    CHECK(header_of(peer.last(200), "Supported").find("timer") == std::string::npos);
    w.run_for(minutes(5));
    CHECK(alice.in_call());
    peer.request("BYE");
    w.run_for(long_after);
    CHECK(alice.nothing_left());
}

TEST_CASE("we refresh after half the time, by a re-INVITE with the same description (7.4)")
{
    agent_and_peer s;
    connect_out(s, "Require: timer\nSession-Expires: 120;refresher=uac\n");
    const std::string first(s.peer.last(sip::method::invite)->body());
    s.w.run_for(seconds(59));
    CHECK(s.peer.count(sip::method::invite) == 1);
    s.w.run_for(seconds(1));
    const auto refresh = s.peer.last(sip::method::invite);
    REQUIRE(s.peer.count(sip::method::invite) >= 2);
    CHECK(refresh->body() == first); // same o= version: nothing changes
    CHECK(header_of(refresh, "Session-Expires") == "120;refresher=uac");
    s.peer.answer(refresh, "200 OK",
                  s.peer.contact() + "Require: timer\nSession-Expires: 120;refresher=uac\n",
                  s.peer.sdp());
    s.w.run_for(seconds(59));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    CHECK(s.alice.seen.media.size() == 1);
    s.w.run_for(seconds(2));
    CHECK(s.peer.last(sip::method::invite)->cseq()->number == refresh->cseq()->number + 1);
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(100));
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("we refresh by an UPDATE without a body where the other side allows it (7.4)")
{
    agent_and_peer s;
    connect_out(s, "Allow: INVITE, UPDATE\nSession-Expires: 90;refresher=uac\n");
    s.w.run_for(seconds(45));
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::update) == 1);
    CHECK(s.peer.last(sip::method::update)->body().empty());
    CHECK(header_of(s.peer.last(sip::method::update), "Session-Expires") == "90;refresher=uac");
    // It allows it, but it does not know it.
    s.peer.answer(s.peer.last(sip::method::update), "501 Not Implemented");
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK",
                  s.peer.contact() + "Session-Expires: 90;refresher=uas\n", s.peer.sdp());
    s.w.run_for(seconds(50));
    // Now they refresh.
    CHECK(s.peer.count(sip::method::update) + s.peer.count(sip::method::invite) == 3);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("who does not refresh is said goodbye to before the time is over (10)")
{
    agent_and_peer s;
    connect_in(s, "Supported: timer\nSession-Expires: 90;refresher=uac\n");
    CHECK(header_of(s.peer.last(200), "Session-Expires") == "90;refresher=uac");
    CHECK(header_of(s.peer.last(200), "Require") == "timer");
    s.answer_all(sip::method::bye);
    s.w.run_for(seconds(59));
    CHECK(s.alice.in_call());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK_FALSE(s.alice.in_call());
    CHECK(header_of(s.peer.last(sip::method::bye), "Reason").find("408") != std::string::npos);
    CHECK(s.alice.seen.endings.at(0).why == errc::timed_out);
    CHECK(s.all_over());
}

TEST_CASE("their refreshes keep the call (10)")
{
    const bool by_update = GENERATE(true, false);
    agent_and_peer s;
    connect_in(s, "Supported: timer\nSession-Expires: 90;refresher=uac\n");
    for (int i = 0; i < 5; ++i)
    {
        s.w.run_for(seconds(45));
        s.peer.request(by_update ? "UPDATE" : "INVITE",
                       "Supported: timer\nSession-Expires: 90;refresher=uac\n" +
                           (by_update ? s.peer.contact() : std::string()),
                       by_update ? std::string() : s.peer.sdp());
        s.w.run_for(milliseconds(100));
        CHECK(header_of(s.peer.last(200), "Session-Expires") == "90;refresher=uac");
        if (!by_update) s.peer.acknowledge();
    }
    s.w.run_for(seconds(50));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    CHECK(s.alice.seen.media.size() == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE(
    "a refresh without an answer ends the call; a refused one does at the end of the time (10)")
{
    const bool refused = GENERATE(true, false);
    agent_and_peer s;
    connect_out(s, "Session-Expires: 90;refresher=uac\n");
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
        if (m->method() == sip::method::invite && refused) s.peer.answer(m, "500 Broken");
    };
    s.w.run_for(seconds(59));
    CHECK(s.alice.in_call());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK_FALSE(s.alice.in_call()); // 90 - 30 s
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.all_over());
}

TEST_CASE("too short a session is refused with what we grant (9)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), alice_uri, "Supported: timer\nSession-Expires: 60\n");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(422) == 1);
    CHECK(header_of(s.peer.last(422), "Min-SE") == "90");
    CHECK(s.alice.seen.incoming.empty());
    s.peer.acknowledge_refusal(s.peer.last(422));
    connect_in(s, "Supported: timer\nSession-Expires: 90\nMin-SE: 90\n");
    s.peer.request("UPDATE", "Supported: timer\nSession-Expires: 10\n" + s.peer.contact());
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(422) == 2);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("our session is too short for them: asked again with what they want (7.3)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    s.peer.answer(s.peer.last(sip::method::invite), "422 Session Interval Too Small",
                  "Min-SE: 3600\n");
    s.w.run_for(milliseconds(50));
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    const auto second = s.peer.last(sip::method::invite);
    CHECK(header_of(second, "Session-Expires") == "3600");
    CHECK(header_of(second, "Min-SE") == "3600");
    CHECK(second->cseq()->number == s.peer.inbox.at(0).message->cseq()->number + 1);
    // The same again is a refusal.
    s.peer.answer(second, "422 Session Interval Too Small", "Min-SE: 3600\n");
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == 2);
    CHECK(s.alice.seen.endings.at(0).status == 422);
    CHECK(s.all_over());
}

TEST_CASE("a refresh that hears 422 asks for more (7.3)")
{
    agent_and_peer s;
    connect_out(s, "Session-Expires: 100;refresher=uac\n");
    s.w.run_for(milliseconds(49'700));
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    s.peer.answer(s.peer.last(sip::method::invite), "422 Session Interval Too Small",
                  "Min-SE: 4000\n");
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.peer.count(sip::method::invite) == 3);
    CHECK(header_of(s.peer.last(sip::method::invite), "Session-Expires") == "4000;refresher=uac");
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK",
                  s.peer.contact() + "Session-Expires: 4000;refresher=uac\n", s.peer.sdp());
    s.w.run_for(minutes(30));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a 422 is followed where their session is shorter than our wish, too (7.3)")
{
    auto wishes = node::usual();
    wishes.session_expires = seconds(1800);
    agent_and_peer s(wishes);
    connect_out(s, "Session-Expires: 600;refresher=uac\n");
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    CHECK(header_of(s.peer.last(sip::method::invite), "Session-Expires") == "600;refresher=uac");
    s.answer_invite("422 Session Interval Too Small", "Min-SE: 900\n");
    INFO(s.w.log());
    const auto& again = s.peer.last(sip::method::invite);
    CHECK(header_of(again, "Session-Expires") == "900;refresher=uac");
    CHECK(header_of(again, "Min-SE") == "900");
    s.answer_invite("200 OK", s.peer.contact() + "Session-Expires: 900;refresher=uac\n",
                    s.peer.sdp("8 101", "a=recvonly\r\n"));
    CHECK(s.alice.held() == "us");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a held call is refreshed and stays held")
{
    agent_and_peer s;
    connect_out(s, "Session-Expires: 120;refresher=uac\n");
    REQUIRE(s.alice.hold());
    s.w.run_for(milliseconds(100));
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK",
                  s.peer.contact() + "Session-Expires: 120;refresher=uac\n",
                  s.peer.sdp("8 101", "a=recvonly\r\n"));
    s.w.run_for(seconds(61));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::invite)->body().find("a=sendonly") != std::string_view::npos);
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK",
                  s.peer.contact() + "Session-Expires: 120;refresher=uac\n",
                  s.peer.sdp("8 101", "a=recvonly\r\n"));
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.held() == "us");
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a hold that is refused takes a refresh's time, and not the session's (10)")
{
    agent_and_peer s(with(seconds(90)));
    s.peer.on_message = [&](const sip::message& m)
    {
        if (!m->is_request() || m->method() != sip::method::invite) return;
        if (m->body().find("sendonly") == std::string_view::npos)
            s.peer.answer(m, "200 OK", s.peer.contact() + "Session-Expires: 90;refresher=uac\n",
                          s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(44));
    REQUIRE(s.alice.seen.answered == 1);
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(2));
    s.peer.answer(s.peer.last(sip::method::invite), "488 Not Acceptable Here");
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::invite)->body().find("sendonly") == std::string_view::npos);
    s.w.run_for(minutes(5));
    CHECK(s.alice.in_call());
    s.peer.adopt(s.peer.last(sip::method::invite), s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a peer that vanishes is noticed by the refresh")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(minutes(1));
    s.w.lets_pass = [](const datagram&) { return false; };
    s.w.run_for(minutes(31));
    INFO(s.w.log().substr(s.w.log().size() > 4000 ? s.w.log().size() - 4000 : 0));
    CHECK_FALSE(s.alice.in_call());
    CHECK_FALSE(s.bob.in_call());
    CHECK(s.all_over());
}

TEST_CASE("calls are hung up when they have lasted long enough, with a reason")
{
    const bool caller = GENERATE(true, false);
    world w(1);
    node alice(w, "alice", alice_address, with(seconds(1800), seconds(caller ? 30 : 0)));
    node bob(w, "bob", bob_address, with(seconds(1800), seconds(caller ? 0 : 30)));
    bob.how.answer_after = seconds(3);
    REQUIRE(alice.call(bob_uri));
    w.run_for(seconds(32));
    CHECK(alice.in_call());
    w.run_for(seconds(2));
    INFO(w.log());
    const auto& ours = (caller ? alice : bob).seen.endings.at(0);
    const auto& theirs = (caller ? bob : alice).seen.endings.at(0);
    CHECK(ours.why == errc::duration_limit);
    CHECK(ours.who == ua::ended_by::us);
    CHECK(theirs.who == ua::ended_by::peer);
    CHECK(theirs.reason == "Maximum Duration");
    w.run_for(long_after);
    CHECK(alice.nothing_left());
    CHECK(bob.nothing_left());
}

TEST_CASE("the longest duration passes while a hold is out, and while our 200 has no ACK")
{
    world w(1);
    node alice(w, "alice", alice_address, with(seconds(1800), seconds(10)));
    simulation::peer peer(w, "peer", peer_address);
    peer.on_message = [&](const sip::message& m)
    {
        if (m->method() == sip::method::bye) peer.answer(m, "200 OK");
    };
    alice.how.answer_after = milliseconds(0);
    peer.invite(alice.sip(), alice_uri);
    w.run_for(seconds(11));
    CHECK_FALSE(alice.in_call());
    CHECK(peer.count(sip::method::bye) == 0); // not before its ACK
    peer.acknowledge();
    w.run_for(milliseconds(100));
    CHECK(header_of(peer.last(sip::method::bye), "Reason").find("Maximum") != std::string::npos);
    w.run_for(long_after);
    CHECK(alice.nothing_left());

    peer.invite(alice.sip(), alice_uri);
    w.run_for(milliseconds(100));
    peer.acknowledge();
    w.run_for(seconds(5));
    REQUIRE(alice.hold());
    w.run_for(seconds(6));
    CHECK_FALSE(alice.in_call());
    w.run_for(long_after);
    INFO(w.log());
    CHECK(alice.nothing_left());
}
