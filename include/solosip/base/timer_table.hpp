// A state machine's timers: one deadline for each enumerator.
#pragma once

#include "solosip/base/time.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace solosip
{

/// Deadlines of the timers named by `Timer`, an `enum class` whose last enumerator is `count`.
/// There are a handful at most, so a scan beats any queue.
template <class Timer>
class timer_table
{
public:
    void set(Timer t, time_point deadline) { at(t) = deadline; }
    void stop(Timer t) { at(t).reset(); }
    void stop_all() { deadlines_.fill(std::nullopt); }
    bool running(Timer t) const { return deadlines_[static_cast<std::size_t>(t)].has_value(); }
    std::optional<time_point> deadline(Timer t) const
    {
        return deadlines_[static_cast<std::size_t>(t)];
    }

    /// The earliest deadline, or nothing where no timer runs.
    std::optional<time_point> next() const
    {
        std::optional<time_point> earliest;
        for (const auto& d : deadlines_)
            if (d && (!earliest || *d < *earliest)) earliest = d;
        return earliest;
    }

    /// Stops and returns the timer that is due at `now` and was due first; nothing where none is.
    /// Call it until it returns nothing.
    std::optional<Timer> take_expired(time_point now)
    {
        std::optional<std::size_t> first;
        for (std::size_t i = 0; i < deadlines_.size(); ++i)
            if (deadlines_[i] && *deadlines_[i] <= now &&
                (!first || *deadlines_[i] < *deadlines_[*first]))
                first = i;
        if (!first) return std::nullopt;
        deadlines_[*first].reset();
        return static_cast<Timer>(*first);
    }

private:
    std::optional<time_point>& at(Timer t) { return deadlines_[static_cast<std::size_t>(t)]; }

    std::array<std::optional<time_point>, static_cast<std::size_t>(Timer::count)> deadlines_{};
};

/// The earlier of two deadlines, where nothing means never.
inline std::optional<time_point> earlier(std::optional<time_point> a, std::optional<time_point> b)
{
    if (!a) return b;
    if (!b) return a;
    return *b < *a ? b : a;
}

} // namespace solosip
