// An INVITE that takes over a call: RFC 3891.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct taken_over
{
    explicit taken_over(bool allowed = true)
        : alice(w, "alice", alice_address,
                [&]
                {
                    auto s = node::usual();
                    s.allow_transfers = allowed;
                    return s;
                }())
    {
        peer.on_message = [this](const sip::message& m)
        {
            if (!m->is_request()) return;
            if (m->method() == sip::method::bye || m->method() == sip::method::cancel)
                peer.answer(m, "200 OK");
        };
        carol.on_message = [this](const sip::message& m)
        {
            if (m->status() >= 300) carol.acknowledge_refusal(m);
        };
        alice.how.answer_after = milliseconds(0);
    }
    // The peer has called; returns what names that dialog for Alice.
    std::string connect()
    {
        peer.invite(alice.sip(), "sip:alice@192.0.2.1");
        w.run_for(milliseconds(300));
        peer.acknowledge();
        w.run_for(milliseconds(300));
        REQUIRE(alice.seen.answered == 1);
        const auto ok = peer.last(200);
        return peer.with.call_id + ";to-tag=" + std::string(ok->to()->tag()) +
               ";from-tag=" + peer.tag;
    }
    void take(const std::string& lines)
    {
        carol.invite(alice.sip(), "sip:alice@192.0.2.1", lines);
        w.run_for(milliseconds(200));
    }
    bool all_over()
    {
        w.run_for(long_after);
        return alice.nothing_left() && !alice.next_timeout();
    }

    world w{1};
    node alice;
    simulation::peer peer{w, "peer", peer_address};
    simulation::peer carol{w, "carol", carol_address};
};

} // namespace

TEST_CASE("an INVITE with Replaces takes over an answered call, which ends with BYE (3)")
{
    taken_over s;
    const auto name = s.connect();
    s.take("Replaces: " + name + "\n");
    INFO(s.w.log());
    CHECK(s.carol.count(200) == 1);
    CHECK(s.carol.count(180) == 0); // nobody rings
    s.carol.acknowledge();
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(sip::method::bye) == 1);
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].why == errc::transferred);
    REQUIRE(s.alice.seen.replaced.size() == 1);
    CHECK(s.alice.seen.incoming.size() == 1);
    CHECK(s.alice.in_call());
    CHECK(s.alice.seen.media.back().remote.address == carol_address);
    const auto packets = s.carol.media_packets;
    s.w.run_for(seconds(1));
    CHECK(s.carol.media_packets > packets + 40);
    s.carol.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an INVITE with Replaces takes over a call of ours that still rings (3)")
{
    taken_over s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(100));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing");
    s.w.run_for(milliseconds(100));
    // To is whom it goes to: us; so the tags stand the other way round.
    s.take("Replaces: " + std::string(invite->call_id()) +
           ";early-only;to-tag=" + std::string(invite->from()->tag()) + ";from-tag=peer\n");
    s.carol.acknowledge();
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::cancel) == 1);
    s.peer.answer(invite, "487 Request Terminated");
    CHECK(s.alice.in_call());
    s.carol.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("Replaces that names nothing, or what may not be taken")
{
    SECTION("confirmed, and the wrong things")
    {
        taken_over s;
        const auto name = s.connect();
        s.take("Replaces: " + name + ";early-only\n");
        CHECK(s.carol.count(486) == 1);
        s.take("Replaces: other;to-tag=1;from-tag=2\n");
        CHECK(s.carol.count(481) == 1);
        s.take("Replaces: " + name + "x\n");
        CHECK(s.carol.count(481) == 2);
        s.take("Replaces: " + name + "\nReplaces: " + name + "\n");
        CHECK(s.carol.count(400) == 1);
        s.take("Replaces: nonsense\n");
        CHECK(s.carol.count(400) == 2);
        INFO(s.w.log());
        CHECK(s.alice.in_call());
        CHECK(s.alice.seen.endings.empty());
        REQUIRE(s.alice.hang_up());
        s.w.run_for(milliseconds(100));
        // Ended, and still known or not.
        s.take("Replaces: " + name + "\n");
        CHECK(s.carol.count(603) + s.carol.count(481) == 3);
        CHECK(s.all_over());
    }
    SECTION("an early dialog that they began: 481")
    {
        taken_over s;
        s.alice.how.answer_after.reset();
        s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
        s.w.run_for(milliseconds(300));
        const auto ringing = s.peer.last(180);
        s.take("Replaces: " + s.peer.with.call_id + ";to-tag=" + std::string(ringing->to()->tag()) +
               ";from-tag=peer\n");
        CHECK(s.carol.count(481) == 1);
        CHECK(s.alice.in_call());
        s.peer.cancel();
        CHECK(s.all_over());
    }
    SECTION("not allowed: a second call, and we are busy")
    {
        taken_over s(false);
        const auto name = s.connect();
        s.take("Replaces: " + name + "\n");
        CHECK(s.carol.count(486) == 1);
        CHECK(s.alice.seen.endings.empty());
        REQUIRE(s.alice.hang_up());
        CHECK(s.all_over());
    }
}

TEST_CASE("who cannot be talked to takes nothing over")
{
    taken_over s;
    const auto name = s.connect();
    s.carol.invite(s.alice.sip(), "sip:alice@192.0.2.1", "Replaces: " + name + "\n",
                   s.carol.sdp("96"));
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    CHECK(s.carol.count(488) == 1);
    CHECK(s.alice.seen.endings.empty());
    CHECK(s.alice.in_call());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("Replaces may be required of us where transfers are allowed (6.2)")
{
    for (const bool allowed : {true, false})
    {
        CAPTURE(allowed);
        taken_over s(allowed);
        const auto name = s.connect();
        s.take("Replaces: " + name + "\nRequire: replaces\n");
        CHECK(s.carol.count(allowed ? 200 : 420) == 1);
        if (allowed)
        {
            s.carol.acknowledge();
            s.carol.request("BYE");
        }
        else
            REQUIRE(s.alice.hang_up());
        CHECK(s.all_over());
    }
}

TEST_CASE("Replaces belongs into an INVITE (3)")
{
    taken_over s;
    s.carol.say(s.alice.sip(), "OPTIONS sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nMax-Forwards: 70\n"
                               "From: <sip:x@y>;tag=1\nTo: <sip:alice@192.0.2.1>\nCall-ID: 1\n"
                               "CSeq: 1 OPTIONS\nReplaces: a;to-tag=b;from-tag=c\n");
    s.w.run_for(milliseconds(100));
    CHECK(s.carol.count(400) == 1);
}

TEST_CASE("a call that is about to be transferred is taken by nobody else meanwhile")
{
    taken_over s;
    simulation::peer target(s.w, "target", ip_address::v4(192, 0, 2, 10));
    const auto dialog = s.connect();
    s.peer.request("REFER", "Refer-To: <sip:x@192.0.2.10>\n" + s.peer.contact());
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.follow());
    s.w.run_for(milliseconds(100));
    s.take("Replaces: " + dialog + "\n");
    INFO(s.w.log());
    CHECK(s.carol.count(491) == 1);
    CHECK(s.carol.count(200) == 0);
    target.answer(target.last(sip::method::invite), "486 Busy Here");
    s.w.run_for(milliseconds(100));
    REQUIRE(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}
