// Sound that somebody supplies sample by sample, at any rate.
#pragma once

#include "audio/access.hpp"
#include "audio/resampler.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace solosip::audio
{

/// Where the samples come from; called from the tick.
class supplier
{
public:
    virtual ~supplier() = default;
    /// Fills `to` from the front and says how much.
    virtual std::size_t pull(std::span<media::sample> to) = 0;
    /// Nothing will ever come after what was pulled.
    virtual bool ended() const = 0;
};

/// Plays what a supplier has, at the rate of the call. Where it has not enough and has not ended,
/// the sound is late.
class supplied_source final : public media::source
{
public:
    /// Another rate than those of `is_sample_rate` plays nothing.
    supplied_source(std::unique_ptr<supplier> from, std::uint32_t rate);
    void prepare(std::uint32_t rate) override;
    std::size_t read(std::span<media::sample> to) override;
    bool finished() const override { return finished_; }

private:
    void ask();

    std::unique_ptr<supplier> from_;
    std::uint32_t rate_;
    std::optional<resampler> convert_; ///< where the call has another rate
    std::vector<media::sample> asked_;
    std::vector<float> in_, out_;
    std::size_t in_begin_ = 0, in_end_ = 0;
    bool finished_ = false;
};

/// What has become of a callback.
class callback_status final : public background
{
public:
    bool service() override { return !over; }
    std::optional<failure> problem() const override
    {
        if (!threw) return std::nullopt;
        return failure{errc::bad_config, "cannot play: the program's function threw an exception"};
    }

    bool over = false, threw = false;
};

/// The program's function; fewer samples than asked for end it, and so does an exception.
class callback final : public supplier
{
public:
    callback(pcm_reader read, std::shared_ptr<callback_status> status);
    ~callback() override { status_->over = true; }
    callback(const callback&) = delete;
    callback& operator=(const callback&) = delete;
    std::size_t pull(std::span<media::sample> to) override;
    bool ended() const override { return status_->over; }

private:
    pcm_reader read_;
    std::shared_ptr<callback_status> status_;
};

/// Samples in memory, once or for ever.
class remembered final : public supplier
{
public:
    remembered(std::shared_ptr<const std::vector<media::sample>> samples, bool loop)
        : samples_(std::move(samples)), loop_(loop && !samples_->empty())
    {
    }
    std::size_t pull(std::span<media::sample> to) override;
    bool ended() const override { return !loop_ && at_ == samples_->size(); }

private:
    std::shared_ptr<const std::vector<media::sample>> samples_;
    bool loop_;
    std::size_t at_ = 0;
};

} // namespace solosip::audio
