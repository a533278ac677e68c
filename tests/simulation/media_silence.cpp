// A call from whose other side nothing comes any more.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

ua::settings watchful()
{
    auto s = node::usual();
    s.media_limit = seconds(10);
    return s;
}

struct watched
{
    world w{1};
    node alice{w, "alice", alice_address, watchful()};
    node bob{w, "bob", bob_address};
    bool deaf = false;

    bool connect(milliseconds wait = milliseconds(500))
    {
        w.lets_pass = [this](const datagram& d) { return d.is_sip() || !deaf; };
        bob.how.answer_after = wait;
        return alice.call(bob_uri) &&
               w.run_until([&] { return alice.seen.answered > 0 && bob.in_call(); }, minutes(2));
    }
};

} // namespace

TEST_CASE("when nothing is heard any more the call ends, with a BYE")
{
    watched s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(60));
    CHECK(s.alice.in_call());
    s.deaf = true;
    s.w.run_for(seconds(9));
    CHECK(s.alice.in_call());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].why == errc::media_timeout);
    CHECK(s.alice.seen.endings[0].who == ua::ended_by::network);
    s.w.run_for(seconds(1));
    CHECK(!s.bob.in_call());
}

TEST_CASE("while it rings nobody has to be heard")
{
    watched s;
    REQUIRE(s.connect(seconds(40)));
    s.w.run_for(seconds(5));
    CHECK(s.alice.in_call());
}

TEST_CASE("on hold nobody has to be heard, and afterwards there is time again")
{
    watched s;
    REQUIRE(s.connect());
    s.w.run_for(seconds(5));
    REQUIRE(s.bob.engine().hold(*s.bob.engine().current_call(), s.w.now()));
    s.bob.drain();
    s.w.run_for(seconds(1));
    s.deaf = true;
    s.w.run_for(seconds(60));
    CHECK(s.alice.in_call());
    REQUIRE(s.bob.engine().resume(*s.bob.engine().current_call(), s.w.now()));
    s.bob.drain();
    s.w.run_for(seconds(8));
    CHECK(s.alice.in_call());
    s.deaf = false;
    s.w.run_for(seconds(30));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
}

TEST_CASE("without a limit there is no watchdog")
{
    watched s;
    REQUIRE(s.connect());
    s.deaf = true;
    s.w.run_for(minutes(10)); // bob's is off
    CHECK(s.bob.seen.endings.size() == 1);
    CHECK(s.bob.seen.endings[0].who == ua::ended_by::peer);
}

TEST_CASE("silence before the ACK: the BYE waits for it (RFC 3261 section 15)")
{
    world w{1};
    node alice(w, "alice", alice_address, watchful());
    simulation::peer peer(w, "peer", peer_address);
    alice.how.answer_after = milliseconds(0);
    peer.invite(alice.sip(), "sip:alice@192.0.2.1");
    w.run_for(seconds(12));
    INFO(w.log());
    REQUIRE(alice.seen.endings.size() == 1);
    CHECK(alice.seen.endings[0].why == errc::media_timeout);
    CHECK(peer.count(sip::method::bye) == 0);
    peer.acknowledge();
    w.run_for(milliseconds(100));
    CHECK(peer.count(sip::method::bye) == 1);
    peer.answer(peer.last(sip::method::bye), "200 OK");
    w.run_for(long_after);
    CHECK(alice.nothing_left());
}
