// Keys of SRTP (RFC 3711) and the suites that they are for: what a session description agrees on
// and the audio runs by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace solosip
{

/// What becomes of the audio of a call.
enum class srtp_policy : std::uint8_t
{
    off,       ///< never encrypted: keys that are offered are left alone, RTP/SAVP is refused
    preferred, ///< encrypted where the other side does it too (RFC 8643), else not
    required,  ///< a call without encryption does not come about
};

/// RFC 4568 section 6.2 and RFC 6188 section 4.
enum class srtp_suite : std::uint8_t
{
    aes_cm_128_hmac_sha1_80,
    aes_cm_128_hmac_sha1_32,
    aes_256_cm_hmac_sha1_80,
    aes_256_cm_hmac_sha1_32,
};
/// As it stands in a session description: "AES_CM_128_HMAC_SHA1_80".
std::string_view to_string(srtp_suite s);
std::optional<srtp_suite> srtp_suite_named(std::string_view name);
/// Bytes of the master key and the master salt together: 30 or 46.
std::size_t srtp_key_bytes(srtp_suite s);

/// A master key with its salt behind it. The bytes are wiped when it goes.
struct srtp_key
{
    static constexpr std::size_t most_bytes = 46;

    srtp_suite suite = srtp_suite::aes_cm_128_hmac_sha1_80;
    std::uint8_t mki_bytes = 0; ///< of the identifier in each packet, 1 to 128; 0: none
    std::uint64_t mki = 0;
    std::array<std::uint8_t, most_bytes> bytes{};

    srtp_key() = default;
    srtp_key(const srtp_key&) = default;
    srtp_key& operator=(const srtp_key&) = default;
    ~srtp_key() { wipe(bytes); }

    /// The bytes that count.
    std::span<const std::uint8_t> used() const
    {
        return std::span(bytes).first(srtp_key_bytes(suite));
    }
    friend bool operator==(const srtp_key&, const srtp_key&) = default;

    /// Zeros, also where nobody reads them again.
    static void wipe(std::span<std::uint8_t> secret);
};

/// Each side encrypts by a key of its own.
struct srtp_keys
{
    srtp_key send, receive;

    friend bool operator==(const srtp_keys&, const srtp_keys&) = default;
};

} // namespace solosip
