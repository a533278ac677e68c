#include "transaction/bench.hpp"

using namespace test;

TEST_CASE("client side: a call that is refused")
{
    bench b;
    const auto invite = make("INVITE");
    CHECK(b.start(invite) == "send INVITE");
    REQUIRE(b.agent.request_of(b.last));
    CHECK(b.agent.request_of(b.last)->bytes() == invite.bytes());
    CHECK(b.receive(answer(invite, 100)) == "deliver 100");
    CHECK(b.receive(answer(invite, 486)) == "send ACK, deliver 486");
    CHECK(b.receive(answer(invite, 486)) == "send ACK");
    CHECK(b.agent.size() == 1);
    CHECK(run_down(b.agent) == std::vector<std::string>{"32 terminated"});
    CHECK(b.agent.size() == 0);
    CHECK(!b.agent.request_of(b.last));
    CHECK(b.receive(answer(invite, 486)) == "stray 486");
}

TEST_CASE("client side: the first request and the CANCEL of the same branch")
{
    bench b;
    const auto invite = make("INVITE");
    const auto cancel = sip::make_cancel(*invite);
    REQUIRE(cancel);
    CHECK(b.start(invite) == "send INVITE");
    const id call = b.last;
    CHECK(b.receive(answer(invite, 180)) == "deliver 180");
    CHECK(b.start(cancel.value()) == "send CANCEL");
    CHECK(b.last != call);
    CHECK(b.receive(answer(cancel.value(), 200)) == "deliver 200");
    CHECK(b.receive(answer(invite, 487)) == "send ACK, deliver 487");
    CHECK(run_down(b.agent) == std::vector<std::string>{"5 terminated", "32 terminated"});
}

TEST_CASE("client side: strays")
{
    bench b;
    const auto invite = make("INVITE");
    b.start(invite);
    request_text other;
    other.via = "SIP/2.0/UDP client.example.com;rport;branch=z9hG4bKother";
    CHECK(b.receive(answer(make(other), 200)) == "stray 200");
    CHECK(b.receive(answer(make("OPTIONS"), 200)) == "stray 200"); // branch of the INVITE

    // With two Vias it was for a proxy (section 8.1.3.3).
    auto twice = answer(invite, 200);
    REQUIRE(twice.append(sip::header_id::via, "SIP/2.0/UDP proxy.example.com;branch=z9hG4bKp"));
    CHECK(b.receive(twice).empty());
    CHECK(b.receive(answer(invite, 200)) == "deliver 200");
    // A fork answers too, and so does the same once more.
    CHECK(b.receive(answer(invite, 200, "fork")) == "deliver 200");
    CHECK(b.receive(answer(invite, 200)) == "deliver 200");
    CHECK(b.pass(seconds(32)) == "terminated");
    CHECK(b.receive(answer(invite, 200)) == "stray 200");
}

TEST_CASE("client side: errors of the network fail those who wait")
{
    bench b;
    const endpoint elsewhere{ip_address::v4(192, 0, 2, 9), 5060};
    const auto bye = make(numbered(1, "BYE"));
    const auto invite = make(numbered(2, "INVITE"));
    const auto answered = make(numbered(3, "INFO"));
    const auto far = make(numbered(4, "OPTIONS"));
    b.start(bye);
    const id waiting_bye = b.last;
    b.start(invite);
    b.start(answered);
    b.start(far, {elsewhere, false});
    b.receive(answer(answered, 200));
    CHECK(b.agent.size() == 4);

    b.agent.transport_error(udp, b.now, b.out);
    REQUIRE(!b.out.empty());
    REQUIRE(std::holds_alternative<failed>(b.out.front()));
    CHECK(std::get<failed>(b.out.front()).transaction == waiting_bye);
    CHECK(take(b.out) == "failed transport, failed transport, terminated, terminated");
    CHECK(b.agent.size() == 2);
    b.agent.transport_error(udp, b.now, b.out);
    CHECK(take(b.out).empty());
}

TEST_CASE("client side: abandon")
{
    bench b;
    const auto invite = make("INVITE");
    b.start(invite);
    b.receive(answer(invite, 180));
    b.agent.abandon(b.last, b.out);
    CHECK(take(b.out) == "terminated");
    b.agent.abandon(b.last, b.out);
    CHECK(take(b.out).empty());
    CHECK(!b.agent.next_timeout());
    CHECK(b.receive(answer(invite, 200)) == "stray 200");
}

TEST_CASE("client side: requests that cannot be sent")
{
    bench b;
    auto request = make("OPTIONS");
    REQUIRE(request.set(sip::header_id::via, "SIP/2.0/UDP client.example.com"));
    const auto started = b.agent.start(request, udp, b.now, b.out);
    REQUIRE(!started);
    CHECK(started.code() == errc::bad_syntax);
    CHECK(b.out.empty());
    CHECK(b.agent.size() == 0);
}

