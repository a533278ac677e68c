#include "transaction/invite_client.hpp"

#include "transaction/support.hpp"

namespace
{

using namespace test;

const char* name(invite_client::state s)
{
    switch (s)
    {
    case invite_client::state::calling: return "calling";
    case invite_client::state::proceeding: return "proceeding";
    case invite_client::state::completed: return "completed";
    case invite_client::state::accepted: return "accepted";
    case invite_client::state::terminated: return "terminated";
    }
    return "?";
}

struct bench
{
    explicit bench(const destination& to, timing times = {})
        : machine(id{1}, make("INVITE"), to, times)
    {
        machine.start(now, out);
    }

    void on_timeout(time_point at, actions& into)
    {
        now = at;
        machine.on_timeout(at, into);
    }

    // "486": a response; "timer": the next one; "last timer": the one that ends the state.
    std::string apply(const std::string& event)
    {
        take(out);
        if (event == "error")
            machine.on_transport_error(out);
        else if (event == "abandon")
            machine.abandon();
        else if (event == "timer")
        {
            if (const auto t = machine.next_timeout()) on_timeout(*t, out);
        }
        else if (event == "end")
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
            machine.on_response(*answer(machine.request(), std::stoi(event)), peer, now, out);
        return take(out);
    }

    time_point now = start_time;
    actions out;
    invite_client machine;
};

} // namespace

TEST_CASE("INVITE that nobody answers")
{
    SECTION("UDP: seven times, then Timer B")
    {
        bench b(udp);
        CHECK(take(b.out) == "send INVITE");
        const auto lines =
            run_down(b.machine, [&](time_point t, actions& out) { b.on_timeout(t, out); });
        CHECK(lines == std::vector<std::string>{"0.5 send INVITE", "1.5 send INVITE",
                                                "3.5 send INVITE", "7.5 send INVITE",
                                                "15.5 send INVITE", "31.5 send INVITE",
                                                "32 failed timeout"});
        CHECK(b.machine.is_over());
    }
    SECTION("TCP: once")
    {
        bench b(tcp);
        CHECK(take(b.out) == "send INVITE");
        const auto lines =
            run_down(b.machine, [&](time_point t, actions& out) { b.on_timeout(t, out); });
        CHECK(lines == std::vector<std::string>{"32 failed timeout"});
    }
    SECTION("another T1")
    {
        timing times;
        times.t1 = milliseconds(100);
        bench b(udp, times);
        const auto lines =
            run_down(b.machine, [&](time_point t, actions& out) { b.on_timeout(t, out); });
        REQUIRE(lines.size() == 7);
        CHECK(lines.front() == "0.1 send INVITE");
        CHECK(lines.back() == "6.4 failed timeout");
    }
}

TEST_CASE("INVITE client: each state and event")
{
    const std::vector<edge> edges{
        // calling
        {"", "180", "deliver 180", "proceeding"},
        {"", "200", "deliver 200", "accepted"},
        {"", "302", "send ACK, deliver 302", "completed"},
        {"", "486", "send ACK, deliver 486", "completed"},
        {"", "603", "send ACK, deliver 603", "completed"},
        {"", "timer", "send INVITE", "calling"},
        {"", "end", "failed timeout", "terminated"},
        {"", "error", "failed transport", "terminated"},
        {"", "abandon", "", "terminated"},
        // proceeding
        {"100", "180", "deliver 180", "proceeding"},
        {"100", "100", "deliver 100", "proceeding"},
        {"100", "200", "deliver 200", "accepted"},
        {"100 183", "486", "send ACK, deliver 486", "completed"},
        {"180", "timer", "", "proceeding"}, // neither A nor B runs
        {"180", "error", "failed transport", "terminated"},
        {"180", "abandon", "", "terminated"},
        // completed
        {"486", "486", "send ACK", "completed"},
        {"486", "603", "send ACK", "completed"},
        {"486", "180", "", "completed"},
        {"486", "200", "stray 200", "completed"},
        {"486", "timer", "", "terminated"},
        {"486", "error", "", "completed"},
        {"486", "abandon", "", "terminated"},
        // accepted
        {"200", "200", "deliver 200", "accepted"},
        {"200", "180", "", "accepted"},
        {"200", "486", "", "accepted"},
        {"200", "timer", "", "terminated"},
        {"200", "error", "", "accepted"},
        {"200", "abandon", "", "terminated"},
        // terminated
        {"abandon", "180", "", "terminated"},
        {"abandon", "200", "", "terminated"},
        {"abandon", "486", "", "terminated"},
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

TEST_CASE("INVITE client: timers D and M")
{
    struct row
    {
        const char* response;
        destination to;
        milliseconds t1;
        std::vector<std::string> lines;
    };
    const std::vector<row> rows{
        {"486", udp, milliseconds(500), {"32"}},  {"486", udp, milliseconds(100), {"32"}},
        {"486", udp, seconds(1), {"64"}},         {"486", tcp, milliseconds(500), {}},
        {"200", udp, milliseconds(500), {"32"}},  {"200", tcp, milliseconds(500), {"32"}},
        {"200", udp, milliseconds(100), {"6.4"}},
    };
    for (const auto& r : rows)
    {
        INFO(r.response << " reliable " << r.to.reliable << " T1 " << r.t1.count());
        timing times;
        times.t1 = r.t1;
        bench b(r.to, times);
        b.apply(r.response);
        CHECK(run_down(b.machine, [&](time_point t, actions& out) { b.on_timeout(t, out); }) ==
              r.lines);
        CHECK(b.machine.is_over());
    }
}

TEST_CASE("INVITE client: the ACK is for the response that came")
{
    bench b(udp);
    take(b.out);
    b.machine.on_response(*answer(b.machine.request(), 486, "fork-7"), peer, b.now, b.out);
    REQUIRE(b.out.size() == 2);
    const auto& sent = std::get<send>(b.out[0]);
    CHECK(sent.to == udp);
    const auto ack = sip::message::parse(sent.bytes);
    REQUIRE(ack);
    const auto& v = *ack.value();
    CHECK(v.request_uri() == "sip:bob@example.com");
    CHECK(v.to().value().tag() == "fork-7");
    CHECK(v.top_via().value().branch() == "z9hG4bKone");
    CHECK(v.cseq().value().number == 7);
}
