// An agent's life: where it listens, how it ends, and that nothing of it is left over.
#include "net/srtp.hpp"
#include "net/support.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>
#include <asio/use_future.hpp>

using namespace solosip;
using namespace solosip::test;

TEST_CASE("listening: a free port, a taken one, IPv6, twice")
{
    asio::io_context io;
    agent a(io), b(io);
    CHECK(a.local_endpoint().port() == 0);
    REQUIRE_FALSE(a.listen(transport::udp, loopback()));
    const auto at = a.local_endpoint();
    CHECK(at.address() == loopback());
    CHECK(at.port() != 0);
    CHECK(b.listen(transport::udp, loopback(), at.port()) == errc::address_in_use);
    CHECK(b.listen(transport::udp, asio::ip::address_v6::loopback()) == errc::bad_config);
    CHECK(a.listen(transport::udp, loopback()) == errc::bad_config);
    CHECK(b.local_endpoint().port() == 0);
    CHECK(b.listen(transport::udp, asio::ip::make_address("192.0.2.1")));
    CHECK_FALSE(b.listen(transport::udp, loopback()));
}

TEST_CASE("configurations that cannot be")
{
    const auto refused = [](auto change)
    {
        asio::io_context io;
        config c;
        change(c);
        try
        {
            const agent a(io, c);
        }
        catch (const std::system_error& e)
        {
            return e.code() == errc::bad_config;
        }
        return false;
    };
    CHECK(refused([](config& c) { c.media.codecs = {"PCMX"}; }));
    CHECK(refused([](config& c) { c.media.codecs.clear(); }));
    CHECK(refused([](config& c) { c.dscp_sip = 64; }));
    CHECK(refused([](config& c) { c.media.port_lo = 4001, c.media.port_hi = 4001; }));
    CHECK(refused([](config& c) { c.media.port_lo = 4002, c.media.port_hi = 4000; }));
    CHECK(refused([](config& c) { c.session_expires = seconds(89); }));
    CHECK(refused([](config& c) { c.max_call = seconds(-1); }));
    CHECK_FALSE(refused([](config& c) { c.session_expires = seconds(0); }));
    CHECK_FALSE(refused([](config& c) { c.media.encryption = srtp_policy::off; }));
    // Never in the clear by mistake: where the library cannot encrypt, there is no agent.
    CHECK(refused([](config& c) { c.media.encryption = srtp_policy::preferred; }) ==
          (net::srtp() == nullptr));
    CHECK(refused([](config& c) { c.media.encryption = srtp_policy::required; }) ==
          (net::srtp() == nullptr));
    CHECK_FALSE(refused([](config& c) { c.media.port_lo = 4001, c.media.port_hi = 4002; }));
}

TEST_CASE("an account that cannot be, and a registrar that is not there")
{
    asio::io_context io;
    agent a(io);
    CHECK(a.set_account({.uri = "sip:"}) == errc::bad_uri);
    CHECK_FALSE(a.set_account({.uri = "sip:alice@example.com"}));
    run(io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            const account nonsense{.uri = "nonsense"};
            (void)co_await a.async_register(nonsense, by(ec));
            CHECK(ec == errc::bad_uri);
            co_await a.async_unregister(by(ec));
            CHECK(ec == errc::not_registered);
#ifdef __linux__
            asio::ip::udp::socket taken(io, {loopback(), 0});
            const auto port = std::to_string(taken.local_endpoint().port());
            taken.close();
            const account nobody{.uri = "sip:alice@127.0.0.1:" + port};
            const auto r = co_await a.async_register(nobody, by(ec));
            CHECK(ec == errc::unreachable);
            CHECK(r.state == registration_state::failed);
            CHECK(r.retry_in);
#endif
            co_await a.async_shutdown(1s, by(ec));
            CHECK_FALSE(ec);
            (void)co_await a.async_accept(by(ec));
            CHECK(ec == errc::shut_down);
            co_await a.async_shutdown(1s, by(ec));
            CHECK_FALSE(ec);
        });
}

TEST_CASE("shutting down hangs up, completes what waits, and lets the context end")
{
    pair p;
    std::vector<std::error_code> ends;
    const auto note = [&](std::error_code ec, auto&&...) { ends.push_back(ec); };
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            p.alice->async_accept(note);
            p.alice->async_wait_registration(note);
            co_await p.alice->async_shutdown(2s);
            CHECK(ends == std::vector<std::error_code>(2, errc::shut_down));
            const auto how = co_await d.async_wait_end();
            CHECK(how.who == ended_by::peer);
            std::error_code ec;
            co_await c.async_play(silence(1s), by(ec));
            CHECK(ec == errc::shut_down);
            co_await p.bob->async_shutdown(2s);
        });
    // No socket and no timer is left that could keep it busy.
    CHECK(p.io.run() < 100);
    CHECK(p.io.stopped());
}

