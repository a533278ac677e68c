#include "solosip/base/random.hpp"

#include <array>
#include <cassert>

namespace solosip
{

std::uint32_t random_source::u32()
{
    std::array<std::uint8_t, 4> b{};
    fill(b);
    return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

std::uint64_t random_source::u64()
{
    const std::uint64_t high = u32();
    return high << 32 | u32();
}

std::uint32_t random_source::below(std::uint32_t bound)
{
    assert(bound > 0);
    // Numbers beyond the last whole multiple of `bound` would favour the small results.
    const std::uint32_t excess = (UINT32_MAX % bound + 1) % bound;
    std::uint32_t n = u32();
    while (n > UINT32_MAX - excess)
        n = u32();
    return n % bound;
}

std::string random_source::token(std::size_t length)
{
    static constexpr char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
    std::string text(length, '\0');
    std::uint64_t bits = 0;
    int left = 0;
    for (char& c : text)
    {
        if (left < 5)
        {
            bits = u64();
            left = 64;
        }
        c = alphabet[bits & 31];
        bits >>= 5;
        left -= 5;
    }
    return text;
}

void seeded_random::fill(std::span<std::uint8_t> to)
{
    // SplitMix64: one addition and three mixing steps for eight bytes.
    std::uint64_t mixed = 0;
    for (std::size_t i = 0; i < to.size(); ++i)
    {
        if (i % 8 == 0)
        {
            state_ += 0x9e3779b97f4a7c15u;
            mixed = state_;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
            mixed ^= mixed >> 31;
        }
        to[i] = static_cast<std::uint8_t>(mixed >> (8 * (i % 8)));
    }
}

} // namespace solosip
