// The interface of a codec: all that `codecs/` may include.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace solosip::media
{

/// Linear PCM, 16 bits, mono, native order.
using sample = std::int16_t;

/// What SDP says of a codec, and how much it produces.
struct codec_info
{
    std::string_view name;     ///< "PCMA"
    std::uint32_t clock_rate;  ///< Hz of the RTP timestamp
    std::uint32_t sample_rate; ///< Hz of the PCM (G.722 has 16000 at a clock of 8000)
    std::uint8_t channels;     ///< in SDP; the PCM is mono always
    int static_payload_type;   ///< RFC 3551 table 4; -1 where it has none
    std::size_t max_bytes_per_20ms;
    bool variable_rate = false; ///< most packets are far shorter than that
};

/// One direction of one stream; no call allocates or throws.
class encoder
{
public:
    virtual ~encoder() = default;
    /// Bytes written; 0 where `to` is too small.
    virtual std::size_t encode(std::span<const sample> from, std::span<std::uint8_t> to) = 0;
};
class decoder
{
public:
    virtual ~decoder() = default;
    /// Samples written; 0 where `to` is too small or the payload is malformed.
    virtual std::size_t decode(std::span<const std::uint8_t> from, std::span<sample> to) = 0;
    /// Another stream begins: forget the past, for codecs that have one.
    virtual void reset() {}
};

/// Makes coders. Codecs are objects with static lifetime.
class codec
{
public:
    virtual ~codec() = default;
    virtual const codec_info& info() const = 0;
    virtual std::unique_ptr<media::encoder> make_encoder() const = 0;
    virtual std::unique_ptr<media::decoder> make_decoder() const = 0;
};

} // namespace solosip::media
