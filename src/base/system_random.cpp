#include "solosip/base/random.hpp"

#include <cstdlib>
#include <limits>

#include <openssl/rand.h>

namespace solosip
{

void system_random::fill(std::span<std::uint8_t> to)
{
    while (!to.empty())
    {
        constexpr std::size_t most = std::numeric_limits<int>::max();
        const std::size_t n = to.size() < most ? to.size() : most;
        // Guessable tags and nonces would be worse than no telephone: there is no fallback.
        if (RAND_bytes(to.data(), static_cast<int>(n)) != 1) std::abort();
        to = to.subspan(n);
    }
}

} // namespace solosip
