#include "transaction/support.hpp"

#include "solosip/base/random.hpp"

#include <set>

namespace
{

using namespace test;

struct bench
{
    std::string start(const sip::message& m, const destination& to = udp)
    {
        const auto started = agent.start(m, to, now, out);
        REQUIRE(started);
        last = started.value();
        return take(out);
    }
    std::string receive(const sip::message& m, const endpoint& from = peer, bool reliable = false)
    {
        agent.receive(*m, from, now, out, reliable);
        for (const auto& a : out)
            if (const auto* r = std::get_if<deliver_request>(&a); r && r->transaction)
                last = *r->transaction;
        return take(out);
    }
    std::string respond(id t, const sip::message& m)
    {
        const auto done = agent.respond(t, m, now, out);
        return done ? take(out) : "gone";
    }
    // Lets time pass in one leap for each timer.
    std::string pass(duration d)
    {
        const time_point end = now + d;
        std::string words;
        while (const auto t = agent.next_timeout())
        {
            if (*t > end) break;
            now = *t;
            agent.handle_timeout(now, out);
            const auto more = take(out);
            words += (words.empty() || more.empty() ? "" : ", ") + more;
        }
        now = end;
        return words;
    }

    table agent;
    time_point now = start_time;
    actions out;
    id last{};
};

request_text numbered(int n, const char* method = "OPTIONS")
{
    request_text r;
    r.method = method;
    r.via = "SIP/2.0/UDP client.example.com;rport;branch=z9hG4bK" + std::to_string(n);
    return r;
}

} // namespace

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

    b.agent.transport_error(peer, b.now, b.out);
    REQUIRE(!b.out.empty());
    REQUIRE(std::holds_alternative<failed>(b.out.front()));
    CHECK(std::get<failed>(b.out.front()).transaction == waiting_bye);
    CHECK(take(b.out) == "failed transport, failed transport, terminated, terminated");
    CHECK(b.agent.size() == 2);
    b.agent.transport_error(peer, b.now, b.out);
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
    }
}

