// Somebody asks us to call somebody else instead: follow, or refuse.
#pragma once

#include "solosip/call.hpp"

#include <memory>
#include <string>
#include <utility>

namespace solosip
{
namespace detail
{

struct transfer_state;
using transfer_ptr = std::shared_ptr<transfer_state>;
void accept_transfer(const transfer_ptr& t, handler<call> h, call_options o);

} // namespace detail

/// A handle like `call`, with the same promises. Who does not decide within `config::request_limit`
/// has refused.
class incoming_transfer
{
public:
    using executor_type = asio::any_io_executor;

    /// No transfer: operations on it complete with `errc::no_such_call`.
    incoming_transfer() = default;
    explicit operator bool() const noexcept { return state_ != nullptr; }
    executor_type get_executor() const noexcept { return executor_; }

    std::string target() const;      ///< whom we shall call, a SIP URI
    std::string referred_by() const; ///< who says so, a URI; empty where nobody does. Not proven.
    solosip::call call() const;      ///< with whom we talk now

    /// Calls the target; completes as `agent::async_call` does. Until it is answered the present
    /// call goes on; then it ends with `errc::transferred`. Cancelling hangs the new call up.
    /// With `options` as for any call (headers, subject, whom it comes from); Referred-By and
    /// Replaces are written by themselves. Errors: as of `agent::async_call`; call_ended where it
    /// was decided before.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, solosip::call)) Token = default_token>
    auto async_accept(const call_options& options, Token&& token = Token()) const
    {
        return detail::initiate<solosip::call>(std::forward<Token>(token), state_, executor_,
                                               &detail::accept_transfer, options);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, solosip::call)) Token = default_token>
    auto async_accept(call_options&& options, Token&& token = Token()) const
    {
        detail::check_temporary<decltype(async_accept(options, std::forward<Token>(token)))>();
        return async_accept(options, std::forward<Token>(token));
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, solosip::call)) Token = default_token>
    auto async_accept(Token&& token = Token()) const
    {
        call_options usual;
        usual.ring_for = seconds(0);
        return async_accept(std::as_const(usual), std::forward<Token>(token));
    }
    /// 300 to 699 (anything else counts as 603).
    void reject(int status = 603) const;

    explicit incoming_transfer(detail::transfer_ptr state);

private:
    detail::transfer_ptr state_;
    executor_type executor_;
};

} // namespace solosip
