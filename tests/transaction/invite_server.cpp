#include "transaction/invite_server.hpp"

#include "transaction/support.hpp"

namespace
{

using namespace test;

const char* name(invite_server::state s)
{
    switch (s)
    {
    case invite_server::state::proceeding: return "proceeding";
    case invite_server::state::completed: return "completed";
    case invite_server::state::confirmed: return "confirmed";
    case invite_server::state::accepted: return "accepted";
    case invite_server::state::terminated: return "terminated";
    }
    return "?";
}

struct bench
{
    explicit bench(const destination& to, timing times = {})
        : machine(id{1}, to, answer(invite, 100).bytes(), times)
    {
        machine.start(now);
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

    // "486": the user answers; "INVITE", "ACK": they come in. "gone": the answer was call_ended.
    std::string apply(const std::string& event)
    {
        take(out);
        if (event == "timer")
            on_timeout(machine.next_timeout().value_or(now), out);
        else if (event == "INVITE")
            machine.on_request(*invite, peer, now, out);
        else if (event == "ACK")
            machine.on_request(*make("ACK"), peer, now, out);
        else if (event == "silence") // until nothing is left to do
        {
            std::string last;
            while (const auto t = machine.next_timeout())
            {
                on_timeout(*t, out);
                last = take(out);
            }
            return last;
        }
        else
        {
            const auto done = machine.respond(answer(invite, std::stoi(event)), now, out);
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
    sip::message invite = make("INVITE");
    invite_server machine;
};

} // namespace

TEST_CASE("INVITE server: 100 after 200 ms, unless the user has answered")
{
    SECTION("silent user")
    {
        bench b(udp);
        CHECK(b.run() == std::vector<std::string>{"0.2 send 100"});
        CHECK(b.apply("INVITE") == "send 100");
        CHECK(b.apply("180") == "send 180");
        CHECK(b.apply("INVITE") == "send 180");
    }
    SECTION("quick user")
    {
        bench b(udp);
        CHECK(b.apply("180") == "send 180");
        CHECK(b.run().empty());
    }
    SECTION("a repeated INVITE before anything was sent")
    {
        bench b(udp);
        CHECK(b.apply("INVITE").empty());
    }
}

TEST_CASE("INVITE server: each state and event")
{
    const std::vector<edge> edges{
        // proceeding
        {"", "180", "send 180", "proceeding"},
        {"", "200", "send 200", "accepted"},
        {"", "302", "send 302", "completed"},
        {"", "486", "send 486", "completed"},
        {"", "ACK", "", "proceeding"},
        {"", "timer", "send 100", "proceeding"},
        {"180", "183", "send 183", "proceeding"},
        {"180", "INVITE", "send 180", "proceeding"},
        {"180", "ACK", "", "proceeding"},
        {"180", "200", "send 200", "accepted"},
        {"180", "603", "send 603", "completed"},
        // completed
        {"486", "INVITE", "send 486", "completed"},
        {"486", "timer", "send 486", "completed"},
        {"486", "ACK", "", "confirmed"},
        {"486", "silence", "failed timeout", "terminated"},
        {"486", "180", "gone", "completed"},
        {"486", "200", "gone", "completed"},
        {"486", "486", "gone", "completed"},
        // confirmed
        {"486 ACK", "ACK", "", "confirmed"},
        {"486 ACK", "INVITE", "", "confirmed"},
        {"486 ACK", "timer", "", "terminated"},
        {"486 ACK", "200", "gone", "confirmed"},
        {"486 ACK", "486", "gone", "confirmed"},
        // accepted
        {"200", "INVITE", "", "accepted"},
        {"200", "ACK", "request ACK alone", "accepted"},
        {"200 ACK", "ACK", "request ACK alone", "accepted"},
        {"200", "200", "send 200", "accepted"},
        {"200", "180", "gone", "accepted"},
        {"200", "486", "gone", "accepted"},
        {"200", "timer", "", "terminated"},
        // terminated
        {"200 timer", "INVITE", "", "terminated"},
        {"200 timer", "ACK", "", "terminated"},
        {"200 timer", "200", "gone", "terminated"},
        {"486 ACK timer", "486", "gone", "terminated"},
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

TEST_CASE("INVITE server: a rejection without ACK is repeated until Timer H")
{
    SECTION("UDP")
    {
        bench b(udp);
        b.apply("486");
        CHECK(b.run() == std::vector<std::string>{"0.5 send 486", "1.5 send 486", "3.5 send 486",
                                                  "7.5 send 486", "11.5 send 486", "15.5 send 486",
                                                  "19.5 send 486", "23.5 send 486", "27.5 send 486",
                                                  "31.5 send 486", "32 failed timeout"});
    }
    SECTION("TCP")
    {
        bench b(tcp);
        b.apply("486");
        CHECK(b.run() == std::vector<std::string>{"32 failed timeout"});
    }
}

TEST_CASE("INVITE server: timers I and L")
{
    struct row
    {
        const char* events;
        destination to;
        std::vector<std::string> lines;
    };
    const std::vector<row> rows{
        {"486 ACK", udp, {"5"}},
        {"486 ACK", tcp, {}},
        {"200", udp, {"32"}},
        {"200", tcp, {"32"}},
    };
    for (const auto& r : rows)
    {
        INFO(r.events << " reliable " << r.to.reliable);
        bench b(r.to);
        for (const auto& event : split(r.events))
            b.apply(event);
        CHECK(b.run() == r.lines);
        CHECK(b.machine.is_over());
    }
}

TEST_CASE("INVITE server: repeating the 2xx does not prolong its life")
{
    bench b(udp);
    b.apply("200");
    b.now += seconds(10);
    CHECK(b.apply("200") == "send 200");
    CHECK(b.run() == std::vector<std::string>{"32"});
}
