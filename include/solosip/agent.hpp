// The user agent: one account, one call at a time, on an executor of yours.
#pragma once

#include "solosip/call.hpp"
#include "solosip/invitation.hpp"
#include "solosip/request.hpp"
#include "solosip/trace_sink.hpp"
#include "solosip/transfer.hpp"

#include <asio/execution_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace solosip
{
namespace detail
{

class agent_core;
using agent_ptr = std::shared_ptr<agent_core>;

void register_account(const agent_ptr& a, handler<registration> h, account who);
void wait_registration(const agent_ptr& a, handler<registration> h);
void unregister(const agent_ptr& a, handler<> h);
void start_call(const agent_ptr& a, handler<call> h, std::string to, call_options o);
void accept(const agent_ptr& a, handler<invitation> h);
void send_request(const agent_ptr& a, handler<response> h, request r);
void next_request(const agent_ptr& a, handler<incoming_request> h);
void next_transfer(const agent_ptr& a, handler<incoming_transfer> h);
void shut_down(const agent_ptr& a, handler<> h, milliseconds grace);

} // namespace detail

/// No globals, no threads of its own; many agents may live on one `io_context`, which has to
/// outlive them. Every member may be called from any thread and from inside any handler; handlers
/// are never called from within a member. Operations complete on their handler's executor, by
/// default on the agent's. While it listens it keeps the `io_context` busy: `async_shutdown` or
/// its destruction ends that.
class agent
{
public:
    using executor_type = asio::any_io_executor;

    /// Throws `std::system_error` (bad_config) where `c` asks for the impossible.
    explicit agent(executor_type executor, config c = {});
    template <class Context>
        requires std::is_convertible_v<Context&, asio::execution_context&>
    explicit agent(Context& context, config c = {})
        : agent(executor_type(context.get_executor()), std::move(c))
    {
    }
    /// A call that goes on is hung up, without waiting for an answer; what waits completes with
    /// `errc::shut_down`, and what waits for something of the call as at the end of any call. To
    /// leave in good order, unregistered, call `async_shutdown` before.
    ~agent();
    agent(agent&&) noexcept = default;
    agent& operator=(agent&& other) noexcept;

    executor_type get_executor() const noexcept { return executor_; }

    /// Where SIP is received: an IPv4 address of this machine (the default: all of them), and a
    /// port (0: a free one). Without it the first operation listens at all addresses and a free
    /// port. Errors: address_in_use; bad_config for IPv6 or a second time; the system's.
    std::error_code listen(transport via = transport::udp, const asio::ip::address& address = {},
                           std::uint16_t port = 0);
    /// Where it listens; port 0 where it does not.
    asio::ip::udp::endpoint local_endpoint() const;

    /// From now on `sink` sees every message and event.
    void add_trace(std::shared_ptr<trace_sink> sink);

    /// Who we are towards those whom we call, and the password for challenges, without registering.
    /// Errors: bad_uri, bad_header, bad_config.
    std::error_code set_account(account who);

    /// Registers; completes with the first answer, good or bad. From then on the registration is
    /// refreshed, and tried again where that helps, until `async_unregister`. Cancelling gives it
    /// up. Errors: auth_rejected, forbidden, timed_out, unreachable, dns_failed, bad_uri...
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, registration)) Token = default_token>
    auto async_register(const account& who, Token&& token = Token())
    {
        return detail::initiate<registration>(std::forward<Token>(token), core_, executor_,
                                              &detail::register_account, who);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, registration)) Token = default_token>
    auto async_register(account&& who, Token&& token = Token())
    {
        detail::check_temporary<decltype(async_register(who, std::forward<Token>(token)))>();
        return async_register(who, std::forward<Token>(token));
    }

    /// The next change of the registration, good or bad (an error, then). Changes that nobody waits
    /// for are kept, the latest few.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, registration)) Token = default_token>
    auto async_wait_registration(Token&& token = Token())
    {
        return detail::initiate<registration>(std::forward<Token>(token), core_, executor_,
                                              &detail::wait_registration);
    }

    /// Removes our binding. Errors: not_registered, or why the registrar did not.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_unregister(Token&& token = Token())
    {
        return detail::initiate<>(std::forward<Token>(token), core_, executor_,
                                  &detail::unregister);
    }

    /// Calls a SIP URI, or a user ("bob", "**9") of the account's domain; completes when it is
    /// answered. Cancelling hangs up: CANCEL, or BYE where the answer crossed it. Errors: busy,
    /// declined, no_answer, not_found..., with a `call` whose `outcome` tells status and reason;
    /// bad_uri, bad_header and call_in_progress, with an empty one.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, call)) Token = default_token>
    auto async_call(std::string to, const call_options& options, Token&& token = Token())
    {
        return detail::initiate<call>(std::forward<Token>(token), core_, executor_,
                                      &detail::start_call, std::move(to), options);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, call)) Token = default_token>
    auto async_call(std::string to, call_options&& options, Token&& token = Token())
    {
        detail::check_temporary<decltype(async_call(to, options, std::forward<Token>(token)))>();
        return async_call(std::move(to), options, std::forward<Token>(token));
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, call)) Token = default_token>
    auto async_call(std::string to, Token&& token = Token())
    {
        const call_options usual;
        return async_call(std::move(to), usual, std::forward<Token>(token));
    }

    /// The next caller, also one who rings already. While there is a call, others hear 486.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, invitation)) Token = default_token>
    auto async_accept(Token&& token = Token())
    {
        return detail::initiate<invitation>(std::forward<Token>(token), core_, executor_,
                                            &detail::accept);
    }

    /// A request of any method outside any call: OPTIONS, MESSAGE, one of your own. `r.target` is
    /// as in `async_call`. Completes with its answer, also where that is a refusal (an error, then:
    /// `forbidden`, `not_found`, `rejected`... with the whole answer). Cancelling ends only the
    /// wait. A REGISTER without a Contact, to the account's domain, asks for our bindings; what is
    /// notified after a SUBSCRIBE or REFER comes by `async_next_request`. Errors:
    /// bad_uri, bad_header; bad_config for INVITE, ACK, CANCEL, BYE, PRACK and a REGISTER that
    /// would bind; too_many; timed_out, unreachable, dns_failed.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, response)) Token = default_token>
    auto async_request(const request& r, Token&& token = Token())
    {
        return detail::initiate<response>(
            std::forward<Token>(token), core_, executor_,
            static_cast<void (*)(const detail::agent_ptr&, handler<response>, request)>(
                &detail::send_request),
            r);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, response)) Token = default_token>
    auto async_request(request&& r, Token&& token = Token())
    {
        detail::check_temporary<decltype(async_request(r, std::forward<Token>(token)))>();
        return async_request(r, std::forward<Token>(token));
    }

    /// The next request that is neither a call nor anything that the agent answers by itself
    /// (OPTIONS, digits by INFO): MESSAGE, NOTIFY, other INFO, any method of yours, inside a call
    /// or outside. From the first time on such requests wait to be fetched,
    /// `limits::incoming_requests` of them and each for `config::request_limit`; before it they are
    /// refused.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, incoming_request))
                  Token = default_token>
    auto async_next_request(Token&& token = Token())
    {
        return detail::initiate<incoming_request>(std::forward<Token>(token), core_, executor_,
                                                  &detail::next_request);
    }

    /// The next wish of the other side that we call somebody else; only with
    /// `config::allow_transfers`. It waits for `config::request_limit`.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, incoming_transfer))
                  Token = default_token>
    auto async_next_transfer(Token&& token = Token())
    {
        return detail::initiate<incoming_transfer>(std::forward<Token>(token), core_, executor_,
                                                   &detail::next_transfer);
    }

    /// This machine has another address, or another way out: who can, registers anew at once, and
    /// the other side of a call hears where we are. The library does not watch for that by itself;
    /// to say so needlessly costs a few messages.
    void network_changed();

    /// The call that is going on, also before it is answered; an empty one where there is none.
    call current_call() const;

    /// Hangs up, unregisters, and waits for the answers for up to `grace`; then closes the sockets.
    /// What waits for something of the call completes as at the end of any call, the rest with
    /// `errc::shut_down`, and so does every later operation. Error: timed_out where the others did
    /// not answer in time.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_shutdown(milliseconds grace = seconds(2), Token&& token = Token())
    {
        return detail::initiate<>(std::forward<Token>(token), core_, executor_, &detail::shut_down,
                                  grace);
    }

private:
    detail::agent_ptr core_;
    executor_type executor_;
};

} // namespace solosip
