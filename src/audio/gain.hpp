// Louder or quieter.
#pragma once

#include "solosip/media/audio.hpp"

#include <memory>

namespace solosip::audio
{

class gained final : public media::source
{
public:
    /// -100 to 40 dB; what is no number is 0 dB.
    gained(std::unique_ptr<media::source> sound, double decibels);
    void prepare(std::uint32_t rate) override { sound_->prepare(rate); }
    std::size_t read(std::span<media::sample> to) override;
    bool finished() const override { return sound_->finished(); }

private:
    std::unique_ptr<media::source> sound_;
    float factor_;
};

} // namespace solosip::audio
