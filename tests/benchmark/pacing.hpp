// How punctual packets are: a codec that looks at the clock, and what follows from what it saw.
#pragma once

#include "solosip/media/codec.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace benchmark
{

using clock = std::chrono::steady_clock;

/// One call's packets: when each was made, which is a moment before it is sent.
using departures = std::vector<clock::time_point>;

/// A-law. Each encoder notes when it is used between `begin` and `end`.
class timed_codec final : public solosip::media::codec
{
public:
    const solosip::media::codec_info& info() const override;
    std::unique_ptr<solosip::media::encoder> make_encoder() const override;
    std::unique_ptr<solosip::media::decoder> make_decoder() const override;

    /// From now on; room for `packets` of each.
    void begin(std::size_t packets);
    void end() { on_ = false; }
    const std::vector<std::unique_ptr<departures>>& all() const { return all_; }

private:
    friend class timed_encoder;
    mutable std::vector<std::unique_ptr<departures>> all_;
    bool on_ = false;
};

/// Microseconds by which packets came after their time: the time line of a call is that which its
/// most punctual packet shows.
struct lateness
{
    double p50 = 0, p99 = 0, p999 = 0, most = 0;
    std::size_t packets = 0;
    std::size_t left_out = 0; ///< since the program stood still for more than three packet times
};
lateness late(const std::vector<std::unique_ptr<departures>>& calls);
lateness late(const departures& one);

/// A plain timer of 20 ms for so long: what this machine can do.
departures metronome(std::chrono::seconds length);

} // namespace benchmark
