#include "audio/file_recorder.hpp"

#include "audio/formats.hpp"
#include "audio/problem.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <sndfile.h>

namespace solosip::audio
{

namespace
{

constexpr std::size_t piece = 1024;

// libsndfile's own text names neither the file nor always the reason; the system does.
std::optional<failure> unwritable(const std::filesystem::path& path)
{
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        return failure{errc::no_such_file, cannot("write", path, "it is a directory")};
    errno = 0;
    std::FILE* f = std::fopen(path.c_str(), "ab");
    if (f == nullptr) return failure{errc::no_such_file, cannot("write", path, system_text(errno))};
    std::fclose(f);
    return std::nullopt;
}

} // namespace

std::variant<std::shared_ptr<file_writer>, failure>
file_writer::open(const std::filesystem::path& path, std::uint32_t rate, std::size_t channels)
{
    if (!format_by_ending(path, static_cast<int>(rate), static_cast<int>(channels)))
        return failure{errc::unsupported_audio_file,
                       cannot("write", path,
                              "no sound format is known for '" + path.extension().string() +
                                  "' (.wav, .flac, .ogg, .au, .aiff...)")};
    if (auto bad = unwritable(path)) return *std::move(bad);
    std::shared_ptr<file_writer> writer(new file_writer(path, rate, channels));
    if (!writer->create()) return failure{errc::no_such_file, std::move(writer->problem_->text)};
    return writer;
}

file_writer::file_writer(std::filesystem::path path, std::uint32_t rate, std::size_t channels)
    : path_(std::move(path)), file_rate_(rate), rate_(rate), channels_(channels)
{
    resize();
}

file_writer::~file_writer()
{
    released_ = true;
    flush();
    close();
}

void file_writer::resize()
{
    for (std::size_t c = 0; c < channels_; ++c)
        heard_[c].resize(2 * std::size_t{rate_});
}

bool file_writer::create()
{
    SF_INFO info{};
    info.samplerate = static_cast<int>(file_rate_);
    info.channels = static_cast<int>(channels_);
    info.format = format_by_ending(path_, info.samplerate, info.channels).value_or(0);
    file_.reset(); // before it is opened again with another rate
    file_.reset(sf_open(path_.c_str(), SFM_WRITE, &info));
    if (!file_)
    {
        fail("libsndfile cannot make it");
        return false;
    }
    // Ogg and FLAC are streams of whole packets: they have no length to be kept true.
    const int kind = info.format & SF_FORMAT_TYPEMASK;
    has_length_ = kind == SF_FORMAT_WAV || kind == SF_FORMAT_AU || kind == SF_FORMAT_AIFF ||
                  kind == SF_FORMAT_CAF || kind == SF_FORMAT_W64 || kind == SF_FORMAT_RF64;
    update_header(); // a valid file from the beginning: with no sound in it
    return true;
}

void file_writer::fail(const std::string& why)
{
    problem_ = failure{errc::write_failed, cannot("write", path_, why)};
    for (ring& r : heard_)
        r.clear();
    file_.reset();
}

void file_writer::prepare(std::uint32_t rate)
{
    if (rate == rate_ || problem_) return;
    level_out();
    flush();
    rate_ = rate;
    resize();
    convert_ = {};
    if (written_ == 0)
    {
        file_rate_ = rate;
        create();
    }
    else if (rate_ == file_rate_ || resampler::possible(rate_, file_rate_))
    {
        if (rate_ != file_rate_)
            for (auto& each : convert_)
                each.emplace(rate_, file_rate_);
    }
    else
        fail("the sample rate has changed too much");
}

void file_writer::write(std::size_t channel, std::span<const media::sample> from)
{
    if (problem_) return;
    dropped_ += from.size() - heard_[channel].push(from);
}

bool file_writer::service()
{
    if (problem_) return false;
    if (released_)
    {
        level_out();
        flush();
        close();
        return false;
    }
    if (ready() >= rate_ / 10) flush();
    return !problem_;
}

/// Samples that all channels have.
std::size_t file_writer::ready() const
{
    return channels_ == 1 ? heard_[0].size() : std::min(heard_[0].size(), heard_[1].size());
}

/// Who was heard for less than the other is silent for the rest of it.
void file_writer::level_out()
{
    if (channels_ == 1) return;
    const media::sample silence[piece] = {};
    const auto longest = std::max(heard_[0].size(), heard_[1].size());
    for (ring& r : heard_)
        while (r.size() < longest)
            r.push({silence, std::min(piece, longest - r.size())});
}

void file_writer::flush()
{
    media::sample samples[most_channels][piece];
    while (!problem_ && file_ && ready() > 0)
    {
        const auto n = std::min(ready(), piece);
        piece_of_each all;
        for (std::size_t c = 0; c < channels_; ++c)
            all[c] = {samples[c], heard_[c].pop({samples[c], n})};
        write_piece(all);
    }
    // A process that is killed leaves all but the last half second.
    if (file_ && since_header_ >= file_rate_ / 2) update_header();
}

void file_writer::update_header()
{
    if (has_length_) sf_command(file_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
    since_header_ = 0;
}

void file_writer::write_piece(const piece_of_each& samples)
{
    if (convert_[0])
        write_converted(samples, false);
    else
        write_frames(samples);
}

// The channels have as many samples and the same rate, so the same comes out.
void file_writer::write_converted(const piece_of_each& samples, bool end)
{
    float in[piece], out[piece];
    media::sample converted[most_channels][piece];
    for (std::size_t used = 0;;)
    {
        resampler::step step{};
        piece_of_each all;
        for (std::size_t c = 0; c < channels_; ++c)
        {
            std::transform(samples[c].begin(), samples[c].end(), in, to_float);
            step = convert_[c]->process({in + used, samples[c].size() - used}, out, end);
            std::transform(out, out + step.made, converted[c], to_sample);
            all[c] = {converted[c], step.made};
        }
        used += step.used;
        write_frames(all);
        if (problem_ || (step.made == 0 && used == samples[0].size())) return;
    }
}

void file_writer::write_frames(const piece_of_each& samples)
{
    const auto n = samples[0].size();
    if (n == 0) return;
    media::sample interleaved[most_channels * piece];
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t c = 0; c < channels_; ++c)
            interleaved[i * channels_ + c] = samples[c][i];
    errno = 0;
    const auto wanted = static_cast<sf_count_t>(n);
    if (sf_writef_short(file_.get(), interleaved, wanted) != wanted ||
        sf_error(file_.get()) != SF_ERR_NO_ERROR)
        return fail(errno != 0 ? system_text(errno) : "the disk is full");
    written_ += n;
    since_header_ += n;
}

void file_writer::close()
{
    if (!file_) return;
    if (convert_[0]) write_converted({}, true);
    if (!file_) return;
    errno = 0;
    if (sf_close(file_.release()) != 0)
        fail(errno != 0 ? system_text(errno) : "the last part is missing");
}

} // namespace solosip::audio
