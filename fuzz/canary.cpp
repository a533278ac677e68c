// Crashes on purpose: the test of the fuzzers' own machinery.
#include "fuzz/property.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    solosip::fuzz::require(!text.starts_with("canary"), "no canary");
    return 0;
}
