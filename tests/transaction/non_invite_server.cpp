#include "transaction/non_invite_server.hpp"

#include "transaction/support.hpp"

namespace
{

using namespace test;

const char* name(non_invite_server::state s)
{
    switch (s)
    {
    case non_invite_server::state::trying: return "trying";
    case non_invite_server::state::proceeding: return "proceeding";
    case non_invite_server::state::completed: return "completed";
    case non_invite_server::state::terminated: return "terminated";
    }
    return "?";
}

struct bench
{
    explicit bench(const destination& to) : machine(id{1}, to, timing{}) { machine.start(now); }

    void on_timeout(time_point at, actions& into)
    {
        now = at;
        machine.on_timeout(at, into);
    }

    std::vector<std::string> run()
    {
        return run_down(machine, [&](time_point t, actions& into) { on_timeout(t, into); });
    }

    std::string apply(const std::string& event)
    {
        take(out);
        if (event == "timer")
            on_timeout(machine.next_timeout().value_or(now), out);
        else if (event == "BYE")
            machine.on_request(*bye, peer, now, out);
        else
        {
            const auto done = machine.respond(answer(bye, std::stoi(event)), now, out);
            if (!done)
            {
                CHECK(done.code() == errc::call_ended);
                CHECK(out.empty());
                return "gone";
            }
        }
        return take(out);
    }

    time_point now = start_time;
    actions out;
    sip::message bye = make("BYE");
    non_invite_server machine;
};

} // namespace

TEST_CASE("non-INVITE server: each state and event")
{
    const std::vector<edge> edges{
        {"", "BYE", "", "trying"},
        {"", "100", "send 100", "proceeding"},
        {"", "200", "send 200", "completed"},
        {"", "481", "send 481", "completed"},
        {"", "timer", "failed timeout", "terminated"},
        {"100", "BYE", "send 100", "proceeding"},
        {"100", "182", "send 182", "proceeding"},
        {"100", "200", "send 200", "completed"},
        {"100", "timer", "failed timeout", "terminated"},
        {"200", "BYE", "send 200", "completed"},
        {"200", "200", "gone", "completed"},
        {"200", "100", "gone", "completed"},
        {"200", "timer", "", "terminated"},
        {"200 timer", "BYE", "", "terminated"},
        {"200 timer", "200", "gone", "terminated"},
    };
    for (const auto& e : edges)
    {
        INFO(e.before << " | " << e.event);
        bench b(udp);
        for (const auto& event : split(e.before))
            b.apply(event);
        CHECK(b.apply(e.event) == e.actions);
        CHECK(name(b.machine.current()) == std::string(e.state));
    }
}

TEST_CASE("non-INVITE server: Timer J")
{
    SECTION("UDP: 64*T1 after the response")
    {
        bench b(udp);
        b.now += seconds(1);
        b.apply("200");
        CHECK(b.run() == std::vector<std::string>{"33"});
        CHECK(b.machine.is_over());
    }
    SECTION("TCP: zero")
    {
        bench b(tcp);
        CHECK(b.apply("200") == "send 200");
        CHECK(b.machine.is_over());
    }
    SECTION("never answered")
    {
        bench b(udp);
        CHECK(b.run() == std::vector<std::string>{"32 failed timeout"});
    }
}
