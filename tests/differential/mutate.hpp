// Messages that are a little wrong, by number: the same seed and number give the same message.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace differential
{

/// Message `number` of that seed: one of the corpus (not empty) with one to four changes.
std::string mutated(const std::vector<std::string>& corpus, std::uint64_t seed,
                    std::uint64_t number);

} // namespace differential
