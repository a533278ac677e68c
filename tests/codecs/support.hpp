// Signals through a codec, and what is left of them.
#pragma once

#include "solosip/media/codec.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace through
{

using pcm = std::vector<solosip::media::sample>;

inline pcm sine(double hz, double amplitude, std::uint32_t rate, std::size_t length)
{
    pcm p(length);
    for (std::size_t i = 0; i < length; ++i)
        p[i] = static_cast<solosip::media::sample>(std::lround(
            amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate)));
    return p;
}

/// In frames of 20 ms, as a call does it.
inline pcm codec(const solosip::media::codec& c, const pcm& in)
{
    const auto encoder = c.make_encoder();
    const auto decoder = c.make_decoder();
    const std::size_t frame = c.info().sample_rate / 50;
    pcm out;
    std::vector<std::uint8_t> octets(c.info().max_bytes_per_20ms);
    pcm decoded(frame * 6);
    for (std::size_t i = 0; i + frame <= in.size(); i += frame)
    {
        const auto n = encoder->encode({in.data() + i, frame}, octets);
        const auto m = decoder->decode({octets.data(), n}, decoded);
        out.insert(out.end(), decoded.begin(), decoded.begin() + static_cast<std::ptrdiff_t>(m));
    }
    return out;
}

/// Of a sine in `p` against all that is not it, dB; the first 100 ms are left out.
inline double snr(const pcm& p, double hz, std::uint32_t rate)
{
    const double turn = 2 * std::numbers::pi * hz / rate;
    const std::size_t begin = rate / 10;
    // The sine that fits best, by least squares.
    double cc = 0, cs = 0, ss = 0, pc = 0, ps = 0;
    for (std::size_t i = begin; i < p.size(); ++i)
    {
        const double c = std::cos(turn * static_cast<double>(i));
        const double s = std::sin(turn * static_cast<double>(i));
        cc += c * c;
        cs += c * s;
        ss += s * s;
        pc += p[i] * c;
        ps += p[i] * s;
    }
    const double whole = cc * ss - cs * cs;
    const double a = (pc * ss - ps * cs) / whole, b = (ps * cc - pc * cs) / whole;
    double tone = 0, rest = 0;
    for (std::size_t i = begin; i < p.size(); ++i)
    {
        const double fit = a * std::cos(turn * static_cast<double>(i)) +
                           b * std::sin(turn * static_cast<double>(i));
        tone += fit * fit;
        rest += (p[i] - fit) * (p[i] - fit);
    }
    return 10 * std::log10(tone / rest);
}

} // namespace through
