// The makers of what can be played, besides files and plain tones.
#include "audio/feed.hpp"
#include "audio/gain.hpp"
#include "audio/plan.hpp"
#include "audio/ringback.hpp"
#include "audio/supplied.hpp"

#include <algorithm>

namespace solosip
{

namespace audio
{

namespace
{

failure bad_rate(std::uint32_t rate)
{
    return {errc::bad_config,
            "cannot play sound of " + std::to_string(rate) + " Hz (1000 to 384000)"};
}

class play_cadence final : public source_plan
{
public:
    play_cadence(std::vector<media::tone> parts, bool repeat)
        : parts_(std::move(parts)), repeat_(repeat)
    {
    }
    std::variant<opened_source, failure> open(std::uint32_t) const override
    {
        return opened_source{std::make_unique<media::tones>(parts_, repeat_), nullptr};
    }

private:
    std::vector<media::tone> parts_;
    bool repeat_;
};

class play_memory final : public source_plan
{
public:
    play_memory(std::shared_ptr<const std::vector<media::sample>> samples, std::uint32_t rate,
                bool loop)
        : samples_(std::move(samples)), rate_(rate), loop_(loop)
    {
    }
    std::variant<opened_source, failure> open(std::uint32_t) const override
    {
        if (!is_sample_rate(rate_)) return bad_rate(rate_);
        if (!samples_) return failure{errc::bad_config, "there is no sound to play"};
        auto from = std::make_unique<remembered>(samples_, loop_);
        return opened_source{std::make_unique<supplied_source>(std::move(from), rate_), nullptr};
    }

private:
    std::shared_ptr<const std::vector<media::sample>> samples_;
    std::uint32_t rate_;
    bool loop_;
};

class play_feed final : public source_plan
{
public:
    explicit play_feed(std::shared_ptr<feed> from) : from_(std::move(from)) {}
    std::variant<opened_source, failure> open(std::uint32_t) const override
    {
        if (!is_sample_rate(from_->rate())) return bad_rate(from_->rate());
        if (!from_->claim()) return failure{errc::bad_config, "this feed is played already"};
        auto from = std::make_unique<fed>(from_);
        return opened_source{std::make_unique<supplied_source>(std::move(from), from_->rate()),
                             nullptr};
    }

private:
    std::shared_ptr<feed> from_;
};

class play_gained final : public source_plan
{
public:
    play_gained(std::shared_ptr<const source_plan> what, double decibels)
        : what_(std::move(what)), decibels_(decibels)
    {
    }
    std::variant<opened_source, failure> open(std::uint32_t rate) const override
    {
        if (!what_) return failure{errc::bad_config, "there is no sound to play"};
        auto made = what_->open(rate);
        if (auto* o = std::get_if<opened_source>(&made))
            o->sound = std::make_unique<gained>(std::move(o->sound), decibels_);
        return made;
    }

private:
    std::shared_ptr<const source_plan> what_;
    double decibels_;
};

std::size_t room_for(std::uint32_t rate, std::chrono::milliseconds length)
{
    const auto ms = std::clamp<std::int64_t>(length.count(), 20, 60'000);
    return is_sample_rate(rate) ? static_cast<std::size_t>(ms * std::int64_t{rate} / 1000) : 1;
}

} // namespace

} // namespace audio

audio_source cadence(std::vector<media::tone> parts, bool repeat)
{
    return audio_source(std::make_shared<audio::play_cadence>(std::move(parts), repeat));
}

audio_source ringback(std::string_view country)
{
    return cadence(audio::ringback_period(country));
}

audio_source memory(std::shared_ptr<const std::vector<std::int16_t>> samples, int rate, bool loop)
{
    return audio_source(
        std::make_shared<audio::play_memory>(std::move(samples), audio::rate_of(rate), loop));
}

audio_source memory(std::vector<std::int16_t> samples, int rate, bool loop)
{
    return memory(std::make_shared<const std::vector<std::int16_t>>(std::move(samples)), rate,
                  loop);
}

audio_source with_gain(audio_source what, double decibels)
{
    return audio_source(std::make_shared<audio::play_gained>(audio::access::plan(what), decibels));
}

pcm_feed::pcm_feed(int rate, std::chrono::milliseconds room)
    : feed_(std::make_shared<audio::feed>(audio::rate_of(rate),
                                          audio::room_for(audio::rate_of(rate), room)))
{
}

std::size_t pcm_feed::write(std::span<const std::int16_t> samples)
{
    return feed_->write(samples);
}

std::size_t pcm_feed::space() const
{
    return feed_->space();
}

void pcm_feed::close()
{
    feed_->close();
}

pcm_feed::operator audio_source() const
{
    return audio_source(std::make_shared<audio::play_feed>(feed_));
}

} // namespace solosip
