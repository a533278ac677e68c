// Reliable provisional responses and PRACK (RFC 3262), in both roles.
#include "simulation/pracks.hpp"

using namespace solosip;
using namespace solosip::simulation;

// ---- as the caller

TEST_CASE("we say that we do 100rel, and acknowledge each reliable response by a PRACK (4)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    CHECK(header_of(invite, "Supported").find("100rel") != std::string::npos);
    CHECK(header_of(invite, "Require").empty());
    CHECK(header_of(invite, "Allow").find("PRACK") != std::string::npos);
    s.peer.answer(invite, "180 Ringing", s.peer.contact() + reliably(4711));
    s.w.run_for(milliseconds(50));
    const auto& first = s.peer.last(sip::method::prack);
    const auto number = invite->cseq()->number;
    CHECK(header_of(first, "RAck") == "4711 " + std::to_string(number) + " INVITE");
    CHECK(first->cseq()->number == number + 1);
    CHECK(first->request_uri() == "sip:peer@192.0.2.9:5060");
    s.peer.answer(first, "200 OK");
    s.peer.answer(invite, "183 Session Progress", s.peer.contact() + reliably(4712), s.peer.sdp());
    s.w.run_for(milliseconds(50));
    CHECK(header_of(s.peer.last(sip::method::prack), "RAck").starts_with("4712 "));
    s.peer.answer(s.peer.last(sip::method::prack), "200 OK");
    s.peer.answer(invite, "200 OK", s.peer.contact());
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    // The answer was in the 183, so the 200 needs none (5).
    CHECK(s.alice.in_call());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.alice.seen.progress == std::vector<int>{180, 183});
    CHECK(s.peer.count(sip::method::prack) == 2);
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a reliable response that comes again or too early is not acknowledged again (4)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact() + reliably(7));
    s.peer.say_again();
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(sip::method::prack) == 1);
    s.peer.answer(s.peer.last(sip::method::prack), "200 OK");
    s.peer.answer(invite, "183 Session Progress", s.peer.contact() + reliably(9));
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(sip::method::prack) == 1);
    s.peer.answer(invite, "182 Queued", s.peer.contact() + reliably(8));
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::prack) == 2);
    CHECK(s.alice.seen.progress == std::vector<int>{180, 182});
    s.peer.answer(s.peer.last(sip::method::prack), "200 OK");
    s.peer.answer(invite, "486 Busy Here");
    s.w.run_for(milliseconds(50));
    CHECK(s.all_over());
}

TEST_CASE("each fork counts its reliable responses by itself (4)")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    for (const char* tag : {"one", "two"})
    {
        s.peer.tag = tag;
        s.peer.answer(invite, "180 Ringing",
                      s.peer.contact() + reliably(tag == std::string("one") ? 5 : 90));
        s.w.run_for(milliseconds(50));
        s.peer.answer(s.peer.last(sip::method::prack), "200 OK");
    }
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::prack) == 2);
    CHECK(header_of(s.peer.last(sip::method::prack), "To").ends_with("tag=two"));
    s.peer.answer(invite, "486 Busy Here");
    s.w.run_for(milliseconds(50));
    CHECK(s.all_over());
}

