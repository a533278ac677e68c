// Many messages, and in any order.
#include "transaction/bench.hpp"

#include "solosip/base/random.hpp"

#include <set>

using namespace test;

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
        if (n % 7 == 0) b.agent.transport_error(udp, b.now, b.out);
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
                    b.agent.transport_error(udp, b.now, b.out);
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
