// Sounds: what ends them, what comes of their errors, and where they may come from.
#include "net/played_sound.hpp"
#include "net/support.hpp"
#include "solosip/media/sources.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <asio/detached.hpp>

using namespace solosip;
using namespace solosip::test;

TEST_CASE("a key ends the sounds that wait for one, and stays to be read")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            std::vector<std::string> log;
            const auto note = [&](std::string name)
            {
                return [&log, name](std::error_code ec, char key) {
                    log.push_back(name + (ec ? ec.message() : key ? std::string(1, key) : "-"));
                };
            };
            d.async_play_until_key(tone(440, 10s), "", note("first "));
            d.async_play_until_key(tone(440, 10s), "#", note("second "));
            d.async_play_until_key(tone(440, 10s), "12", 10ms, note("third "));
            d.async_play(tone(440, 40ms),
                         [&](std::error_code ec) { log.push_back(ec ? ec.message() : "plain"); });
            co_await wait(60ms);
            CHECK(log.empty());
            co_await c.async_send_digits("2", dtmf_via::info);
            while (log.size() < 2)
                co_await wait(1ms);
            CHECK(log == std::vector<std::string>{"first 2", "third 2"});
            const auto key = co_await d.async_read_digit();
            CHECK(key.key == '2');
            co_await c.async_send_digits("#", dtmf_via::info);
            while (log.size() < 4)
                co_await wait(5ms);
            CHECK(log[2] == "second #");
            CHECK(log[3] == "plain");

            // Heard to its end, and not to be interrupted by what is no key.
            const auto none = co_await d.async_play_until_key(tone(440, 40ms));
            CHECK(none == '\0');
            std::error_code ec;
            (void)co_await d.async_play_until_key(tone(440, 40ms), "x", by(ec));
            CHECK(ec == errc::bad_digit);
            (void)co_await d.async_play_until_key("/nowhere/bell.wav", "", by(ec));
            CHECK(ec == errc::no_such_file);
            (void)co_await call().async_play_until_key(tone(440, 40ms), "", by(ec));
            CHECK(ec == errc::no_such_call);
            c.hang_up();
            (void)co_await d.async_play_until_key(tone(440, 10s), "", by(ec));
            CHECK(ec == errc::call_ended);
        });
}

TEST_CASE("errors of one sound do not end the call, nor keep the next one from playing")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            std::error_code ec;
            const auto bad = pcm([](std::span<std::int16_t>) -> std::size_t
                                 { throw std::runtime_error("no sound"); },
                                 8000);
            co_await c.async_play(bad, by(ec));
            CHECK(ec == errc::bad_config);
            co_await c.async_play(memory(std::vector<std::int16_t>(100), 0), by(ec));
            CHECK(ec == errc::bad_config);
            co_await c.async_play(with_gain(tone(440, 40ms), 3), by(ec));
            CHECK_FALSE(ec);
            CHECK_FALSE(c.ended());
            c.hang_up();
            (void)co_await d.async_wait_end();
        });
}

TEST_CASE("a program writes what is said, bit by bit, and a caller hears it ring before the answer")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            ear caller;
            p.alice->async_call(p.bob_uri, {}, asio::detached);
            const auto i = co_await p.bob->async_accept();
            const auto d = co_await i.async_early_media();
            d.async_play(ringback("GB"), asio::detached);
            while (!p.alice->current_call())
                co_await wait(1ms);
            const auto c = p.alice->current_call();
            co_await c.async_record(caller.sink());
            while (*caller.peak < 3000)
                co_await wait(20ms);
            (void)co_await i.async_answer();
            d.clear_playback();

            pcm_feed feed(16000);
            std::optional<std::error_code> played;
            d.async_play(feed, [&](std::error_code ec) { played = ec; });
            std::vector<std::int16_t> loud(1600);
            for (std::size_t k = 0; k < loud.size(); ++k)
                loud[k] = k / 10 % 2 == 0 ? 16'000 : -16'000; // 800 Hz
            CHECK(feed.write(loud) == loud.size());
            while (*caller.peak < 12'000)
                co_await wait(20ms);
            CHECK_FALSE(played);
            feed.close();
            while (!played)
                co_await wait(5ms);
            CHECK_FALSE(*played);
            c.hang_up();
            (void)co_await d.async_wait_end();
        });
}

TEST_CASE("the gap before a sound lasts as long at any rate, and never overflows")
{
    const auto stopped = std::make_shared<bool>(false);
    const auto after = [&](milliseconds gap)
    { return net::played_sound(std::make_unique<media::silence>(10ms), gap, stopped); };
    std::vector<media::sample> part(160);
    auto sound = after(30ms);
    sound.prepare(8000);
    CHECK(sound.read(part) == 160);
    sound.prepare(16'000);
    part.resize(1'000);
    CHECK(sound.read(part) == 160 + 160);
    CHECK(sound.finished());
    auto never = after(milliseconds::max());
    never.prepare(48'000);
    CHECK(never.read(part) == 1'000);
    CHECK_FALSE(never.finished());
}