TEST_CASE("server side: a call that is answered")
{
    bench b;
    const auto invite = make("INVITE");
    CHECK(b.receive(invite) == "request INVITE");
    const id call = b.last;
    CHECK(b.receive(invite).empty());
    CHECK(b.pass(milliseconds(500)) == "send 100");
    CHECK(b.receive(invite) == "send 100");
    CHECK(b.respond(call, answer(invite, 180)) == "send 180");
    CHECK(b.respond(call, answer(invite, 200)) == "send 200");
    // The dialog repeats it until the ACK comes; ours only absorbs.
    CHECK(b.receive(invite).empty());
    CHECK(b.respond(call, answer(invite, 200)) == "send 200");

    request_text ack = numbered(9, "ACK");
    ack.to_tag = "bob";
    CHECK(b.receive(make(ack)) == "request ACK alone");
    CHECK(b.receive(make("ACK")) == "request ACK alone"); // with the branch of its INVITE
    CHECK(b.pass(seconds(32)) == "terminated");
    CHECK(b.respond(call, answer(invite, 200)) == "gone");
    CHECK(b.agent.size() == 0);
}

TEST_CASE("server side: a call that is refused")
{
    bench b;
    const auto invite = make("INVITE");
    b.receive(invite);
    const id call = b.last;
    CHECK(b.respond(call, answer(invite, 486)) == "send 486");
    CHECK(b.respond(call, answer(invite, 486)) == "gone");
    CHECK(b.pass(seconds(1)) == "send 486");
    CHECK(b.receive(invite) == "send 486");
    CHECK(b.receive(make("ACK")).empty());
    CHECK(b.receive(make("ACK")).empty());
    CHECK(b.receive(invite).empty());
    CHECK(run_down(b.agent) == std::vector<std::string>{"6 terminated"});
    // Now the ACK is nobody's, which the user finds out.
    CHECK(b.receive(make("ACK")) == "request ACK alone");
}

TEST_CASE("server side: a caller who never acknowledges")
{
    bench b;
    const auto invite = make("INVITE");
    b.receive(invite);
    b.respond(b.last, answer(invite, 486));
    const auto lines = run_down(b.agent);
    REQUIRE(lines.size() == 11);
    CHECK(lines.back() == "32 failed timeout, terminated");
    CHECK(b.agent.size() == 0);
}

TEST_CASE("server side: a repeated request gets the same answer")
{
    bench b;
    const auto bye = make("BYE");
    CHECK(b.receive(bye) == "request BYE");
    CHECK(b.receive(bye).empty());
    CHECK(b.respond(b.last, answer(bye, 200)) == "send 200");
    CHECK(b.receive(bye) == "send 200");
    CHECK(b.pass(seconds(31)).empty());
    CHECK(b.receive(bye) == "send 200");
    CHECK(b.pass(seconds(1)) == "terminated");
    CHECK(b.receive(bye) == "request BYE");
}

TEST_CASE("server side: CANCEL")
{
    bench b;
    const auto invite = make("INVITE");
    const auto cancel = make("CANCEL");
    SECTION("while it rings")
    {
        b.receive(invite);
        const id call = b.last;
        b.respond(call, answer(invite, 180, "our-tag"));
        b.agent.receive(*cancel, peer, b.now, b.out);
        REQUIRE(b.out.size() == 2);
        const auto ok = sip::message::parse(std::get<send>(b.out[0]).bytes);
        REQUIRE(ok);
        CHECK(ok.value()->status() == 200);
        CHECK(ok.value()->to().value().tag() == "our-tag");
        CHECK(ok.value()->cseq().value().method == sip::method::cancel);
        CHECK(std::get<cancelled>(b.out[1]).invite == call);
        take(b.out);
        CHECK(b.receive(cancel) == "send 200");
        CHECK(b.respond(call, answer(invite, 487)) == "send 487");
        CHECK(b.receive(make("ACK")).empty());
        // Of the CANCEL's own transaction nobody hears.
        CHECK(run_down(b.agent) == std::vector<std::string>{"5 terminated", "32"});
    }
    SECTION("before anything was answered: a tag all the same")
    {
        b.receive(invite);
        b.agent.receive(*cancel, peer, b.now, b.out);
        REQUIRE(b.out.size() == 2);
        const auto ok = sip::message::parse(std::get<send>(b.out[0]).bytes);
        REQUIRE(ok);
        CHECK(ok.value()->to().value().tag().size() >= 8);
    }
    SECTION("too late")
    {
        b.receive(invite);
        b.respond(b.last, answer(invite, 200));
        CHECK(b.receive(cancel) == "send 200");
    }
    SECTION("for nothing we know")
    {
        CHECK(b.receive(cancel) == "send 481");
        CHECK(b.receive(cancel) == "send 481");
        CHECK(run_down(b.agent) == std::vector<std::string>{"32"});
    }
    SECTION("for another request than INVITE: no effect")
    {
        const auto options = make("OPTIONS");
        b.receive(options);
        CHECK(b.receive(cancel) == "send 200");
        CHECK(b.respond(b.last, answer(options, 200)) == "send 200");
    }
    SECTION("of another sender")
    {
        b.receive(invite);
        request_text r;
        r.method = "CANCEL";
        r.via = "SIP/2.0/UDP mallory.example.com;rport;branch=z9hG4bKone";
        CHECK(b.receive(make(r)) == "send 481");
    }
    SECTION("over TCP it is over at once")
    {
        b.receive(invite, peer, true);
        CHECK(b.receive(cancel, peer, true) == "send 200, cancelled");
        CHECK(b.agent.size() == 1);
    }
}

