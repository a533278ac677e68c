// Lets go of everything when an execution context is destroyed.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <asio/execution_context.hpp>

namespace solosip::net
{

/// What may hold handlers, sockets and timers of an execution context.
class tenant
{
public:
    virtual ~tenant() = default;
    /// The context is going: destroy them without calling anything.
    virtual void evict() = 0;
};

/// A handler that waits may own the very handle (in a coroutine's frame) that keeps what it waits
/// for alive. Asio breaks such circles for its own operations when the context is destroyed; this
/// does so for ours.
class service final : public asio::execution_context::service
{
public:
    using key_type = service;
    static asio::execution_context::id id;

    explicit service(asio::execution_context& context) : asio::execution_context::service(context)
    {
    }
    void add(const std::shared_ptr<tenant>& t);

private:
    void shutdown() override;

    std::mutex mutex_;
    std::vector<std::weak_ptr<tenant>> tenants_;
};

} // namespace solosip::net
