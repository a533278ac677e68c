// Calls between two agents: what was asked for happens, and completes with the right word.
#include "net/support.hpp"

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/use_future.hpp>

#include <unistd.h>

using namespace solosip;
using namespace solosip::test;

TEST_CASE("a call with a tone, keys and a recording; the callee hangs up")
{
    pair p;
    const auto path = std::filesystem::temp_directory_path() /
                      ("solosip_net_" + std::to_string(::getpid()) + ".wav");
    const auto callee = [&]() -> asio::awaitable<void>
    {
        const auto i = co_await p.bob->async_accept();
        CHECK(i.from().find("sip:") == 0);
        CHECK(i.to().find("sip:bob@127.0.0.1") == 0);
        CHECK(i.header("subject") == "Door bell");
        CHECK(i.header("s") == "Door bell");
        CHECK_FALSE(i.header("X-None"));
        const auto c = co_await i.async_answer();
        co_await c.async_record(file_sink(path));
        ear heard;
        const auto keys = co_await c.async_read_digits(4, '#', 5s);
        CHECK(keys == "5");
        co_await c.async_record(heard.sink());
        while (*heard.peak < 3000)
            co_await wait(20ms);
        const auto how = co_await c.async_hang_up();
        CHECK(how.who == ended_by::us);
        CHECK(how.why == errc{});
    };
    const auto caller = [&]() -> asio::awaitable<void>
    {
        std::vector<int> told;
        call_options o;
        o.subject = "Door bell";
        o.on_progress = [&](const progress& each) { told.push_back(each.status); };
        const auto c = co_await p.alice->async_call(p.bob_uri, o);
        CHECK(told == std::vector<int>{180});
        CHECK(p.alice->current_call() == c);
        CHECK(c.remote_uri() == p.bob_uri);
        CHECK_FALSE(c.ended());
        co_await c.async_send_digits("5#");
        std::error_code ec;
        co_await c.async_play(tone(440, 10s), by(ec));
        CHECK(ec == errc::call_ended);
        const auto how = co_await c.async_wait_end();
        CHECK(how.who == ended_by::peer);
        CHECK(how.duration > 0ms);
        CHECK(c.ended());
        CHECK(c.stats().sent_packets > 10);
        CHECK(c.stats().received_packets > 10);
        CHECK_FALSE(p.alice->current_call());
        co_await c.async_read_digit(by(ec));
        CHECK(ec == errc::call_ended);
        co_await c.async_play(tone(440, 1s), by(ec));
        CHECK(ec == errc::call_ended);
        (void)co_await c.async_hang_up(by(ec));
        CHECK_FALSE(ec);
    };
    run(p.io, callee, caller);
    CHECK(std::filesystem::file_size(path) > 44 + 2 * 800);
    std::filesystem::remove(path);
}

TEST_CASE("the caller hangs up; a sound ends, another is cleared, a third is cancelled")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            co_await c.async_play(tone(440, 40ms));
            co_await c.async_play_after(40ms, silence(20ms));
            std::error_code ec;
            co_await c.async_play("/nowhere/bell.wav", by(ec));
            CHECK(ec == errc::no_such_file);
            co_await c.async_record("/nowhere/bell.wav", by(ec));
            CHECK(ec == errc::no_such_file);

            std::vector<std::string> log;
            asio::cancellation_signal stop;
            c.async_play(tone(440, 10s), asio::bind_cancellation_slot(
                                             stop.slot(),
                                             [&](std::error_code e) {
                                                 log.push_back(e == asio::error::operation_aborted
                                                                   ? "aborted"
                                                                   : e.message());
                                             }));
            c.async_play(tone(440, 40ms), [&](std::error_code e)
                         { log.push_back(e ? e.message() : "second played"); });
            co_await wait(30ms);
            stop.emit(asio::cancellation_type::terminal);
            while (log.size() < 2)
                co_await wait(5ms);
            CHECK(log == std::vector<std::string>{"aborted", "second played"});

            c.async_play(tone(440, 10s), [&](std::error_code e)
                         { log.push_back(e == errc::cancelled ? "cleared" : e.message()); });
            c.clear_playback();
            while (log.size() < 3)
                co_await asio::post(p.io, asio::use_awaitable);
            CHECK(log.back() == "cleared");

            c.hang_up();
            const auto theirs = co_await d.async_wait_end();
            CHECK(theirs.who == ended_by::peer);
            const auto ours = co_await c.async_wait_end();
            CHECK(ours.who == ended_by::us);
        });
}