TEST_CASE("whoever shuts down while it rings is gone, not unwilling: 480")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            std::optional<std::error_code> called;
            std::optional<call> c;
            const call_options options;
            p.alice->async_call(p.bob_uri, options,
                                [&](std::error_code ec, call it)
                                {
                                    called = ec;
                                    c = it;
                                });
            (void)co_await p.bob->async_accept();
            co_await p.bob->async_shutdown(2s);
            while (!called)
                co_await asio::post(p.io, asio::use_awaitable);
            CHECK(*called == errc::no_answer);
            const auto how = co_await c->async_wait_end();
            CHECK(how.status == 480);
        });
}

TEST_CASE("a shutdown that nobody answers ends with its grace")
{
    asio::io_context io;
    asio::ip::udp::socket silent(io, {loopback(), 0});
    agent a(io);
    const auto to = "sip:bob@127.0.0.1:" + std::to_string(silent.local_endpoint().port());
    std::optional<std::error_code> called;
    a.async_call(to, {}, [&](std::error_code ec, call) { called = ec; });
    run(io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            co_await a.async_shutdown(30ms, by(ec));
            CHECK(ec == errc::timed_out);
        });
    CHECK(called == std::error_code(errc::cancelled));
}

TEST_CASE("agents destroyed inside their own handlers")
{
    pair p;
    std::optional<call> kept;
    bool over = false;
    p.bob->async_accept(
        [&](std::error_code, invitation i)
        {
            i.async_answer(
                [&](std::error_code ec, call c)
                {
                    CHECK_FALSE(ec);
                    c.async_wait_end(
                        [&](std::error_code, const ending& how)
                        {
                            CHECK(how.who == ended_by::peer);
                            p.bob.reset();
                            over = true;
                        });
                });
        });
    p.alice->async_call(p.bob_uri, {},
                        [&](std::error_code ec, call c)
                        {
                            CHECK_FALSE(ec);
                            kept = c;
                            p.alice.reset();
                        });
    REQUIRE(run_until(p.io, [&] { return over; }));
    run_ready(p.io);
    std::optional<std::error_code> late;
    kept->async_play(silence(1s), [&](std::error_code ec) { late = ec; });
    kept->hang_up();
    run_ready(p.io);
    CHECK(late == std::error_code(errc::shut_down));
    CHECK(kept->ended());
}

TEST_CASE("what waits when its context is destroyed goes with it")
{
    const auto alive = std::make_shared<int>();
    std::optional<call> kept;
    {
        pair p;
        run(p.io,
            [&]() -> asio::awaitable<void>
            {
                const auto [c, d] = co_await p.connect();
                kept = d;
                // A frame that owns the handle that owns what keeps the frame.
                asio::co_spawn(
                    p.io,
                    [](call mine, std::shared_ptr<int>) -> asio::awaitable<void>
                    { (void)co_await mine.async_wait_end(); }(c, alive),
                    asio::detached);
                d.async_play(file("/nowhere"), [alive](std::error_code) {});
                p.bob->async_accept([alive, d](std::error_code, invitation) {});
                co_await wait(1ms);
            });
        CHECK(alive.use_count() > 1);
    }
    CHECK(alive.use_count() == 1);
    kept->hang_up(); // nothing is there any more to be touched
    CHECK(kept->remote_uri().find("sip:") == 0);
}

TEST_CASE("a thousand agents, made and destroyed")
{
    asio::io_context io;
    std::size_t told = 0;
    for (int i = 0; i < 1000; ++i)
    {
        agent a(io);
        CHECK_FALSE(a.listen(transport::udp, loopback()));
        a.async_accept([&](std::error_code ec, invitation) { told += ec == errc::shut_down; });
        agent moved = std::move(a);
        moved = agent(io);
        if (i % 50 == 0) run_ready(io);
    }
    run_ready(io);
    CHECK(told == 1000);
    CHECK(io.stopped());
}

TEST_CASE("cancelling what waits at an agent")
{
    asio::io_context io;
    agent a(io);
    asio::cancellation_signal stop;
    std::optional<std::error_code> accepted;
    a.async_accept(asio::bind_cancellation_slot(stop.slot(), [&](std::error_code ec, invitation)
                                                { accepted = ec; }));
    run_ready(io);
    CHECK_FALSE(accepted);
    stop.emit(asio::cancellation_type::terminal);
    CHECK_FALSE(accepted); // never from within
    REQUIRE(run_until(io, [&] { return accepted.has_value(); }));
    CHECK(*accepted == asio::error::operation_aborted);
    stop.emit(asio::cancellation_type::terminal); // too late: nothing is there any more
    run_ready(io);
}
