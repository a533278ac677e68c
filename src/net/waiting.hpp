// Operations that wait, and how they are cancelled.
#pragma once

#include "solosip/any_handler.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <system_error>
#include <utility>

namespace solosip::net
{

/// Names one operation, so that a cancellation that comes late finds nothing.
enum class operation : std::uint64_t
{
};

/// Handlers in the order in which they came. To be emptied before its owner goes: `abandon`.
template <class... Results>
class waiting
{
public:
    void add(operation id, handler<Results...> h) { all_.push_back({id, std::move(h)}); }
    bool empty() const { return all_.empty(); }

    handler<Results...> take_first()
    {
        auto h = std::move(all_.front().h);
        all_.pop_front();
        return h;
    }
    /// Nothing where it has completed already.
    std::optional<handler<Results...>> take(operation id)
    {
        const auto it =
            std::find_if(all_.begin(), all_.end(), [&](const entry& e) { return e.id == id; });
        if (it == all_.end()) return std::nullopt;
        auto h = std::move(it->h);
        all_.erase(it);
        return h;
    }
    void complete_all(std::error_code ec, const Results&... results)
    {
        for (auto& each : std::exchange(all_, {}))
            each.h.post(ec, results...);
    }
    /// Destroys them without calling them; each may do anything as it goes.
    void abandon() { (void)std::exchange(all_, {}); }

private:
    struct entry
    {
        operation id;
        handler<Results...> h;
    };
    std::deque<entry> all_;
};

} // namespace solosip::net
