#include "subband.hpp"

namespace solosip::codecs::g722_detail
{

namespace
{

// ---- tables of the Recommendation, by their numbers

/// Table 14: decision levels of the lower band's 60-level quantizer, one side.
constexpr std::array<std::int32_t, 29> q6{
    35,  72,  110, 150,  190,  233,  276,  323,  370,  422,  473,  530,  587,  650, 714,
    786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919};

/// Table 7: output levels for the 60 codes of 6 bits; what is never sent is one of the smallest.
constexpr std::array<std::int32_t, 64> qm6{
    -136,   -136,   -136,  -136,  -24808, -21904, -19008, -16704, -14984, -13512, -12280,
    -11192, -10232, -9360, -8576, -7856,  -7192,  -6576,  -6000,  -5456,  -4944,  -4464,
    -4008,  -3576,  -3168, -2776, -2400,  -2032,  -1688,  -1360,  -1040,  -728,   24808,
    21904,  19008,  16704, 14984, 13512,  12280,  11192,  10232,  9360,   8576,   7856,
    7192,   6576,   6000,  5456,  4944,   4464,   4008,   3576,   3168,   2776,   2400,
    2032,   1688,   1360,  1040,  728,    432,    136,    -432,   -136};

/// Table 9: the same for the upper 4 bits.
constexpr std::array<std::int32_t, 16> qm4{0,     -20456, -12896, -8968, -6288, -4240, -2584, -1200,
                                           20456, 12896,  8968,   6288,  4240,  2584,  1200,  0};

/// Tables 11 and 12: multipliers of the lower band's scale, by the upper 4 bits.
constexpr std::array<std::int32_t, 16> wl{-60,  3042, 1198, 538, 334, 172, 58,  -30,
                                          3042, 1198, 538,  334, 172, 58,  -30, -60};

constexpr std::array<std::int32_t, 4> qm2{-7408, -1616, 7408, 1616};
constexpr std::array<std::int32_t, 4> wh{798, -214, 798, -214};
constexpr std::int32_t higher_decision = 564;

/// Table 13: 2048 * 2^(i/32).
constexpr std::array<std::int32_t, 32> ilb{
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};

constexpr bool negative(std::int32_t v)
{
    return v < 0;
}

} // namespace

// ---- predictor ----------------------------------------------------------------------------------

void predictor::adapt_poles(std::int32_t p)
{
    const bool same1 = negative(p) == negative(p_[0]), same2 = negative(p) == negative(p_[1]);
    // UPPOL2
    const std::int32_t wd1 = saturated(a_[0] * 4);
    const std::int32_t wd2 = same1 ? saturated(-wd1) : wd1;
    std::int32_t second = (same2 ? 128 : -128) + (wd2 >> 7) + ((a_[1] * 32512) >> 15);
    second = second > 12288 ? 12288 : second < -12288 ? -12288 : second;
    // UPPOL1
    std::int32_t first = saturated((same1 ? 192 : -192) + ((a_[0] * 32640) >> 15));
    const std::int32_t limit = saturated(15360 - second);
    first = first > limit ? limit : first < -limit ? -limit : first;
    a_ = {first, second};
}

void predictor::adapt_zeros(std::int32_t d)
{
    const std::int32_t step = d == 0 ? 0 : 128;
    for (std::size_t i = 0; i < b_.size(); ++i)
        b_[i] =
            saturated((negative(d) == negative(d_[i]) ? step : -step) + ((b_[i] * 32640) >> 15));
}

void predictor::filter()
{
    // FILTEP, FILTEZ, PREDIC
    sp_ =
        saturated(((a_[0] * saturated(2 * r_[0])) >> 15) + ((a_[1] * saturated(2 * r_[1])) >> 15));
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < b_.size(); ++i)
        sum += (b_[i] * saturated(2 * d_[i])) >> 15;
    sz_ = saturated(sum);
    s_ = saturated(sp_ + sz_);
}

std::int32_t predictor::update(std::int32_t d)
{
    const std::int32_t r = saturated(s_ + d);  // RECONS
    const std::int32_t p = saturated(sz_ + d); // PARREC
    adapt_poles(p);
    adapt_zeros(d);
    for (std::size_t i = d_.size() - 1; i > 0; --i)
        d_[i] = d_[i - 1];
    d_[0] = d;
    r_ = {r, r_[0]};
    p_ = {p, p_[0]};
    filter();
    return r;
}

// ---- scale --------------------------------------------------------------------------------------

void scale::adapt(std::int32_t multiplier)
{
    log_ = ((log_ * 127) >> 7) + multiplier; // LOGSCL, LOGSCH
    log_ = log_ < 0 ? 0 : log_ > highest_ ? highest_ : log_;
    const std::int32_t fraction = ilb[static_cast<std::size_t>((log_ >> 6) & 31)];
    const int down = shift_ - (log_ >> 11); // SCALEL, SCALEH
    step_ = (down < 0 ? fraction << -down : fraction >> down) * 4;
}

// ---- bands --------------------------------------------------------------------------------------

void lower_band::follow(std::uint8_t code)
{
    const std::size_t upper = code >> 2;
    const std::int32_t d = (scale_.step() * qm4[upper]) >> 15;
    scale_.adapt(wl[upper]);
    predictor_.update(d);
}

std::uint8_t lower_band::encode(std::int32_t x)
{
    const std::int32_t e = saturated(x - predictor_.estimate());
    const std::int32_t magnitude = e >= 0 ? e : -(e + 1);
    std::size_t level = 0; // QUANTL
    while (level < q6.size() && magnitude >= (q6[level] * scale_.step()) >> 12)
        ++level;
    // Codes fall with the magnitude: 61 and 63, 62 for the two smallest, then 60... and 31....
    std::uint8_t code = 0;
    if (e >= 0)
        code = static_cast<std::uint8_t>(61 - level);
    else
        code = static_cast<std::uint8_t>(level < 2 ? 63 - level : 33 - level);
    follow(code);
    return code;
}

std::int32_t lower_band::decode(std::uint8_t code)
{
    const std::int32_t d = (scale_.step() * qm6[code]) >> 15;
    const std::int32_t r = predictor_.estimate() + d;
    follow(code);
    return r > 16383 ? 16383 : r < -16384 ? -16384 : r; // LIMIT
}

std::uint8_t higher_band::encode(std::int32_t x)
{
    const std::int32_t e = saturated(x - predictor_.estimate());
    const std::int32_t magnitude = e >= 0 ? e : -(e + 1);
    const bool large = magnitude >= (higher_decision * scale_.step()) >> 12; // QUANTH
    const auto code = static_cast<std::uint8_t>((e >= 0 ? 2 : 0) + (large ? 0 : 1));
    decode(code);
    return code;
}

std::int32_t higher_band::decode(std::uint8_t code)
{
    const std::int32_t d = (scale_.step() * qm2[code]) >> 15;
    scale_.adapt(wh[code]);
    const std::int32_t r = predictor_.update(d);
    return r > 16383 ? 16383 : r < -16384 ? -16384 : r;
}

} // namespace solosip::codecs::g722_detail
