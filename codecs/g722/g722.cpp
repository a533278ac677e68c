#include "solosip/codecs/g722.hpp"

#include "subband.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace solosip::codecs
{

namespace
{

using media::sample;
using namespace g722_detail;

/// Table 4: half of the 24 coefficients of the quadrature mirror filter; the others are their
/// mirror image.
constexpr std::array<std::int32_t, 12> mirror{3,    -11,  12,  32,   -210, 951,
                                              3876, -805, 362, -156, 53,   -11};

/// The last 24 values, twice, so that they always lie in one piece.
class line
{
public:
    void put(std::int32_t a, std::int32_t b)
    {
        at_ = (at_ + 2) % 24;
        values_[at_] = values_[at_ + 24] = a;
        values_[at_ + 1] = values_[at_ + 25] = b;
    }
    /// Sums over the even and over the odd ones, from the oldest.
    std::array<std::int32_t, 2> sums() const
    {
        const std::int32_t* const v = values_.data() + at_ + 2; // the oldest
        std::array<std::int32_t, 2> sum{};
        for (std::size_t i = 0; i < mirror.size(); ++i)
        {
            sum[0] += v[2 * i] * mirror[i];
            sum[1] += v[2 * i + 1] * mirror[mirror.size() - 1 - i];
        }
        return sum;
    }

private:
    std::size_t at_ = 0;
    std::array<std::int32_t, 48> values_{};
};

class encoder final : public media::encoder
{
public:
    std::size_t encode(std::span<const sample> from, std::span<std::uint8_t> to) override
    {
        const std::size_t octets = from.size() / 2;
        if (from.size() % 2 != 0 || to.size() < octets) return 0;
        for (std::size_t i = 0; i < octets; ++i)
        {
            line_.put(from[2 * i], from[2 * i + 1]);
            const auto [even, odd] = line_.sums();
            const std::uint8_t low = low_.encode((odd + even) >> 14);
            const std::uint8_t high = high_.encode((odd - even) >> 14);
            to[i] = static_cast<std::uint8_t>(high << 6 | low);
        }
        return octets;
    }

private:
    line line_;
    lower_band low_;
    higher_band high_;
};

class decoder final : public media::decoder
{
public:
    std::size_t decode(std::span<const std::uint8_t> from, std::span<sample> to) override
    {
        if (to.size() < 2 * from.size()) return 0;
        for (std::size_t i = 0; i < from.size(); ++i)
        {
            const std::int32_t low = low_.decode(from[i] & 0x3F);
            const std::int32_t high = high_.decode(from[i] >> 6);
            line_.put(low + high, low - high);
            const auto [even, odd] = line_.sums();
            to[2 * i] = static_cast<sample>(saturated(odd >> 11));
            to[2 * i + 1] = static_cast<sample>(saturated(even >> 11));
        }
        return 2 * from.size();
    }
    void reset() override { *this = decoder(); }

private:
    line line_;
    lower_band low_;
    higher_band high_;
};

class g722_codec final : public media::codec
{
public:
    const media::codec_info& info() const override { return info_; }
    std::unique_ptr<media::encoder> make_encoder() const override
    {
        return std::make_unique<encoder>();
    }
    std::unique_ptr<media::decoder> make_decoder() const override
    {
        return std::make_unique<decoder>();
    }

private:
    media::codec_info info_{"G722", 8000, 16'000, 1, 9, 160};
};

} // namespace

const media::codec& g722()
{
    static const g722_codec codec;
    return codec;
}

} // namespace solosip::codecs
