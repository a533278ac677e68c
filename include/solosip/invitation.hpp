// Somebody calls: answer, refuse, or let it ring.
#pragma once

#include "solosip/call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip
{
namespace detail
{

void answer(const call_ptr& c, handler<call> h, std::vector<header> headers);
void early_media(const call_ptr& c, handler<call> h);

} // namespace detail

/// A handle like `call`, with the same promises. The caller has heard 100 and, with
/// `config::ring_at_once`, 180; after `config::ring_limit` it hears 480.
class invitation
{
public:
    using executor_type = asio::any_io_executor;

    /// No invitation: operations on it complete with `errc::no_such_call`.
    invitation() = default;
    explicit operator bool() const noexcept { return state_ != nullptr; }
    executor_type get_executor() const noexcept { return executor_; }

    std::string from() const; ///< the caller's URI
    std::string to() const;   ///< the URI that was called
    std::string display_name() const;
    std::string subject() const { return header("Subject").value_or(std::string()); }
    /// Every header of the INVITE, in order.
    std::vector<solosip::header> headers() const;
    /// The first header of that name in the INVITE; in any case, long or short.
    std::optional<std::string> header(std::string_view name) const;

    /// 180, again if wanted, with headers of yours.
    void ring(std::vector<solosip::header> headers = {}) const;
    /// A final answer of 300 to 699 (anything else counts as 486); no `reason`: the usual words.
    void reject(int status = 486, std::string reason = {},
                std::vector<solosip::header> headers = {}) const;

    /// 183 with a session description: what is played on this call is heard from now on, before it
    /// is answered, and what the caller says is heard here. `async_answer` or `reject` follow as
    /// ever. Errors: call_ended; call_in_progress where it is answered already; bad_config where
    /// the caller has made no offer and knows no reliable responses (RFC 3262).
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, call)) Token = default_token>
    auto async_early_media(Token&& token = Token()) const
    {
        return detail::initiate<call>(std::forward<Token>(token), state_, executor_,
                                      &detail::early_media);
    }

    /// 200, and the call begins. Errors: call_ended where the caller gave up or the limit passed;
    /// call_in_progress where it is answered already.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, call)) Token = default_token>
    auto async_answer(Token&& token = Token()) const
    {
        return async_answer(std::vector<solosip::header>(), std::forward<Token>(token));
    }
    /// The same with headers of yours on the 200. Also bad_header.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, call)) Token = default_token>
    auto async_answer(std::vector<solosip::header> headers, Token&& token = Token()) const
    {
        return detail::initiate<call>(std::forward<Token>(token), state_, executor_,
                                      &detail::answer, std::move(headers));
    }

    /// Completes when the invitation or the call that came of it is over: above all when the caller
    /// gives up before it is answered.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, ending)) Token = default_token>
    auto async_wait_cancel(Token&& token = Token()) const
    {
        return detail::initiate<ending>(std::forward<Token>(token), state_, executor_,
                                        &detail::wait_end);
    }

    explicit invitation(detail::call_ptr state);

private:
    detail::call_ptr state_;
    executor_type executor_;
};

} // namespace solosip
