// A recording that is written outside the tick.
#pragma once

#include "audio/access.hpp"
#include "audio/file_source.hpp"
#include "audio/resampler.hpp"
#include "audio/ring.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace solosip::audio
{

/// Keeps up to two seconds in memory and writes them in pieces of a tenth of a second or more. The
/// file has one rate: the first that a call prepares, later ones are converted to it.
class file_writer final : public background
{
public:
    /// Errors: no_such_file (the place cannot be written), unsupported_audio_file (the ending).
    static std::variant<std::shared_ptr<file_writer>, failure>
    open(const std::filesystem::path& path, std::uint32_t rate);
    ~file_writer() override;
    file_writer(const file_writer&) = delete;
    file_writer& operator=(const file_writer&) = delete;

    // The side of the io loop.
    bool service() override;
    std::optional<failure> problem() const override { return problem_; }
    /// Writes all that has been heard.
    void flush();

    // The side of the tick.
    void prepare(std::uint32_t rate);
    void write(std::span<const media::sample> from);
    /// Nobody will write any more: `service` closes the file.
    void release() { released_ = true; }

    /// Samples that found no place because nobody called `service`.
    std::size_t dropped() const { return dropped_; }

private:
    file_writer(std::filesystem::path path, std::uint32_t rate);
    bool create();
    void update_header();
    void write_piece(std::span<const media::sample> samples);
    void write_converted(std::span<const media::sample> samples, bool end);
    void write_frames(std::span<const media::sample> samples);
    void close();
    void fail(const std::string& why);

    std::filesystem::path path_;
    file_handle file_;
    std::uint32_t file_rate_, rate_;
    std::optional<resampler> convert_; // where `rate_` is not `file_rate_`
    ring heard_;
    std::size_t written_ = 0, since_header_ = 0, dropped_ = 0;
    bool released_ = false, has_length_ = false;
    std::optional<failure> problem_;
};

/// What the call owns of it.
class file_recorder final : public media::sink
{
public:
    explicit file_recorder(std::shared_ptr<file_writer> writer) : writer_(std::move(writer)) {}
    ~file_recorder() override { writer_->release(); }
    file_recorder(const file_recorder&) = delete;
    file_recorder& operator=(const file_recorder&) = delete;

    void prepare(std::uint32_t rate) override { writer_->prepare(rate); }
    void write(std::span<const media::sample> from) override { writer_->write(from); }

private:
    std::shared_ptr<file_writer> writer_;
};

} // namespace solosip::audio
