// Numbers in network order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace solosip::rtp
{

inline std::uint16_t read_u16(std::span<const std::uint8_t> from, std::size_t at)
{
    return static_cast<std::uint16_t>(from[at] << 8 | from[at + 1]);
}

inline std::uint32_t read_u32(std::span<const std::uint8_t> from, std::size_t at)
{
    return std::uint32_t{read_u16(from, at)} << 16 | read_u16(from, at + 2);
}

inline void write_u16(std::span<std::uint8_t> to, std::size_t at, std::uint16_t value)
{
    to[at] = static_cast<std::uint8_t>(value >> 8);
    to[at + 1] = static_cast<std::uint8_t>(value & 0xFF);
}

inline void write_u32(std::span<std::uint8_t> to, std::size_t at, std::uint32_t value)
{
    write_u16(to, at, static_cast<std::uint16_t>(value >> 16));
    write_u16(to, at + 2, static_cast<std::uint16_t>(value & 0xFFFF));
}

} // namespace solosip::rtp
