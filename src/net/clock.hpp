// The only place where the time is asked for.
#pragma once

#include "solosip/base/time.hpp"

#include <chrono>

namespace solosip::net
{

inline time_point present()
{
    return time_point(
        std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

inline std::chrono::steady_clock::time_point to_steady(time_point t)
{
    using steady = std::chrono::steady_clock;
    return steady::time_point(std::chrono::duration_cast<steady::duration>(t.time_since_epoch()));
}

} // namespace solosip::net
