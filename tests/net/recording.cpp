// What is heard: into files that may fail, and to the program.
#include "net/support.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>

#include <sys/resource.h>
#include <unistd.h>

using namespace solosip;
using namespace solosip::test;

namespace
{

struct temporary
{
    explicit temporary(const std::string& name)
        : path(std::filesystem::temp_directory_path() /
               ("solosip_recording_" + std::to_string(::getpid()) + name))
    {
    }
    ~temporary()
    {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    }
    temporary(const temporary&) = delete;
    temporary& operator=(const temporary&) = delete;

    std::filesystem::path path;
};

/// The channel of a WAV file of 16 bits with a plain header.
std::vector<int> channel(const std::filesystem::path& path, std::size_t which, std::size_t of)
{
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    std::vector<int> all;
    for (std::size_t i = 44 + 2 * which; i + 1 < bytes.size(); i += 2 * of)
        all.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(bytes[i]) |
                                                static_cast<unsigned char>(bytes[i + 1]) << 8));
    return all;
}

/// Of the loud part: how often it crosses zero upwards in a second.
double pitch(const std::vector<int>& sound)
{
    const auto loud = [](int s) { return std::abs(s) > 2000; };
    const auto first = std::find_if(sound.begin(), sound.end(), loud);
    const auto last = std::find_if(sound.rbegin(), sound.rend(), loud).base();
    if (first >= last) return 0;
    int crossings = 0;
    for (auto it = first + 1; it < last; ++it)
        crossings += it[-1] < 0 && it[0] >= 0;
    return crossings * 8000.0 / static_cast<double>(last - first);
}

} // namespace

TEST_CASE("both sides in one file, and the file is whole when the recording is over")
{
    pair p;
    const temporary both("_both.wav"), near("_near.wav");
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            co_await d.async_wait_recording(); // there is none
            co_await d.async_record(file_sink(both.path, side::both));
            co_await c.async_record(file_sink(near.path, side::near));
            std::optional<std::error_code> over;
            d.async_wait_recording([&](std::error_code ec) { over = ec; });
            c.async_play(tone(440, 300ms, 6), asio::detached);
            co_await d.async_play(tone(880, 300ms, 6));
            co_await wait(150ms); // what was said last is still on its way
            CHECK_FALSE(over);
            d.stop_recording();
            co_await d.async_wait_recording();
            REQUIRE(over);
            CHECK_FALSE(*over);
            CHECK(pitch(channel(both.path, 0, 2)) == Approx(440).margin(30));
            CHECK(pitch(channel(both.path, 1, 2)) == Approx(880).margin(30));
            c.hang_up();
            (void)co_await c.async_wait_end();
            CHECK(pitch(channel(near.path, 0, 1)) == Approx(440).margin(30));
            co_await c.async_wait_recording();
        });
}

TEST_CASE("a recording for which there is no room ends with an error, and the call goes on")
{
    pair p;
    const temporary file("_full.wav");
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = old;
    small.rlim_cur = 2'000;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            co_await d.async_record(file_sink(file.path));
            setrlimit(RLIMIT_FSIZE, &small);
            std::error_code ec;
            co_await d.async_wait_recording(by(ec));
            setrlimit(RLIMIT_FSIZE, &old);
            CHECK(ec == errc::write_failed);
            CHECK_FALSE(d.ended());
            co_await d.async_wait_recording(by(ec)); // still known
            CHECK(ec == errc::write_failed);
            co_await c.async_play(tone(440, 40ms));
            co_await d.async_record(file_sink(file.path)); // another one works
            d.stop_recording();
            co_await d.async_wait_recording(by(ec));
            CHECK_FALSE(ec);
            c.hang_up();
            (void)co_await d.async_wait_end();
        });
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, old_handler);
}

TEST_CASE("the program hears, beside a recording and at its own rate")
{
    config wide;
    wide.media.pcm_rate = 16000;
    pair p(wide);
    const temporary file("_beside.wav");
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            co_await d.async_record(file_sink(file.path));
            c.async_play(tone(1000, 10s, 6), asio::detached);
            std::vector<std::int16_t> heard(320);
            std::vector<int> all;
            while (all.size() < 16'000)
            {
                const auto n = co_await d.async_read_audio(heard);
                CHECK(n > 0);
                all.insert(all.end(), heard.begin(), heard.begin() + static_cast<int>(n));
            }
            CHECK(pitch(all) * 2 == Approx(1000).margin(20));
            CHECK(d.stats().unread_samples == 0);
            const auto none = co_await d.async_read_audio(std::span<std::int16_t>());
            CHECK(none == 0);

            asio::cancellation_signal stop;
            std::optional<std::error_code> aborted;
            std::vector<std::int16_t> rest(16'000);
            (void)co_await d.async_read_audio(rest); // all that there is
            d.async_read_audio(heard,
                               asio::bind_cancellation_slot(stop.slot(),
                                                            [&](std::error_code ec, std::size_t n)
                                                            {
                                                                aborted = ec;
                                                                CHECK(n == 0);
                                                            }));
            co_await asio::post(p.io, asio::use_awaitable);
            stop.emit(asio::cancellation_type::terminal);
            while (!aborted)
                co_await asio::post(p.io, asio::use_awaitable);
            CHECK(*aborted == asio::error::operation_aborted);

            c.hang_up();
            (void)co_await d.async_wait_end();
            std::error_code ec;
            do
                (void)co_await d.async_read_audio(heard, by(ec));
            while (!ec);
            CHECK(ec == errc::call_ended);
            (void)co_await call().async_read_audio(heard, by(ec));
            CHECK(ec == errc::no_such_call);
            CHECK(pitch(channel(file.path, 0, 1)) == Approx(1000).margin(20));
        });
}

TEST_CASE("a program that does not listen hears the last second, and how much it has missed")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            std::vector<std::int16_t> heard(16'000);
            (void)co_await d.async_read_audio(heard);
            co_await wait(1200ms);
            const auto n = co_await d.async_read_audio(heard);
            CHECK(n == 8000);
            CHECK(d.stats().unread_samples >= 800);
            c.hang_up();
            (void)co_await d.async_wait_end();
        });
}

TEST_CASE("a recorder of the program's own that throws is let go of, and the call goes on")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            int calls = 0;
            co_await d.async_record(pcm_sink(
                [&](std::span<const std::int16_t>)
                {
                    ++calls;
                    throw std::runtime_error("full");
                },
                8000));
            co_await c.async_play(tone(440, 100ms));
            CHECK(calls == 1);
            CHECK_FALSE(d.ended());
            c.hang_up();
            (void)co_await d.async_wait_end();
        });
}
