#include "phone.hpp"

#include "commands.hpp"

#include "solosip/trace/summary.hpp"
#ifdef SOLOSIP_HAVE_OPUS
#include "solosip/codecs/opus.hpp"
#endif

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace solosip::program
{
namespace
{

// ADDRESS[:PORT], IPv6 in brackets where a port follows; empty for any address and a free port.
asio::ip::udp::endpoint parse_listen(const std::string& text)
{
    if (text.empty()) return {};
    std::string host = text;
    std::string port = "0";
    const auto colon = text.rfind(':');
    const bool one_colon = colon != std::string::npos && text.find(':') == colon;
    if (one_colon || (text.front() == '[' && text.back() != ']'))
    {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    std::error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    const auto number = sip::parse_number(port);
    if (ec || !number || *number > 65'535)
        throw mistake(exit_usage, "'" + text + "' is not ADDRESS[:PORT] of this computer; give " +
                                      "--listen 127.0.0.1:5060, for example");
    if (address.is_v6())
        throw mistake(exit_usage, "'" + text + "' is IPv6, which solosip does not do yet; give " +
                                      "--listen an IPv4 address");
    return {address, static_cast<std::uint16_t>(*number)};
}

config settings_from(const options& o)
{
    config c;
    c.user_agent = o.account.user_agent;
    c.ring_at_once = false;
    c.only_registrar_may_call = !o.account.anyone_may_call;
    c.allow_transfers = o.verb == verb::call ? o.call.transfer.follow : o.answer.transfer.follow;
    c.ring_limit = seconds(180);
    const auto& length = o.verb == verb::call ? o.call.length : o.answer.length;
    c.session_expires = seconds(length.session);
    c.max_call = seconds(length.longest.value_or(0));
    if (!o.account.codecs.empty()) c.media.codecs = o.account.codecs;
#ifdef SOLOSIP_HAVE_OPUS
    c.media.more_codecs = {&codecs::opus()};
#endif
    if (o.account.srtp == "preferred") c.media.encryption = srtp_policy::preferred;
    if (o.account.srtp == "required") c.media.encryption = srtp_policy::required;
    if (const auto most = o.output.level())
        c.log = [most = *most](log_level level, std::string_view line)
        {
            if (level <= most) std::cerr << line << '\n';
        };
    return c;
}

} // namespace

class phone::tracer final : public trace_sink
{
public:
    tracer(trace::ladder* to, bool log) : ladder_(to), log_(log) {}

    void message(time_point when, bool sent, const endpoint& local, const endpoint& peer,
                 std::string_view bytes) override
    {
        if (ladder_) ladder_->message(when, sent, local, peer, bytes);
        if (log_) std::cerr << trace::summary(bytes, sent, peer) << '\n';
    }
    void note(time_point when, std::string_view text) override
    {
        if (ladder_) ladder_->note(when, text);
    }

private:
    trace::ladder* ladder_;
    bool log_;
};

phone::phone(const options& o)
    : options_(o), report_(o.output.json), signals_(io_, SIGINT, SIGTERM), waiting_(io_),
      limit_(io_), hold_(io_), resume_(io_), followed_(io_)
{
}

phone::~phone() = default;

// Finds out now what would otherwise spoil the end of a call.
void phone::prepare_output()
{
    const auto& o = options_.output;
    if (!o.ladder.empty() && !std::ofstream(o.ladder))
        throw mistake(exit_failed, "cannot write '" + o.ladder + "': " + std::strerror(errno) +
                                       "; choose another file for --ladder");
    const bool log = o.level() == log_level::debug;
    if (log || !o.ladder.empty())
        agent_->add_trace(std::make_shared<tracer>(o.ladder.empty() ? nullptr : &ladder_, log));
}

void phone::listen()
{
    const auto& wanted = options_.account.listen;
    const auto at = parse_listen(wanted);
    if (const auto ec = agent_->listen(transport::udp, at.address(), at.port()))
        throw mistake(exit_failed, "cannot listen on " + wanted + ": " + ec.message() +
                                       "; choose another address or port with --listen");
    const auto local = agent_->local_endpoint();
    const std::string host = local.address().is_v6() ? '[' + local.address().to_string() + ']'
                                                     : local.address().to_string();
    report_.event("listening", {{"address", host + ':' + std::to_string(local.port())}});
}

int phone::run()
{
    check_plan();
    agent_ = std::make_unique<agent>(io_, settings_from(options_));
    prepare_output();
    signals_.async_wait(
        [this](std::error_code ec, int)
        {
            if (!ec) on_signal();
        });
    std::exception_ptr failure;
    asio::co_spawn(io_, serve(), [&](std::exception_ptr e) { failure = e; });
    io_.run();
    write_ladder();
    if (failure && !stopping_) std::rethrow_exception(failure);
    return 0;
}

// The verb, and whatever becomes of it the farewell.
asio::awaitable<void> phone::serve()
{
    std::exception_ptr failure;
    try
    {
        listen();
        if (!options_.account.no_register)
            co_await log_in();
        else if (!options_.account.uri.empty())
        {
            account a;
            a.uri = options_.account.uri;
            a.outbound_proxy = options_.account.outbound_proxy;
            a.login = options_.account.login;
            a.password = options_.account.password;
            a.display_name = options_.account.display_name;
            if (const auto ec = agent_->set_account(a))
                throw mistake(exit_usage, explain(ec, a.uri));
        }
        if (registered_) asio::co_spawn(io_, watch_registration(), asio::detached);
        if (stopping_) throw mistake(exit_failed, "interrupted");
        asio::co_spawn(io_, follow_transfers(), asio::detached);
        if (options_.verb == verb::register_) co_await stay();
        if (options_.verb == verb::message || options_.verb == verb::options)
            co_await send_request();
        if (options_.verb == verb::call) co_await place_call();
        if (options_.verb == verb::answer) co_await take_calls();
    }
    catch (...)
    {
        failure = std::current_exception();
    }
    co_await close();
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> phone::close()
{
    std::error_code ec;
    signals_.cancel();
    signals_.clear(); // from now on one ends us at once
    if (registered_)
    {
        registered_ = false;
        asio::steady_timer patience(io_, seconds(2));
        patience.async_wait(
            [this](std::error_code over)
            {
                if (!over) stop_waiting_.emit(asio::cancellation_type::all);
            });
        co_await agent_->async_unregister(
            asio::bind_cancellation_slot(stop_waiting_.slot(), by(ec)));
        if (!ec) report_.event("unregistered");
    }
    co_await agent_->async_shutdown(seconds(2), by(ec));
}

// Everything that waits is told to end; `serve` goes on from there.
void phone::on_signal()
{
    stopping_ = true;
    signals_.clear(); // a second one ends at once
    waiting_.cancel();
    if (talking_)
        talking_->hang_up();
    else if (ringing_)
        ringing_->reject(options_.answer.leaving); // 480 by itself: gone, not unwilling
    else if (const auto c = agent_->current_call())
        c.hang_up();
    stop_waiting_.emit(asio::cancellation_type::all);
}

asio::awaitable<void> phone::log_in()
{
    const auto& o = options_.account;
    account a;
    a.uri = o.uri;
    a.registrar = o.registrar;
    a.outbound_proxy = o.outbound_proxy;
    a.login = o.login;
    a.password = o.password;
    a.display_name = o.display_name;
    a.expires = seconds(o.expires);
    std::error_code ec;
    const auto r = co_await agent_->async_register(
        a, asio::bind_cancellation_slot(stop_waiting_.slot(), by(ec)));
    if (ec)
    {
        const std::string where = o.registrar.empty() ? o.uri : o.registrar;
        std::string why = "cannot register at " + where + ": " + explain(ec, where);
        if (r.status != 0 && ec != errc::auth_rejected)
            why += " (" + std::to_string(r.status) + ' ' + trace::escaped(r.reason) + ')';
        throw mistake(exit_failed, why);
    }
    registered_ = true;
    report_.event("registered", {{"contact", r.contact}, {"expires", r.granted.count()}});
}

// A registration is lost and comes back without us; whoever reads our output should know.
asio::awaitable<void> phone::watch_registration()
{
    bool lost = false;
    while (registered_)
    {
        std::error_code ec;
        const auto r = co_await agent_->async_wait_registration(by(ec));
        if (ec == errc::shut_down || ec == asio::error::operation_aborted || !registered_) break;
        if (ec)
            report_.event("registration_failed",
                          {{"status", r.status}, {"reason", r.reason}, {"error", ec.message()}});
        else if (lost)
            report_.event("registered", {{"contact", r.contact}, {"expires", r.granted.count()}});
        lost = static_cast<bool>(ec);
    }
}

asio::awaitable<void> phone::stay()
{
    if (options_.stay)
        waiting_.expires_after(milliseconds(static_cast<std::int64_t>(*options_.stay * 1000)));
    else
        waiting_.expires_at(asio::steady_timer::time_point::max());
    std::error_code ec;
    co_await waiting_.async_wait(by(ec));
}

void phone::write_ladder() const
{
    if (!options_.output.ladder.empty())
        std::ofstream(options_.output.ladder) << ladder_.text() << std::flush;
}

int run_agent(const options& o)
{
    return phone(o).run();
}

} // namespace solosip::program
