// From a completion token to a type-erased handler.
#pragma once

#include "solosip/detail/any_handler.hpp"

#include <asio/async_result.hpp>
#include <asio/use_awaitable.hpp>

#include <system_error>
#include <utility>

namespace solosip::detail
{

/// What `async_initiate` calls. It tells its executor, which newer versions of Asio want to know.
template <class F, class... R>
struct initiation
{
    using executor_type = asio::any_io_executor;

    executor_type get_executor() const noexcept { return executor; }

    template <class H>
    void operator()(H&& handler) const
    {
        F start_now = start; // deferred operations may be started more than once
        start_now(any_handler<R...>(std::forward<H>(handler), executor));
    }

    asio::any_io_executor executor;
    F start;
};

/// `start(any_handler<R...>)` begins the operation.
template <class... R, class Token, class F>
auto initiate(asio::any_io_executor executor, Token&& token, F start)
{
    return asio::async_initiate<Token, void(std::error_code, R...)>(
        initiation<F, R...>{std::move(executor), std::move(start)}, token);
}

} // namespace solosip::detail
