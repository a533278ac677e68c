// Many two-way calls at once: N agents in one thread, each in a call with an agent of another
// process, over the loopback. How punctual are their packets, and what do they cost?
//     benchmark_calls [--seconds S] [N...]        (10 s; 1 10 100 500 1000)
#include "benchmark/pacing.hpp"

#include "solosip/solosip.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace solosip;
using namespace std::chrono_literals;

namespace
{

config settings()
{
    config c;
    c.ring_at_once = false;
    c.session_expires = seconds(0);
    return c;
}

asio::ip::address loopback()
{
    return asio::ip::address_v4::loopback();
}

void must(bool good, const char* what)
{
    if (good) return;
    std::perror(what);
    std::_Exit(1);
}

// ---- the other side

struct heard
{
    std::uint64_t sent = 0, received = 0, lost = 0;
    benchmark::lateness timer; ///< a plain one, in that process
};

heard sum(const std::vector<call>& calls)
{
    heard h;
    for (const call& c : calls)
    {
        const auto s = c.stats();
        h.sent += s.sent_packets;
        h.received += s.received_packets;
        h.lost += s.lost_packets;
    }
    return h;
}

asio::awaitable<void> answer_one(agent& a, std::vector<call>& calls)
{
    const auto i = co_await a.async_accept();
    calls.push_back(co_await i.async_answer());
}

/// Answers `n` calls, tells its ports, and at the end what came.
[[noreturn]] void be_called(std::size_t n, seconds length, int in, int out)
{
    asio::io_context io(1);
    std::vector<std::unique_ptr<agent>> agents;
    std::vector<call> calls;
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < n; ++i)
    {
        agents.push_back(std::make_unique<agent>(io, settings()));
        must(!agents.back()->listen(transport::udp, loopback()), "listen");
        ports.push_back(agents.back()->local_endpoint().port());
        asio::co_spawn(io, answer_one(*agents.back(), calls), asio::detached);
    }
    must(write(out, ports.data(), ports.size() * sizeof ports[0]) > 0, "write");
    heard h;
    std::thread timer([&] { h.timer = benchmark::late(benchmark::metronome(length)); });
    asio::posix::stream_descriptor end(io, in);
    std::array<char, 1> byte;
    end.async_read_some(asio::buffer(byte), [&](std::error_code, std::size_t) { io.stop(); });
    io.run();
    timer.join();
    const auto t = h.timer;
    h = sum(calls);
    h.timer = t;
    must(write(out, &h, sizeof h) == sizeof h, "write");
    std::_Exit(0);
}

// ---- this side

double cpu_seconds()
{
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto s = [](const timeval& t)
    { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return s(u.ru_utime) + s(u.ru_stime);
}

void read_all(int from, void* to, std::size_t size)
{
    for (auto* at = static_cast<char*>(to); size > 0;)
    {
        const auto n = read(from, at, size);
        must(n > 0, "read");
        at += n;
        size -= static_cast<std::size_t>(n);
    }
}

struct row
{
    benchmark::lateness late;
    heard here, there;
    double cpu = 0, wall = 0;
};

asio::awaitable<void> call_all(std::vector<std::unique_ptr<agent>>& agents,
                               const std::vector<std::uint16_t>& ports, std::vector<call>& calls,
                               benchmark::timed_codec& codec, seconds length, row& result)
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (std::size_t i = 0; i < agents.size(); ++i)
    {
        const auto to = "sip:b@127.0.0.1:" + std::to_string(ports[i]);
        calls.push_back(co_await agents[i]->async_call(to));
        // Their packets are not to leave all at once.
        timer.expires_after(std::chrono::microseconds(1700));
        co_await timer.async_wait(asio::use_awaitable);
    }
    timer.expires_after(1s);
    co_await timer.async_wait(asio::use_awaitable);
    codec.begin(static_cast<std::size_t>(length / 20ms) + 100);
    const double cpu = cpu_seconds();
    const auto begin = benchmark::clock::now();
    timer.expires_after(length);
    co_await timer.async_wait(asio::use_awaitable);
    result.cpu = cpu_seconds() - cpu;
    result.wall = std::chrono::duration<double>(benchmark::clock::now() - begin).count();
    codec.end();
    result.here = sum(calls);
}

row measure(std::size_t n, seconds length)
{
    int to_child[2], from_child[2];
    must(pipe(to_child) == 0 && pipe(from_child) == 0, "pipe");
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) be_called(n, length, to_child[0], from_child[1]);
    std::vector<std::uint16_t> ports(n);
    read_all(from_child[0], ports.data(), n * sizeof ports[0]);

    row result;
    benchmark::timed_codec codec;
    {
        asio::io_context io(1);
        auto how = settings();
        how.media.codecs = {"PCMA"};
        how.media.more_codecs = {&codec};
        std::vector<std::unique_ptr<agent>> agents;
        std::vector<call> calls;
        for (std::size_t i = 0; i < n; ++i)
        {
            agents.push_back(std::make_unique<agent>(io, how));
            must(!agents.back()->listen(transport::udp, loopback()), "listen");
        }
        asio::co_spawn(io, call_all(agents, ports, calls, codec, length, result),
                       [&](std::exception_ptr e)
                       {
                           if (e) std::puts("a call has failed");
                           io.stop();
                       });
        io.run();
        must(write(to_child[1], "q", 1) == 1, "write");
        read_all(from_child[0], &result.there, sizeof result.there);
        result.late = benchmark::late(codec.all());
    }
    waitpid(child, nullptr, 0);
    for (const int fd : {to_child[0], to_child[1], from_child[0], from_child[1]})
        close(fd);
    return result;
}

void raise_file_limit()
{
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace

int main(int argc, char** argv)
{
    seconds length{10};
    std::vector<std::size_t> counts;
    for (int i = 1; i < argc; ++i)
    {
        if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            length = seconds(std::max(1, std::atoi(argv[++i])));
        else if (const int n = std::atoi(argv[i]); n > 0)
            counts.push_back(static_cast<std::size_t>(n));
    }
    if (counts.empty()) counts = {1, 10, 100, 500, 1000};
    raise_file_limit();
    std::printf("%lld s each; microseconds by which packets left after their time; lost in this "
                "direction and in the other; CPU of one core;\n"
                "a plain timer of 20 ms in another process at the same time\n\n",
                static_cast<long long>(length.count()));
    std::printf("| calls | packets a call | p50 | p99 | p99.9 | most | left out | lost | CPU | "
                "timer p99.9 | "
                "timer most |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (const std::size_t n : counts)
    {
        const row r = measure(n, length);
        std::printf("| %zu | %.1f | %.0f | %.0f | %.0f | %.0f | %zu | %llu + %llu | %.1f %% | %.0f "
                    "| %.0f |\n",
                    n, static_cast<double>(r.late.packets) / static_cast<double>(n), r.late.p50,
                    r.late.p99, r.late.p999, r.late.most, r.late.left_out,
                    static_cast<unsigned long long>(r.there.lost),
                    static_cast<unsigned long long>(r.here.lost), 100 * r.cpu / r.wall,
                    r.there.timer.p999, r.there.timer.most);
        std::fflush(stdout);
    }
}
