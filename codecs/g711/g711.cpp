#include "solosip/codecs/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>

namespace solosip::codecs
{

namespace
{

using media::sample;

// Both laws are a small floating point: 3 bits of exponent, 4 of mantissa. A `float` holds the
// same mantissa just below its exponent, so that the conversion of the machine finds the segment:
// no loop, no branch, and compilers make vectors of it.
static_assert(std::numeric_limits<float>::is_iec559 && sizeof(float) == 4);

constexpr int float_bias = 127;
constexpr int mantissa_shift = 23 - 4;

/// Exponent and four bits of mantissa of a whole number of 1 or more, less `first` octaves.
constexpr std::int32_t segment_and_interval(std::int32_t magnitude, int first)
{
    const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(magnitude));
    return (bits >> mantissa_shift) - ((float_bias + first) << 4);
}

// The magnitude of a negative sample is its complement: the intervals below zero are the mirror
// image of those above, -1 is the mirror of 0, and nothing overflows.

constexpr std::uint8_t encode_alaw(sample s)
{
    const std::int32_t sign = s >> 15; // 0 or -1
    const std::int32_t magnitude = (s ^ sign) >> 4;
    // G.711 table 1a: 16 intervals in each octave, and below the first octave 16 more of its size:
    // there the octave is borrowed and given back, so that no sample takes a branch.
    const std::int32_t borrowed = ((magnitude - 16) >> 31) & 16;
    const std::int32_t code = segment_and_interval(magnitude + borrowed, 3) - borrowed;
    return static_cast<std::uint8_t>(code ^ 0xD5 ^ (sign & 0x80));
}

constexpr std::uint8_t encode_ulaw(sample s)
{
    const std::int32_t sign = s >> 15;
    // G.711 table 2a: with 33 added, the decision values are 16 in each octave from 33 to 8192;
    // beyond the last decision value, 8159, the code stays.
    const std::int32_t magnitude = std::min(((s ^ sign) >> 2) + 33, 8191);
    const std::int32_t code = segment_and_interval(magnitude, 5);
    return static_cast<std::uint8_t>(code ^ 0xFF ^ (sign & 0x80));
}

constexpr sample decode_alaw(std::uint8_t code)
{
    const int value = code ^ 0x55; // even bits are inverted (G.711 table 1a, note 2)
    const int segment = (value >> 4) & 7;
    const int interval = value & 15;
    // The middle of the interval, in units of a sixteenth of the smallest one.
    const int middle = (interval * 2 + 1) * 8;
    const int magnitude = segment == 0 ? middle : (middle + 256) << (segment - 1);
    return static_cast<sample>((value & 0x80) != 0 ? magnitude : -magnitude);
}

constexpr sample decode_ulaw(std::uint8_t code)
{
    const int value = code ^ 0xFF; // all bits are inverted (G.711 table 2a, note 2)
    const int segment = (value >> 4) & 7;
    const int interval = value & 15;
    const int magnitude = (((interval * 2 + 33) << segment) - 33) * 4;
    return static_cast<sample>((value & 0x80) != 0 ? -magnitude : magnitude);
}

template <sample (*Decode)(std::uint8_t)>
constexpr std::array<sample, 256> make_table()
{
    std::array<sample, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = Decode(static_cast<std::uint8_t>(i));
    return table;
}

constexpr auto alaw_table = make_table<decode_alaw>();
constexpr auto ulaw_table = make_table<decode_ulaw>();

template <std::uint8_t (*Encode)(sample)>
class encoder final : public media::encoder
{
    std::size_t encode(std::span<const sample> from, std::span<std::uint8_t> to) override
    {
        if (to.size() < from.size()) return 0;
        // In pieces of a known length, which compilers turn into vectors without a prologue.
        constexpr std::size_t piece = 16;
        const sample* in = from.data();
        std::uint8_t* out = to.data();
        std::size_t left = from.size();
        for (; left >= piece; left -= piece, in += piece, out += piece)
        {
            std::array<std::uint8_t, piece> codes;
            for (std::size_t i = 0; i < piece; ++i)
                codes[i] = Encode(in[i]);
            std::copy(codes.begin(), codes.end(), out);
        }
        for (std::size_t i = 0; i < left; ++i)
            out[i] = Encode(in[i]);
        return from.size();
    }
};

template <const std::array<sample, 256>& Table>
class decoder final : public media::decoder
{
    std::size_t decode(std::span<const std::uint8_t> from, std::span<sample> to) override
    {
        if (to.size() < from.size()) return 0;
        std::transform(from.begin(), from.end(), to.begin(),
                       [](std::uint8_t code) { return Table[code]; });
        return from.size();
    }
};

template <std::uint8_t (*Encode)(sample), const std::array<sample, 256>& Table>
class law final : public media::codec
{
public:
    constexpr explicit law(const media::codec_info& info) : info_(info) {}

    const media::codec_info& info() const override { return info_; }
    std::unique_ptr<media::encoder> make_encoder() const override
    {
        return std::make_unique<encoder<Encode>>();
    }
    std::unique_ptr<media::decoder> make_decoder() const override
    {
        return std::make_unique<decoder<Table>>();
    }

private:
    media::codec_info info_;
};

} // namespace

const media::codec& pcma()
{
    static const law<encode_alaw, alaw_table> codec{{"PCMA", 8000, 8000, 1, 8, 160}};
    return codec;
}

const media::codec& pcmu()
{
    static const law<encode_ulaw, ulaw_table> codec{{"PCMU", 8000, 8000, 1, 0, 160}};
    return codec;
}

std::uint8_t linear_to_alaw(sample s) noexcept
{
    return encode_alaw(s);
}
sample alaw_to_linear(std::uint8_t code) noexcept
{
    return alaw_table[code];
}
std::uint8_t linear_to_ulaw(sample s) noexcept
{
    return encode_ulaw(s);
}
sample ulaw_to_linear(std::uint8_t code) noexcept
{
    return ulaw_table[code];
}

} // namespace solosip::codecs
