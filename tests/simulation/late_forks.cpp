// A 2xx that comes behind a refusal or a challenge (RFC 3261 section 13.2.2.4): the UAC has to
// acknowledge it, and to end what nobody wants any more.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

void fork_answers(agent_and_peer& s, const sip::message& invite)
{
    s.peer.tag = "late";
    s.peer.answer(invite, "200 OK", s.peer.contact(), invite->body().empty() ? "" : s.peer.sdp());
    s.w.run_for(milliseconds(100));
}

} // namespace

TEST_CASE("a fork answers after another one has refused: ACK, then BYE, and nobody hears of it")
{
    agent_and_peer s;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "486 Busy Here");
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.seen.endings.size() == 1);
    const int acks = s.peer.count(sip::method::ack);
    fork_answers(s, invite);
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == acks + 1);
    REQUIRE(s.peer.count(sip::method::bye) == 1);
    CHECK(header_of(s.peer.last(sip::method::bye), "To").ends_with("tag=late"));
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.answered == 0);
    CHECK(s.all_over());
}

TEST_CASE("an offer in a late 200 has its answer in the ACK")
{
    agent_and_peer s;
    ua::call_options o;
    o.late_offer = true;
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "486 Busy Here");
    s.w.run_for(seconds(1));
    s.peer.tag = "late";
    s.peer.accept(invite);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.last(sip::method::ack)->body().find("m=audio 0") != std::string_view::npos);
    CHECK(s.peer.count(sip::method::bye) == 1);
    s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
    CHECK(s.all_over());
}

TEST_CASE("many forks that answer too late leave nothing behind")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "486 Busy Here");
    s.w.run_for(milliseconds(100));
    for (int i = 0; i < 200; ++i)
    {
        s.peer.tag = "late" + std::to_string(i);
        s.peer.accept(invite);
        s.w.run_for(milliseconds(1));
    }
    s.w.run_for(seconds(1));
    CHECK(s.alice.engine().live_objects() <= 3 * limits::early_dialogs);
    CHECK(s.all_over());
}
