#include "audio/file_source.hpp"

#include "audio/problem.hpp"
#include "media/sample_time.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>

#include <sndfile.h>

namespace solosip::audio
{

namespace
{

// Samples that are converted in one go; with many channels fewer frames, so that it stays bounded.
constexpr std::size_t piece = 1024;
constexpr std::size_t interleaved_most = 65'536;

// A regular file that can be read, or the sentence why not. A pipe could make us wait.
std::optional<failure> unreadable(const std::filesystem::path& path)
{
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (status.type() == std::filesystem::file_type::not_found)
        return failure{errc::no_such_file, cannot("open", path, system_text(ENOENT))};
    if (code) return failure{errc::no_such_file, cannot("open", path, system_text(code))};
    if (status.type() == std::filesystem::file_type::directory)
        return failure{errc::no_such_file, cannot("open", path, "it is a directory")};
    if (status.type() != std::filesystem::file_type::regular)
        return failure{errc::no_such_file, cannot("open", path, "it is not a regular file")};
    errno = 0;
    std::FILE* f = std::fopen(path.c_str(), "rb");
    if (f == nullptr) return failure{errc::no_such_file, cannot("open", path, system_text(errno))};
    const bool empty = std::fgetc(f) == EOF;
    std::fclose(f);
    if (empty)
        return failure{errc::unsupported_audio_file, cannot("play", path, "the file is empty")};
    return std::nullopt;
}

} // namespace

void file_closer::operator()(sf_private_tag* file) const
{
    sf_close(file);
}

std::variant<std::shared_ptr<file_reader>, failure>
file_reader::open(const std::filesystem::path& path, bool loop, std::uint32_t rate)
{
    if (auto bad = unreadable(path)) return *std::move(bad);
    SF_INFO info{};
    file_handle file(sf_open(path.c_str(), SFM_READ, &info));
    const auto refuse = [&](const std::string& why) {
        return failure{errc::unsupported_audio_file, cannot("play", path, why)};
    };
    if (!file) return refuse("not a sound file that libsndfile can read");
    if (info.channels < 1 || info.samplerate < 1) return refuse("the file is damaged");
    const auto file_rate = static_cast<std::uint32_t>(info.samplerate);
    if (!resampler::possible(file_rate, rate))
        return refuse("a sample rate of " + std::to_string(file_rate) + " Hz is too far from " +
                      std::to_string(rate) + " Hz");
    std::shared_ptr<file_reader> reader(
        new file_reader(path, std::move(file), loop, file_rate,
                        static_cast<std::uint64_t>(std::max<sf_count_t>(info.frames, 0)),
                        static_cast<std::size_t>(info.channels), rate));
    reader->service();
    return reader;
}

file_reader::file_reader(std::filesystem::path path, file_handle file, bool loop,
                         std::uint32_t file_rate, std::uint64_t length, std::size_t channels,
                         std::uint32_t rate)
    : path_(std::move(path)), file_(std::move(file)), loop_(loop), file_rate_(file_rate),
      frames_(length), channels_(channels), rate_(rate), convert_(file_rate, rate)
{
    const auto frames = std::max<std::size_t>(1, std::min(piece, interleaved_most / channels_));
    interleaved_.resize(frames * channels_);
    mono_.resize(frames);
    converted_.resize(piece);
    begin();
}

void file_reader::begin()
{
    ready_.resize(rate_); // one second
    mono_begin_ = mono_end_ = 0;
    at_end_ = read_all_ = restart_ = false;
}

void file_reader::prepare(std::uint32_t rate)
{
    prepared_ = true;
    if (rate == rate_ && !restart_) return;
    played_ = media::at_rate(played_, rate_, rate);
    rate_ = rate;
    ready_.clear();
    restart_ = true; // the file is not touched in the tick
}

std::size_t file_reader::read(std::span<media::sample> to)
{
    const auto n = ready_.pop(to);
    played_ += n;
    return n;
}

// Where it goes on after a change of the rate.
std::int64_t file_reader::frame_to_play() const
{
    const auto played = media::at_rate(played_, rate_, file_rate_);
    if (frames_ == 0) return 0;
    return static_cast<std::int64_t>(loop_ ? played % frames_ : std::min(played, frames_));
}

bool file_reader::service()
{
    if (released_)
    {
        file_.reset();
        return false;
    }
    if (restart_)
    {
        if (!resampler::possible(file_rate_, rate_) ||
            sf_seek(file_.get(), frame_to_play(), SEEK_SET) < 0)
        {
            problem_ = failure{errc::unsupported_audio_file,
                               cannot("play", path_, "it cannot be read again")};
            begin();
            read_all_ = true;
            return false;
        }
        convert_ = resampler(file_rate_, rate_);
        begin();
    }
    if (ready_.size() <= ready_.capacity() * 3 / 4)
    {
        // A quarter of a second at most in one call, so that the loop is soon free again.
        const auto most = ready_.size() + rate_ / 4;
        while (!read_all_ && ready_.space() > 0 && ready_.size() < most)
            decode_some();
    }
    // As long as something is to be heard, another rate may be agreed.
    return !(prepared_ && finished());
}

void file_reader::decode_some()
{
    if (mono_begin_ == mono_end_ && !at_end_) read_frames();
    const std::span<const float> from(mono_.data() + mono_begin_, mono_end_ - mono_begin_);
    const std::span<float> to(converted_.data(), std::min(converted_.size(), ready_.space()));
    const auto [used, made] = convert_.process(from, to, at_end_);
    mono_begin_ += used;
    media::sample samples[piece];
    std::transform(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(made), samples, to_sample);
    ready_.push({samples, made});
    if (at_end_ && made == 0 && mono_begin_ == mono_end_) read_all_ = true;
}

void file_reader::read_frames()
{
    const auto frames = static_cast<sf_count_t>(mono_.size());
    auto n = sf_readf_float(file_.get(), interleaved_.data(), frames);
    if (n <= 0 && loop_ && sf_seek(file_.get(), 0, SEEK_SET) == 0)
        n = sf_readf_float(file_.get(), interleaved_.data(), frames); // still none: an empty file
    if (n <= 0)
    {
        at_end_ = true;
        if (sf_error(file_.get()) != SF_ERR_NO_ERROR)
            problem_ =
                failure{errc::unsupported_audio_file, cannot("play", path_, "the file is damaged")};
        return;
    }
    mono_begin_ = 0;
    mono_end_ = static_cast<std::size_t>(n);
    for (std::size_t i = 0; i < mono_end_; ++i)
    {
        float sum = 0;
        for (std::size_t c = 0; c < channels_; ++c)
            sum += interleaved_[i * channels_ + c];
        const float mean = sum / static_cast<float>(channels_);
        // A float file may hold anything; what is no number would silence the whole filter.
        mono_[i] = std::isfinite(mean) ? std::clamp(mean, -1.0f, 1.0f) : 0.0f;
    }
}

} // namespace solosip::audio
