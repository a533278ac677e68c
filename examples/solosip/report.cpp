#include "report.hpp"

#include "solosip/trace/summary.hpp"

#include <cmath>
#include <cstdio>
#include <iostream>

namespace solosip::program
{
namespace
{

using nlohmann::ordered_json;

// Text of the wire may be no UTF-8; JSON must be.
std::string dump(const ordered_json& value)
{
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace

double report::seconds_since_start() const
{
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start_;
    return std::round(since.count() * 1000) / 1000;
}

void report::event(std::string_view name, ordered_json members)
{
    if (json_)
    {
        ordered_json line = {{"event", name}, {"at", seconds_since_start()}};
        line.update(members);
        std::cout << dump(line) << std::endl;
        return;
    }
    char at[32];
    (void)std::snprintf(at, sizeof at, "%8.3f  ", seconds_since_start());
    std::string line = at + std::string(name);
    const char* before = ": ";
    for (const auto& [key, value] : members.items())
    {
        if (value == "") continue;
        line += before;
        line += key + ' ' +
                (value.is_string() ? trace::escaped(value.get<std::string>(), 200) : dump(value));
        before = ", ";
    }
    std::cout << line << std::endl;
}

} // namespace solosip::program
