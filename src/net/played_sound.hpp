// A sound in the play queue that can be taken back alone.
#pragma once

#include "media/sample_time.hpp"
#include "solosip/base/time.hpp"
#include "solosip/media/audio.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace solosip::net
{

/// A gap, then the sound; both end at once when `*stopped` becomes true. (The queue of a call can
/// only be cleared as a whole.)
class played_sound final : public media::source
{
public:
    played_sound(std::unique_ptr<media::source> sound, milliseconds gap,
                 std::shared_ptr<const bool> stopped)
        : sound_(std::move(sound)), gap_(gap), stopped_(std::move(stopped))
    {
    }

    void prepare(std::uint32_t sample_rate) override
    {
        silent_ = rate_ == 0 ? media::samples_in(gap_, sample_rate)
                             : media::at_rate(silent_, rate_, sample_rate);
        rate_ = sample_rate;
        sound_->prepare(sample_rate);
    }

    std::size_t read(std::span<media::sample> to) override
    {
        if (*stopped_) return 0;
        const auto quiet = static_cast<std::size_t>(std::min<std::uint64_t>(silent_, to.size()));
        std::fill_n(to.begin(), quiet, media::sample{0});
        silent_ -= quiet;
        return quiet + (quiet < to.size() ? sound_->read(to.subspan(quiet)) : 0);
    }

    bool finished() const override { return *stopped_ || (silent_ == 0 && sound_->finished()); }

private:
    std::unique_ptr<media::source> sound_;
    milliseconds gap_;
    std::shared_ptr<const bool> stopped_;
    std::uint32_t rate_ = 0; // not prepared yet
    std::uint64_t silent_ = 0;
};

} // namespace solosip::net
