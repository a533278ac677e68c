// The messages that are measured.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace benchmark
{

std::vector<std::string> usual_messages();

struct hostile_shape
{
    const char* name;
    std::string (*make)(std::size_t bytes);
};

/// Each made as large as asked, about.
std::vector<hostile_shape> hostile_shapes();

} // namespace benchmark
