// Our own address changes in the middle: the binding and the calls follow (RFC 3261
// section 12.2.1).
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

constexpr auto elsewhere = ip_address::v4(203, 0, 113, 20);

void move(node& who, world& w)
{
    who.move_to(elsewhere);
    who.engine().network_changed(w.now());
    who.drain();
    w.run_for(seconds(1));
}

} // namespace

TEST_CASE("in a call: the other side hears where we are, by UPDATE, and so does its media (12.2)")
{
    const bool caller = GENERATE(true, false);
    CAPTURE(caller);
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    node& mover = caller ? s.alice : s.bob;
    node& other = caller ? s.bob : s.alice;
    move(mover, s.w);
    INFO(s.w.log());
    CHECK(s.w.log().find(mover.name() + " > " + other.name() + " UPDATE") != std::string::npos);
    CHECK(other.seen.media.back().remote == mover.media());
    CHECK(mover.seen.media.back().remote == other.media());
    // Keys and the BYE of the other side arrive.
    REQUIRE(other.press("7", ua::digit_method::info));
    s.w.run_for(seconds(1));
    CHECK(mover.seen.digits == "7");
    REQUIRE(other.hang_up());
    CHECK(s.all_over());
    CHECK(mover.last_ending() == "peer 0");
}

TEST_CASE("who does no UPDATE hears it by re-INVITE; without an answer the call ends (14.1)")
{
    agent_and_peer s;
    s.connect_out();
    const bool answers = GENERATE(true, false);
    CAPTURE(answers);
    s.alice.move_to(elsewhere);
    s.alice.engine().network_changed(s.w.now());
    s.alice.drain();
    s.w.run_for(milliseconds(100));
    REQUIRE(s.peer.count(sip::method::invite) == 2);
    const auto again = s.peer.last(sip::method::invite);
    CHECK(header_of(again, "Contact").find("@203.0.113.20:5060>") != std::string::npos);
    CHECK(header_of(again, "Via").find("203.0.113.20") != std::string::npos);
    CHECK(again->body().find("c=IN IP4 203.0.113.20") != std::string_view::npos);
    if (answers)
    {
        s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp());
        s.peer.with.at = s.alice.sip();
        s.peer.request("BYE");
    }
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.size() == 1);
}

TEST_CASE("before anybody answers: the other side hears it when the call stands (12.2)")
{
    two_agents s;
    s.bob.how.ring = true;
    s.w.sky.loss = 1;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(milliseconds(100));
    move(s.alice, s.w);
    s.w.sky.loss = 0;
    s.w.run_for(seconds(2));
    REQUIRE(s.bob.answer());
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.bob.seen.media.back().remote == s.alice.media());
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("while we ring: our answer comes from where we are, and so does early media")
{
    const bool early = GENERATE(false, true);
    CAPTURE(early);
    two_agents s;
    s.bob.how.ring = true;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(seconds(1));
    if (early) REQUIRE(s.bob.early_media());
    s.w.run_for(seconds(1));
    move(s.bob, s.w);
    REQUIRE(s.bob.answer());
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.alice.seen.media.back().remote == s.bob.media());
    // What a 183 has said for sure the 200 cannot change.
    CHECK((s.w.log().find("bob > alice UPDATE") != std::string::npos) == early);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    CHECK(s.bob.last_ending() == "peer 0");
}

TEST_CASE("who has moved and does not know it answers from where it was asked (12.2)")
{
    two_agents s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(1));
    s.bob.move_to(elsewhere);
    REQUIRE(s.bob.modify({.hold = true})); // so that alice hears where bob is
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.modify({.by_update = GENERATE(false, true)}));
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.bob.last_ending() == "peer 0");
}

TEST_CASE("registered: the new binding at once, and the old one goes with it (10.2)")
{
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, ip_address::v4(192, 0, 2, 5));
    w.set_host("example.com", {server.sip()});
    alice.register_as(account_at(server));
    w.run_for(seconds(1));
    REQUIRE(alice.engine().registered());
    REQUIRE(server.bindings.size() == 1);
    move(alice, w);
    INFO(w.log());
    auto contacts = header_of(server.last(sip::method::register_), "Contact");
    CHECK(contacts.find("@203.0.113.20:5060>") != std::string::npos);
    CHECK(contacts.find("@192.0.2.1:5060>;expires=0") != std::string::npos);
    CHECK(alice.engine().registered());
    const int before = server.accepted;
    move(alice, w); // where nothing is new the binding stays
    CHECK(server.accepted == before + 1);
    contacts = header_of(server.last(sip::method::register_), "Contact");
    CHECK(contacts.find("expires=0") == std::string::npos);
}

TEST_CASE("the old binding goes although the first REGISTER from the new place is challenged")
{
    world w{1};
    node alice(w, "alice", alice_address);
    registrar server(w, ip_address::v4(192, 0, 2, 5), {auth::algorithm::md5}, seconds(10));
    alice.register_as(account_at(server));
    w.run_for(minutes(1)); // the nonce has become too old
    REQUIRE(server.bindings.size() == 1);
    const bool twice = GENERATE(false, true);
    if (twice)
    {
        w.cut(elsewhere, server.address());
        move(alice, w);
        w.mend();
        alice.move_to(ip_address::v4(203, 0, 113, 21));
        alice.engine().network_changed(w.now());
        alice.drain();
        w.run_for(seconds(1));
    }
    else
        move(alice, w);
    INFO(w.log());
    REQUIRE(server.bindings.size() == 1);
    CHECK(server.bindings[0].contact.find(alice.address().to_string()) != std::string::npos);
}

TEST_CASE("a call hears where we are although the way is not known at first (12.2)")
{
    agent_and_peer s;
    s.w.set_host("peer.example", {s.peer.sip()});
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::invite)
            s.peer.answer(m, "200 OK", "Contact: <sip:peer@peer.example>\n", s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(1));
    s.w.set_host("peer.example", {});
    move(s.alice, s.w);
    s.w.set_host("peer.example", {s.peer.sip()});
    s.w.run_for(seconds(10));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::invite)->body().find("203.0.113.20") != std::string_view::npos);
    s.peer.adopt(s.peer.last(sip::method::invite), s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("neither registered nor in a call: nothing is said")
{
    world w{1};
    node alice(w, "alice", alice_address);
    move(alice, w);
    CHECK(w.log().empty());
    CHECK(alice.nothing_left());
}
