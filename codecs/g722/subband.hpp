// The adaptive predictor and the quantizers of one half of the band (ITU-T G.722 sections 3 to 6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace solosip::codecs::g722_detail
{

constexpr std::int32_t saturated(std::int32_t v)
{
    return v > 32767 ? 32767 : v < -32768 ? -32768 : v;
}

/// Two poles and six zeros, adapted by the signs of what they predicted wrongly (block 4). Names
/// are those of the Recommendation.
class predictor
{
public:
    std::int32_t estimate() const { return s_; }
    /// `d`: the quantized difference. Returns the reconstructed signal.
    std::int32_t update(std::int32_t d);

private:
    void adapt_poles(std::int32_t p);
    void adapt_zeros(std::int32_t d);
    void filter();

    std::int32_t s_ = 0, sp_ = 0, sz_ = 0;
    std::array<std::int32_t, 2> r_{}; ///< reconstructed signal, latest first
    std::array<std::int32_t, 2> p_{}; ///< partially reconstructed
    std::array<std::int32_t, 2> a_{};
    std::array<std::int32_t, 6> b_{}, d_{};
};

/// Step size in the logarithmic domain (block 3).
class scale
{
public:
    /// `highest`: of the logarithm; `shift`: 8 for the lower band, 10 for the higher one.
    scale(std::int32_t highest, int shift, std::int32_t first)
        : highest_(highest), shift_(shift), step_(first)
    {
    }
    std::int32_t step() const { return step_; }
    void adapt(std::int32_t multiplier);

private:
    std::int32_t highest_;
    int shift_;
    std::int32_t log_ = 0, step_;
};

/// 0 to 4 kHz, 6 bits. Its scale and predictor follow the upper 4 bits alone, so that the lower 2
/// may be used for data by those who do so.
class lower_band
{
public:
    std::uint8_t encode(std::int32_t x);
    std::int32_t decode(std::uint8_t code);

private:
    void follow(std::uint8_t code);

    predictor predictor_;
    scale scale_{18432, 8, 32};
};

/// 4 to 8 kHz, 2 bits.
class higher_band
{
public:
    std::uint8_t encode(std::int32_t x);
    std::int32_t decode(std::uint8_t code);

private:
    predictor predictor_;
    scale scale_{22528, 10, 8};
};

} // namespace solosip::codecs::g722_detail
