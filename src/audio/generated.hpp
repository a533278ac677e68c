// Sound that comes from no file.
#pragma once

#include "audio/resampler.hpp"
#include "solosip/audio.hpp"
#include "solosip/media/audio.hpp"

#include <cstdint>
#include <optional>

namespace solosip::audio
{

/// A sine of constant level with short flanks; 0 Hz is silence.
class tone_source final : public media::source
{
public:
    tone_source(double hz, std::chrono::milliseconds length, double level);
    void prepare(std::uint32_t rate) override;
    std::size_t read(std::span<media::sample> to) override;
    bool finished() const override { return position_ >= length_; }

private:
    double hz_, peak_;
    std::chrono::milliseconds duration_;
    std::uint32_t rate_ = 0;                              // not prepared yet
    double step_ = 0;                                     // radians a sample
    std::uint64_t position_ = 0, length_ = 1, flank_ = 0; // samples; 1: not prepared yet
};

class pcm_listener final : public media::sink
{
public:
    pcm_listener(pcm_writer write, std::uint32_t rate);
    void prepare(std::uint32_t rate) override;
    void write(std::span<const media::sample> from) override;

private:
    void write_converted(std::span<const media::sample> from);

    pcm_writer write_;
    std::uint32_t rate_;
    std::optional<resampler> convert_;
    bool through_ = false; // rates are equal
};

} // namespace solosip::audio
