// The messages that are measured.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace benchmark
{

std::vector<std::string> usual_messages();

/// What a telephone offers, and one of many codecs and attributes.
std::vector<std::string> offers();

struct hostile_shape
{
    const char* name;
    std::string (*make)(std::size_t bytes);
};

/// Each made as large as asked, about.
std::vector<hostile_shape> hostile_shapes();

} // namespace benchmark
