// What the lines say: tones made on the spot, and the caller's own voice.
#pragma once

#include "solosip/media/audio.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace solosip::examples
{

/// One piece of a melody; 0 Hz is a pause.
struct note
{
    int hz;
    int ms;
};

/// Plays a melody at about -12 dBFS and ends.
class melody final : public media::source
{
public:
    explicit melody(std::vector<note> notes) : notes_(std::move(notes)) {}

    void prepare(std::uint32_t sample_rate) override { rate_ = sample_rate; }
    std::size_t read(std::span<media::sample> to) override;
    bool finished() const override { return at_ == notes_.size(); }

private:
    std::vector<note> notes_;
    std::uint32_t rate_ = 8000;
    std::size_t at_ = 0;
    std::uint32_t sample_in_note_ = 0;
};

/// What has been heard and not yet been said again: the two ends below share one.
class echo_buffer
{
public:
    void write(std::span<const media::sample> from);
    std::size_t read(std::span<media::sample> to);
    /// What was heard before somebody listens is no echo.
    void clear()
    {
        held_ = 0;
        filling_ = true;
    }

private:
    // Half a second at 16 kHz. A full buffer loses what is oldest.
    std::vector<media::sample> ring_ = std::vector<media::sample>(8000);
    std::size_t first_ = 0, held_ = 0;
    bool filling_ = true; // until two packets are there, so that jitter does not tear holes
};

class echo_source final : public media::source
{
public:
    explicit echo_source(std::shared_ptr<echo_buffer> from) : from_(std::move(from)) {}
    void prepare(std::uint32_t) override {}
    std::size_t read(std::span<media::sample> to) override { return from_->read(to); }
    bool finished() const override { return false; }

private:
    std::shared_ptr<echo_buffer> from_;
};

/// Hears: into the echo buffer, into a recorder, or into both.
class ear final : public media::sink
{
public:
    ear(std::shared_ptr<echo_buffer> echo, std::unique_ptr<media::sink> recorder)
        : echo_(std::move(echo)), recorder_(std::move(recorder))
    {
    }
    void prepare(std::uint32_t sample_rate) override
    {
        if (recorder_) recorder_->prepare(sample_rate);
    }
    void write(std::span<const media::sample> from) override
    {
        echo_->write(from);
        if (recorder_) recorder_->write(from);
    }

private:
    std::shared_ptr<echo_buffer> echo_;
    std::unique_ptr<media::sink> recorder_;
};

} // namespace solosip::examples
