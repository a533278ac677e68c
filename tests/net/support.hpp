// Two agents in one process, talking over loopback on ports that happen to be free.
//
// CHECK names its expression twice, and GCC 12 awaits even what is behind `false &&`: so await
// first, and check what came of it.
#pragma once

#include "solosip/solosip.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace solosip::test
{

using namespace std::chrono_literals;

inline auto by(std::error_code& ec)
{
    return asio::redirect_error(asio::use_awaitable, ec);
}

inline asio::ip::address loopback()
{
    return asio::ip::address_v4::loopback();
}

/// Runs `io` until `done`; false where that takes longer than anything here may.
inline bool run_until(asio::io_context& io, const std::function<bool()>& done)
{
    const auto limit = std::chrono::steady_clock::now() + 20s;
    if (io.stopped()) io.restart();
    while (!done())
        if (io.run_one_until(limit) == 0) return done();
    return true;
}

/// Everything that is ready, without waiting.
inline void run_ready(asio::io_context& io)
{
    if (io.stopped()) io.restart();
    while (io.poll() > 0)
    {
    }
}

/// Runs coroutines side by side until all have returned; rethrows what the first one threw.
inline void run_all(asio::io_context& io, std::vector<asio::awaitable<void>> all)
{
    std::size_t running = all.size();
    std::exception_ptr first;
    for (auto& each : all)
        asio::co_spawn(io, std::move(each),
                       [&](std::exception_ptr e)
                       {
                           --running;
                           if (e && !first) first = e;
                       });
    const bool finished = run_until(io, [&] { return running == 0 || first; });
    if (first) std::rethrow_exception(first);
    REQUIRE(finished);
}
using coroutine = std::function<asio::awaitable<void>()>;

inline void run(asio::io_context& io, const coroutine& one)
{
    std::vector<asio::awaitable<void>> all;
    all.push_back(one());
    run_all(io, std::move(all));
}

inline void run(asio::io_context& io, const coroutine& one, const coroutine& other)
{
    std::vector<asio::awaitable<void>> all;
    all.push_back(one());
    all.push_back(other());
    run_all(io, std::move(all));
}

inline asio::awaitable<void> wait(std::chrono::milliseconds time)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

struct pair
{
    explicit pair(config of_bob = {}) : bob(std::make_unique<agent>(io, std::move(of_bob)))
    {
        REQUIRE(!alice->listen(transport::udp, loopback()));
        REQUIRE(!bob->listen(transport::udp, loopback()));
        bob_uri = "sip:bob@127.0.0.1:" + std::to_string(bob->local_endpoint().port());
        alice_uri = "sip:alice@127.0.0.1:" + std::to_string(alice->local_endpoint().port());
    }

    /// Calls bob, who answers.
    asio::awaitable<std::pair<call, call>> connect()
    {
        std::optional<call> answered;
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void>
            {
                const auto i = co_await bob->async_accept();
                answered = co_await i.async_answer();
            },
            [](std::exception_ptr) {});
        const call c = co_await alice->async_call(bob_uri);
        while (!answered)
            co_await asio::post(io, asio::use_awaitable);
        co_return std::pair(c, *answered);
    }

    asio::io_context io;
    std::unique_ptr<agent> alice = std::make_unique<agent>(io), bob;
    std::string alice_uri, bob_uri;
};

/// The loudest sample that was heard.
struct ear
{
    std::shared_ptr<int> peak = std::make_shared<int>(0);
    audio_sink sink() const
    {
        return pcm_sink(
            [p = peak](std::span<const std::int16_t> heard)
            {
                for (const int s : heard)
                    *p = std::max(*p, std::abs(s));
            },
            8000);
    }
};

} // namespace solosip::test
