// The user agent: the one object that a program owns.
#pragma once

#include "solosip/call.hpp"
#include "solosip/config.hpp"
#include "solosip/invitation.hpp"
#include "solosip/trace.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace solosip
{

/// One user, one call at a time, on the executor that it is given: no globals, no threads but
/// Asio's own for name resolution. Many agents may share an `io_context`. Every member may be
/// called from any thread and inside any handler, except destruction, which must not race with
/// other members.
///
/// Destroying it says goodbye in one datagram and completes every waiting operation with
/// `errc::shut_down`; `async_shutdown` does it properly.
class agent
{
public:
    using executor_type = asio::any_io_executor;

    explicit agent(executor_type executor, config settings = {});
    template <class ExecutionContext>
        requires requires(ExecutionContext& c) { c.get_executor(); }
    explicit agent(ExecutionContext& context, config settings = {})
        : agent(executor_type(context.get_executor()), std::move(settings))
    {
    }
    ~agent();
    agent(const agent&) = delete;
    agent& operator=(const agent&) = delete;

    executor_type get_executor() const noexcept { return executor_; }

    /// Opens the SIP socket; without it the first use opens one at any address and a free port.
    /// Errors: address_in_use, or what the system says; already_open where it listens already.
    error_code listen(transport t = transport::udp, const asio::ip::address& address = {},
                      std::uint16_t port = 0);
    /// Of the SIP socket; port 0 where none is open.
    asio::ip::udp::endpoint local_endpoint() const;

    /// Shows every message to `sink`, too, from now on.
    void add_trace(std::shared_ptr<trace_sink> sink);

    /// Registers and refreshes for ever; completes with the first success or failure. A failure
    /// that may pass is tried again in the background: `async_wait_registration` tells.
    template <class Token = asio::use_awaitable_t<>>
    auto async_register(account who, Token&& token = Token())
    {
        return detail::initiate<registration>(
            executor_, std::forward<Token>(token),
            [impl = impl_, who = std::move(who)](detail::any_handler<registration> h) mutable
            { start_register(impl, std::move(who), std::move(h)); });
    }
    /// Whom calls come from, without registering. Errors as the account's parts deserve.
    error_code set_account(account who);

    /// The next change, good or bad; up to 16 wait to be read, the oldest goes.
    template <class Token = asio::use_awaitable_t<>>
    auto async_wait_registration(Token&& token = Token())
    {
        return detail::initiate<registration>(
            executor_, std::forward<Token>(token),
            [impl = impl_](detail::any_handler<registration> h) mutable
            { start_wait_registration(impl, std::move(h)); });
    }
    /// Completes when the registrar has let go of us, or does not answer.
    template <class Token = asio::use_awaitable_t<>>
    auto async_unregister(Token&& token = Token())
    {
        return detail::initiate<>(executor_, std::forward<Token>(token),
                                  [impl = impl_](detail::any_handler<> h) mutable
                                  { start_unregister(impl, std::move(h)); });
    }

    /// Calls a SIP URI, or a user of our own domain ("bob", "**9"); completes when it is answered.
    /// Cancelling sends CANCEL, or BYE where the answer crossed it.
    /// Errors: how the call ended (`errc::busy`, ...), bad_uri, bad_header, call_in_progress.
    template <class Token = asio::use_awaitable_t<>>
    auto async_call(std::string to, call_options options, Token&& token = Token())
    {
        return detail::initiate<call>(
            executor_, std::forward<Token>(token),
            [impl = impl_, to = std::move(to),
             options = std::move(options)](detail::any_handler<call> h) mutable
            { start_call(impl, std::move(to), std::move(options), std::move(h)); });
    }
    auto async_call(std::string to)
    {
        return async_call(std::move(to), call_options{}, asio::use_awaitable);
    }

    /// The next incoming call. With nobody waiting here it rings until `config::ring_limit`; a
    /// second caller hears 486 (both without us).
    template <class Token = asio::use_awaitable_t<>>
    auto async_accept(Token&& token = Token())
    {
        return detail::initiate<invitation>(
            executor_, std::forward<Token>(token),
            [impl = impl_](detail::any_handler<invitation> h) mutable
            { start_accept(impl, std::move(h)); });
    }

    /// The call that has begun and not ended; empty where there is none.
    call current_call() const;

    /// Hangs up, unregisters, and completes when all is said or `grace` is over. Nothing works
    /// afterwards: `errc::shut_down`.
    template <class Token = asio::use_awaitable_t<>>
    auto async_shutdown(milliseconds grace = seconds(5), Token&& token = Token())
    {
        return detail::initiate<>(executor_, std::forward<Token>(token),
                                  [impl = impl_, grace](detail::any_handler<> h) mutable
                                  { start_shutdown(impl, grace, std::move(h)); });
    }

private:
    using impl_ptr = std::shared_ptr<detail::agent_impl>;

    static void start_register(const impl_ptr&, account, detail::any_handler<registration>);
    static void start_wait_registration(const impl_ptr&, detail::any_handler<registration>);
    static void start_unregister(const impl_ptr&, detail::any_handler<>);
    static void start_call(const impl_ptr&, std::string, call_options, detail::any_handler<call>);
    static void start_accept(const impl_ptr&, detail::any_handler<invitation>);
    static void start_shutdown(const impl_ptr&, milliseconds, detail::any_handler<>);

    executor_type executor_;
    impl_ptr impl_;
};

} // namespace solosip
