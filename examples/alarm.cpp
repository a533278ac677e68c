// An alarm that telephones:
//     alarm /etc/alarm.ini
// SIGUSR1 stands for the sensor: it calls the destination and plays the alert. Whoever calls the
// alarm hears whether it is on, and presses 1 to switch it on or 0 to switch it off.
#include "solosip/solosip.hpp"

#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <ini.h>

namespace
{

using namespace std::chrono_literals;

// ---- the configuration file

struct settings
{
    solosip::account account;
    std::string destination, name;
    std::string alert, on, off; // sounds

    bool set(const std::string& key, const std::string& value)
    {
        const std::map<std::string, std::string*> known = {
            {"registration.uri", &account.uri},
            {"registration.registrar", &account.registrar},
            {"registration.login", &account.login},
            {"registration.password", &account.password},
            {"alert.destination", &destination},
            {"alert.name", &name},
            {"sounds.alert", &alert},
            {"sounds.on", &on},
            {"sounds.off", &off}};
        const auto it = known.find(key);
        if (it == known.end()) return false;
        *it->second = value;
        return true;
    }
};

settings read_settings(const std::string& path)
{
    settings s;
    const int line = ini_parse(
        path.c_str(),
        [](void* to, const char* section, const char* name, const char* value)
        {
            const std::string key = std::string(section) + '.' + name;
            return static_cast<settings*>(to)->set(key, value) ? 1 : 0;
        },
        &s);
    if (line < 0) throw std::runtime_error("cannot read '" + path + "'");
    if (line > 0)
        throw std::runtime_error(path + ", line " + std::to_string(line) +
                                 ": not understood; see examples/alarm.ini");
    if (s.account.uri.empty() || s.destination.empty())
        throw std::runtime_error(path + ": needs uri in [registration], destination in [alert]");
    return s;
}

// ---- what is heard

using sounds = std::vector<solosip::audio_source>;

sounds file_or(const std::string& path, const sounds& tones)
{
    return path.empty() ? tones : sounds{solosip::file(path)};
}

sounds beeps(double hz, int count)
{
    sounds all;
    for (int i = 0; i < count; ++i)
    {
        all.push_back(solosip::tone(hz, 150ms));
        all.push_back(solosip::silence(150ms));
    }
    return all;
}

void play(const solosip::call& c, const sounds& all)
{
    for (const auto& each : all)
        c.async_play(each, asio::detached);
}

// ---- the device

// The agent's complaints, such as a sound that is missing, go where ours go.
solosip::config talkative()
{
    solosip::config c;
    c.user_agent = "alarm";
    c.log = [](solosip::log_level level, std::string_view line)
    {
        if (level <= solosip::log_level::warning) std::cerr << line << std::endl;
    };
    return c;
}

class alarm_device
{
public:
    explicit alarm_device(settings s) : settings_(std::move(s)) {}
    int run();

private:
    asio::awaitable<void> stay_registered();
    asio::awaitable<void> watch_sensor();
    asio::awaitable<void> alert();
    asio::awaitable<void> take_calls();
    asio::awaitable<void> converse(solosip::call c);
    void stop(int status);

    // What goes on beside the rest. Only the end of the agent ends it, which is no news.
    void start(asio::awaitable<void> part) { asio::co_spawn(io_, std::move(part), asio::detached); }
    static auto into(std::error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

    settings settings_;
    asio::io_context io_;
    solosip::agent phone_{io_, talkative()};
    asio::signal_set end_{io_, SIGINT, SIGTERM, SIGHUP}, sensor_{io_, SIGUSR1};
    asio::steady_timer pause_{io_};
    bool on_ = true, stopping_ = false;
    int status_ = 0;
};

int alarm_device::run()
{
    end_.add(SIGQUIT);
    end_.async_wait(
        [this](std::error_code ec, int)
        {
            if (!ec) stop(0);
        });
    start(stay_registered());
    start(watch_sensor());
    start(take_calls());
    io_.run();
    return status_;
}

void alarm_device::stop(int status)
{
    status_ = status;
    stopping_ = true;
    end_.cancel();
    end_.clear(); // from now on a signal ends us at once
    sensor_.cancel();
    pause_.cancel();
    phone_.async_shutdown(2s, asio::detached);
}

asio::awaitable<void> alarm_device::stay_registered()
{
    std::error_code ec;
    auto now = co_await phone_.async_register(settings_.account, into(ec));
    while (!stopping_)
    {
        if (!ec)
            std::cout << "registered as " << settings_.account.uri << std::endl;
        else
            std::cerr << "cannot register as " << settings_.account.uri << ": " << ec.message()
                      << std::endl;
        if (ec && !now.retry_in) co_return stop(1);
        now = co_await phone_.async_wait_registration(into(ec));
    }
}

asio::awaitable<void> alarm_device::watch_sensor()
{
    while (!stopping_)
    {
        std::error_code ec;
        co_await sensor_.async_wait(into(ec));
        if (ec) co_return;
        std::cout << "sensor: " << (on_ ? "calling" : "ignored, the alarm is off") << std::endl;
        if (on_) co_await alert();
    }
}

// Tries three times, and plays the alert until a key is pressed there.
asio::awaitable<void> alarm_device::alert()
{
    std::error_code ec;
    const solosip::call_options options{.subject = settings_.name, .ring_for = 30s};
    for (int attempt = 1; attempt <= 3 && !stopping_; ++attempt)
    {
        // An alert is more urgent than whoever is talking to us.
        if (const auto present = phone_.current_call()) co_await present.async_hang_up(into(ec));
        const auto c = co_await phone_.async_call(settings_.destination, options, into(ec));
        if (!ec)
        {
            for (int times = 0; times < 3; ++times)
            {
                play(c, file_or(settings_.alert, beeps(880, 5)));
                const auto keys = co_await c.async_read_digits(1, 0, 5s, into(ec));
                if (ec || !keys.empty()) break;
            }
            co_await c.async_hang_up(into(ec));
            std::cout << "alerted " << settings_.destination << std::endl;
            co_return;
        }
        std::cerr << "cannot alert " << settings_.destination << ": " << ec.message() << std::endl;
        pause_.expires_after(5s);
        if (!stopping_) co_await pause_.async_wait(into(ec));
    }
}

asio::awaitable<void> alarm_device::take_calls()
{
    while (!stopping_)
    {
        std::error_code ec;
        const auto caller = co_await phone_.async_accept(into(ec));
        if (ec) co_return;
        const auto c = co_await caller.async_answer(into(ec));
        if (!ec) co_await converse(c);
    }
}

asio::awaitable<void> alarm_device::converse(solosip::call c)
{
    const auto tell = [&]
    {
        c.clear_playback(); // who knows what to press need not listen to the end
        play(c,
             on_ ? file_or(settings_.on, beeps(1000, 2)) : file_or(settings_.off, beeps(400, 1)));
    };
    tell();
    for (;;)
    {
        std::error_code ec;
        const auto d = co_await c.async_read_digit(into(ec));
        if (ec) co_return;
        if (d.key != '0' && d.key != '1') continue;
        on_ = d.key == '1';
        std::cout << "switched " << (on_ ? "on" : "off") << " by " << c.remote_uri() << std::endl;
        tell();
    }
}

} // namespace

int main(int argc, char** argv)
try
{
    if (argc != 2)
    {
        std::cerr << "usage: alarm FILE.ini\n";
        return 2;
    }
    return alarm_device(read_settings(argv[1])).run();
}
catch (const std::exception& e)
{
    std::cerr << "alarm: " << e.what() << '\n';
    return 1;
}
