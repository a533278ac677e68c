// Random scripts: whatever comes of them, each call ends once, nobody is left in a call that the
// others have forgotten for long, no message was sent that may not be sent, and nothing remains. To
// see one again: SOLOSIP_SEED=17 test_simulation "random scripts*".
#include "simulation/scenario.hpp"
#include "simulation/script.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t usual_number = 200; // twenty times slower
#else
constexpr std::uint64_t usual_number = 2000;
#endif

// Transactions, calls and queues of one agent; the most that was seen in some thousand scripts
// is 30.
constexpr std::size_t much = 64;

void act_for_a_while(script& s)
{
    auto& chance = s.w.random();
    for (int i = 0; i < 60; ++i)
    {
        s.act();
        s.w.run_for(milliseconds(chance.below(chance.below(10) == 0 ? 40'000 : 800)));
        s.measure();
        for (const auto& n : s.all)
            if (n->seen.endings.size() > static_cast<std::size_t>(n->seen.calls))
                FAIL_CHECK(n->name() << " has ended more calls than it had");
    }
}

// Most agree when the last transaction is over; the others when the session is (RFC 4028).
std::vector<std::string> come_together(script& s)
{
    constexpr seconds transactions(40), sessions(120), long_sessions(660);
    s.w.run_for(transactions);
    if (!s.is_long && s.disagreements(long_sessions).empty()) return {};
    const auto all = s.is_long ? long_sessions : sessions;
    s.w.run_for(all - transactions);
    return s.disagreements(all);
}

// Nothing is left after 64*T1 without anything new. The latest answer comes within Timer F.
void check_nothing_left(script& s)
{
    constexpr auto longest = seconds(32);
    s.hang_up_all();
    const auto end = s.w.now() + minutes(5);
    const auto is_busy = [](const auto& n) { return !n->nothing_left() || n->next_timeout(); };
    while (s.w.now() < end && std::any_of(s.all.begin(), s.all.end(), is_busy))
    {
        s.w.run_for(seconds(1));
        s.hang_up_all();
        for (const auto& n : s.all)
            if (is_busy(n) && s.w.now() > s.watch.last_news(n->home()) + longest + seconds(2))
            {
                FAIL_CHECK(n->name() << " has something left: " << n->engine().live_objects());
                return;
            }
    }
    for (const auto& n : s.all)
    {
        CAPTURE(n->name());
        CHECK(n->seen.changes.size() == n->seen.wishes);
        CHECK(n->nothing_left());
        CHECK(!n->next_timeout());
    }
}

std::string run(std::uint64_t seed, std::size_t& most)
{
    INFO("SOLOSIP_SEED=" << seed);
    script s(seed);
    act_for_a_while(s);
    s.clear();
    const auto apart = come_together(s);
    const auto silences = s.silences();
    check_nothing_left(s);
    most = std::max(most, s.most());
    CHECK(s.most() < much);
    for (const auto& list : {s.faults(), s.watch.faults(), s.watch.unanswered(), apart, silences})
        for (const auto& line : list)
            FAIL_CHECK("SOLOSIP_SEED=" << seed << ' ' << line);
    return s.w.log();
}

} // namespace

TEST_CASE("random scripts over random networks")
{
    std::size_t most = 0;
    if (const char* one = std::getenv("SOLOSIP_SEED"))
    {
        WARN(run(std::strtoull(one, nullptr, 10), most));
        return;
    }
    const char* many = std::getenv("SOLOSIP_SCRIPTS");
    const char* after = std::getenv("SOLOSIP_AFTER"); // to share the work
    const std::uint64_t first = after ? std::strtoull(after, nullptr, 10) : 0;
    const std::uint64_t scripts = many ? std::strtoull(many, nullptr, 10) : usual_number;
    for (std::uint64_t seed = first + 1; seed <= first + scripts; ++seed)
        run(seed, most);
    if (many) WARN(scripts << " scripts; the most that an agent had at once: " << most);
}
