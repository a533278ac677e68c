// Where an agent's work is done, one piece after the other.
#pragma once

#include <utility>
#include <variant>

#include <asio/any_io_executor.hpp>
#include <asio/bind_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>

namespace solosip::net
{

/// A strand of any executor. Through `any_io_executor` Asio asks for memory twice for each handler
/// that it dispatches; with the executor that nearly everybody uses it need not.
class strand
{
public:
    explicit strand(const asio::any_io_executor& executor) : held_(make(executor)) {}

    /// `f` runs later, after what was posted before it.
    template <class F>
    void post(F f) const
    {
        std::visit([&](const auto& s) { asio::post(s, std::move(f)); }, held_);
    }

    /// Calls `start` with `handler` bound to the strand: `start` begins an asynchronous operation.
    template <class Handler, class Start>
    void bind(Handler handler, Start start) const
    {
        std::visit([&](const auto& s) { start(asio::bind_executor(s, std::move(handler))); },
                   held_);
    }

private:
    using plain = asio::strand<asio::io_context::executor_type>;
    using any = asio::strand<asio::any_io_executor>;

    static std::variant<plain, any> make(const asio::any_io_executor& executor)
    {
        if (const auto* known = executor.target<asio::io_context::executor_type>())
            return plain(*known);
        return any(executor);
    }

    std::variant<plain, any> held_;
};

} // namespace solosip::net