TEST_CASE("server side: elements of RFC 2543")
{
    bench b;
    request_text r;
    r.via = "SIP/2.0/UDP old.example.com;branch=1";
    const auto invite = make(r);
    CHECK(b.receive(invite) == "request INVITE");
    const id call = b.last;
    CHECK(b.respond(call, answer(invite, 486, "ours")) == "send 486");
    CHECK(b.receive(invite) == "send 486");
    r.method = "ACK";
    r.to_tag = "theirs";
    CHECK(b.receive(make(r)) == "request ACK alone");
    CHECK(b.receive(invite) == "send 486");
    r.to_tag = "ours";
    CHECK(b.receive(make(r)).empty());
    CHECK(b.receive(invite).empty());
}

TEST_CASE("server side: where responses go")
{
    struct row
    {
        const char* via;
        endpoint source;
        bool reliable;
        const char* to;
    };
    const ip_address a = ip_address::v4(198, 51, 100, 7);
    const row rows[] = {
        {"SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bKa", {a, 5062}, false, "198.51.100.7:5062"},
        {"SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKa", {a, 40000}, false, "198.51.100.7:5060"},
        {"SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bKa", {a, 40000}, false, "198.51.100.7:5062"},
        {"SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bKa;rport",
         {a, 40000},
         false,
         "198.51.100.7:40000"},
        {"SIP/2.0/UDP 10.0.0.2:5062;branch=z9hG4bKa;rport",
         {a, 40000},
         false,
         "198.51.100.7:40000"},
        {"SIP/2.0/UDP 10.0.0.2:5062;branch=z9hG4bKa", {a, 40000}, false, "198.51.100.7:5062"},
        {"SIP/2.0/UDP 10.0.0.2:5062;maddr=203.0.113.9;branch=z9hG4bKa",
         {a, 40000},
         false,
         "198.51.100.7:5062"},
        {"SIP/2.0/TCP 10.0.0.2:5062;branch=z9hG4bKa", {a, 40000}, true, "198.51.100.7:40000"},
    };
    for (const auto& r : rows)
    {
        INFO(r.via);
        bench b;
        request_text text;
        text.method = "OPTIONS";
        text.via = r.via;
        const auto options = make(text);
        b.receive(options, r.source, r.reliable);
        REQUIRE(b.agent.respond(b.last, answer(options, 200), b.now, b.out));
        REQUIRE(!b.out.empty());
        const auto& sent = std::get<send>(b.out.front());
        CHECK(sent.to.remote.to_string() == r.to);
        CHECK(sent.to.reliable == r.reliable);

        // What begins no transaction is answered to the same place.
        b.out.clear();
        b.agent.refuse(*options, 400, "Bad To", r.source, b.out, r.reliable);
        REQUIRE(b.out.size() == 1);
        CHECK(std::get<send>(b.out.front()).to == sent.to);
    }
}

TEST_CASE("server side: a refusal without a transaction is the same each time (8.2.7)")
{
    bench b;
    const auto options = make("OPTIONS");
    b.agent.refuse(*options, 400, "Bad To", peer, b.out);
    b.agent.refuse(*options, 400, "Bad To", peer, b.out);
    REQUIRE(b.out.size() == 2);
    const auto& first = std::get<send>(b.out[0]).bytes;
    CHECK(first == std::get<send>(b.out[1]).bytes);
    const auto answer = sip::message::parse(first);
    REQUIRE(answer);
    CHECK((*answer)->status() == 400);
    CHECK((*answer)->reason() == "Bad To");
    CHECK(!(*answer)->to()->tag().empty());
    CHECK(b.agent.size() == 0);

    // Of a Via whose parameters cannot be read it is the source that counts.
    request_text text;
    text.via = "SIP/2.0/UDP client.example.com:5070;branch=";
    b.out.clear();
    b.agent.refuse(*make(text), 400, "Bad Via", peer, b.out);
    REQUIRE(b.out.size() == 1);
    CHECK(std::get<send>(b.out.front()).to == udp);
}

TEST_CASE("timers: nothing to do, nothing is done")
{
    bench b;
    CHECK(!b.agent.next_timeout());
    b.agent.handle_timeout(b.now + seconds(100), b.out);
    CHECK(b.out.empty());
    b.start(make("OPTIONS"));
    CHECK(b.agent.next_timeout() == b.now + milliseconds(500));
    b.agent.handle_timeout(b.now + milliseconds(499), b.out);
    CHECK(b.out.empty());
    CHECK(b.agent.next_timeout() == b.now + milliseconds(500));
    // After a long sleep: once more at most, then the end.
    b.agent.handle_timeout(b.now + seconds(1000), b.out);
    CHECK(take(b.out) == "send OPTIONS, failed timeout, terminated");
}