TEST_CASE(
    "without an offer of ours theirs is in the reliable response, our answer in the PRACK (5)")
{
    agent_and_peer s;
    ua::call_options o;
    o.late_offer = true;
    REQUIRE(s.alice.call(peer_uri, o));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    CHECK(invite->body().empty());
    CHECK(header_of(invite, "Content-Type").empty());
    s.peer.answer(invite, "183 Session Progress", s.peer.contact() + reliably(1),
                  s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(50));
    const auto& prack = s.peer.last(sip::method::prack);
    CHECK(prack->body().find("RTP/AVP 0 101") != std::string_view::npos);
    s.peer.answer(prack, "200 OK");
    REQUIRE(s.alice.seen.media.size() == 1);
    CHECK(s.alice.seen.media[0].codec == "PCMU");
    s.peer.answer(invite, "200 OK", s.peer.contact());
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    CHECK(s.peer.last(sip::method::ack)->body().empty());
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a PRACK that nobody answers, or that hears 481, does not end the call")
{
    const bool silent = GENERATE(true, false);
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact() + reliably(1));
    s.w.run_for(milliseconds(50));
    if (!silent) s.peer.answer(s.peer.last(sip::method::prack), "481 Gone");
    s.peer.accept(invite);
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("a call is cancelled while a PRACK is out")
{
    agent_and_peer s;
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.answer(invite, "180 Ringing", s.peer.contact() + reliably(1));
    s.w.run_for(milliseconds(50));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    s.peer.answer(s.peer.last(sip::method::cancel), "200 OK");
    s.peer.answer(invite, "487 Request Terminated");
    INFO(s.w.log());
    CHECK(s.all_over());
    CHECK(s.alice.last_ending() == "us 487, the call was cancelled before it was answered");
}

// ---- as the callee

TEST_CASE("who requires 100rel gets a reliable 180, until its PRACK comes (3)")
{
    agent_and_peer s;
    call_in(s, "Require: 100rel\n");
    const auto ringing = s.peer.last(180);
    CHECK(header_of(ringing, "Require") == "100rel");
    CHECK(ringing->number(sip::header_id::rseq).has_value());
    CHECK_FALSE(header_of(ringing, "Contact").empty());
    // T1, doubled each time.
    s.w.run_for(milliseconds(4000));
    CHECK(s.peer.count(180) == 4); // 0, 0.5, 1.5, 3.5 s
    take_dialog(s, 180);
    s.peer.request("PRACK", rack(s, 180));
    s.w.run_for(seconds(10));
    INFO(s.w.log());
    CHECK(s.peer.count(180) == 4);
    CHECK(s.peer.count(200) == 1);
    // The same once more finds nothing that waits for it.
    s.peer.request("PRACK", rack(s, 180));
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(481) == 1);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("who does not know 100rel gets none (3)")
{
    agent_and_peer s;
    call_in(s, {});
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    CHECK(s.peer.count(180) == 1);
    CHECK(header_of(s.peer.last(180), "RSeq").empty());
    REQUIRE(s.alice.reject(486));
    CHECK(s.all_over());
}

TEST_CASE("a PRACK for another response, another INVITE, or none hears 481 (3)")
{
    agent_and_peer s;
    call_in(s, "Require: 100rel\n");
    take_dialog(s, 180);
    const auto number = header_of(s.peer.last(180), "RSeq");
    const std::string wrong[] = {"RAck: 1 1 INVITE\n", "RAck: " + number + " 2 INVITE\n",
                                 "RAck: " + number + " 1 UPDATE\n", "RAck: hello\n", std::string()};
    int refused = 0;
    for (const auto& each : wrong)
    {
        s.peer.request("PRACK", each);
        s.w.run_for(milliseconds(50));
        CHECK(s.peer.count(481) + s.peer.count(400) == ++refused);
    }
    INFO(s.w.log());
    s.peer.request("PRACK", "RAck: " + number + " 1 INVITE\n");
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(200) == 1);
    REQUIRE(s.alice.reject(486));
    CHECK(s.all_over());
}

TEST_CASE("without any PRACK the INVITE is refused with 5xx after 64*T1 (3)")
{
    agent_and_peer s;
    call_in(s, "Require: 100rel\n");
    s.w.run_for(seconds(31));
    CHECK(s.peer.count(180) == 6); // 0, 0.5, 1.5, 3.5, 7.5, 15.5 s
    CHECK(s.alice.in_call());
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    CHECK(s.peer.count(504) > 0);
    s.peer.acknowledge_refusal(s.peer.last(504));
    CHECK(s.alice.seen.endings.at(0).why == errc::timed_out);
    CHECK(s.all_over());
}

TEST_CASE("one reliable response after the other (3)")
{
    agent_and_peer s;
    call_in(s, "Require: 100rel\n");
    for (std::size_t i = 0; i < 3 * limits::provisionals; ++i)
        REQUIRE(s.alice.engine().ring(s.alice.seen.incoming.at(0).call, s.w.now()));
    s.alice.drain();
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(180) == 1);
    take_dialog(s, 180);
    const auto first = *s.peer.last(180)->number(sip::header_id::rseq);
    s.peer.request("PRACK", rack(s, 180));
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(180) == 2);
    CHECK(*s.peer.last(180)->number(sip::header_id::rseq) == first + 1);
    // The final answer ends all that.
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge();
    s.w.run_for(seconds(5));
    CHECK(s.peer.count(180) == 2);
    s.peer.request("PRACK", rack(s, 180)); // and is prepared for a late PRACK
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(481) == 0);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("no 200 before a reliable session description has arrived (5)")
{
    agent_and_peer s;
    call_in(s, "Supported: 100rel\n");
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(50));
    CHECK(header_of(s.peer.last(183), "Require") == "100rel");
    CHECK(s.peer.last(183)->body().find("m=audio") != std::string_view::npos);
    REQUIRE(s.alice.answer());
    s.w.run_for(seconds(1));
    CHECK(s.peer.count(200) == 0);
    take_dialog(s, 183);
    s.peer.request("PRACK", rack(s, 183));
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    REQUIRE(s.peer.count(200) == 2);
    CHECK(header_of(s.peer.last(200), "CSeq").ends_with("INVITE"));
    CHECK(s.peer.last(200)->body().empty());
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.seen.answered == 1);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("hanging up while an answer waits for its PRACK")
{
    agent_and_peer s;
    call_in(s, "Supported: 100rel\n");
    REQUIRE(s.alice.early_media());
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    REQUIRE(s.alice.hang_up());
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(603) == 1);
    s.peer.acknowledge_refusal(s.peer.last(603));
    CHECK(s.all_over());
    CHECK(s.peer.count(200) == 0);
}

