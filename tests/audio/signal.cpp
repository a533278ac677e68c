#include "audio/signal.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <stdexcept>

#include <sndfile.h>

namespace solosip::audio::test
{

scratch::scratch()
{
    std::string name = (std::filesystem::temp_directory_path() / "solosip-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
}

scratch::~scratch()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<float> sine(double hz, std::uint32_t rate, double seconds, double peak)
{
    std::vector<float> out(static_cast<std::size_t>(std::lround(seconds * rate)));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(
            peak * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate));
    return out;
}

samples tone_samples(std::uint32_t rate, double seconds)
{
    samples out;
    for (const float s : sine(1000, rate, seconds, 0.5))
        out.push_back(static_cast<std::int16_t>(std::lrint(s * 32767)));
    return out;
}

void write_file(const std::filesystem::path& path, const std::vector<float>& mono,
                std::uint32_t rate, int channels, int format)
{
    SF_INFO info{};
    info.samplerate = static_cast<int>(rate);
    info.channels = channels;
    info.format = format;
    SNDFILE* f = sf_open(path.c_str(), SFM_WRITE, &info);
    REQUIRE(f != nullptr);
    std::vector<float> frames;
    for (const float s : mono)
        frames.insert(frames.end(), static_cast<std::size_t>(channels), s);
    const auto n = static_cast<sf_count_t>(mono.size());
    const auto written = sf_writef_float(f, frames.data(), n);
    sf_close(f);
    REQUIRE(written == n);
}

void write_wav(const std::filesystem::path& path, const std::vector<float>& mono,
               std::uint32_t rate, int channels)
{
    write_file(path, mono, rate, channels, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
}

void write_text(const std::filesystem::path& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary) << text;
}

content read_file(const std::filesystem::path& path)
{
    SF_INFO info{};
    SNDFILE* f = sf_open(path.c_str(), SFM_READ, &info);
    INFO(path.string());
    REQUIRE(f != nullptr);
    content c;
    c.rate = info.samplerate;
    c.channels = info.channels;
    c.format = info.format;
    c.sound.resize(static_cast<std::size_t>(info.frames * info.channels));
    const auto read = sf_readf_short(f, c.sound.data(), info.frames);
    sf_close(f);
    REQUIRE(read == info.frames);
    return c;
}

samples play(opened_source s, std::uint32_t rate, std::size_t most)
{
    samples heard;
    std::vector<std::int16_t> tick(rate / 50);
    s.sound->prepare(rate);
    for (std::size_t i = 0; i < most && !s.sound->finished(); ++i)
    {
        const auto n = s.sound->read(tick);
        heard.insert(heard.end(), tick.begin(), tick.begin() + static_cast<std::ptrdiff_t>(n));
        if (s.work && !s.work->service()) s.work.reset();
    }
    return heard;
}

opened_source opened(const audio_source& what, std::uint32_t rate)
{
    auto made = open(what, rate);
    if (auto* bad = std::get_if<failure>(&made)) FAIL(bad->text);
    return std::get<opened_source>(std::move(made));
}

opened_sink opened(const audio_sink& what, std::uint32_t rate)
{
    auto made = open(what, rate);
    if (auto* bad = std::get_if<failure>(&made)) FAIL(bad->text);
    return std::get<opened_sink>(std::move(made));
}

namespace
{

// Goertzel's sum for any frequency: amplitude of the sine, and its phase parts.
struct part
{
    double cosine, sine;
    double amplitude() const { return std::hypot(cosine, sine); }
};

part component(const std::vector<double>& x, std::uint32_t rate, double hz)
{
    part p{0, 0};
    double weight = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
    {
        const double a = 2 * std::numbers::pi * static_cast<double>(i);
        const double window = 0.5 - 0.5 * std::cos(a / static_cast<double>(x.size())); // Hann
        p.cosine += window * x[i] * std::cos(a * hz / rate);
        p.sine += window * x[i] * std::sin(a * hz / rate);
        weight += window / 2;
    }
    return {p.cosine / weight, p.sine / weight};
}

double decibel(double ratio)
{
    return 20 * std::log10(std::max(ratio, 1e-9));
}

} // namespace

measured measure(const samples& sound, std::uint32_t rate, double expected_hz)
{
    const std::size_t edge = sound.size() / 10;
    const std::size_t length = std::min<std::size_t>(sound.size() - 2 * edge, 8000);
    std::vector<double> x(length);
    for (std::size_t i = 0; i < length; ++i)
        x[i] = sound[edge + i] / 32768.0;
    double best = expected_hz;
    for (double step : {8.0, 1.0, 0.125})
    {
        const double around = best;
        for (int k = -8; k <= 8; ++k)
            if (component(x, rate, around + k * step).amplitude() >
                component(x, rate, best).amplitude())
                best = around + k * step;
    }
    const part p = component(x, rate, best);
    double rest = 0;
    for (std::size_t i = 0; i < length; ++i)
    {
        const double a = 2 * std::numbers::pi * best * static_cast<double>(i) / rate;
        const double r = x[i] - p.cosine * std::cos(a) - p.sine * std::sin(a);
        rest += r * r;
    }
    const double rest_amplitude = std::sqrt(2 * rest / static_cast<double>(length));
    return {best, decibel(p.amplitude()), decibel(p.amplitude() / std::max(rest_amplitude, 1e-9))};
}

double level(const samples& sound)
{
    double sum = 0;
    for (const auto s : sound)
        sum += s / 32768.0 * (s / 32768.0);
    return decibel(
        std::sqrt(2 * sum / static_cast<double>(std::max<std::size_t>(sound.size(), 1))));
}

} // namespace solosip::audio::test

TEST_CASE("the measure measures")
{
    using namespace solosip::audio::test;
    samples sound;
    for (const float s : sine(1003, 8000, 1, 0.5))
        sound.push_back(static_cast<std::int16_t>(std::lrint(s * 32767)));
    const auto m = measure(sound, 8000, 1000);
    CHECK(m.hz == Approx(1003).margin(0.2));
    CHECK(m.level == Approx(-6.02).margin(0.05));
    CHECK(m.residue > 70);
    CHECK(level(sound) == Approx(-6.02).margin(0.05));
}