TEST_CASE("keys wait until they are read, and readers are cancelled without losing one")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            // INFO takes no time on the line.
            co_await c.async_send_digits("12", dtmf_via::info);
            const auto one = co_await d.async_read_digit();
            CHECK(one.key == '1');
            const auto two = co_await d.async_read_digit();
            CHECK(two.key == '2');
            CHECK(two.via == dtmf_via::info);

            asio::cancellation_signal stop;
            std::optional<std::error_code> aborted;
            d.async_read_digits(3, 0, 0ms,
                                asio::bind_cancellation_slot(stop.slot(),
                                                             [&](std::error_code ec, std::string s)
                                                             {
                                                                 aborted = ec;
                                                                 CHECK(s.empty());
                                                             }));
            co_await c.async_send_digits("3", dtmf_via::info);
            co_await wait(20ms);
            CHECK_FALSE(aborted);
            stop.emit(asio::cancellation_type::terminal);
            while (!aborted)
                co_await asio::post(p.io, asio::use_awaitable);
            CHECK(*aborted == asio::error::operation_aborted);
            const auto three = co_await d.async_read_digits(9, 0, 20ms);
            CHECK(three == "3"); // nothing more comes
            const auto none = co_await d.async_read_digits(9, 0, 1ms);
            CHECK(none.empty());
            std::error_code ec;
            co_await c.async_send_digits("5x", by(ec));
            CHECK(ec == errc::bad_digit);
            co_await c.async_send_digits("4", dtmf_via::info);
            co_await c.async_hang_up();
            (void)co_await d.async_wait_end();
            const auto last = co_await d.async_read_digit(by(ec));
            CHECK(last.key == '4'); // pressed before the end
            CHECK_FALSE(ec);
            co_await d.async_read_digit(by(ec));
            CHECK(ec == errc::call_ended);
        });
}

TEST_CASE("a cancelled call sends CANCEL, and the callee hears of it")
{
    pair p;
    asio::cancellation_signal stop;
    std::optional<std::error_code> result;
    p.alice->async_call(
        p.bob_uri, {},
        asio::bind_cancellation_slot(stop.slot(), [&](std::error_code ec, call) { result = ec; }));
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto i = co_await p.bob->async_accept();
            stop.emit(asio::cancellation_type::terminal);
            const auto how = co_await i.async_wait_cancel();
            CHECK(how.who == ended_by::peer);
            CHECK(how.why == errc::cancelled);
            std::error_code ec;
            (void)co_await i.async_answer(by(ec));
            CHECK(ec == errc::call_ended);
        });
    CHECK(result == std::error_code(asio::error::operation_aborted));
    CHECK_FALSE(p.alice->current_call());
}

TEST_CASE("refused, busy, impossible: each has its error")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            const auto refuse = [&](int status)
            { p.bob->async_accept([status](std::error_code, invitation i) { i.reject(status); }); };
            refuse(603);
            auto c = co_await p.alice->async_call(p.bob_uri, by(ec));
            CHECK(ec == errc::declined);
            REQUIRE(c.outcome());
            CHECK(c.outcome()->status == 603);
            refuse(200); // not a refusal: counts as 486
            (void)co_await p.alice->async_call(p.bob_uri, by(ec));
            CHECK(ec == errc::busy);
            (void)co_await p.alice->async_call("sip:bob@@", by(ec));
            CHECK(ec == errc::bad_uri);
            const call_options injected{.subject = "a\r\nb: c"};
            (void)co_await p.alice->async_call(p.bob_uri, injected, by(ec));
            CHECK(ec == errc::bad_header);
            // Nobody listens there: the kernel says so, and nobody has to wait for a timer.
            asio::ip::udp::socket taken(p.io, {loopback(), 0});
            const auto port = std::to_string(taken.local_endpoint().port());
            taken.close();
            (void)co_await p.alice->async_call("sip:bob@127.0.0.1:" + port, by(ec));
#ifdef __linux__
            CHECK(ec == errc::unreachable);
#endif
            CHECK_FALSE(p.alice->current_call());

            const auto [mine, theirs] = co_await p.connect();
            (void)co_await p.alice->async_call(p.bob_uri, by(ec));
            CHECK(ec == errc::call_in_progress);
            agent carol(p.io);
            (void)co_await carol.async_call(p.bob_uri, by(ec)); // bob is talking
            CHECK(ec == errc::busy);
            CHECK_FALSE(theirs.ended());
            (void)co_await call().async_read_digit(by(ec));
            CHECK(ec == errc::no_such_call);
            (void)co_await invitation().async_answer(by(ec));
            CHECK(ec == errc::no_such_call);
        });
}

TEST_CASE("nobody accepts: it rings until the limit; what has gone is not accepted later")
{
    config quick;
    quick.ring_limit = seconds(0);
    pair p(quick);
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            (void)co_await p.alice->async_call(p.bob_uri, by(ec));
            CHECK(ec == errc::no_answer);
            bool accepted = false;
            p.bob->async_accept([&](std::error_code e, invitation) { accepted = !e; });
            co_await wait(5ms);
            CHECK_FALSE(accepted);
        });
}

TEST_CASE("callbacks only, every member from inside handlers")
{
    pair p;
    std::string heard;
    bool over = false;
    p.bob->async_accept(
        [&](std::error_code ec, invitation i)
        {
            REQUIRE_FALSE(ec);
            i.ring({{"X-Line", "7"}});
            i.async_answer(
                [&](std::error_code e, call c)
                {
                    REQUIRE_FALSE(e);
                    c.async_read_digit(
                        [&, c](std::error_code failed, digit d)
                        {
                            REQUIRE_FALSE(failed);
                            heard += d.key;
                            (void)c.stats();
                            (void)c.remote_uri();
                            c.stop_recording();
                            c.clear_playback();
                            c.hang_up();
                            c.hang_up();
                        });
                });
        });
    p.alice->async_call(p.bob_uri, {},
                        [&](std::error_code ec, call c)
                        {
                            REQUIRE_FALSE(ec);
                            c.async_send_digits("8", dtmf_via::info, asio::detached);
                            c.async_wait_end([&](std::error_code, const ending&) { over = true; });
                        });
    REQUIRE(run_until(p.io, [&] { return over; }));
    CHECK(heard == "8");
}

