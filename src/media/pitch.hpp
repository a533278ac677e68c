// The period of a voice, and what it is good for: to play a sound longer or shorter than it is.
#pragma once

#include "solosip/media/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace solosip::media
{

/// So much of the past has to be known: the longest period, and what is compared.
constexpr std::size_t pitch_history(std::uint32_t rate)
{
    return rate * 35 / 1000;
}

/// The shift, 5 to 15 ms in samples, at which the last 20 ms of `past` resemble what was before
/// them most. `past` of at least `pitch_history`.
std::size_t find_period(std::span<const sample> past, std::uint32_t rate);

/// Fades over `length` samples from `a` into `b`; `to` may be one of them.
void cross_fade(const sample* a, const sample* b, sample* to, std::size_t length);

/// Takes a period out of `sound`, whose first `sound.size() - period` samples are the result.
void leave_out(std::span<sample> sound, std::size_t period, std::size_t fade);

/// Doubles a period: behind `fresh` new samples at `at`, `period` more are written. Before `at`
/// stand at least `period` samples that were played. `fade` is `fresh` at most.
void repeat(sample* at, std::size_t fresh, std::size_t period, std::size_t fade);

} // namespace solosip::media
