// Transfers that cross with the end of the call, and the audio meanwhile.
#include "simulation/transfers.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("our BYE crosses theirs behind a REFER: what came of it is told, once (RFC 5057 4)")
{
    three_agents s;
    s.follows = false;
    s.connect();
    REQUIRE(s.alice.transfer(carol_uri));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.bob.follow());
    s.w.run_for(milliseconds(15)); // the 202 is here
    s.w.cut(bob_address, alice_address);
    s.w.run_for(milliseconds(100));
    s.w.mend();
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.bob.hang_up());
    s.w.run_for(long_after);
    INFO(s.w.log());
    CHECK(s.alice.nothing_left());
    CHECK(s.alice.seen.transfers.size() == 1);
}

TEST_CASE("until the target answers, the audio is the old call's (RFC 5589 section 6)")
{
    referred s;
    simulation::peer target(s.w, "target", ip_address::v4(192, 0, 2, 10));
    const bool answers = GENERATE(false, true);
    CAPTURE(answers);
    s.refer("Refer-To: <sip:x@192.0.2.10>\n");
    REQUIRE(s.alice.follow());
    s.w.run_for(milliseconds(100));
    const auto invite = target.last(sip::method::invite);
    target.answer(invite, "183 Session Progress", target.contact(), target.sdp());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(target.media_packets == 0);
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    CHECK(s.peer.media_packets >= before + 49);
    if (answers)
        target.accept(invite);
    else
        target.answer(invite, "486 Busy Here");
    s.w.run_for(seconds(1));
    CHECK((target.media_packets > 0) == answers);
    const auto last = s.peer.media_packets;
    s.w.run_for(seconds(1));
    CHECK((s.peer.media_packets > last) == !answers);
    simulation::peer& rest = answers ? target : s.peer;
    if (answers) target.adopt(invite, s.alice.sip());
    rest.request("BYE");
    CHECK(s.all_over());
}