TEST_CASE("a flood is refused, our own requests go on")
{
    bench b;
    constexpr int room = static_cast<int>(limits::transactions - limits::own_transactions);
    for (int n = 0; n < room; ++n)
        REQUIRE(b.receive(make(numbered(n))) == "request OPTIONS");
    for (int n = room; n < 3 * room; ++n)
        REQUIRE(b.receive(make(numbered(n))) == "send 503");
    CHECK(b.agent.size() == room);
    // Those that are known go on as ever.
    CHECK(b.receive(make(numbered(0))).empty());
    // An ACK costs nothing, a CANCEL is answered.
    CHECK(b.receive(make(numbered(5000, "ACK"))) == "request ACK alone");
    CHECK(b.receive(make(numbered(5001, "CANCEL"))) == "send 481");
    CHECK(b.agent.size() == room);

    b.agent.receive(*make(numbered(6000, "INVITE")), peer, b.now, b.out);
    REQUIRE(b.out.size() == 1);
    const auto refusal = sip::message::parse(std::get<send>(b.out[0]).bytes);
    REQUIRE(refusal);
    CHECK(refusal.value()->number(sip::header_id::retry_after).value() == 10);
    CHECK(!refusal.value()->to().value().tag().empty());
    take(b.out);

    for (std::size_t n = 0; n < limits::own_transactions; ++n)
        REQUIRE(b.start(make(numbered(10'000 + static_cast<int>(n)))) == "send OPTIONS");
    const auto one_more = b.agent.start(make(numbered(20'000)), udp, b.now, b.out);
    REQUIRE(!one_more);
    CHECK(one_more.code() == errc::too_many);
    CHECK(b.out.empty());

    b.pass(seconds(64));
    CHECK(b.agent.size() == 0);
    CHECK(b.receive(make(numbered(30'000))) == "request OPTIONS");
}

TEST_CASE("each id ends once")
{
    bench b;
    std::set<id> begun;
    std::multiset<id> ended, failures;
    const auto look = [&]
    {
        for (const auto& a : b.out)
        {
            if (const auto* t = std::get_if<terminated>(&a)) ended.insert(t->transaction);
            if (const auto* f = std::get_if<failed>(&a)) failures.insert(f->transaction);
            if (const auto* r = std::get_if<deliver_request>(&a); r && r->transaction)
                begun.insert(*r->transaction);
        }
        b.out.clear();
    };
    const char* const methods[] = {"INVITE", "OPTIONS", "BYE", "INVITE"};
    for (int n = 0; n < 40; ++n)
    {
        const auto ours = make(numbered(n, methods[n % 4]));
        const auto started = b.agent.start(ours, udp, b.now, b.out);
        REQUIRE(started);
        begun.insert(started.value());
        if (n % 3 == 0) b.agent.receive(*answer(ours, n % 2 ? 200 : 404), peer, b.now, b.out);
        if (n % 7 == 0) b.agent.transport_error(peer, b.now, b.out);
        b.agent.receive(*make(numbered(1000 + n, methods[n % 4])), peer, b.now, b.out);
        look();
    }
    for (const id t : std::set<id>(begun))
        if (static_cast<int>(t) % 2)
            (void)b.agent.respond(t, answer(make("BYE"), 486), b.now, b.out);
    while (const auto t = b.agent.next_timeout())
    {
        b.agent.handle_timeout(*t, b.out);
        look();
    }
    // What is left are INVITEs that ring: their user has not answered yet.
    CHECK(b.agent.size() > 0);
    CHECK(begun.size() == ended.size() + b.agent.size());
    CHECK(std::set<id>(ended.begin(), ended.end()).size() == ended.size());
    CHECK(std::set<id>(failures.begin(), failures.end()).size() == failures.size());
    for (const id t : failures)
        CHECK(ended.count(t) == 1);
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

TEST_CASE("whatever comes in whatever order: bounded, and each id ends once")
{
    const char* const methods[] = {"INVITE", "ACK", "CANCEL", "OPTIONS", "BYE"};
    const int statuses[] = {100, 180, 200, 302, 401, 486, 603};
    for (std::uint64_t seed = 1; seed <= 8; ++seed)
    {
        INFO("seed " << seed);
        seeded_random random(seed);
        const auto pick = [&](int n)
        { return static_cast<int>(random.below(static_cast<unsigned>(n))); };
        bench b;
        std::set<id> live, gone, users;
        const auto look = [&]
        {
            for (const auto& a : b.out)
            {
                if (const auto* r = std::get_if<deliver_request>(&a); r && r->transaction)
                {
                    CHECK(live.insert(*r->transaction).second);
                    users.insert(*r->transaction);
                }
                if (const auto* d = std::get_if<deliver>(&a))
                    CHECK(live.count(d->transaction) == 1);
                if (const auto* c = std::get_if<cancelled>(&a)) CHECK(live.count(c->invite) == 1);
                if (const auto* f = std::get_if<failed>(&a)) CHECK(live.count(f->transaction) == 1);
                if (const auto* t = std::get_if<terminated>(&a))
                {
                    CHECK(live.erase(t->transaction) == 1);
                    CHECK(gone.insert(t->transaction).second);
                }
            }
            b.out.clear();
        };
        for (int step = 0; step < 600; ++step)
        {
            const bool reliable = pick(5) == 0;
            const auto message = make(numbered(pick(20), methods[pick(5)]));
            switch (pick(6))
            {
            case 0:
                if (message->method() == sip::method::ack) break;
                if (const auto t = b.agent.start(make(numbered(1000 + step, methods[pick(2) * 3])),
                                                 {peer, reliable}, b.now, b.out))
                    live.insert(*t);
                break;
            case 1: b.agent.receive(*message, peer, b.now, b.out, reliable); break;
            case 2:
            {
                const auto ours = make(numbered(1000 + pick(step + 1), methods[pick(2) * 3]));
                b.agent.receive(*answer(ours, statuses[pick(7)]), peer, b.now, b.out);
                break;
            }
            case 3:
                if (!users.empty())
                    (void)b.agent.respond(
                        *std::next(users.begin(), pick(static_cast<int>(users.size()))),
                        answer(message, statuses[pick(7)]), b.now, b.out);
                break;
            case 4:
                b.now += milliseconds(pick(3000));
                b.agent.handle_timeout(b.now, b.out);
                break;
            default:
                if (pick(20) == 0)
                    b.agent.transport_error(peer, b.now, b.out);
                else if (pick(10) == 0 && !live.empty())
                    b.agent.abandon(*live.begin(), b.out);
                break;
            }
            look();
            const auto next = b.agent.next_timeout();
            if (next && *next <= b.now) b.agent.handle_timeout(b.now, b.out);
            look();
            REQUIRE((!b.agent.next_timeout() || *b.agent.next_timeout() > b.now));
            REQUIRE(b.agent.size() <= limits::transactions);
        }
        // Everybody answers: then nothing is left.
        const std::set<id> unanswered = live;
        for (const id t : unanswered)
        {
            (void)b.agent.respond(t, answer(make("INVITE"), 486), b.now, b.out);
            b.agent.abandon(t, b.out);
        }
        look();
        while (const auto t = b.agent.next_timeout())
        {
            b.agent.handle_timeout(*t, b.out);
            look();
        }
        CHECK(b.agent.size() == 0);
        CHECK(live.empty());
        CHECK(gone.size() > 50);
    }
}
