// Key presses in the sound itself (ITU-T Q.23, Q.24), for calls in which they come no other way.
#pragma once

#include "dtmf/receiver.hpp"
#include "rtp/fixed_queue.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace solosip::dtmf
{

/// Eight Goertzel filters over 25 ms, again each 8 ms. A key is down when three times in a row
///  - one tone of each group is loud enough, -30 dBm0, and 10 dB louder than the others of its
///  group,
///  - the two differ by no more than Q.24 allows for the line and a bit: 6 dB one way, 10 the
///  other,
///  - they are nearly all that is heard, as they are not in speech,
///  - and their frequencies, which the phase between two looks tells, are right within 1.8 %.
/// It is up when it was not down four times; a break of 10 ms is none.
class detector
{
public:
    /// What is heard from now on has this rate: 8000 Hz or a multiple. Forgets all.
    void configure(std::uint32_t sample_rate);

    void hear(std::span<const std::int16_t> sound);

    /// A press is told when the key is up again.
    std::optional<press> poll() { return presses_.take(); }

private:
    static constexpr std::size_t tones = 8;
    static constexpr std::size_t window = 200, hop = 64; ///< samples at 8 kHz: 25 ms, 8 ms
    static constexpr unsigned hits_needed = 3, misses_needed = 4;

    struct bin
    {
        float in_phase = 0, quadrature = 0;
        float power() const { return in_phase * in_phase + quadrature * quadrature; }
    };
    /// The row, 0 to 3, and the column, 4 to 7.
    struct pair
    {
        std::size_t low = 0, high = 0;
        friend bool operator==(const pair&, const pair&) = default;
    };

    void look();
    std::optional<pair> find(const std::array<bin, tones>& now) const;
    bool is_press(const pair& p, const std::array<bin, tones>& now, float energy) const;
    double off_by(const bin& now, const bin& before, std::size_t tone) const;
    void take(std::optional<pair> seen);

    std::size_t every_ = 1; ///< samples that are made one
    std::size_t in_group_ = 0;
    float group_ = 0;
    std::array<float, window> recent_{};
    std::size_t filled_ = 0;
    std::array<bin, tones> before_{};
    std::optional<pair> seen_before_;

    std::optional<pair> down_;
    unsigned hits_ = 0, misses_ = 0, length_ = 0;
    rtp::fixed_queue<press, limits::digits> presses_;
};

} // namespace solosip::dtmf
