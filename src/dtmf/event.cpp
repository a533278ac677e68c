#include "dtmf/event.hpp"

#include <string_view>

namespace solosip::dtmf
{

namespace
{

constexpr std::string_view keys = "0123456789*#ABCD!";

} // namespace

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     event     |E|R| volume    |           duration            |
std::optional<telephone_event> parse_event(std::span<const std::uint8_t> payload)
{
    if (payload.size() < payload_bytes) return std::nullopt;
    telephone_event e;
    e.code = payload[0];
    e.end = (payload[1] & 0x80) != 0;
    e.volume = payload[1] & 0x3F;
    e.duration = static_cast<std::uint16_t>(payload[2] << 8 | payload[3]);
    return e;
}

std::array<std::uint8_t, payload_bytes> print_event(const telephone_event& e)
{
    return {e.code, static_cast<std::uint8_t>((e.end ? 0x80 : 0) | (e.volume & 0x3F)),
            static_cast<std::uint8_t>(e.duration >> 8),
            static_cast<std::uint8_t>(e.duration & 0xFF)};
}

std::optional<char> key_of(unsigned code)
{
    if (code >= keys.size()) return std::nullopt;
    return keys[code];
}

std::optional<std::uint8_t> code_of(char key)
{
    const auto at = keys.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint8_t>(at);
}

} // namespace solosip::dtmf
