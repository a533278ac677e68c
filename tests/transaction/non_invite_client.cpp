#include "transaction/non_invite_client.hpp"

#include "transaction/support.hpp"

namespace
{

using namespace test;

const char* name(non_invite_client::state s)
{
    switch (s)
    {
    case non_invite_client::state::trying: return "trying";
    case non_invite_client::state::proceeding: return "proceeding";
    case non_invite_client::state::completed: return "completed";
    case non_invite_client::state::terminated: return "terminated";
    }
    return "?";
}

struct bench
{
    explicit bench(const destination& to, timing times = {})
        : machine(id{1}, make("REGISTER"), to, times)
    {
        machine.start(now, out);
    }

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
        if (event == "error")
            machine.on_transport_error(out);
        else if (event == "abandon")
            machine.abandon();
        else if (event == "timer")
            on_timeout(machine.next_timeout().value_or(now), out);
        else
            machine.on_response(*answer(machine.request(), std::stoi(event)), peer, now, out);
        return take(out);
    }

    time_point now = start_time;
    actions out;
    non_invite_client machine;
};

} // namespace

TEST_CASE("request that nobody answers")
{
    SECTION("UDP: eleven times, then Timer F")
    {
        bench b(udp);
        CHECK(take(b.out) == "send REGISTER");
        CHECK(b.run() == std::vector<std::string>{
                             "0.5 send REGISTER", "1.5 send REGISTER", "3.5 send REGISTER",
                             "7.5 send REGISTER", "11.5 send REGISTER", "15.5 send REGISTER",
                             "19.5 send REGISTER", "23.5 send REGISTER", "27.5 send REGISTER",
                             "31.5 send REGISTER", "32 failed timeout"});
        CHECK(b.machine.is_over());
    }
    SECTION("UDP, after a 1xx: each T2")
    {
        bench b(udp);
        CHECK(b.apply("100") == "deliver 100");
        CHECK(b.run() == std::vector<std::string>{
                             "0.5 send REGISTER", "4.5 send REGISTER", "8.5 send REGISTER",
                             "12.5 send REGISTER", "16.5 send REGISTER", "20.5 send REGISTER",
                             "24.5 send REGISTER", "28.5 send REGISTER", "32 failed timeout"});
    }
    SECTION("TCP: once")
    {
        bench b(tcp);
        CHECK(take(b.out) == "send REGISTER");
        CHECK(b.run() == std::vector<std::string>{"32 failed timeout"});
    }
}

TEST_CASE("non-INVITE client: each state and event")
{
    const std::vector<edge> edges{
        {"", "100", "deliver 100", "proceeding"},
        {"", "200", "deliver 200", "completed"},
        {"", "302", "deliver 302", "completed"},
        {"", "401", "deliver 401", "completed"},
        {"", "timer", "send REGISTER", "trying"},
        {"", "error", "failed transport", "terminated"},
        {"", "abandon", "", "terminated"},
        {"100", "100", "deliver 100", "proceeding"},
        {"100", "200", "deliver 200", "completed"},
        {"100", "604", "deliver 604", "completed"},
        {"100", "timer", "send REGISTER", "proceeding"},
        {"100", "error", "failed transport", "terminated"},
        {"100", "abandon", "", "terminated"},
        {"200", "200", "", "completed"},
        {"200", "100", "", "completed"},
        {"200", "500", "", "completed"},
        {"200", "error", "", "completed"},
        {"200", "timer", "", "terminated"},
        {"200", "abandon", "", "terminated"},
        {"abandon", "100", "", "terminated"},
        {"abandon", "200", "", "terminated"},
        {"abandon", "error", "", "terminated"},
        {"abandon", "timer", "", "terminated"},
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

TEST_CASE("non-INVITE client: Timer K")
{
    SECTION("UDP: T4")
    {
        bench b(udp);
        b.apply("200");
        CHECK(b.run() == std::vector<std::string>{"5"});
        CHECK(b.machine.is_over());
    }
    SECTION("TCP: zero")
    {
        bench b(tcp);
        CHECK(b.apply("200") == "deliver 200");
        CHECK(b.machine.is_over());
        CHECK(b.run().empty());
    }
}
