// The payload of telephone-event (RFC 4733 section 2.3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace solosip::dtmf
{

inline constexpr std::size_t payload_bytes = 4;

struct telephone_event
{
    std::uint8_t code = 0; ///< RFC 4733 table 3: 0-15 are the keys, 16 is the hook flash
    bool end = false;
    std::uint8_t volume = 10;   ///< dBm0 with the sign dropped, 0-63
    std::uint16_t duration = 0; ///< ticks since the packet's timestamp
};

/// The first event of a payload; nothing where it is shorter than one. A payload may hold several
/// (section 2.5.1.5), which is for modem signals; behind a key's event stands padding, if anything.
std::optional<telephone_event> parse_event(std::span<const std::uint8_t> payload);
std::array<std::uint8_t, payload_bytes> print_event(const telephone_event& e);

/// Key of an event code, code of a key (0-9 * # A-D, and ! for the hook flash); nothing for what is
/// no key.
std::optional<char> key_of(unsigned code);
std::optional<std::uint8_t> code_of(char key);

} // namespace solosip::dtmf