TEST_CASE("futures from other threads while the context runs in its own")
{
    pair p;
    auto work = asio::make_work_guard(p.io);
    std::thread loop([&] { p.io.run(); });
    std::thread second([&] { p.io.run(); });
    auto invited = p.bob->async_accept(asio::use_future);
    auto calling = p.alice->async_call(p.bob_uri, {}, asio::use_future);
    const auto answered = invited.get().async_answer(asio::use_future).get();
    const auto c = calling.get();
    std::atomic<bool> stop = false;
    std::thread nosy(
        [&]
        {
            while (!stop)
            {
                (void)c.stats();
                (void)c.outcome();
                (void)answered.remote_uri();
                (void)p.alice->current_call();
                (void)p.bob->local_endpoint();
            }
        });
    c.async_play(tone(400, 60ms), asio::use_future).get();
    auto key = answered.async_read_digit(asio::use_future);
    c.async_send_digits("1", asio::use_future).get();
    CHECK(key.get().key == '1');
    CHECK(c.async_hang_up(asio::use_future).get().who == ended_by::us);
    CHECK(answered.async_wait_end(asio::use_future).get().who == ended_by::peer);
    CHECK_THROWS_AS(answered.async_read_digit(asio::use_future).get(), std::system_error);
    p.alice->async_shutdown(1s, asio::use_future).get();
    p.bob->async_shutdown(1s, asio::use_future).get();
    stop = true;
    nosy.join();
    work.reset();
    loop.join();
    second.join();
}

TEST_CASE("hold and resume, told at both ends")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            CHECK(c.held() == hold_state{});
            co_await c.async_hold();
            const auto theirs = co_await d.async_wait_hold();
            CHECK(theirs == hold_state{false, true});
            const auto ours = co_await c.async_wait_hold();
            CHECK(ours == hold_state{true, false});
            CHECK(c.held() == ours);
            CHECK(d.held() == theirs);
            co_await d.async_hold();
            co_await c.async_resume();
            co_await d.async_resume();
            hold_state last;
            for (int i = 0; i < 3; ++i)
                last = co_await c.async_wait_hold();
            CHECK(last == hold_state{});
            CHECK(c.held() == hold_state{});

            asio::cancellation_signal stop;
            std::error_code cancelled, over;
            c.async_wait_hold(asio::bind_cancellation_slot(
                stop.slot(), [&](std::error_code ec, hold_state) { cancelled = ec; }));
            c.async_wait_hold([&](std::error_code ec, hold_state) { over = ec; });
            stop.emit(asio::cancellation_type::total);
            co_await c.async_hang_up();
            CHECK(cancelled == asio::error::operation_aborted);
            CHECK(over == errc::call_ended);
            std::error_code ec;
            co_await c.async_hold(by(ec));
            CHECK(ec == errc::call_ended);
        });
}

TEST_CASE("no call cannot be held")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            const call none;
            co_await none.async_hold(by(ec));
            CHECK(ec == errc::no_such_call);
            (void)co_await none.async_wait_hold(by(ec));
            CHECK(ec == errc::no_such_call);
            CHECK(none.held() == hold_state{});
        });
}

TEST_CASE("sound before the answer, and an offer that comes late")
{
    pair p;
    const auto callee = [&]() -> asio::awaitable<void>
    {
        const auto i = co_await p.bob->async_accept();
        const auto early = co_await i.async_early_media();
        const auto again = co_await i.async_early_media();
        CHECK(early == again);
        co_await early.async_play(tone(440, 200ms));
        const auto c = co_await i.async_answer();
        CHECK(c == early);
        std::error_code ec;
        (void)co_await i.async_early_media(by(ec));
        CHECK(ec == errc::call_in_progress);
        co_await c.async_wait_end();
    };
    const auto caller = [&]() -> asio::awaitable<void>
    {
        std::vector<int> told;
        call_options o;
        o.late_offer = true;
        o.on_progress = [&](const progress& each) { told.push_back(each.status); };
        const auto c = co_await p.alice->async_call(p.bob_uri, o);
        CHECK(told == std::vector<int>{180, 183});
        CHECK(c.stats().received_packets > 5);
        co_await c.async_hang_up();
    };
    run(p.io, callee, caller);
}

TEST_CASE("a call that lasts long enough is hung up")
{
    config of_bob;
    of_bob.max_call = 1s;
    pair p(of_bob);
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            const auto how = co_await d.async_wait_end();
            CHECK(how.why == errc::duration_limit);
            const auto theirs = co_await c.async_wait_end();
            CHECK(theirs.who == ended_by::peer);
            CHECK(theirs.reason == "Maximum Duration");
        });
}
