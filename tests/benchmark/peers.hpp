// Other stacks that are given the same work, where their development packages are installed.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace benchmark
{

struct peer
{
    const char* name;
    std::function<void(const std::string&)> parse_and_fields;
    /// What prints this text again and again; null where there is none.
    std::function<std::function<void()>(const std::string&)> printer{};
};

std::vector<peer> peers();

/// The same for a session description.
std::vector<peer> sdp_peers();

} // namespace benchmark
