// Three agents who do whatever they like at any time, over a network that does the same. Whatever
// comes of it: each call ends once, nobody is left in a call that the others have forgotten for
// long, and nothing remains. To see one again: SOLOSIP_SEED=17 test_simulation "random scripts*".
#include "simulation/scenario.hpp"

#include <array>
#include <cstdlib>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t usual_number = 200; // twenty times slower
#else
constexpr std::uint64_t usual_number = 2000;
#endif

struct three_agents
{
    explicit three_agents(std::uint64_t seed) : w(seed) {}

    world w;
    node alice{w, "alice", alice_address};
    node bob{w, "bob", bob_address};
    node carol{w, "carol", carol_address};
    std::array<node*, 3> all{&alice, &bob, &carol};
};

void change_the_weather(three_agents& s)
{
    auto& chance = s.w.random();
    s.w.sky.loss = chance.below(3) == 0 ? 0 : chance.below(40) / 100.0;
    s.w.sky.duplication = chance.below(30) / 100.0;
    s.w.sky.latency = milliseconds(chance.below(10) == 0 ? chance.below(3000) : chance.below(100));
    s.w.sky.spread = milliseconds(chance.below(4) == 0 ? chance.below(2000) : chance.below(50));
}

void do_something(three_agents& s)
{
    auto& chance = s.w.random();
    node& who = *s.all[chance.below(3)];
    switch (chance.below(12))
    {
    case 0:
    case 1:
    case 2: (void)who.call("sip:x@" + s.all[chance.below(3)]->address().to_string()); break;
    case 3:
    case 4: (void)who.answer(); break;
    case 5: (void)who.reject(static_cast<int>(300 + chance.below(400))); break;
    case 6:
    case 7: (void)who.hang_up(); break;
    case 8: (void)who.press("159"); break;
    case 9: (void)who.press("0", ua::digit_method::info); break;
    case 10:
        who.how = {.ring = chance.below(2) == 0};
        if (chance.below(2) == 0) who.how.answer_after = milliseconds(chance.below(3000));
        if (chance.below(8) == 0) who.how.reject_with = 486;
        break;
    default: change_the_weather(s); break;
    }
}

std::string run(std::uint64_t seed)
{
    three_agents s(seed);
    auto& chance = s.w.random();
    change_the_weather(s);
    for (int i = 0; i < 60; ++i)
    {
        do_something(s);
        s.w.run_for(milliseconds(chance.below(chance.below(10) == 0 ? 40'000 : 800)));
        for (const node* n : s.all)
            REQUIRE(n->seen.endings.size() <= static_cast<std::size_t>(n->seen.calls));
    }
    // The sky clears, and all put their telephones down.
    s.w.sky = {};
    for (int round = 0; round < 3; ++round)
    {
        for (node* n : s.all)
        {
            n->how = {.reject_with = 603};
            if (n->in_call()) (void)n->hang_up();
        }
        s.w.run_for(minutes(2));
    }
    INFO("SOLOSIP_SEED=" << seed << "\n" << s.w.log());
    for (const node* n : s.all)
    {
        CAPTURE(n->name());
        CHECK(n->nothing_left());
        CHECK(!n->next_timeout());
    }
    return s.w.log();
}

} // namespace

TEST_CASE("random scripts over random networks")
{
    if (const char* one = std::getenv("SOLOSIP_SEED"))
    {
        WARN(run(std::strtoull(one, nullptr, 10)));
        return;
    }
    const char* many = std::getenv("SOLOSIP_SCRIPTS");
    const std::uint64_t scripts = many ? std::strtoull(many, nullptr, 10) : usual_number;
    for (std::uint64_t seed = 1; seed <= scripts; ++seed)
        run(seed);
}
