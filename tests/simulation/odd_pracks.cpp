// PRACKs that come late, or with what we cannot do (RFC 3262).
#include "simulation/pracks.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("a 183 that waits behind a 180 goes out no more: the 200 describes the session (5)")
{
    agent_and_peer s;
    s.alice.how.ring = true;
    call_in(s, "Require: 100rel\n");
    REQUIRE(s.peer.count(180) == 1);
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(183) == 0);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    REQUIRE(s.peer.count(200) == 1);
    CHECK(s.peer.last(200)->body().find("m=audio") != std::string_view::npos);
    take_dialog(s, 180);
    s.peer.request("PRACK", rack(s, 180)); // late
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(183) == 0);
    CHECK(s.alice.seen.answered == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an offer in the PRACK that we cannot do: 488, and the response has arrived (3)")
{
    agent_and_peer s;
    call_in(s, "Supported: 100rel\n");
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(50));
    const int before = s.peer.count(183);
    REQUIRE(s.alice.answer());
    take_dialog(s, 183);
    s.peer.request("PRACK", rack(s, 183), s.peer.sdp("18"));
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.peer.count(488) == 1);
    CHECK(s.peer.count(183) == before);
    CHECK(s.peer.count(200) > 0);
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}
