// Transfers: RFC 3515 (REFER), RFC 5589 section 6 (blind), RFC 7647, RFC 4488, RFC 3420.
#include "simulation/transfers.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("the call that a transfer asks for has headers, a subject and a name of its own")
{
    three_agents s;
    s.follows = false;
    s.connect();
    REQUIRE(s.alice.transfer(carol_uri));
    s.w.run_for(milliseconds(100));
    REQUIRE(s.bob.seen.wanted.size() == 1);
    ua::call_options o;
    o.headers = {{"X-Queue", "7"}};
    o.subject = "forwarded";
    o.display_name = "Bob's door";
    o.from = "sip:door@192.0.2.2";
    // What cannot be is refused, and the wish stays.
    ua::call_options bad = o;
    bad.headers = {{"X-Queue", "7\r\nX: y"}};
    CHECK(s.bob.follow(bad).code() == errc::bad_header);
    bad = o;
    bad.from = "nobody";
    CHECK(s.bob.follow(bad).code() == errc::bad_uri);
    REQUIRE(s.bob.follow(o));
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    REQUIRE(s.carol.seen.incoming.size() == 1);
    const auto& invite = s.carol.seen.incoming[0].invite;
    CHECK(header_of(invite, "X-Queue") == "7");
    CHECK(header_of(invite, "Subject") == "forwarded");
    CHECK(header_of(invite, "From").starts_with("\"Bob's door\" <sip:door@192.0.2.2>"));
    CHECK(s.carol.in_call());
    CHECK(s.bob.seen.endings.size() == 1);
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}

