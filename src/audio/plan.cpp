#include "audio/plan.hpp"

#include "audio/file_recorder.hpp"
#include "audio/file_source.hpp"
#include "audio/generated.hpp"
#include "audio/supplied.hpp"

namespace solosip
{

namespace audio
{

namespace
{

class play_file final : public source_plan
{
public:
    play_file(std::filesystem::path path, bool loop) : path_(std::move(path)), loop_(loop) {}

    std::variant<opened_source, failure> open(std::uint32_t rate) const override
    {
        auto made = file_reader::open(path_, loop_, rate);
        if (auto* bad = std::get_if<failure>(&made)) return std::move(*bad);
        auto reader = std::get<0>(std::move(made));
        return opened_source{std::make_unique<file_source>(reader), reader};
    }

private:
    std::filesystem::path path_;
    bool loop_;
};

class play_tone final : public source_plan
{
public:
    play_tone(double hz, std::chrono::milliseconds length, double level)
        : hz_(hz), length_(length), level_(level)
    {
    }

    std::variant<opened_source, failure> open(std::uint32_t) const override
    {
        return opened_source{std::make_unique<tone_source>(hz_, length_, level_), nullptr};
    }

private:
    double hz_;
    std::chrono::milliseconds length_;
    double level_;
};

class play_pcm final : public source_plan
{
public:
    play_pcm(pcm_reader read, std::uint32_t rate) : read_(std::move(read)), rate_(rate) {}

    std::variant<opened_source, failure> open(std::uint32_t) const override
    {
        auto status = std::make_shared<callback_status>();
        auto calls = std::make_unique<callback>(read_, status);
        return opened_source{std::make_unique<supplied_source>(std::move(calls), rate_),
                             std::move(status)};
    }

private:
    pcm_reader read_;
    std::uint32_t rate_;
};

class write_file final : public sink_plan
{
public:
    write_file(std::filesystem::path path, side whose) : path_(std::move(path)), whose_(whose) {}

    std::variant<opened_sink, failure> open(std::uint32_t rate) const override
    {
        const std::size_t channels = whose_ == side::both ? 2 : 1;
        auto made = file_writer::open(path_, rate, channels);
        if (auto* bad = std::get_if<failure>(&made)) return std::move(*bad);
        auto writer = std::get<0>(std::move(made));
        opened_sink s{nullptr, nullptr, writer};
        if (whose_ != side::near) s.ear = std::make_unique<file_recorder>(writer, 0);
        if (whose_ != side::far) s.mouth = std::make_unique<file_recorder>(writer, channels - 1);
        return s;
    }

private:
    std::filesystem::path path_;
    side whose_;
};

class write_pcm final : public sink_plan
{
public:
    write_pcm(pcm_writer write, std::uint32_t rate) : write_(std::move(write)), rate_(rate) {}

    std::variant<opened_sink, failure> open(std::uint32_t) const override
    {
        return opened_sink{std::make_unique<pcm_listener>(write_, rate_), nullptr, nullptr};
    }

private:
    pcm_writer write_;
    std::uint32_t rate_;
};

} // namespace

std::variant<opened_source, failure> open(const audio_source& what, std::uint32_t expected_rate)
{
    const auto& plan = access::plan(what);
    if (plan == nullptr) return failure{errc::bad_config, "there is no sound to play"};
    return plan->open(expected_rate);
}

std::variant<opened_sink, failure> open(const audio_sink& what, std::uint32_t expected_rate)
{
    const auto& plan = access::plan(what);
    if (plan == nullptr) return failure{errc::bad_config, "there is nothing to record to"};
    return plan->open(expected_rate);
}

} // namespace audio

audio_source::audio_source(std::filesystem::path path) : audio_source(file(std::move(path))) {}

audio_sink::audio_sink(std::filesystem::path path) : audio_sink(file_sink(std::move(path))) {}

audio_source file(std::filesystem::path path, bool loop)
{
    return audio_source(std::make_shared<audio::play_file>(std::move(path), loop));
}

audio_source silence(std::chrono::milliseconds length)
{
    return tone(0, length, 90);
}

audio_source tone(double hz, std::chrono::milliseconds length, double level)
{
    return audio_source(std::make_shared<audio::play_tone>(hz, length, level));
}

audio_source pcm(pcm_reader read, int rate)
{
    return audio_source(std::make_shared<audio::play_pcm>(std::move(read), audio::rate_of(rate)));
}

audio_sink file_sink(std::filesystem::path path, side whose)
{
    return audio_sink(std::make_shared<audio::write_file>(std::move(path), whose));
}

audio_sink pcm_sink(pcm_writer write, int rate)
{
    return audio_sink(std::make_shared<audio::write_pcm>(std::move(write), audio::rate_of(rate)));
}

} // namespace solosip
