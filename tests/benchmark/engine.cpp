// What the user agent costs without sockets: whole calls between pairs of engines, and what an idle
// registered agent keeps. 2 to 100,000 agents in one process, all in virtual time; each row shows
// whether one agent costs more because there are others.
//
//   benchmark_engine [AGENTS...]
#include "solosip/ua/engine.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/sip/message.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <memory>
#include <new>
#include <string>
#include <variant>
#include <vector>

namespace
{

// What is on the heap now, what was ever asked for, and how often.
std::size_t live_bytes = 0, asked_bytes = 0, asked_times = 0;

} // namespace

// Not inlined: GCC takes these for mismatched pairs then.
[[gnu::noinline]] void* operator new(std::size_t size)
{
    void* p = std::malloc(size == 0 ? 1 : size);
    if (!p) throw std::bad_alloc();
    asked_bytes += size;
    ++asked_times;
    live_bytes += malloc_usable_size(p);
    return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept
{
    if (p) live_bytes -= malloc_usable_size(p);
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept
{
    operator delete(p);
}

using namespace solosip;

namespace
{

constexpr std::uint16_t sip_port = 5060;
constexpr seconds forgotten{40}; // more than 64*T1: no transaction lives that long

void check(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "benchmark_engine: %s\n", what);
    std::exit(1);
}

endpoint address_of(std::size_t number)
{
    const auto byte = [&](int shift) { return static_cast<std::uint8_t>(number >> shift); };
    return {ip_address::v4(10, byte(16), byte(8), byte(0)), sip_port};
}

const endpoint registrar{ip_address::v4(192, 0, 2, 1), sip_port};

std::string granted(std::string_view request)
{
    const auto m = sip::message::parse(std::string(request));
    check(m.has_value(), "a REGISTER that nobody can read");
    std::string answer = "SIP/2.0 200 OK\r\n";
    for (const auto* name : {"Via", "From", "To", "Call-ID", "CSeq", "Contact"})
        answer += std::string(name) + ": " + std::string((*m)->first(name).value_or("")) + "\r\n";
    return answer + "Expires: 86400\r\nContent-Length: 0\r\n\r\n";
}

struct agent
{
    std::unique_ptr<ua::engine> engine;
    std::optional<ua::call_id> call{};
    unsigned answered = 0, ended = 0;
    bool registered = false;
};

// All agents and the time between them.
class crowd
{
public:
    explicit crowd(std::size_t size) : random_(1), agents_(size)
    {
        for (auto& each : agents_)
        {
            ua::settings s;
            s.codecs = {&codecs::pcma(), &codecs::pcmu()};
            s.only_registrar_may_call = false;
            each.engine = std::make_unique<ua::engine>(std::move(s), random_);
        }
    }

    std::size_t pairs() const { return agents_.size() / 2; }

    void register_all()
    {
        for (std::size_t i = 0; i < agents_.size(); ++i)
        {
            ua::account a;
            a.uri = "sip:" + std::to_string(i) + "@example.com";
            a.registrar = registrar.address.to_string();
            a.expires = seconds(86400);
            check(agents_[i].engine->register_account(std::move(a), now_).has_value(), "account");
            drain(i);
            check(agents_[i].registered, "not registered");
        }
        pass(forgotten);
    }

    /// The first half calls the second.
    void connect(std::size_t pair)
    {
        ua::call_options o;
        o.media_port = 10000;
        const auto callee = pairs() + pair;
        const auto c = agents_[pair].engine->call("sip:" + std::to_string(callee) + '@' +
                                                      address_of(callee).address.to_string(),
                                                  std::move(o), now_);
        check(c.has_value(), "no call");
        agents_[pair].call = *c;
        drain(pair);
        check(agents_[pair].answered == 1 && agents_[callee].answered == 1, "not answered");
    }
    void disconnect(std::size_t pair)
    {
        check(agents_[pair].engine->hang_up(*agents_[pair].call, now_).has_value(), "hang up");
        drain(pair);
        for (auto* each : {&agents_[pair], &agents_[pairs() + pair]})
        {
            check(each->ended == 1, "not ended");
            each->answered = each->ended = 0;
        }
    }

    void pass(duration d)
    {
        now_ += d;
        for (std::size_t i = 0; i < agents_.size(); ++i)
        {
            auto& e = *agents_[i].engine;
            if (const auto due = e.next_timeout(); !due || *due > now_) continue;
            e.handle_timeout(now_);
            drain(i);
        }
    }
    std::size_t live_objects() const
    {
        std::size_t n = 0;
        for (const auto& each : agents_)
            n += each.engine->live_objects();
        return n;
    }

private:
    // Until nobody has anything to say any more.
    void drain(std::size_t first)
    {
        waiting_.push_back(first);
        while (!waiting_.empty())
        {
            const auto i = waiting_.back();
            waiting_.pop_back();
            while (auto t = agents_[i].engine->poll_transmit())
                deliver(i, *t);
            while (auto e = agents_[i].engine->poll_event())
            {
                std::visit([&](auto& x) { on_event(i, x); }, *e);
                waiting_.push_back(i);
            }
        }
    }
    void deliver(std::size_t from, const ua::transmit& t)
    {
        if (t.to == registrar)
        {
            agents_[from].engine->receive(granted(t.bytes), registrar, address_of(from), now_);
            waiting_.push_back(from);
            return;
        }
        const auto& b = t.to.address.bytes;
        const auto to = std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | std::size_t{b[3]};
        agents_[to].engine->receive(t.bytes, address_of(from), address_of(to), now_);
        waiting_.push_back(to);
    }
    template <class Event>
    void on_event(std::size_t, const Event&)
    {
    }
    void on_event(std::size_t i, const ua::lookup_wanted& l)
    {
        const auto address = ip_address::parse(l.host);
        check(address.has_value(), "a name to look up");
        std::vector<ua::target> targets;
        targets.push_back({{*address, sip_port}, address_of(i)});
        agents_[i].engine->on_lookup(l.id, std::move(targets), now_);
    }
    void on_event(std::size_t i, const ua::registration_changed& r)
    {
        agents_[i].registered = r.state == ua::registration_state::registered;
    }
    void on_event(std::size_t i, const ua::incoming_call& c)
    {
        ua::answer_options o;
        o.media_port = 10000;
        check(agents_[i].engine->ring(c.call, now_).has_value(), "ring");
        check(agents_[i].engine->answer(c.call, std::move(o), now_).has_value(), "answer");
    }
    void on_event(std::size_t i, const ua::call_answered&) { ++agents_[i].answered; }
    void on_event(std::size_t i, const ua::call_ended&) { ++agents_[i].ended; }

    seeded_random random_;
    time_point now_{seconds(1000)};
    std::vector<agent> agents_;
    std::vector<std::size_t> waiting_;
};

double cpu_seconds()
{
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

void measure(std::size_t size)
{
    const auto before = live_bytes;
    crowd all(size);
    all.register_all();
    const auto n = static_cast<double>(size), p = static_cast<double>(all.pairs());
    const auto idle = live_bytes;

    // One round to warm up; it also tells what a call keeps while it lasts.
    for (std::size_t i = 0; i < all.pairs(); ++i)
        all.connect(i);
    const auto talking = live_bytes;
    for (std::size_t i = 0; i < all.pairs(); ++i)
        all.disconnect(i);
    all.pass(forgotten);

    // At least some 20,000 calls, so that a row takes a second or more.
    const auto rounds = std::max<std::size_t>(2, 20000 / all.pairs());
    const auto times = asked_times, bytes = asked_bytes;
    const auto start = cpu_seconds();
    for (std::size_t round = 0; round < rounds; ++round)
    {
        for (std::size_t i = 0; i < all.pairs(); ++i)
        {
            all.connect(i);
            all.disconnect(i);
        }
        all.pass(forgotten);
    }
    const auto took = cpu_seconds() - start;
    const auto calls = p * static_cast<double>(rounds);
    for (int i = 0; i < 2 && all.live_objects() != 0; ++i)
        all.pass(forgotten); // a REGISTER in the last moment
    check(all.live_objects() == 0, "something is left over");
    std::printf("| %7zu | %9.0f | %6.1f us | %5.0f | %6.1f kB | %6.2f kB | %6.1f kB |\n", size,
                calls / took, took / calls * 1e6, static_cast<double>(asked_times - times) / calls,
                static_cast<double>(asked_bytes - bytes) / calls / 1000,
                static_cast<double>(idle - before) / n / 1000,
                static_cast<double>(talking - idle) / p / 1000);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::size_t> sizes{2, 10, 100, 1000, 10000, 100000};
    if (argc > 1) sizes.clear();
    for (int i = 1; i < argc; ++i)
        sizes.push_back(std::max(2UL, std::strtoul(argv[i], nullptr, 10)));
    std::printf(
        "Whole calls between two engines each, INVITE to BYE, both ends, without sockets\n\n"
        "|  agents | calls / s |    a call | heap calls | asked for | idle agent | both "
        "ends of a call |\n|---|---|---|---|---|---|---|\n");
    for (const auto size : sizes)
        measure(size);
}
