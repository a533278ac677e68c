// Sounds that need no file: tones, silence, samples in memory, and an echo.
#pragma once

#include "solosip/base/time.hpp"
#include "solosip/media/audio.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace solosip::media
{

/// A piece of a signal: one sine or two, or a pause.
struct tone
{
    double hz; ///< 0: a pause; also above half the sample rate
    milliseconds length;
    double level = 12;    ///< of each sine, dB below full scale
    double second_hz = 0; ///< 0: one sine only
};

/// Tones one after the other, each with flanks of 5 ms so that it does not click; with `repeat`
/// again and again until it is cleared.
class tones final : public source
{
public:
    explicit tones(std::vector<tone> sequence, bool repeat = false);
    void prepare(std::uint32_t sample_rate) override;
    std::size_t read(std::span<sample> to) override;
    bool finished() const override { return at_ == sequence_.size(); }

private:
    struct oscillator
    {
        double cosine = 1, sine = 0;           ///< where it is on the circle
        double step_cosine = 1, step_sine = 0; ///< how far it turns in a sample
        void start(double hz, double rate, std::uint64_t position);
        double next();
    };

    void begin(std::uint64_t position);
    double flank() const;
    std::size_t play(std::span<sample> to);

    std::vector<tone> sequence_;
    bool repeat_;
    std::uint32_t rate_ = 0;
    std::size_t at_ = 0;
    std::uint64_t position_ = 0, length_ = 0; ///< samples of the present tone
    double amplitude_ = 0;
    oscillator first_, second_;
};

/// Says nothing for a while: a gap that can be waited for.
class silence final : public source
{
public:
    explicit silence(milliseconds length) : length_(length) {}
    void prepare(std::uint32_t sample_rate) override;
    std::size_t read(std::span<sample> to) override;
    bool finished() const override { return left_ == 0; }

private:
    milliseconds length_;
    std::uint32_t rate_ = 0; ///< 0: not prepared yet
    std::uint64_t left_ = 0; ///< samples
};

/// Samples of a certain rate. In a call of another rate it ends at once and unheard: resampling is
/// the business of `solosip::file` and its kin.
class memory final : public source
{
public:
    memory(std::shared_ptr<const std::vector<sample>> pcm, std::uint32_t sample_rate);
    void prepare(std::uint32_t sample_rate) override;
    std::size_t read(std::span<sample> to) override;
    bool finished() const override { return at_ == end_; }

private:
    std::shared_ptr<const std::vector<sample>> pcm_;
    std::uint32_t rate_;
    std::size_t at_ = 0, end_;
};

/// What the sink hears, the source says, at most 100 ms later; what is older is dropped. The source
/// ends when the sink is gone.
struct echo
{
    std::unique_ptr<source> mouth;
    std::unique_ptr<sink> ear;
};
echo make_echo();

} // namespace solosip::media
