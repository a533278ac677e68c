// What client and verifier share: hashes and hex.
#pragma once

#include "solosip/auth/digest.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace solosip::auth
{

/// Lower-case hex of HMAC-SHA-256.
std::string keyed_hash(std::string_view key, std::string_view text);

/// Takes the same time whether the first or the last byte differs; lengths are no secret.
bool equal_secrets(std::string_view a, std::string_view b);

/// The last `digits` digits of it, lower case, with zeros in front.
std::string hex_number(std::uint64_t number, std::size_t digits);

/// The nonce count as it is sent and hashed: nc-value = 8LHEX (RFC 7616 section 3.4).
inline std::string nonce_count_text(std::uint32_t count)
{
    return hex_number(count, 8);
}

/// The "-sess" variants, whose key depends on the first nonce and cnonce.
bool is_session(algorithm a);

} // namespace solosip::auth