TEST_CASE("an INVITE without an offer: ours is in the 183, the answer in the PRACK (5)")
{
    agent_and_peer s;
    call_in(s, "Supported: 100rel\n", std::string());
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.last(183)->body().find("m=audio") != std::string_view::npos);
    // RFC 3311 section 4: by this the caller knows that it may send UPDATE.
    CHECK(s.peer.last(183)->list_has(sip::header_id::allow, "UPDATE"));
    CHECK(s.peer.last(183)->list_has(sip::header_id::supported, "100rel"));
    CHECK(s.alice.seen.media.empty());
    take_dialog(s, 183);
    s.peer.request("PRACK", rack(s, 183), s.peer.sdp());
    s.w.run_for(milliseconds(500));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.media.size() == 1);
    CHECK(s.peer.media_packets > 15);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.last(200)->body().empty());
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an INVITE without an offer from somebody without 100rel cannot have early media (5)")
{
    agent_and_peer s;
    call_in(s, {}, std::string());
    CHECK(s.alice.early_media().code() == errc::bad_config);
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    s.peer.acknowledge(s.peer.sdp());
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("our offer in the 183 and no good answer in the PRACK: 488 (5)")
{
    agent_and_peer s;
    call_in(s, "Supported: 100rel\n", std::string());
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(50));
    take_dialog(s, 183);
    s.peer.request("PRACK", rack(s, 183), s.peer.sdp("18"));
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(488) == 1);
    s.peer.acknowledge_refusal(s.peer.last(488));
    CHECK(s.alice.seen.endings.at(0).why == errc::no_common_codec);
    CHECK(s.all_over());
}

TEST_CASE("an offer in the PRACK is answered in its 200 (5)")
{
    agent_and_peer s;
    call_in(s, "Supported: 100rel\n");
    REQUIRE(s.alice.early_media());
    s.w.run_for(milliseconds(50));
    take_dialog(s, 183);
    s.peer.request("PRACK", rack(s, 183), s.peer.sdp("0 101"));
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.last(200)->body().find("RTP/AVP 0 101") != std::string_view::npos);
    CHECK(s.alice.seen.media.back().codec == "PCMU");
    // And an UPDATE before the answer (RFC 3311 section 5.1).
    s.peer.request("UPDATE", s.peer.contact(), s.peer.sdp("8 101"));
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.seen.media.back().codec == "PCMA");
    REQUIRE(s.alice.answer());
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.last(200)->body().empty());
    s.peer.acknowledge();
    s.w.run_for(milliseconds(50));
    CHECK(s.alice.in_call());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("the caller gives up while a reliable response waits for its PRACK")
{
    agent_and_peer s;
    call_in(s, "Require: 100rel\n");
    s.peer.cancel();
    s.w.run_for(milliseconds(50));
    INFO(s.w.log());
    CHECK(s.peer.count(487) == 1);
    s.peer.acknowledge_refusal(s.peer.last(487));
    CHECK(s.all_over());
    CHECK(s.peer.count(180) == 1);
}

TEST_CASE("Require: what we do is taken, what we do not is named (RFC 3261 section 8.2.2.3)")
{
    agent_and_peer s;
    call_in(s, "Require: 100rel, precondition\n");
    INFO(s.w.log());
    CHECK(s.peer.count(420) == 1);
    CHECK(header_of(s.peer.last(420), "Unsupported") == "precondition");
    s.peer.acknowledge_refusal(s.peer.last(420));
    CHECK(s.all_over());
}

TEST_CASE("a PRACK without a call hears 481")
{
    agent_and_peer s;
    s.peer.with = {
        s.alice.sip(), alice_uri, "<sip:x@y>;tag=1", "<sip:alice@192.0.2.1>", "none", 0, 0, {}};
    s.peer.request("PRACK", "RAck: 1 1 INVITE\n");
    s.w.run_for(milliseconds(50));
    CHECK(s.peer.count(481) == 1);
    CHECK(s.all_over());
}

TEST_CASE("reliable early media through bad weather: both ends come to the same")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 30)));
    two_agents s(
        {.loss = 0.3, .duplication = 0.2, .latency = milliseconds(40), .spread = milliseconds(100)},
        seed);
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_until([&] { return s.bob.in_call(); }, minutes(1));
    REQUIRE(s.bob.early_media());
    s.w.run_for(milliseconds(s.w.random().below(1000)));
    REQUIRE(s.bob.answer());
    s.w.run_until([&] { return s.alice.seen.answered == 1 && s.bob.seen.answered == 1; },
                  minutes(1));
    s.w.sky = {};
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.alice.in_call() == s.bob.in_call());
    if (s.alice.in_call()) REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}
