// Three agents who do whatever they like at any time, over a network that does the same. Whatever
// comes of it: each call ends once, nobody is left in a call that the others have forgotten for
// long, and nothing remains. To see one again: SOLOSIP_SEED=17 test_simulation "random scripts*".
#include "simulation/scenario.hpp"

#include <array>
#include <cstdlib>
#include <map>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t usual_number = 200; // twenty times slower
#else
constexpr std::uint64_t usual_number = 2000;
#endif

// Looks at what goes over the wire: offers may not overlap (RFC 3264 section 4).
class watcher
{
public:
    void on_sent(const datagram& d)
    {
        const auto m = sip::message::parse(std::string(d.bytes));
        const auto number = m ? (*m)->cseq() : result<sip::cseq>(errc::bad_syntax);
        if (!number || !(*m)->is_request()) return;
        const bool offers = !(*m)->body().empty() && (number->method == sip::method::invite ||
                                                      number->method == sip::method::update);
        if ((*m)->method() == sip::method::invite && (*m)->to()->tag().empty())
            calls_[std::string((*m)->call_id())] = d.from.address;
        if (!offers) return;
        auto& open = open_[key(d.from.address, (*m)->call_id())];
        if (open && *open != number->number) overlapped = true;
        open = number->number;
    }
    void on_arrived(const datagram& d)
    {
        const auto m = sip::message::parse(std::string(d.bytes));
        const auto number = m ? (*m)->cseq() : result<sip::cseq>(errc::bad_syntax);
        if (!number || !(*m)->is_response()) return;
        if ((*m)->status() < 200 && (*m)->body().empty()) return;
        auto& open = open_[key(d.to.address, (*m)->call_id())];
        if (open && *open == number->number) open.reset();
    }
    /// Who began it.
    std::optional<ip_address> caller_of(std::string_view call_id) const
    {
        const auto it = calls_.find(std::string(call_id));
        return it == calls_.end() ? std::nullopt : std::optional(it->second);
    }

    bool overlapped = false;

private:
    static std::string key(const ip_address& a, std::string_view call_id)
    {
        return a.to_string() + ' ' + std::string(call_id);
    }
    std::map<std::string, std::optional<std::uint32_t>> open_;
    std::map<std::string, ip_address, std::less<>> calls_;
};

struct three_agents
{
    explicit three_agents(std::uint64_t seed) : w(seed)
    {
        w.lets_pass = [this](const datagram& d)
        {
            if (d.is_sip()) watch.on_sent(d);
            return true;
        };
        w.on_arrival = [this](const datagram& d)
        {
            if (d.is_sip()) watch.on_arrived(d);
        };
    }

    world w;
    node alice{w, "alice", alice_address};
    node bob{w, "bob", bob_address};
    node carol{w, "carol", carol_address};
    std::array<node*, 3> all{&alice, &bob, &carol};
    watcher watch;
};

void change_the_weather(three_agents& s)
{
    auto& chance = s.w.random();
    s.w.sky.loss = chance.below(3) == 0 ? 0 : chance.below(40) / 100.0;
    s.w.sky.duplication = chance.below(30) / 100.0;
    s.w.sky.latency = milliseconds(chance.below(10) == 0 ? chance.below(3000) : chance.below(100));
    s.w.sky.spread = milliseconds(chance.below(4) == 0 ? chance.below(2000) : chance.below(50));
}

ua::change any_change(random_source& chance)
{
    ua::change what;
    if (chance.below(4) != 0) what.hold = chance.below(2) == 0;
    what.by_update = chance.below(3) == 0;
    what.ask = chance.below(5) == 0;
    return what;
}

void call_somebody(three_agents& s, node& who)
{
    auto& chance = s.w.random();
    ua::call_options o;
    o.late_offer = chance.below(4) == 0;
    (void)who.call("sip:x@" + s.all[chance.below(3)]->address().to_string(), o);
}

// Two who are in the same call, of which both know, think the same of who holds it.
void check_agreement(const three_agents& s)
{
    for (const node* callee : s.all)
    {
        if (!callee->in_call() || callee->seen.incoming.empty()) continue;
        const auto& last = callee->seen.incoming.back();
        if (callee->last_call() != last.call) continue;
        const auto caller_address = s.watch.caller_of(last.invite->call_id());
        for (const node* caller : s.all)
        {
            if (caller == callee || caller->address() != caller_address || !caller->in_call() ||
                caller->dialled() != last.invite->call_id())
                continue;
            const auto theirs = caller->held(), ours = callee->held();
            CAPTURE(caller->name(), callee->name());
            CHECK((theirs == "us" || theirs == "both") == (ours == "peer" || ours == "both"));
            CHECK((ours == "us" || ours == "both") == (theirs == "peer" || theirs == "both"));
        }
    }
}

void do_something(three_agents& s)
{
    auto& chance = s.w.random();
    node& who = *s.all[chance.below(3)];
    switch (chance.below(17))
    {
    case 0:
    case 1:
    case 2: call_somebody(s, who); break;
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
    case 11: (void)who.early_media(); break;
    case 12:
    case 13:
    case 14:
    case 15: (void)who.modify(any_change(chance)); break;
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
    // The sky clears; what was under way comes to its end.
    s.w.sky = {};
    s.w.run_for(minutes(2));
    INFO("SOLOSIP_SEED=" << seed << "\n" << s.w.log());
    CHECK_FALSE(s.watch.overlapped);
    check_agreement(s);
    // All put their telephones down.
    for (int round = 0; round < 3; ++round)
    {
        for (node* n : s.all)
        {
            n->how = {.reject_with = 603};
            if (n->in_call()) (void)n->hang_up();
        }
        s.w.run_for(minutes(2));
    }
    for (const node* n : s.all)
    {
        CHECK(n->seen.changes.size() == n->seen.wishes);
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
