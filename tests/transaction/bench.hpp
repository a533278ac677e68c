// A table with its clock, and requests told apart by a number.
#pragma once

#include "transaction/support.hpp"

namespace test
{

struct bench
{
    std::string start(const sip::message& m, const destination& to = udp)
    {
        const auto started = agent.start(m, to, now, out);
        REQUIRE(started);
        last = started.value();
        return take(out);
    }
    std::string receive(const sip::message& m, const endpoint& from = peer, bool reliable = false)
    {
        agent.receive(*m, from, now, out, reliable);
        for (const auto& a : out)
            if (const auto* r = std::get_if<deliver_request>(&a); r && r->transaction)
                last = *r->transaction;
        return take(out);
    }
    std::string respond(id t, const sip::message& m)
    {
        const auto done = agent.respond(t, m, now, out);
        return done ? take(out) : "gone";
    }
    // Lets time pass in one leap for each timer.
    std::string pass(duration d)
    {
        const time_point end = now + d;
        std::string words;
        while (const auto t = agent.next_timeout())
        {
            if (*t > end) break;
            now = *t;
            agent.handle_timeout(now, out);
            const auto more = take(out);
            words += (words.empty() || more.empty() ? "" : ", ") + more;
        }
        now = end;
        return words;
    }

    table agent;
    time_point now = start_time;
    actions out;
    id last{};
};

inline request_text numbered(int n, const char* method = "OPTIONS")
{
    request_text r;
    r.method = method;
    r.via = "SIP/2.0/UDP client.example.com;rport;branch=z9hG4bK" + std::to_string(n);
    return r;
}

} // namespace test
