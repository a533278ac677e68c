// What the program says on standard output: readable lines, or one JSON object a line.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace solosip::program
{

class report
{
public:
    explicit report(bool json) : json_(json) {}

    /// An event of that name with its members, e.g. `event("digit", {{"key", "5"}})`.
    void event(std::string_view name,
               nlohmann::ordered_json members = nlohmann::ordered_json::object());

    double seconds_since_start() const;

private:
    bool json_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace solosip::program
