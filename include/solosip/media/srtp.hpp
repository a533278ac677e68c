// The interface of SRTP (RFC 3711): who encrypts packets, for whoever has the keys. `solosip::srtp`
// has one, by libsrtp2.
#pragma once

#include "solosip/base/srtp.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace solosip::media
{

/// So much longer a packet of ours may become: a tag of 80 bits, and in RTCP its number.
inline constexpr std::size_t srtp_overhead = 14;

/// What we send, by one key and one SSRC. No call throws.
class sealer
{
public:
    virtual ~sealer() = default;
    /// Encrypts the RTP packet in the first `size` bytes of `buffer`, in place. Its new size; 0
    /// where there is no room, or the key has been used up.
    virtual std::size_t seal(std::span<std::uint8_t> buffer, std::size_t size) = 0;
    /// The same for RTCP.
    virtual std::size_t seal_report(std::span<std::uint8_t> buffer, std::size_t size) = 0;
};

/// What we hear, by one key, whatever SSRCs it has. No call throws.
class opener
{
public:
    virtual ~opener() = default;
    /// Decrypts an RTP packet in place. Its new size; 0 where it is not authentic, or came before.
    virtual std::size_t open(std::span<std::uint8_t> packet) = 0;
    /// The same for RTCP.
    virtual std::size_t open_report(std::span<std::uint8_t> packet) = 0;
};

/// Makes them; rollover counters begin at zero. Objects with static lifetime. Null where that is
/// not possible: nothing is sent or heard then.
class srtp_transform
{
public:
    virtual ~srtp_transform() = default;
    virtual std::unique_ptr<sealer> make_sealer(const srtp_key& key, std::uint32_t ssrc) const = 0;
    virtual std::unique_ptr<opener> make_opener(const srtp_key& key) const = 0;
};

} // namespace solosip::media
