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
file_writer::open(const std::filesystem::path& path, std::uint32_t rate)
{
    if (!format_by_ending(path, static_cast<int>(rate)))
        return failure{errc::unsupported_audio_file,
                       cannot("write", path,
                              "no sound format is known for '" + path.extension().string() +
                                  "' (.wav, .flac, .ogg, .au, .aiff...)")};
    if (auto bad = unwritable(path)) return *std::move(bad);
    std::shared_ptr<file_writer> writer(new file_writer(path, rate));
    if (!writer->create()) return *writer->problem_;
    return writer;
}

file_writer::file_writer(std::filesystem::path path, std::uint32_t rate)
    : path_(std::move(path)), file_rate_(rate), rate_(rate)
{
    heard_.resize(2 * std::size_t{rate});
}

file_writer::~file_writer()
{
    released_ = true;
    flush();
    close();
}

bool file_writer::create()
{
    SF_INFO info{};
    info.samplerate = static_cast<int>(file_rate_);
    info.channels = 1;
    info.format = format_by_ending(path_, info.samplerate).value_or(0);
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
    problem_ = failure{errc::no_such_file, cannot("write", path_, why)};
    heard_.clear();
    file_.reset();
}

void file_writer::prepare(std::uint32_t rate)
{
    if (rate == rate_ || problem_) return;
    flush();
    rate_ = rate;
    heard_.resize(2 * std::size_t{rate});
    convert_.reset();
    if (written_ == 0)
    {
        file_rate_ = rate;
        create();
    }
    else if (rate_ == file_rate_ || resampler::possible(rate_, file_rate_))
    {
        if (rate_ != file_rate_) convert_.emplace(rate_, file_rate_);
    }
    else
        fail("the sample rate has changed too much");
}

void file_writer::write(std::span<const media::sample> from)
{
    if (problem_) return;
    dropped_ += from.size() - heard_.push(from);
}

bool file_writer::service()
{
    if (problem_) return false;
    if (released_)
    {
        flush();
        close();
        return false;
    }
    if (heard_.size() >= rate_ / 10) flush();
    return !problem_;
}

void file_writer::flush()
{
    media::sample samples[piece];
    while (!problem_ && file_ && heard_.size() > 0)
        write_piece({samples, heard_.pop(samples)});
    // A process that is killed leaves all but the last half second.
    if (file_ && since_header_ >= file_rate_ / 2) update_header();
}

void file_writer::update_header()
{
    if (has_length_) sf_command(file_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
    since_header_ = 0;
}

void file_writer::write_piece(std::span<const media::sample> samples)
{
    if (convert_)
        write_converted(samples, false);
    else
        write_frames(samples);
}

void file_writer::write_converted(std::span<const media::sample> samples, bool end)
{
    float in[piece], out[piece];
    media::sample converted[piece];
    std::transform(samples.begin(), samples.end(), in, to_float);
    std::size_t used = 0;
    for (;;)
    {
        const auto step = convert_->process({in + used, samples.size() - used}, out, end);
        used += step.used;
        std::transform(out, out + step.made, converted, to_sample);
        write_frames({converted, step.made});
        if (problem_ || (step.made == 0 && used == samples.size())) return;
    }
}

void file_writer::write_frames(std::span<const media::sample> samples)
{
    if (samples.empty()) return;
    errno = 0;
    const auto wanted = static_cast<sf_count_t>(samples.size());
    if (sf_writef_short(file_.get(), samples.data(), wanted) != wanted ||
        sf_error(file_.get()) != SF_ERR_NO_ERROR)
        return fail(errno != 0 ? system_text(errno) : "the disk is full");
    written_ += samples.size();
    since_header_ += samples.size();
}

void file_writer::close()
{
    if (!file_) return;
    if (convert_) write_converted({}, true);
    if (!file_) return;
    errno = 0;
    if (sf_close(file_.release()) != 0)
        fail(errno != 0 ? system_text(errno) : "the last part is missing");
}

} // namespace solosip::audio
