// Many messages, each read by all; a parser may crash or hang, so they run in a child process.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace differential
{

struct campaign
{
    std::vector<std::string> messages; ///< read as they are, then mutated
    std::uint64_t mutations = 0;
    std::uint64_t seed = 1;
    int seconds = 0; ///< 0: no limit
};

/// Message `index`: of the corpus, then mutations.
std::string message_of(const campaign& c, std::uint64_t index);

struct findings
{
    static constexpr std::size_t examples = 25; ///< of each kind
    struct seen
    {
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first{}; ///< indices of some messages
    };
    std::map<std::string, seen> kinds;
    std::uint64_t messages = 0;
};

findings run(const campaign& c);

} // namespace differential
