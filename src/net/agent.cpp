#include "solosip/agent.hpp"

#include "net/core.hpp"
#include "ua/identity.hpp"

namespace solosip
{

agent::agent(executor_type executor, config c)
    : core_(detail::agent_core::make(executor, c)), executor_(std::move(executor))
{
}

namespace
{

void let_go(detail::agent_ptr core)
{
    if (!core) return;
    auto& a = *core;
    a.post([core = std::move(core)] { core->close(errc::shut_down); });
}

} // namespace

agent::~agent()
{
    let_go(std::move(core_));
}

agent& agent::operator=(agent&& other) noexcept
{
    let_go(std::exchange(core_, std::move(other.core_)));
    executor_ = other.executor_;
    return *this;
}

std::error_code agent::listen(transport, const asio::ip::address& address, std::uint16_t port)
{
    if (!core_) return errc::shut_down;
    return core_->pump.listen({address, port});
}

asio::ip::udp::endpoint agent::local_endpoint() const
{
    return core_ ? net::to_asio(core_->pump.local_endpoint()) : asio::ip::udp::endpoint();
}

void agent::add_trace(std::shared_ptr<trace_sink> sink)
{
    if (core_ && sink)
        core_->post([core = core_, sink = std::move(sink)]() mutable
                    { core->pump.add_trace(std::move(sink)); });
}

std::error_code agent::set_account(account who)
{
    if (!core_) return errc::shut_down;
    if (const auto understood = ua::understand(who); !understood) return understood.code();
    core_->post([core = core_, who = std::move(who)]() mutable
                { (void)core->pump.engine().set_account(std::move(who)); });
    return {};
}

void agent::network_changed()
{
    if (core_) core_->post([core = core_] { core->pump.on_network_changed(); });
}

call agent::current_call() const
{
    const auto current = core_ ? core_->shown_call() : nullptr;
    return current ? call(current) : call();
}

} // namespace solosip
