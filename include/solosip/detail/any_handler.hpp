// A completion handler of any type behind one virtual call. Asio 1.22.1 has nothing of the kind,
// and it lets the library's logic live in its .cpp files.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/bind_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <functional>
#include <memory>
#include <system_error>
#include <tuple>
#include <utility>

namespace solosip::detail
{

/// Move-only. Keeps the handler's executor busy until it is completed; completing posts, so that no
/// handler ever runs inside the function that started or ended the operation.
template <class... R>
class any_handler
{
public:
    any_handler() = default;
    any_handler(any_handler&&) noexcept = default;
    any_handler& operator=(any_handler&&) noexcept = default;

    template <class H>
    any_handler(H&& handler, const asio::any_io_executor& fallback)
        : held_(std::make_unique<holder<std::decay_t<H>>>(std::forward<H>(handler), fallback))
    {
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }

    /// Called when the user asks to cancel; from the initiating function only.
    void on_cancel(std::function<void()> f)
    {
        if (held_) held_->on_cancel(std::move(f));
    }

    /// Once; empty afterwards.
    void complete(std::error_code ec, R... results)
    {
        if (auto held = std::exchange(held_, nullptr)) held->complete(ec, std::move(results)...);
    }

private:
    struct base
    {
        virtual ~base() = default;
        virtual void on_cancel(std::function<void()> f) = 0;
        virtual void complete(std::error_code ec, R... results) = 0;
    };

    /// The handler with its results, as the function object that is posted.
    template <class H>
    struct completion
    {
        using allocator_type = asio::associated_allocator_t<H>;

        allocator_type get_allocator() const noexcept
        {
            return asio::get_associated_allocator(handler);
        }

        void operator()()
        {
            // The operation is over: a later signal must not reach into it.
            auto slot = asio::get_associated_cancellation_slot(handler);
            if (slot.is_connected()) slot.clear();
            std::apply([&](auto&... results) { std::move(handler)(ec, std::move(results)...); },
                       values);
        }

        H handler;
        std::error_code ec;
        std::tuple<R...> values;
    };

    template <class H>
    struct holder final : base
    {
        using executor_type = asio::associated_executor_t<H, asio::any_io_executor>;

        template <class G>
        holder(G&& h, const asio::any_io_executor& fallback)
            : handler(std::forward<G>(h)), work(asio::get_associated_executor(handler, fallback))
        {
        }

        void on_cancel(std::function<void()> f) override
        {
            auto slot = asio::get_associated_cancellation_slot(handler);
            if (!slot.is_connected()) return;
            slot.assign([f = std::move(f)](asio::cancellation_type) { f(); });
        }

        void complete(std::error_code ec, R... results) override
        {
            const auto executor = work.get_executor();
            asio::post(executor, completion<H>{std::move(handler), ec,
                                               std::tuple<R...>(std::move(results)...)});
        }

        H handler;
        asio::executor_work_guard<executor_type> work;
    };

    std::unique_ptr<base> held_;
};

} // namespace solosip::detail
