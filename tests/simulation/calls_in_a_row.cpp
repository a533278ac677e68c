// Call after call between the same two, with hardly a pause, over a bad line: what is left of one
// (repetitions, late packets, unfinished transactions) must not touch the next.
#include "simulation/scenario.hpp"

using namespace solosip;
using namespace solosip::simulation;

TEST_CASE("two hundred calls in a row, in both directions, over a bad line")
{
    const auto seed = GENERATE(1u, 2u, 3u);
    CAPTURE(seed);
    two_agents s(
        {.loss = 0.2, .duplication = 0.1, .latency = milliseconds(20), .spread = milliseconds(60)},
        seed);
    auto& chance = s.w.random();
    int heard = 0, connected = 0;
    for (int i = 0; i < 200; ++i)
    {
        const bool from_alice = chance.below(2) == 0;
        node& caller = from_alice ? s.alice : s.bob;
        node& callee = from_alice ? s.bob : s.alice;
        caller.how = callee.how = {.answer_after = milliseconds(chance.below(1500))};
        // The end of the last call may still be on its way to the callee: then he is busy.
        if (!caller.call(from_alice ? bob_uri : "sip:alice@192.0.2.1"))
        {
            s.w.run_for(seconds(1));
            continue;
        }
        const int answered = caller.seen.answered;
        s.w.run_until([&] { return !caller.in_call() || caller.seen.answered > answered; },
                      milliseconds(500 + chance.below(4000)));
        if (caller.seen.answered > answered)
        {
            ++connected;
            const auto before = callee.seen.digits.size();
            s.w.run_for(milliseconds(chance.below(600)));
            if (caller.press("5")) s.w.run_for(seconds(1));
            heard += callee.seen.digits.size() == before + 1;
        }
        (void)(chance.below(2) == 0 ? caller : callee).hang_up();
        s.w.run_until([&] { return !caller.in_call(); }, seconds(1));
        (void)caller.hang_up();
        s.w.run_for(milliseconds(chance.below(800)));
    }
    s.w.run_for(minutes(3));
    INFO("SOLOSIP_SEED=" << seed << " connected " << connected << " heard " << heard << "\n"
                         << s.w.log());
    CHECK(s.alice.nothing_left());
    CHECK(s.bob.nothing_left());
    CHECK(!s.alice.next_timeout());
    CHECK(!s.bob.next_timeout());
    CHECK(connected > 100);
    CHECK(heard >= connected - 3); // the callee may have gone, or all of a press be lost
    CHECK(s.alice.seen.digits.find_first_not_of('5') == std::string::npos);
}
