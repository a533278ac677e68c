#include "net/service.hpp"

#include <algorithm>
#include <utility>

namespace solosip::net
{

asio::execution_context::id service::id;

void service::add(const std::shared_ptr<tenant>& t)
{
    const std::lock_guard lock(mutex_);
    // Those that have moved out are forgotten now and then, so that it costs nothing on average.
    if (tenants_.size() == tenants_.capacity())
        std::erase_if(tenants_, [](const auto& each) { return each.expired(); });
    tenants_.push_back(t);
}

void service::shutdown()
{
    std::vector<std::weak_ptr<tenant>> leaving;
    {
        const std::lock_guard lock(mutex_);
        leaving.swap(tenants_);
    }
    for (const auto& each : leaving)
        if (const auto t = each.lock()) t->evict();
}

} // namespace solosip::net