TEST_CASE(
    "a blind transfer: Bob leaves Alice for Carol, and Alice hears that he has (RFC 5589 6.1)")
{
    three_agents s;
    s.connect();
    REQUIRE(s.alice.transfer(carol_uri));
    CHECK(s.alice.transfer(carol_uri).code() == errc::call_in_progress);
    s.w.run_for(milliseconds(500));
    INFO(s.w.log());
    // While it rings they still talk.
    CHECK(s.alice.in_call());
    CHECK(s.bob.seen.endings.empty());
    REQUIRE(s.bob.seen.wanted.size() == 1);
    CHECK(s.bob.seen.wanted[0].target == carol_uri);
    s.w.run_for(seconds(3));
    REQUIRE(s.alice.seen.transfers.size() == 1);
    CHECK(s.alice.seen.transfers[0].why == errc{});
    CHECK(s.alice.seen.transfers[0].status == 200);
    CHECK(s.alice.seen.transfer_progress == std::vector<int>{100, 180});
    CHECK(s.alice.seen.endings.size() == 1);
    REQUIRE(s.bob.seen.endings.size() == 1);
    CHECK(s.bob.seen.endings[0].why == errc::transferred);
    CHECK(s.bob.seen.replaced.size() == 1);
    CHECK(s.bob.in_call());
    CHECK(s.carol.in_call());
    CHECK(s.carol.seen.incoming.at(0).from_uri.find("192.0.2.2") != std::string::npos);
    const auto packets = s.bob.seen.media_packets;
    s.w.run_for(seconds(2));
    CHECK(s.bob.seen.media_packets > packets + 90);
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a transfer to somebody who is busy, away or nowhere leaves the call as it was")
{
    three_agents s;
    std::string to = carol_uri;
    errc why = errc::busy;
    SECTION("busy")
    {
        s.carol.how.reject_with = 486;
    }
    SECTION("nowhere")
    {
        to = "sip:x@nowhere.example.com";
        why = errc::server_failure; // 503: RFC 3261 section 8.1.3.1
    }
    SECTION("silent")
    {
        to = "sip:x@192.0.2.77";
        why = errc::no_answer; // 408
    }
    s.connect();
    REQUIRE(s.alice.transfer(to));
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.transfers.size() == 1);
    CHECK(s.alice.seen.transfers[0].why == why);
    CHECK(s.alice.in_call());
    CHECK(s.bob.in_call());
    REQUIRE(s.alice.press("5"));
    s.w.run_for(seconds(1));
    CHECK(s.bob.seen.digits == "5");
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("transfers work over a bad network")
{
    for (std::uint64_t seed = 1; seed <= 40; ++seed)
    {
        weather bad;
        bad.loss = 0.2;
        bad.duplication = 0.1;
        bad.spread = milliseconds(200);
        three_agents s(bad, seed);
        s.connect();
        s.w.run_for(seconds(5));
        REQUIRE(s.alice.transfer(carol_uri));
        s.w.run_for(seconds(60));
        INFO(s.w.log());
        CAPTURE(seed);
        REQUIRE(s.alice.seen.transfers.size() == 1);
        (void)s.alice.hang_up();
        (void)s.bob.hang_up();
        (void)s.carol.hang_up();
        s.w.run_for(minutes(5));
        CHECK(s.all_over());
    }
}

TEST_CASE("who may not be referred says so; the call goes on (RFC 3515 2.4.2, 5.1)")
{
    agent_and_peer s;
    s.connect_in();
    s.peer.request("REFER", to_carol);
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(405) == 1);
    CHECK(header_of(s.peer.last(405), "Allow").find("REFER") == std::string::npos);
    CHECK(s.alice.seen.wanted.empty());
    CHECK(s.alice.in_call());
    s.answer_all(sip::method::bye);
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("REFER outside a call makes nobody ring")
{
    referred s;
    s.peer.say(s.alice.sip(), "REFER sip:alice@192.0.2.1 SIP/2.0\nVia: {via}\nCSeq: 1 REFER\n"
                              "From: <sip:x@y>;tag=1\nTo: <sip:alice@192.0.2.1>\nCall-ID: z\n"
                              "Max-Forwards: 70\n" +
                                  to_carol);
    s.w.run_for(seconds(1));
    CHECK(s.peer.count(403) == 1);
    CHECK(s.carol.seen.incoming.empty());
}

TEST_CASE("Refer-To values that nobody should follow")
{
    struct
    {
        const char* lines;
        int status;
    } const rows[] = {
        {"", 400},
        {"Refer-To: <sip:a@192.0.2.3>\nRefer-To: <sip:b@192.0.2.3>\n", 400},
        {"Refer-To: <sip:a@192.0.2.3\n", 400},
        {"Refer-To: nonsense\n", 400},
        {"Refer-To: <sips:a@192.0.2.3>\n", 416},
        {"Refer-To: <tel:+1234>\n", 416},
        {"Refer-To: <http://192.0.2.3/>\n", 416},
        {"Refer-To: <sip:a@192.0.2.3;method=BYE>\n", 501},
        {"Refer-To: <sip:a@192.0.2.3?Replaces=x%0d%0aEvil:y%3Bto-tag%3D1%3Bfrom-tag%3D2>\n", 400},
        {"Refer-To: <sip:a@192.0.2.3?Replaces=nothing>\n", 400},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.lines);
        referred s;
        s.refer(row.lines);
        INFO(s.w.log());
        CHECK(s.peer.count(row.status) == 1);
        CHECK(s.alice.seen.wanted.empty());
        CHECK(s.carol.seen.incoming.empty());
        CHECK(s.alice.in_call());
        REQUIRE(s.alice.hang_up());
        CHECK(s.all_over());
    }
}

TEST_CASE("of the headers in a Refer-To only Replaces reaches the INVITE (RFC 3261 19.1.5)")
{
    referred s;
    s.refer("Refer-To: <sip:carol@192.0.2.3;x=1;method=INVITE?Subject=evil&"
            "Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>\nReferred-By: <sip:boss@example.com>\n");
    REQUIRE(s.alice.seen.wanted.size() == 1);
    CHECK(s.alice.seen.wanted[0].referred_by == "sip:boss@example.com");
    REQUIRE(s.alice.follow());
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    REQUIRE(s.carol.seen.incoming.size() == 1);
    const auto& invite = s.carol.seen.incoming[0].invite;
    CHECK(invite->request_uri() == "sip:carol@192.0.2.3;x=1");
    CHECK(header_of(invite, "Replaces") == "a@b;to-tag=1;from-tag=2");
    CHECK(header_of(invite, "Referred-By") == "<sip:boss@example.com>");
    CHECK(header_of(invite, "Subject").empty());
    REQUIRE(s.alice.hang_up());
    s.w.run_for(minutes(3));
    CHECK(s.all_over());
}

