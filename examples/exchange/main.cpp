// exchange: a telephone exchange on this computer, to try SIP programs with.
#include "shell.hpp"

#include "solosip/codecs/g711.hpp"

#include <CLI/CLI.hpp>
#include <asio/signal_set.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace
{

using namespace solosip;
using asio::ip::udp;

struct arguments
{
    std::string listen = "127.0.0.1:5060";
    std::vector<std::string> users;
    std::vector<std::string> algorithms;
    std::string port_file;
    double run_for = 0;
    std::size_t calls = 8;
    unsigned min_expires = 60;
    unsigned answer_after = 200;
    bool challenge_calls = false;
};

void describe(CLI::App& app, arguments& a)
{
    app.add_option("--listen", a.listen, "address and UDP port; port 0 takes a free one")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    app.add_option("--user", a.users, "who may register (repeatable)")
        ->type_name("NAME:PASSWORD")
        ->allow_extra_args(false);
    app.add_option("--algorithm", a.algorithms, "digests to ask for (default: both)")
        ->allow_extra_args(false)
        ->check(CLI::IsMember({"MD5", "SHA-256"}, CLI::ignore_case));
    app.add_flag("--challenge-calls", a.challenge_calls, "calls need a password too");
    app.add_option("--calls", a.calls, "calls to lines at the same time")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--min-expires", a.min_expires, "shortest registration, seconds")
        ->capture_default_str();
    app.add_option("--answer-after", a.answer_after, "lines ring that long, milliseconds")
        ->capture_default_str();
    app.add_option("--port-file", a.port_file, "write the SIP port into this file when ready")
        ->type_name("FILE");
    app.add_option("--for", a.run_for, "end after that many seconds")->type_name("SECONDS");
    app.footer(
        "Lines to call: echo, digits (presses 1590*#), menu (1 a tone, 2 a press, 3 echo,\n"
        "0 again, 9 hangs up), tone (1000 Hz), busy, decline, silent, status-404 and so on.\n"
        "Any other number is a user: calls go to where that user has registered.\n"
        "Telephones that stumble over SHA-256 register with --algorithm MD5.");
}

// "192.0.2.1:5060" or "[::1]:0"; throws CLI::ValidationError, a wrong usage.
udp::endpoint parse_listen(const std::string& text)
{
    const auto colon = text.rfind(':');
    const auto number = sip::parse_number(
        colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1));
    std::string host = text.substr(0, colon);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    std::error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (ec || !number || *number > 65'535)
        throw CLI::ValidationError("--listen", "'" + text + "' is not ADDRESS:PORT");
    return {address, static_cast<std::uint16_t>(*number)};
}

examples::exchange_settings settings_from(const arguments& a)
{
    examples::exchange_settings s;
    for (const auto& u : a.users)
    {
        const auto colon = u.find(':');
        if (colon == std::string::npos || colon == 0)
            throw CLI::ValidationError("--user", "'" + u + "' is not NAME:PASSWORD");
        s.users.push_back({u.substr(0, colon), u.substr(colon + 1)});
    }
    if (!a.algorithms.empty()) s.algorithms.clear();
    for (const auto& name : a.algorithms)
        if (const auto algorithm = auth::algorithm_from(name)) s.algorithms.push_back(*algorithm);
    s.codecs = {&codecs::pcma(), &codecs::pcmu()};
    s.challenge_calls = a.challenge_calls;
    s.bindings.shortest = seconds(a.min_expires);
    s.lines.answer_after = milliseconds(a.answer_after);
    return s;
}

// The file appears complete or not at all, so that a script may wait for it.
bool write_port(const std::string& path, std::uint16_t port)
{
    const std::string draft = path + ".new";
    if (!(std::ofstream(draft) << port << '\n').flush()) return false;
    std::error_code ec;
    std::filesystem::rename(draft, path, ec);
    return !ec;
}

int run(const arguments& a, const udp::endpoint& listen, examples::exchange_settings settings)
{
    asio::io_context io;
    examples::shell shell(io, listen, a.calls, std::move(settings));
    shell.start();
    std::cout << "listening on " << shell.address() << std::endl;
    if (!a.port_file.empty() && !write_port(a.port_file, shell.address().port()))
    {
        std::cerr << "exchange: cannot write '" << a.port_file << "'; choose another --port-file\n";
        return 1;
    }

    asio::signal_set signals(io, SIGINT, SIGTERM);
    const auto on_signal = [&](std::error_code ec, int)
    {
        if (ec) return;
        signals.clear(); // a second one ends at once
        shell.stop();
    };
    signals.async_wait(on_signal);
    asio::steady_timer end(io);
    if (a.run_for > 0)
    {
        end.expires_after(milliseconds(static_cast<std::int64_t>(a.run_for * 1000)));
        end.async_wait([&](std::error_code ec) { on_signal(ec, 0); });
    }
    io.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    arguments a;
    CLI::App app("A telephone exchange on this computer, to try SIP programs with.", "exchange");
    describe(app, a);
    try
    {
        app.parse(argc, argv);
        return run(a, parse_listen(a.listen), settings_from(a));
    }
    catch (const CLI::ParseError& e)
    {
        return app.exit(e) == 0 ? 0 : 2;
    }
    catch (const std::system_error& e)
    {
        std::cerr << "exchange: cannot listen on " << a.listen << ": " << e.code().message()
                  << "; choose another address or port with --listen\n";
        return 1;
    }
}
