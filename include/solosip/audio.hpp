// Anything that yields or eats sound: small values to hand to `call::async_play` and
// `call::async_record`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace solosip
{

namespace audio
{
class source_plan;
class sink_plan;
struct access;
} // namespace audio

/// What can be played: a recipe, cheap to copy; each time it is played it starts from the
/// beginning. Making one opens nothing; a file that is missing or unreadable is an error of
/// `async_play`.
class audio_source
{
public:
    /// The same as `file(path)`.
    audio_source(std::filesystem::path path);
    audio_source(const std::string& path) : audio_source(std::filesystem::path(path)) {}
    audio_source(const char* path) : audio_source(std::filesystem::path(path)) {}

    explicit audio_source(std::shared_ptr<const audio::source_plan> plan) : plan_(std::move(plan))
    {
    }

private:
    friend struct audio::access;
    std::shared_ptr<const audio::source_plan> plan_;
};

/// Whatever libsndfile reads (WAV, FLAC, Ogg, AIFF, AU, MP3...), at any rate and with any number of
/// channels, which are mixed to one. With `loop` it begins again until it is cleared.
audio_source file(std::filesystem::path path, bool loop = false);

audio_source silence(std::chrono::milliseconds length);

/// A sine of 1 Hz to half the call's sample rate (above that, silence), `level` dB below full scale
/// (0 to 90), with flanks of 5 ms so that it does not click.
audio_source tone(double hz, std::chrono::milliseconds length, double level = 12);

/// Fills the span with samples at the rate given to `pcm` and returns how many; fewer than asked
/// for ends the sound.
using pcm_reader = std::function<std::size_t(std::span<std::int16_t>)>;

/// Sound that the program makes itself, at `rate` Hz (1,000 to 384,000; another rate plays
/// nothing). `read` is called on the agent's executor every 20 ms: it must not wait.
audio_source pcm(pcm_reader read, int rate);

/// Where what is heard goes; cheap to copy.
class audio_sink
{
public:
    /// The same as `file_sink(path)`.
    audio_sink(std::filesystem::path path);
    audio_sink(const std::string& path) : audio_sink(std::filesystem::path(path)) {}
    audio_sink(const char* path) : audio_sink(std::filesystem::path(path)) {}

    explicit audio_sink(std::shared_ptr<const audio::sink_plan> plan) : plan_(std::move(plan)) {}

private:
    friend struct audio::access;
    std::shared_ptr<const audio::sink_plan> plan_;
};

/// A new file (an old one is replaced), in the format of its ending: .wav, .flac, .ogg, .opus,
/// .mp3, .au, .aiff, .caf, .w64; none means WAV. WAV is mono PCM of 16 bits at the call's rate.
audio_sink file_sink(std::filesystem::path path);

/// Receives what is heard, at the rate given to `pcm_sink`.
using pcm_writer = std::function<void(std::span<const std::int16_t>)>;

/// What is heard, given to the program at `rate` Hz (1,000 to 384,000; another rate gives nothing).
/// `write` is called on the agent's executor every 20 ms: it must not wait.
audio_sink pcm_sink(pcm_writer write, int rate);

} // namespace solosip