TEST_CASE("202, NOTIFY 100 at once, then what comes of it; the subscription ends (2.4.4, 2.4.7)")
{
    referred s;
    s.carol.how.answer_after = seconds(1);
    s.refer(to_carol);
    CHECK(s.peer.count(202) == 0); // the application is asked first
    REQUIRE(s.alice.follow());
    s.w.run_for(seconds(3));
    INFO(s.w.log());
    CHECK(s.peer.count(202) == 1);
    std::vector<std::string> bodies;
    for (const auto& h : s.peer.inbox)
        if (h.message->is_request() && h.message->method() == sip::method::notify)
        {
            bodies.emplace_back(h.message->body());
            CHECK(header_of(h.message, "Event") == "refer;id=2");
            CHECK(header_of(h.message, "Content-Type") == "message/sipfrag;version=2.0");
            CHECK(h.message->has(sip::header_id::contact));
        }
    CHECK(bodies == std::vector<std::string>{"SIP/2.0 100 Trying\r\n", "SIP/2.0 180 Ringing\r\n",
                                             "SIP/2.0 200 OK\r\n"});
    CHECK(header_of(s.peer.last(sip::method::notify), "Subscription-State") ==
          "terminated;reason=noresource");
    CHECK(s.peer.count(sip::method::bye) == 1); // we have somebody else to talk to
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("the application says no, or nothing; a second wish has to wait")
{
    referred s;
    s.refer(to_carol);
    CHECK(s.alice.engine().reject_transfer(s.alice.seen.wanted.at(0).call, 200, s.w.now()).code() ==
          errc::bad_config);
    CHECK(s.alice.engine().reject_transfer(s.alice.seen.wanted.at(0).call, 603, s.w.now()));
    s.alice.drain();
    s.w.run_for(milliseconds(100));
    CHECK(s.peer.count(603) == 1);
    CHECK(s.alice.follow().code() == errc::call_ended);
    s.refer(to_carol);
    s.refer(to_carol);
    CHECK(s.peer.count(491) == 1);
    s.w.run_for(seconds(11));
    CHECK(s.peer.count(480) == 1);
    s.refer(to_carol);
    REQUIRE(s.alice.hang_up()); // undecided at the end of the call
    s.w.run_for(milliseconds(100));
    INFO(s.w.log());
    CHECK(s.peer.count(480) == 2);
    CHECK(s.carol.seen.incoming.empty());
    CHECK(s.all_over());
}

TEST_CASE("a referrer who hangs up at once is not in the way (RFC 5589 6.1)")
{
    referred s;
    s.carol.how.answer_after = seconds(2);
    s.refer(to_carol);
    REQUIRE(s.alice.follow());
    s.w.run_for(milliseconds(100));
    s.peer.on_message = [&](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::notify)
            s.peer.answer(m, "481 Subscription Does Not Exist");
    };
    s.peer.request("BYE");
    s.w.run_for(seconds(4));
    INFO(s.w.log());
    CHECK(s.alice.seen.endings.size() == 1);
    CHECK(s.alice.in_call());
    CHECK(s.carol.in_call());
    REQUIRE(s.alice.engine().hang_up(*s.alice.engine().current_call(), s.w.now()));
    s.alice.drain();
    CHECK(s.all_over());
}

