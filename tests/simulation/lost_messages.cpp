// Each message of a call, lost: it is said again until it is heard, or the call fails clearly
// (RFC 3261 section 17; section 13.3.1.4 for the 2xx and its ACK).
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

constexpr int always = 1'000'000;

struct row
{
    const char* what;
    int times;
    const char* start;
    const char* also;
};

// As the values of a GENERATE, printable.
std::ostream& operator<<(std::ostream& out, const row& r)
{
    return out << r.what;
}

} // namespace

TEST_CASE("a call in which one kind of message is lost at first goes well all the same")
{
    const auto lost = GENERATE(
        row{"INVITE", 1, "INVITE ", ""}, row{"INVITE six times", 6, "INVITE ", ""},
        row{"100", 1, "SIP/2.0 100", ""}, row{"180", 1, "SIP/2.0 180", ""},
        row{"all 180", always, "SIP/2.0 180", ""}, row{"all 1xx", always, "SIP/2.0 1", ""},
        row{"200", 1, "SIP/2.0 200", "INVITE\r\n"},
        row{"200 thrice", 3, "SIP/2.0 200", "INVITE\r\n"}, row{"ACK", 1, "ACK ", ""},
        row{"ACK four times", 4, "ACK ", ""}, row{"BYE", 1, "BYE ", ""},
        row{"BYE five times", 5, "BYE ", ""}, row{"200 to BYE", 1, "SIP/2.0 200", "BYE\r\n"},
        row{"200 to BYE four times", 4, "SIP/2.0 200", "BYE\r\n"});
    CAPTURE(lost);
    two_agents s;
    s.w.lets_pass = lose(lost.times, lost.start, lost.also);
    s.bob.how.answer_after = seconds(1);
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(seconds(50));
    INFO(s.w.log());
    CHECK(s.alice.in_call());
    CHECK(s.bob.in_call());
    CHECK(s.alice.seen.answered == 1);
    CHECK(s.bob.seen.answered == 1);
    REQUIRE(s.alice.press("5"));
    s.w.run_for(seconds(2));
    CHECK(s.bob.seen.digits == "5");
    REQUIRE(s.alice.hang_up());
    REQUIRE(s.all_over());
    CHECK(s.alice.last_ending() == "us 0");
    CHECK(s.bob.last_ending() == "peer 0");
}

TEST_CASE("no ACK ever comes: the callee gives up after 64*T1 with a BYE (13.3.1.4)")
{
    two_agents s;
    s.w.lets_pass = lose(always, "ACK ");
    s.bob.how.answer_after = seconds(1);
    REQUIRE(s.alice.call(bob_uri));
    REQUIRE(s.all_over());
    INFO(s.w.log());
    CHECK(s.bob.seen.endings.at(0).who == ua::ended_by::network);
    CHECK(s.bob.seen.endings.at(0).why == errc::timed_out);
    CHECK(s.bob.seen.endings.at(0).duration == seconds(32));
    CHECK(s.alice.last_ending() == "peer 0");
}

TEST_CASE("no 200 ever comes: the callee gives up, the caller after its limit")
{
    two_agents s;
    s.w.lets_pass = lose(always, "SIP/2.0 200", "INVITE\r\n");
    s.bob.how.answer_after = seconds(1);
    ua::call_options o;
    o.ring_for = seconds(60);
    REQUIRE(s.alice.call(bob_uri, o));
    s.w.run_for(minutes(4));
    INFO(s.w.log());
    CHECK(s.bob.last_ending().starts_with("network 408"));
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.nothing_left());
    CHECK(s.bob.nothing_left());
}

TEST_CASE("nobody at all: 7 INVITEs in 32 s, then one clear end (17.1.1.2)")
{
    two_agents s;
    s.w.lets_pass = [](const datagram&) { return false; };
    REQUIRE(s.alice.call(bob_uri));
    s.w.run_for(milliseconds(31'900));
    CHECK(s.alice.seen.endings.empty());
    s.w.run_for(milliseconds(200));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.seen.endings[0].who == ua::ended_by::network);
    CHECK(s.alice.seen.endings[0].why == errc::timed_out);
    CHECK(s.all_over());
    std::size_t sent = 0;
    for (auto at = s.w.log().find("> bob INVITE"); at != std::string::npos;
         at = s.w.log().find("> bob INVITE", at + 1))
        ++sent;
    CHECK(sent == 7);
}

TEST_CASE("the answer to BYE never comes: the call is over all the same (17.1.2.2)")
{
    agent_and_peer s;
    s.connect_out();
    REQUIRE(s.alice.hang_up());
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.all_over());
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::bye) == 11); // Timer E until Timer F
}

TEST_CASE("a refusal is said again until its ACK comes, and no longer than 64*T1 (17.2.1)")
{
    agent_and_peer s;
    s.alice.how.reject_with = 486;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    CHECK(s.peer.count(486) == 4);
    s.peer.acknowledge_refusal(s.peer.last(486));
    s.w.run_for(seconds(20));
    CHECK(s.peer.count(486) == 4);
    CHECK(s.all_over());

    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
    CHECK(s.all_over());
    CHECK(s.peer.count(486) == 4 + 11);
}

TEST_CASE("a repeated 200 is acknowledged each time, with the same ACK (13.2.2.4)")
{
    agent_and_peer s;
    s.connect_out();
    const auto ack = s.peer.last(sip::method::ack).bytes();
    for (int i = 0; i < 3; ++i)
        s.peer.accept(s.peer.last(sip::method::invite));
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::ack) == 4);
    CHECK(s.peer.last(sip::method::ack).bytes() == ack);
    CHECK(s.alice.seen.answered == 1);
    // Also long after the transaction is gone.
    s.w.run_for(seconds(40));
    s.peer.accept(s.peer.last(sip::method::invite));
    s.w.run_for(seconds(1));
    CHECK(s.peer.count(sip::method::ack) == 5);
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}
