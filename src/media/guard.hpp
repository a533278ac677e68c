// The protection of one call's packets: nothing, or SRTP by the keys in force.
#pragma once

#include "solosip/base/limits.hpp"
#include "solosip/base/srtp.hpp"
#include "solosip/media/srtp.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace solosip::media
{

///     key in force:  the same again  ->  the contexts go on, with their counters (RFC 4568 7.1.4)
///                    another one     ->  a new context, its rollover counter is zero
///                    none            ->  packets pass as they are
class guard
{
public:
    /// `transform` may be null only without keys; if not, nothing passes.
    void configure(const srtp_transform* transform, const std::optional<srtp_keys>& keys,
                   std::uint32_t ssrc);
    bool on() const { return works_ != nullptr; }

    /// As `sealer`; the size as it was where nothing is encrypted.
    std::size_t seal(std::span<std::uint8_t> buffer, std::size_t size, bool report);
    /// The packet in the clear; empty where it is not authentic. The view is good until the next
    /// one.
    std::span<const std::uint8_t> open(std::span<const std::uint8_t> packet, bool report);
    std::uint64_t refused() const { return refused_; }

private:
    struct works
    {
        srtp_keys keys;
        std::unique_ptr<sealer> out;
        std::unique_ptr<opener> in;
        /// What came, to be decrypted in place.
        alignas(8) std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
    };
    std::unique_ptr<works> works_; ///< most calls need none
    std::uint64_t refused_ = 0;
};

} // namespace solosip::media
