// Anything that yields or eats sound: small values to hand to `call::async_play` and
// `call::async_record`.
#pragma once

#include "solosip/media/sources.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace solosip
{

namespace audio
{
class feed;
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

/// Tones and pauses one after the other, with `repeat` until it is cleared.
audio_source cadence(std::vector<media::tone> parts, bool repeat = true);

/// What a caller hears while it rings, until it is cleared: for a callee that plays it in early
/// media, or a gateway. `country`: two letters of ISO 3166-1 in any case ("GB", "us"), with the
/// frequencies and times of ITU-T E.180 supplement 2; any other has those of most of Europe, 425 Hz
/// for 1 s in 5 s.
audio_source ringback(std::string_view country = {});

/// Samples that are there already, at `rate` Hz (1,000 to 384,000, else `async_play` completes with
/// errc::bad_config); with `loop` again and again, without a seam, until it is cleared.
audio_source memory(std::shared_ptr<const std::vector<std::int16_t>> samples, int rate,
                    bool loop = false);
audio_source memory(std::vector<std::int16_t> samples, int rate, bool loop = false);

/// The same sound, louder (at most 40 dB; what is beyond full scale is clipped) or quieter.
audio_source with_gain(audio_source what, double decibels);

/// Fills the span with samples at the rate given to `pcm` and returns how many; fewer than asked
/// for ends the sound.
using pcm_reader = std::function<std::size_t(std::span<std::int16_t>)>;

/// Sound that the program makes itself, at `rate` Hz (1,000 to 384,000; another rate plays
/// nothing). `read` is called on the agent's executor every 20 ms: it must not wait. Where it
/// throws, the sound ends, and `async_play` completes with errc::bad_config.
audio_source pcm(pcm_reader read, int rate);

/// Sound that comes bit by bit from somewhere else: write it here, and give this to `async_play`.
/// Nothing waits and nothing is locked. Copies mean the same sound; one call can play it at a time
/// (else errc::bad_config).
class pcm_feed
{
public:
    /// At `rate` Hz, as for `memory`; what is not played yet may be as long as `room` (20 ms to
    /// 60 s).
    explicit pcm_feed(int rate, std::chrono::milliseconds room = std::chrono::milliseconds(200));

    /// From any thread, but one at a time. How many of them, from the front, have found room; none
    /// after `close`. Silence is played while there is nothing.
    std::size_t write(std::span<const std::int16_t> samples);
    /// Samples that `write` would take now.
    std::size_t space() const;
    /// Any thread: no more will come. The sound ends when all that was written has been played.
    void close();

    operator audio_source() const;

private:
    std::shared_ptr<audio::feed> feed_;
};

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

/// Whose voice is recorded.
enum class side : std::uint8_t
{
    far,  ///< theirs
    near, ///< ours: all that is sent
    both, ///< two channels: theirs is the left one
};

/// A new file (an old one is replaced), in the format of its ending: .wav, .flac, .ogg, .opus,
/// .mp3, .au, .aiff, .caf, .w64; none means WAV. WAV is PCM of 16 bits at the call's rate. It is
/// written between the packets; where that fails, `call::async_wait_recording` says so.
audio_sink file_sink(std::filesystem::path path, side whose = side::far);

/// Receives what is heard, at the rate given to `pcm_sink`.
using pcm_writer = std::function<void(std::span<const std::int16_t>)>;

/// What is heard, given to the program at `rate` Hz (1,000 to 384,000; another rate gives nothing).
/// `write` is called on the agent's executor every 20 ms: it must not wait. Where it throws, it is
/// not called again.
audio_sink pcm_sink(pcm_writer write, int rate);

} // namespace solosip
