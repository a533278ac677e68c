// RFC 3261 section 8.2.2: what is malformed and not needed does no harm.
#include "simulation/registrar.hpp"
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

namespace
{

const std::string odd_lines[] = {
    "Contact: <sip:a b@h>",
    "Contact: \"Joe\" <sip:joe@h>;;;;",
    "Expires: Thu, 01 Dec 2040 16:00:00 GMT",
    "Expires: 300;foo",
    "Max-Forwards: x",
    "Max-Forwards: 7",
    "Route: x",
    "RSeq: x",
    "Min-Expires: soon",
    "Content-Type: sdp",
    "Session-Expires: 90\nSession-Expires: 91",
    "Junk",
    "Foo Bar: x",
    ": x",
    "X@Y: x",
    "F\xC3\xB6: x",
};

} // namespace

TEST_CASE("a BYE ends the call, whatever else it says (8.2.2)")
{
    for (const auto& line : odd_lines)
    {
        CAPTURE(line);
        agent_and_peer s;
        s.connect_out();
        s.peer.request("BYE", line + "\n");
        s.w.run_for(milliseconds(100));
        CHECK(s.peer.count(400) == 0);
        CHECK(s.alice.seen.endings.size() == 1);
        CHECK(s.all_over());
    }
}

TEST_CASE("an ACK acknowledges, and a CANCEL cancels, whatever else they say")
{
    for (const auto& line : odd_lines)
    {
        CAPTURE(line);
        agent_and_peer s;
        s.alice.how.answer_after = milliseconds(0);
        s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1");
        s.w.run_for(milliseconds(300));
        REQUIRE(s.peer.count(200) == 1);
        const auto answer = s.peer.last(200);
        s.peer.say(s.alice.sip(), "ACK sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nFrom: " +
                                      header_of(answer, "From") +
                                      "\nTo: " + header_of(answer, "To") +
                                      "\nCall-ID: " + std::string(answer->call_id()) +
                                      "\nCSeq: " + std::to_string(answer->cseq()->number) +
                                      " ACK\nMax-Forwards: 70\n" + line + "\n");
        s.w.run_for(seconds(2));
        CHECK(s.peer.count(200) == 1); // not repeated any more
        REQUIRE(s.alice.hang_up());
        CHECK(s.all_over());

        agent_and_peer t;
        t.alice.how.answer_after = seconds(100);
        t.peer.invite(t.alice.sip(), "sip:alice@192.0.2.1");
        t.w.run_for(milliseconds(300));
        const auto ringing = t.peer.last(180);
        t.peer.say(t.alice.sip(),
                   "CANCEL sip:alice@192.0.2.1 SIP/2.0\nVia: {via-invite}\nFrom: " +
                       header_of(ringing, "From") +
                       "\nTo: <sip:alice@192.0.2.1>\nCall-ID: " + std::string(ringing->call_id()) +
                       "\nCSeq: " + std::to_string(ringing->cseq()->number) +
                       " CANCEL\nMax-Forwards: 70\n" + line + "\n");
        t.w.run_for(milliseconds(100));
        CHECK(t.peer.count(487) == 1);
        CHECK(t.all_over());
    }
}

TEST_CASE("an answer is taken, whatever else it says")
{
    for (const auto& line : odd_lines)
    {
        CAPTURE(line);
        agent_and_peer s;
        REQUIRE(s.alice.call(peer_uri));
        s.w.run_for(milliseconds(100));
        const bool contact = line.starts_with("Contact");
        s.answer_invite("200 OK", (contact ? std::string() : s.peer.contact()) + line + "\n",
                        s.peer.sdp());
        INFO(s.w.log());
        CHECK(s.alice.seen.answered == 1);
        CHECK(s.peer.count(sip::method::ack) == 1);
        REQUIRE(s.alice.hang_up());
        s.w.run_for(milliseconds(100));
        s.peer.answer(s.peer.last(sip::method::bye), "200 OK");
        CHECK(s.all_over());
    }
}

TEST_CASE("a registration is good, whatever other phones have bound (10.2.4)")
{
    for (const std::string also :
         {"<sip:a@[fe80::1%eth0]:5060>", "<sip:a b@h>", "<sip:a@h;transport=>", "<sip:a@h:>",
          "<sip:a@h>;", "A&B <sip:a@h>", "<sip:a@h>;expires="})
    {
        CAPTURE(also);
        world w{1};
        node alice(w, "alice", alice_address);
        registrar server(w, peer_address);
        server.also = "Contact: " + also + "\nExpires: 600;x\nRoute: x\n";
        alice.register_as(account_at(server));
        w.run_for(seconds(5));
        INFO(w.log());
        CHECK(alice.seen.registrations.back().state == ua::registration_state::registered);
        CHECK(server.accepted == 1);
    }
}

TEST_CASE("an INVITE with a line that is no header rings; one with too many hears 513")
{
    agent_and_peer s;
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", "Junk\nFoo Bar: x\nExpires: 180;foo\n");
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(180) == 1);
    s.peer.cancel();
    s.w.run_for(milliseconds(100));
    std::string many;
    for (int i = 0; i < 200; ++i)
        many += "X-" + std::to_string(i) + ": y\n";
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", many);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(513) == 1);
    std::string junk;
    for (int i = 0; i < 20; ++i)
        junk += "Junk\n";
    const auto before = s.peer.inbox.size();
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", junk);
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.inbox.size() == before); // that is something else
    CHECK(s.all_over());
}
