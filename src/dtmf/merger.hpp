// One press that is told by two methods.
#pragma once

#include "solosip/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace solosip::dtmf
{

/// Some senders press each key twice: as an event and by INFO, or as an event and as a sound. The
/// first report of a press counts. A report of the same key by another method within `together` of
/// it, or while the key was down, is the same press, once for each method.
class merger
{
public:
    static constexpr duration together = milliseconds(1500);

    /// True: a new press, which was `length` long when it was told, at `now`. `method` is 0 to 7.
    /// Presses of one method are never merged.
    bool is_new(char key, unsigned method, milliseconds length, time_point now);

private:
    struct report
    {
        char key = 0;
        std::uint8_t told_by = 0; ///< a bit for each method
        time_point at{};
    };
    /// More than can be pressed within `together`.
    std::array<report, 32> reports_{};
    std::size_t next_ = 0;
};

} // namespace solosip::dtmf
