// Sound before the answer (RFC 3261 section 13.2.1; RFC 3960), and offers that come late.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

// A sound that counts how often it was asked for samples.
struct counted final : media::source
{
    explicit counted(int& n) : asked(n) {}
    void prepare(std::uint32_t) override {}
    std::size_t read(std::span<media::sample> to) override
    {
        ++asked;
        std::fill(to.begin(), to.end(), media::sample{1000});
        return to.size();
    }
    bool finished() const override { return false; }
    int& asked;
};

} // namespace

TEST_CASE("early media from the callee: audio runs before the answer, and our sounds wait for it")
{
    agent_and_peer s;
    const auto id = s.alice.call(peer_uri);
    REQUIRE(id);
    int played = 0;
    REQUIRE(s.alice.engine().play(*id, std::make_unique<counted>(played), {}, s.w.now()));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp());
    s.w.run_for(seconds(1));
    CHECK(s.alice.seen.media.size() == 1);
    CHECK(s.alice.seen.progress == std::vector<int>{183});
    CHECK(s.alice.seen.answered == 0);
    CHECK(s.peer.media_packets >= 45); // silence, which opens the way through a NAT
    CHECK(played == 0);
    s.peer.accept(invite);
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.alice.seen.media.size() == 1); // nothing has moved
    CHECK(played >= 45);
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("the answer may differ from the early one, and counts")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp("8"));
    s.w.run_for(milliseconds(100));
    s.peer.answer(invite, "200 OK", s.peer.contact(), s.peer.sdp("0"));
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.media.size() == 2);
    CHECK(s.alice.seen.media[0].codec == "PCMA");
    CHECK(s.alice.seen.media[1].codec == "PCMU");
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a 200 without an answer means the early one")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp());
    s.peer.answer(invite, "200 OK", s.peer.contact());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("early media of several forks is kept apart; the one that answers is heard")
{
    agent_and_peer s;
    simulation::peer other(s.w, "other", carol_address);
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.tag = "one";
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp("8"));
    s.w.run_for(milliseconds(100));
    s.peer.tag = "two";
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), other.sdp("0"));
    s.w.run_for(milliseconds(200));
    CHECK(other.media_packets > 5);
    s.peer.tag = "one";
    s.peer.answer(invite, "200 OK", s.peer.contact());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.media.size() == 3);
    CHECK(s.alice.seen.media[2].remote == endpoint{peer_address, 7000});
    CHECK(s.alice.seen.media[2].codec == "PCMA");
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an early answer that we cannot do is passed over; the final one decides")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp("18"));
    s.w.run_for(milliseconds(100));
    CHECK(s.alice.seen.media.empty());
    s.peer.accept(invite);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("early media and then a refusal: the call is over")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp());
    s.w.run_for(seconds(1));
    s.peer.answer(invite, "404 Not Found");
    s.w.run_for(milliseconds(100));
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.media_packets == before);
    CHECK(s.alice.last_ending() == "peer 404, there is no such user");
    CHECK(s.all_over());
}

TEST_CASE("we play before we answer, and the 200 says the same as the 183 (13.2.1)")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(50));
    int played = 0;
    const auto id = s.alice.seen.incoming.at(0).call;
    REQUIRE(s.alice.engine().play(id, std::make_unique<counted>(played), {}, s.w.now()));
    REQUIRE(s.alice.early_media());
    REQUIRE(s.alice.early_media()); // again is no second one
    s.w.run_for(seconds(1));
    CHECK(s.peer.count(183) == 1);
    CHECK(header_of(s.peer.last(183), "RSeq").empty());
    const std::string early(s.peer.last(183)->body());
    CHECK(s.peer.media_packets >= 45);
    CHECK(played >= 45);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.last(200)->body() == early);
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.alice.seen.media.size() == 1);
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("we play before we refuse")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(milliseconds(50));
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(300));
    REQUIRE(s.alice.reject(480));
    s.w.run_for(milliseconds(50));
    const auto before = s.peer.media_packets;
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    CHECK(s.peer.media_packets == before);
    s.peer.acknowledge_refusal(s.peer.last(480));
    CHECK(s.alice.early_media().code() == errc::call_ended);
    CHECK(s.all_over());
}

TEST_CASE("two agents: early media by 100rel, then the answer")
{
    two_agents s;
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(milliseconds(300));
    REQUIRE(s.bob.early_media());
    s.w.run_for(seconds(1));
    CHECK(s.alice.seen.media.size() == 1);
    CHECK(s.bob.seen.media.size() == 1);
    CHECK(s.w.log().find("PRACK") != std::string::npos);
    REQUIRE(s.bob.answer());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.bob.seen.answered == 1);
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(1));
    CHECK(s.bob.held() == "peer");
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("our INVITE without an offer: theirs is in the 200, our answer in the ACK (13.2.1)")
{
    agent_and_peer s;
    ua::call_options o;
    o.late_offer = true;
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    CHECK(invite->body().empty());
    // What an unreliable response says of the session is no offer.
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.seen.media.empty());
    s.peer.answer(invite, "200 OK", s.peer.contact(), s.peer.sdp("0 8 101"));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    const auto& ack = s.peer.last(sip::method::ack);
    CHECK(ack->body().find("RTP/AVP 0 101\r\n") != std::string_view::npos);
    CHECK(s.alice.in_call());
    CHECK(s.peer.media_packets >= 45);
    s.peer.say_again(); // the ACK was lost: it comes again with the answer
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(sip::method::ack) == 2);
    CHECK(s.peer.last(sip::method::ack)->body() == s.peer.inbox.back().message->body());
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an offer in the 200 that we cannot do: refused in the ACK, then BYE (13.2.2.4)")
{
    const bool empty = GENERATE(true, false);
    agent_and_peer s;
    ua::call_options o;
    o.late_offer = true;
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(milliseconds(50));
    s.answer_all(sip::method::bye);
    s.peer.answer(s.peer.last(sip::method::invite), "200 OK", s.peer.contact(),
                  empty ? std::string() : s.peer.sdp("18"));
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    if (!empty)
        CHECK(s.peer.last(sip::method::ack)->body().find("m=audio 0 ") != std::string_view::npos);
    CHECK(s.peer.count(sip::method::bye) == 1);
    CHECK(s.alice.seen.endings.at(0).why == errc::no_common_codec);
    CHECK(s.all_over());
}

TEST_CASE("two agents without an offer in the INVITE")
{
    two_agents s;
    s.bob.how.answer_after = milliseconds(300);
    ua::call_options o;
    o.late_offer = true;
    REQUIRE(s.alice.call(bob_uri, o));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.alice.seen.media.size() == 1);
    CHECK(s.bob.seen.media.size() == 1);
    CHECK(s.alice.seen.media_packets >= 45);
    CHECK(s.bob.seen.media_packets >= 45);
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}
