// Where readable notes go: a value, so that a test can look at them.
#pragma once

#include <functional>
#include <string_view>

namespace solosip
{

enum class log_level
{
    error,   ///< something the user asked for cannot be done
    warning, ///< it goes on, but not as wanted
    info,    ///< one line for each thing a user did or heard of
    debug,   ///< why the machines did what they did
};

/// Receives one line without its newline. Secrets never reach it. Empty means nobody listens.
using log_sink = std::function<void(log_level, std::string_view)>;

} // namespace solosip
