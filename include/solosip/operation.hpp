// How a member `async_verb(args..., token)` becomes a function of the library.
#pragma once

#include "solosip/any_handler.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace solosip
{

/// The completion token of every operation that is given none: `co_await` it.
using default_token = asio::use_awaitable_t<asio::any_io_executor>;

namespace detail
{

/// Erases the handler's type and calls `start`. It has an executor, since tokens like Asio's
/// `cancel_after` ask for it.
template <class Owner, class Start, class... Results>
class initiation
{
public:
    using executor_type = asio::any_io_executor;

    initiation(std::shared_ptr<Owner> owner, Start start, executor_type executor)
        : owner_(std::move(owner)), start_(start), executor_(std::move(executor))
    {
    }

    executor_type get_executor() const noexcept { return executor_; }

    template <class Handler, class... Args>
    void operator()(Handler&& h, Args&&... args) const
    {
        start_(owner_, solosip::handler<Results...>(std::forward<Handler>(h), executor_),
               std::forward<Args>(args)...);
    }

private:
    std::shared_ptr<Owner> owner_;
    Start start_;
    executor_type executor_;
};

// GCC 12 copies an aggregate that is made inside a co_await expression byte by byte into the
// coroutine's frame and then destroys it twice. That must not wait for run time.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
inline constexpr bool can_await_temporaries = false;
#else
inline constexpr bool can_await_temporaries = true;
#endif
template <class T>
inline constexpr bool is_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_awaitable<asio::awaitable<T, Executor>> = true;

/// For operations that were given an rvalue, with what they return.
template <class Result>
constexpr void check_temporary()
{
    static_assert(can_await_temporaries || !is_awaitable<Result>,
                  "GCC 12 destroys an account or call_options twice that is made inside a co_await "
                  "expression: give it a name before, and pass that");
}

template <class... Results, class Token, class Owner, class Start, class... Args>
auto initiate(Token&& token, std::shared_ptr<Owner> owner, const asio::any_io_executor& executor,
              Start start, Args&&... args)
{
    return asio::async_initiate<Token, void(std::error_code, Results...)>(
        initiation<Owner, Start, Results...>(std::move(owner), start, executor), token,
        std::forward<Args>(args)...);
}

} // namespace detail
} // namespace solosip
