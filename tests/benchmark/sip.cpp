// What the message layer costs: tables for usual messages and for offers, and one for hostile
// shapes that double in size. CPU time, and calls of operator new (peers in C use malloc, which is
// not counted); run it on an idle machine.
#include "benchmark/messages.hpp"
#include "benchmark/peers.hpp"
#include "solosip/sdp/description_view.hpp"
#include "solosip/sip/framer.hpp"
#include "solosip/sip/message_view.hpp"
#include "solosip/sip/validation.hpp"
#include "solosip/sip/writer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace
{

std::size_t heap_calls = 0;

} // namespace

void* operator new(std::size_t size)
{
    ++heap_calls;
    if (void* p = std::malloc(size)) return p;
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept
{
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept
{
    std::free(p);
}

using namespace solosip;
using namespace solosip::sip;

namespace
{

std::size_t sink = 0;

void use(std::string_view s)
{
    if (!s.empty()) sink += s.size() + static_cast<unsigned char>(s.front());
}

void parse_only(const std::string& text)
{
    message_view m;
    if (!m.parse(text)) std::abort();
    sink += m.header_count();
}

// What a user agent looks at in every message that it gets.
void use_fields(const message_view& m)
{
    use(m.method_text());
    if (m.is_request())
    {
        const auto uri = parse_uri(m.request_uri());
        if (!uri) std::abort();
        use(uri->user);
        use(uri->host);
    }
    const auto via = m.top_via();
    const auto from = m.from();
    const auto to = m.to();
    const auto cseq = m.cseq();
    if (!via || !from || !to || !cseq) std::abort();
    use(via->branch());
    use(from->tag());
    use(to->tag());
    use(m.call_id());
    use(cseq->method_text);
    if (const auto contact = m.contact()) use(contact->uri.host);
    sink += m.number(header_id::content_length).value_or(0) + cseq->number;
    use(m.body());
}

void parse_and_fields(const std::string& text)
{
    message_view m;
    if (!m.parse(text)) std::abort();
    use_fields(m);
}

void parse_and_judge(const std::string& text)
{
    message_view m;
    if (!m.parse(text)) std::abort();
    use_fields(m);
    if (!validate(m).ok()) std::abort();
}

// Where each line begins and ends, and its colon: less than any parser can do.
void line_index(const std::string& text)
{
    const char* p = text.data();
    const char* const end = p + text.size();
    std::array<std::array<const char*, 2>, 128> lines;
    std::size_t count = 0;
    while (const void* found = std::memchr(p, '\n', static_cast<std::size_t>(end - p)))
    {
        const char* newline = static_cast<const char*>(found);
        if (newline - p <= 1) break;
        const char* colon = p;
        while (*colon != ':' && colon != newline)
            ++colon;
        lines[count++] = {colon, newline};
        p = newline + 1;
    }
    sink += count + static_cast<std::size_t>(lines[count / 2][1] - lines[0][0]);
}

void print(const message_view& m)
{
    std::array<char, 8'192> room;
    writer w(room);
    if (m.is_request())
        w.request(m.method_text(), m.request_uri());
    else
        w.status(m.status(), m.reason());
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        const header_field line = m.header(i);
        if (line.id == header_id::content_length) continue;
        if (line.id == header_id::other)
            w.header(line.name, line.value);
        else
            w.header(line.id, line.value);
    }
    w.body({}, m.body());
    const auto text = w.finish();
    if (!text) std::abort();
    use(*text);
}

struct cost
{
    double nanoseconds;
    double heap_calls;
};

// The least of several runs: what disturbs can only add. The clock is asked seldom, for asking
// takes as long as a message.
cost measure(const std::function<void()>& work)
{
    const auto run = [&](std::size_t times)
    {
        const std::clock_t start = std::clock();
        for (std::size_t i = 0; i < times; ++i)
            work();
        return std::clock() - start;
    };
    std::size_t times = 16;
    while (run(times) < CLOCKS_PER_SEC / 500)
        times *= 2;
    cost least{1e18, 0};
    for (int round = 0; round < 25; ++round)
    {
        const std::size_t calls = heap_calls;
        const double spent = static_cast<double>(run(times)) / CLOCKS_PER_SEC;
        least.nanoseconds = std::min(least.nanoseconds, 1e9 * spent / static_cast<double>(times));
        least.heap_calls = static_cast<double>(heap_calls - calls) / static_cast<double>(times);
    }
    return least;
}

void look_at_offer(const std::string& text)
{
    sdp::description_view d;
    if (!d.parse(text)) std::abort();
    for (std::size_t i = 0; i < d.media_count(); ++i)
    {
        const auto m = d.media(i);
        sink += m.port() + (m.address() ? 1u : 0u) + m.ptime().value_or(20);
        use(m.protocol());
        for (std::size_t f = 0; f < m.format_count(); ++f)
        {
            const auto format = m.format(f);
            use(format.name);
            sink += format.payload_type + format.clock_rate;
        }
        sink += m.direction() == sdp::direction::sendrecv ? 1u : 0u;
    }
}

void own_offer(const std::string& text)
{
    const auto d = sdp::parse(text);
    if (!d) std::abort();
    sink += d->media.size();
}

std::function<void()> printer(const std::string& text)
{
    auto m = std::make_shared<message_view>();
    if (!m->parse(text)) std::abort();
    return [m] { print(*m); };
}

void print_line(const char* name, cost c)
{
    std::printf("| %-44s | %8.0f | %6.1f |\n", name, c.nanoseconds, c.heap_calls);
}

using task = std::function<void(const std::string&)>;

void row(const std::vector<std::string>& texts, const char* name, const task& work)
{
    cost sum{};
    for (const auto& text : texts)
    {
        const cost each = measure([&] { work(text); });
        sum.nanoseconds += each.nanoseconds / static_cast<double>(texts.size());
        sum.heap_calls += each.heap_calls / static_cast<double>(texts.size());
    }
    print_line(name, sum);
}

void usual_offers()
{
    const auto offers = benchmark::offers();
    std::printf("\nMean of %zu offers, ns and calls of operator new an offer\n\n", offers.size());
    row(offers, "line index, no parser", line_index);
    row(offers, "parse, read the offer's fields", look_at_offer);
    row(offers, "parse into a description that owns all", own_offer);
    for (const auto& peer : benchmark::sdp_peers())
        row(offers, peer.name, peer.parse_and_fields);
}

void usual_messages()
{
    const auto messages = benchmark::usual_messages();
    std::printf("Mean of %zu usual messages, ns and calls of operator new a message\n\n",
                messages.size());
    const auto row = [&](const char* name, const task& work) { ::row(messages, name, work); };
    row("line index, no parser", line_index);
    row("parse", parse_only);
    row("parse, read the usual fields", parse_and_fields);
    row("parse, read the usual fields, validate", parse_and_judge);
    for (const auto& peer : benchmark::peers())
        row(peer.name, peer.parse_and_fields);

    std::printf("\nThe same messages printed, header by header\n\n");
    const auto print_row = [&](const std::string& name, const auto& make)
    {
        cost sum{};
        for (const auto& text : messages)
        {
            const std::function<void()> work = make(text);
            const cost each = measure(work);
            sum.nanoseconds += each.nanoseconds / static_cast<double>(messages.size());
            sum.heap_calls += each.heap_calls / static_cast<double>(messages.size());
        }
        print_line(name.c_str(), sum);
    };
    print_row("solosip", [](const std::string& text) { return printer(text); });
    for (const auto& peer : benchmark::peers())
        if (peer.printer)
            print_row(std::string(peer.name, std::strcspn(peer.name, ":")), peer.printer);
}

// Nothing but the same work, for a program that counts instructions.
int loop(const std::string& what, int count)
{
    task work = parse_and_fields;
    for (const auto& peer : benchmark::peers())
        if (what == std::string(peer.name, std::strcspn(peer.name, ":")))
            work = peer.parse_and_fields;
    for (const auto& text : benchmark::usual_messages())
        for (int i = 0; i < count; ++i)
            work(text);
    return 0;
}

// The cost of each shape must grow as the message does: the last column stays about the same.
void hostile_shapes()
{
    std::printf("\nHostile shapes, parse and validate and read all: ns a byte, by bytes\n\n|%-30s|",
                "");
    for (std::size_t size = 1'000; size <= 64'000; size *= 4)
        std::printf(" %7zu |", size);
    std::printf("\n");
    for (const auto& shape : benchmark::hostile_shapes())
    {
        std::printf("| %-28s |", shape.name);
        for (std::size_t size = 1'000; size <= 64'000; size *= 4)
        {
            const std::string text = shape.make(size);
            const auto work = [&]
            {
                message_view m;
                if (!m.parse(text)) return;
                sink += validate(m).why.size();
                for (std::size_t i = 0; i < m.header_count(); ++i)
                {
                    m.for_each_value(m.header(i).id, [](std::string_view v) { sink += v.size(); });
                    if (const auto a = parse_name_addr(m.header(i).value)) use(a->tag());
                    if (const auto a = parse_auth(m.header(i).value))
                        sink += a->params.has("none") ? 1 : 0;
                }
            };
            std::printf(" %7.2f |", measure(work).nanoseconds / static_cast<double>(text.size()));
        }
        std::printf("\n");
    }
}

void slow_drip()
{
    std::printf("\nA stream that drips, one byte a push: ns a byte\n\n");
    for (std::size_t size = 1'000; size <= 64'000; size *= 4)
    {
        const std::string head = "OPTIONS sip:h SIP/2.0\r\nX: " + std::string(size / 2, 'x') +
                                 "\r\nContent-Length: " + std::to_string(size / 2 - 100) +
                                 "\r\n\r\n";
        const std::string text = head + std::string(size / 2 - 100, 'b');
        const cost each = measure(
            [&]
            {
                framer f;
                for (const char c : text)
                {
                    f.push({&c, 1});
                    const auto next = f.next();
                    if (next && *next) use((*next)->bytes);
                }
            });
        std::printf("| %7zu | %7.2f |\n", text.size(),
                    each.nanoseconds / static_cast<double>(text.size()));
    }
}

} // namespace

// benchmark_sip [--loop solosip|sofia-sip|osip2 COUNT]
int main(int argc, char** argv)
{
    if (argc == 4 && std::strcmp(argv[1], "--loop") == 0) return loop(argv[2], std::atoi(argv[3]));
    usual_messages();
    usual_offers();
    hostile_shapes();
    slow_drip();
    return sink == 1 ? 1 : 0;
}
