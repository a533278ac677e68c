// How often the heap has been asked for memory: a test that links allocations.cpp sees each time.
#pragma once

#include <cstddef>

namespace support
{

/// Since the program began.
std::size_t allocations();

/// Whether what libraries in C take is counted as well: with AddressSanitizer it is.
bool counts_malloc();

} // namespace support
