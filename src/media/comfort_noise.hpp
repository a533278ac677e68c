// The noise of a line on which nobody speaks (RFC 3389).
#pragma once

#include "solosip/media/codec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace solosip::media
{

/// Its payload type where the clock rate is 8000 Hz (RFC 3551 table 4).
inline constexpr std::uint8_t comfort_noise_type = 13;

/// A payload says how loud the noise is, and may say by reflection coefficients what it sounds
/// like; it holds until the next one, or until somebody speaks.
class comfort_noise
{
public:
    /// An empty payload is left alone.
    void update(std::span<const std::uint8_t> payload);
    void stop() { on_ = false; }
    bool on() const { return on_; }

    void make(std::span<sample> to);

private:
    static constexpr std::size_t most_coefficients = 12;

    float next_white();

    bool on_ = false;
    std::uint32_t random_ = 1;
    float level_ = 0; ///< of the excitation
    std::size_t order_ = 0;
    std::array<float, most_coefficients> reflection_{};
    std::array<float, most_coefficients + 1> state_{};
};

} // namespace solosip::media
