// Another sample rate for a mono stream, by libsamplerate's band-limited interpolation.
#pragma once

#include "solosip/media/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct SRC_STATE_tag;

namespace solosip::audio
{

/// To the nearest 16-bit value; what is above full scale is clipped, what is no number is 0.
media::sample to_sample(float value);
float to_float(media::sample value);

/// The rates that a program may use for sound of its own.
constexpr bool is_sample_rate(std::uint32_t rate)
{
    return rate >= 1000 && rate <= 384'000;
}

/// Full scale is 1. Equal rates pass through unchanged. `process` does not allocate.
class resampler
{
public:
    /// Whether these rates can be converted: at most a factor of 256.
    static bool possible(std::uint32_t from_rate, std::uint32_t to_rate);

    /// Throws std::bad_alloc only.
    resampler(std::uint32_t from_rate, std::uint32_t to_rate);
    ~resampler();
    resampler(resampler&&) noexcept;
    resampler& operator=(resampler&&) noexcept;

    struct step
    {
        std::size_t used, made;
    };
    /// `end`: nothing comes after `from`, what is held back comes out. Call it again until it makes
    /// nothing.
    step process(std::span<const float> from, std::span<float> to, bool end);
    void reset();

private:
    struct deleter
    {
        void operator()(SRC_STATE_tag* s) const;
    };
    std::unique_ptr<SRC_STATE_tag, deleter> state_; // null: equal rates
    double ratio_ = 1;
};

} // namespace solosip::audio
