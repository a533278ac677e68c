// Sounds that wait for their turn.
#pragma once

#include "rtp/fixed_queue.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/media/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace solosip::media
{

/// One sound after the other, sample by sample: where one ends in the middle of a frame, the next
/// one begins there.
class play_queue
{
public:
    /// The rate of the call (Hz); what waits is prepared for it.
    void set_rate(std::uint32_t sample_rate);

    /// Error: too_many. Ends that were not yet polled count, so that none is ever dropped.
    result<play_id> append(std::unique_ptr<source> sound, milliseconds gap);
    bool empty() const { return items_.empty(); }
    void clear();

    /// Fills all of `to`, with silence where there is nothing.
    void fill(std::span<sample> to);

    std::optional<play_finished> poll_finished() { return finished_.take(); }

private:
    struct item
    {
        play_id id{};
        std::unique_ptr<source> sound;
        milliseconds gap{0};
        std::uint64_t gap_played = 0; ///< samples
    };

    std::size_t play_gap(item& i, std::span<sample> to) const;
    void finish(bool complete);

    std::uint32_t rate_ = 0; ///< 0: not yet known
    std::uint32_t last_id_ = 0;
    rtp::fixed_queue<item, limits::play_queue> items_;
    rtp::fixed_queue<play_finished, limits::play_queue> finished_;
};

} // namespace solosip::media
