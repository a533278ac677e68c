// Sounds to play, files to keep them in, and how to measure what came out.
#pragma once

#include "audio/access.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace solosip::audio::test
{

using samples = std::vector<std::int16_t>;

/// A directory of its own that goes away with it.
class scratch
{
public:
    scratch();
    ~scratch();
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// `peak` of 1 is full scale.
std::vector<float> sine(double hz, std::uint32_t rate, double seconds, double peak);
/// A sine of 1 kHz and half of full scale.
samples tone_samples(std::uint32_t rate, double seconds);

/// Writes `mono` to each of `channels`; `format` is libsndfile's.
void write_file(const std::filesystem::path& path, const std::vector<float>& mono,
                std::uint32_t rate, int channels, int format);
/// WAV of 16 bits.
void write_wav(const std::filesystem::path& path, const std::vector<float>& mono,
               std::uint32_t rate, int channels = 1);
void write_text(const std::filesystem::path& path, const std::string& text);

struct content
{
    samples sound;
    int rate = 0, channels = 0, format = 0;
};
content read_file(const std::filesystem::path& path);

/// Plays to the end as a call does: 20 ms a tick, `service` between ticks. At most `most` ticks.
samples play(opened_source s, std::uint32_t rate, std::size_t most = 10'000);

opened_source opened(const audio_source& what, std::uint32_t rate = 8000);
opened_sink opened(const audio_sink& what, std::uint32_t rate = 8000);

struct measured
{
    double hz;      // of the strongest sine near the expected one
    double level;   // of it, dB of full scale
    double residue; // all else, dB below it
};
/// Of the middle part, without the edges.
measured measure(const samples& sound, std::uint32_t rate, double expected_hz);
/// Root mean square, dB of a full-scale sine.
double level(const samples& sound);

} // namespace solosip::audio::test
