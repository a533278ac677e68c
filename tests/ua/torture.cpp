// What the agent does with each message in tests/sip/torture/: the notes of RFC 4475 and RFC 5118
// say how an element is to answer, expectations.txt what ours does.
#include "sip/torture_table.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/sip/validation.hpp"
#include "solosip/ua/engine.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;

namespace
{

struct address_pair
{
    endpoint us, them;
};

// IPv4, but IPv6 where the session description has no other.
address_pair addresses_for(const std::string& message)
{
    const auto has = [&](const char* text) { return message.find(text) != std::string::npos; };
    if (has("IN IP6") && !has("IN IP4"))
        return {{ip_address::parse("2001:db8::10").value(), 5060},
                {ip_address::parse("2001:db8::9:1").value(), 5070}};
    return {{ip_address::v4(192, 0, 2, 1), 5060}, {ip_address::v4(192, 0, 2, 2), 5070}};
}

// An agent without an account, so that whom a request is for does not matter.
struct listener
{
    listener() : random(1), agent(config(), random) {}

    static ua::settings config()
    {
        ua::settings s;
        s.codecs = {&codecs::pcma(), &codecs::pcmu()};
        return s;
    }

    void receive(const std::string& bytes)
    {
        const auto between = addresses_for(bytes);
        agent.receive(bytes, between.them, between.us, now);
        drain();
    }

    void drain()
    {
        for (bool more = true; more;)
        {
            more = false;
            while (auto t = agent.poll_transmit())
            {
                more = true;
                auto m = sip::message::parse(t->bytes);
                REQUIRE(m);
                sent.push_back(std::move(*m));
            }
            while (auto e = agent.poll_event())
            {
                more = true;
                if (std::holds_alternative<ua::incoming_call>(*e))
                    ++calls;
                else if (!std::holds_alternative<ua::call_ended>(*e))
                    ++other_events;
            }
        }
    }

    // Statuses in the order in which they went out, then what the application was told.
    std::string told() const
    {
        std::string words;
        for (const auto& m : sent)
            words += (m->is_response() ? std::to_string(m->status()) : "request") + ' ';
        if (calls > 0) words += "rings ";
        if (other_events > 0) words += "event ";
        if (words.empty()) return "silence";
        words.pop_back();
        return words;
    }

    void pass(duration d)
    {
        const auto end = now + d;
        for (auto next = agent.next_timeout(); next && *next <= end; next = agent.next_timeout())
        {
            now = *next;
            agent.handle_timeout(now);
            drain();
        }
        now = end;
    }

    seeded_random random;
    ua::engine agent;
    time_point now{seconds(1)};
    std::vector<sip::message> sent;
    int calls = 0, other_events = 0;
};

std::vector<std::string> values(const sip::message_view& m, sip::header_id id)
{
    std::vector<std::string> all;
    m.for_each_value(id, [&](std::string_view value) { all.emplace_back(value); });
    return all;
}

// RFC 3261 section 8.2.6, and the headers that a status asks for.
void check_answer(const sip::message_view& request, const sip::message& answer)
{
    CHECK(sip::validate(*answer).ok());
    CHECK(answer->cseq()->number == request.cseq()->number);
    CHECK(answer->cseq()->method_text == request.cseq()->method_text);
    CHECK(answer->call_id() == request.call_id());
    CHECK(values(*answer, sip::header_id::via).size() ==
          values(request, sip::header_id::via).size());
    if (answer->status() > 100) CHECK(!answer->to()->tag().empty());
    switch (answer->status())
    {
    case 405: CHECK(answer->has(sip::header_id::allow)); break; // section 8.2.1
    case 415:                                                   // section 8.2.3
        CHECK(
            (answer->has(sip::header_id::accept) || answer->has(sip::header_id::accept_encoding)));
        break;
    case 420: CHECK(answer->has(sip::header_id::unsupported)); break; // section 8.2.2.3
    default: break;
    }
}

} // namespace

TEST_CASE("what the agent does with the torture messages", "[torture]")
{
    for (const auto& each : torture::read_table())
    {
        CAPTURE(each.file, each.section);
        const std::string bytes = torture::read(each.file + ".sip");
        listener l;
        l.receive(bytes);
        CHECK(l.told() == each.agent);
        sip::message_view m;
        const bool readable = m.parse(bytes).has_value();
        if (each.verdict == "drop") CHECK(l.told() == "silence");
        if (readable && each.verdict == "ok")
            for (const auto& answer : l.sent)
                check_answer(m, answer);
        // Whatever it was, nothing is left of it in the end.
        l.pass(seconds(200));
        CHECK(l.agent.live_objects() == 0);
    }
}