TEST_CASE("no subscription is made where none is wanted (RFC 4488)")
{
    referred s;
    s.carol.how.answer_after = milliseconds(100);
    s.refer(to_carol + "Refer-Sub: false\n");
    REQUIRE(s.alice.follow());
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(header_of(s.peer.last(202), "Refer-Sub") == "false");
    CHECK(s.peer.count(sip::method::notify) == 0);
    CHECK(s.carol.in_call());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a REFER of ours: refused, not told of, told early, ended without a result")
{
    agent_and_peer s;
    s.connect_out();
    const auto notify =
        [&](const std::string& state, const std::string& body, const std::string& event = "refer")
    {
        s.peer.request("NOTIFY",
                       "Event: " + event + "\nSubscription-State: " + state +
                           "\nContent-Type: message/sipfrag\n",
                       body);
        s.w.run_for(milliseconds(100));
    };
    std::string answer = "202 Accepted", lines;
    s.peer.on_message = [&](const sip::message& m)
    {
        if (!m->is_request()) return;
        if (m->method() == sip::method::refer && !answer.empty()) s.peer.answer(m, answer, lines);
        if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
    };
    REQUIRE(s.alice.transfer(carol_uri));
    s.w.run_for(milliseconds(100));
    CHECK(header_of(s.peer.last(sip::method::refer), "Refer-To") == "<" + carol_uri + ">");
    CHECK(s.peer.last(sip::method::refer)->has(sip::header_id::contact));
    auto& done = s.alice.seen.transfers;

    SECTION("other events and ids are not ours")
    {
        notify("active", "SIP/2.0 200 OK", "presence");
        notify("active", "SIP/2.0 200 OK", "refer;id=77");
        CHECK(s.peer.count(481) == 2);
        CHECK(done.empty());
    }
    SECTION("a result, with the id of the REFER")
    {
        const auto id = std::to_string(s.peer.last(sip::method::refer)->cseq()->number);
        notify("active;expires=60", "SIP/2.0 100 Trying\r\n", "refer;id=" + id);
        notify("terminated;reason=noresource", "SIP/2.0 603 Decline\r\n", "refer;id=" + id);
        REQUIRE(done.size() == 1);
        CHECK(done[0].why == errc::declined);
        CHECK(done[0].reason == "Decline");
        notify("terminated", "SIP/2.0 200 OK"); // too late
        CHECK(s.peer.count(481) == 1);
        CHECK(s.alice.in_call());
    }
    SECTION("it ends without saying how")
    {
        notify("terminated;reason=timeout", "SIP/2.0 100 Trying\r\n");
        REQUIRE(done.size() == 1);
        CHECK(done[0].why == errc::rejected);
        CHECK(s.alice.in_call());
    }
    SECTION("nonsense is no result")
    {
        for (const char* body : {"", "SIP/2.0", "SIP/2.0 99 X", "SIP/2.0 2000 X", "HTTP/1.1 200 OK",
                                 "SIP/2.0 abc", "INVITE sip:a@b SIP/2.0"})
            notify("active", body);
        CHECK(done.empty());
        s.w.run_for(minutes(4));
        REQUIRE(done.size() == 1);
        CHECK(done[0].why == errc::timed_out);
        CHECK(s.alice.in_call());
    }
    SECTION("they hang up and tell afterwards")
    {
        s.peer.request("BYE");
        s.w.run_for(milliseconds(100));
        notify("terminated", "SIP/2.0 200 OK\r\n");
        REQUIRE(done.size() == 1);
        CHECK(done[0].why == errc{});
        CHECK(s.peer.count(200) == 2);
    }
    SECTION("refused next time; without a subscription; silence")
    {
        notify("terminated", "SIP/2.0 486 Busy Here\r\n");
        answer = "403 Forbidden";
        REQUIRE(s.alice.transfer(carol_uri));
        s.w.run_for(milliseconds(100));
        REQUIRE(done.size() == 2);
        CHECK(done[1].why == errc::forbidden);
        answer = "202 Accepted";
        lines = "Refer-Sub: false\n";
        REQUIRE(s.alice.transfer(carol_uri));
        s.w.run_for(milliseconds(100));
        REQUIRE(done.size() == 3);
        CHECK(done[2].why == errc{});
        CHECK(!s.alice.in_call());
    }
    SECTION("an early NOTIFY")
    {
        notify("terminated", "SIP/2.0 486 Busy Here\r\n");
        answer.clear();
        REQUIRE(s.alice.transfer(carol_uri));
        s.w.run_for(milliseconds(100));
        notify("terminated", "SIP/2.0 200 OK\r\n");
        REQUIRE(done.size() == 2);
        CHECK(done[1].why == errc{});
        s.peer.answer(s.peer.last(sip::method::refer), "202 Accepted");
    }
    INFO(s.w.log());
    if (s.alice.in_call()) REQUIRE(s.alice.hang_up());
    s.w.run_for(minutes(1));
    CHECK(s.all_over());
}
