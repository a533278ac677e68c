// The core's notion of time: a point that the caller passes in, never a clock that is read.
#pragma once

#include <chrono>
#include <cstdint>

namespace solosip
{

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Tag of the monotonic time line. It has no `now`: only the edge knows what time it is, and a
/// simulation makes it up.
struct time_line
{
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<time_line, duration>;
    static constexpr bool is_steady = true;
};

using duration = time_line::duration;
using time_point = time_line::time_point;

} // namespace solosip
