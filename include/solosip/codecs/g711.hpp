// ITU-T G.711: A-law and mu-law at 8 kHz.
#pragma once

#include "solosip/media/codec.hpp"

#include <cstdint>

namespace solosip::codecs
{

const media::codec& pcma();
const media::codec& pcmu();

/// 16-bit linear PCM to and from one octet; bit-exact with ITU-T G.711 (13-bit and 14-bit uniform
/// codes are the upper bits of the 16).
std::uint8_t linear_to_alaw(media::sample s) noexcept;
media::sample alaw_to_linear(std::uint8_t code) noexcept;
std::uint8_t linear_to_ulaw(media::sample s) noexcept;
media::sample ulaw_to_linear(std::uint8_t code) noexcept;

} // namespace solosip::codecs
