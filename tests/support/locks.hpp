// How often a mutex was asked for: a test that links locks.cpp sees each time.
#pragma once

#include <cstddef>

namespace support
{

/// Since the program began, by any thread; nothing where they cannot be counted (then
/// `locks_are_counted` is false).
std::size_t locks();
bool locks_are_counted();

} // namespace support
