// Eight characters at a time, on machines of either byte order.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace solosip::words
{

inline constexpr std::uint64_t ones = 0x0101'0101'0101'0101u;

inline std::uint64_t load8(const char* p)
{
    std::uint64_t word;
    std::memcpy(&word, p, sizeof word);
    return word;
}

inline std::uint32_t load4(const char* p)
{
    std::uint32_t word;
    std::memcpy(&word, p, sizeof word);
    return word;
}

/// The highest bit of each byte of `word` that is `c`. The lowest one is right, those above it may
/// be carries of it.
constexpr std::uint64_t matches(std::uint64_t word, char c)
{
    const std::uint64_t x = word ^ (ones * static_cast<unsigned char>(c));
    return (x - ones) & ~x & (ones << 7);
}

/// The first of `c...` in [p, end), or `end`: for short texts, for which memchr is not worth its
/// call.
template <class... Char>
const char* find_any(const char* p, const char* end, Char... c)
{
    for (; end - p >= 8; p += 8)
    {
        const std::uint64_t word = load8(p);
        const std::uint64_t found = (matches(word, c) | ...);
        if (found == 0) continue;
        if constexpr (std::endian::native == std::endian::little)
            return p + static_cast<unsigned>(std::countr_zero(found)) / 8;
        break;
    }
    while (p < end && ((*p != c) && ...))
        ++p;
    return p;
}

/// The first character below `limit`, which is at most 128, or `end`.
inline const char* find_below(const char* p, const char* end, unsigned char limit)
{
    for (; end - p >= 8; p += 8)
    {
        const std::uint64_t word = load8(p);
        // The lowest bit is right here too.
        const std::uint64_t found = (word - ones * limit) & ~word & (ones << 7);
        if (found == 0) continue;
        if constexpr (std::endian::native == std::endian::little)
            return p + static_cast<unsigned>(std::countr_zero(found)) / 8;
        break;
    }
    while (p < end && static_cast<unsigned char>(*p) >= limit)
        ++p;
    return p;
}

} // namespace solosip::words
