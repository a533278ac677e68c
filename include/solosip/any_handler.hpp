// A completion handler of any type behind one type, so that the logic of an operation is compiled
// once, in the library.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/system_executor.hpp>

#include <memory>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace solosip
{

template <class Signature>
class any_handler;

/// Move-only. Keeps what is associated with the handler: it runs on its executor (and keeps that
/// busy until then), its memory comes from its allocator, and its cancellation slot can be reached.
/// Asio has the like (`any_completion_handler`) only since 1.28.
template <class... Args>
class any_handler<void(Args...)>
{
public:
    any_handler() = default;

    /// `fallback` is where a handler runs that has no executor of its own.
    template <class Handler>
    any_handler(Handler&& handler, const asio::any_io_executor& fallback)
        : held_(make(std::forward<Handler>(handler),
                     fallback ? fallback : asio::any_io_executor(asio::system_executor())))
    {
    }

    any_handler(any_handler&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
    any_handler& operator=(any_handler&& other) noexcept
    {
        any_handler(std::move(other)).swap(*this);
        return *this;
    }
    ~any_handler()
    {
        if (held_) held_->destroy();
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    void swap(any_handler& other) noexcept { std::swap(held_, other.held_); }

    /// Has the handler called with `args` by its executor, never from within; empty afterwards.
    void post(Args... args) { std::exchange(held_, nullptr)->post(std::move(args)...); }

    /// Not connected where the handler has none.
    asio::cancellation_slot slot() const
    {
        return held_ ? held_->slot() : asio::cancellation_slot();
    }

private:
    struct base
    {
        virtual void post(Args... args) = 0;
        virtual void destroy() noexcept = 0;
        virtual asio::cancellation_slot slot() const = 0;

    protected:
        ~base() = default;
    };

    // What is posted: the handler with its arguments, in memory of the handler's allocator.
    template <class Handler>
    struct completion
    {
        using allocator_type = asio::associated_allocator_t<Handler>;
        allocator_type get_allocator() const noexcept
        {
            return asio::get_associated_allocator(handler);
        }
        void operator()() { std::apply(std::move(handler), std::move(args)); }

        Handler handler;
        std::tuple<Args...> args;
    };

    template <class Handler>
    struct holder final : base
    {
        using executor_type = asio::associated_executor_t<Handler, asio::any_io_executor>;
        using allocator_type = typename std::allocator_traits<
            asio::associated_allocator_t<Handler>>::template rebind_alloc<holder>;

        template <class H>
        holder(H&& h, const asio::any_io_executor& fallback)
            : handler(std::forward<H>(h)), work(asio::get_associated_executor(handler, fallback))
        {
        }

        void post(Args... args) override
        {
            const auto executor = work.get_executor();
            const auto busy = std::move(work);
            completion<Handler> all{std::move(handler), {std::move(args)...}};
            destroy();
            asio::post(executor, std::move(all));
        }

        void destroy() noexcept override
        {
            allocator_type memory(asio::get_associated_allocator(handler));
            this->~holder();
            std::allocator_traits<allocator_type>::deallocate(memory, this, 1);
        }

        asio::cancellation_slot slot() const override
        {
            using slot_type = asio::associated_cancellation_slot_t<Handler>;
            if constexpr (std::is_convertible_v<slot_type, asio::cancellation_slot>)
                return asio::get_associated_cancellation_slot(handler);
            else
                return {};
        }

        Handler handler;
        asio::executor_work_guard<executor_type> work;
    };

    template <class Handler>
    static base* make(Handler&& handler, const asio::any_io_executor& fallback)
    {
        using type = holder<std::decay_t<Handler>>;
        using traits = std::allocator_traits<typename type::allocator_type>;
        typename type::allocator_type memory(asio::get_associated_allocator(handler));
        type* const place = traits::allocate(memory, 1);
        try
        {
            return ::new (static_cast<void*>(place)) type(std::forward<Handler>(handler), fallback);
        }
        catch (...)
        {
            traits::deallocate(memory, place, 1);
            throw;
        }
    }

    base* held_ = nullptr;
};

/// What an operation of ours completes with.
template <class... Results>
using handler = any_handler<void(std::error_code, Results...)>;

} // namespace solosip
