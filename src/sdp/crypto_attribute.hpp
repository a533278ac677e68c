// a=crypto (RFC 4568 section 9): one way to encrypt, with the key of the side that says it.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/base/srtp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace solosip::sdp
{

struct crypto_attribute
{
    std::uint32_t tag = 0; ///< at most nine digits
    srtp_key key;

    friend bool operator==(const crypto_attribute&, const crypto_attribute&) = default;
};

/// Whether that attribute of an m= line (without "a=") is one.
bool is_crypto(std::string_view attribute);

/// `attribute` is what `is_crypto` is true of. Nothing where it is well-formed but no way of ours:
/// an unknown suite, several keys, or a session parameter that changes what is on the wire. WSH,
/// and parameters that may be ignored ("-..."), are. The lifetime of a key is theirs to keep.
/// Errors: bad_syntax, bad_number.
result<std::optional<crypto_attribute>> parse_crypto(std::string_view attribute);

/// The attribute without "a=".
std::string print(const crypto_attribute& a);

} // namespace solosip::sdp
