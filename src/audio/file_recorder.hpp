// A recording that is written outside the tick.
#pragma once

#include "audio/access.hpp"
#include "audio/file_source.hpp"
#include "audio/resampler.hpp"
#include "audio/ring.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <vector>

namespace solosip::audio
{

/// Keeps up to two seconds in memory and writes them in pieces of a tenth of a second or more. The
/// file has one rate: the first that a call prepares, later ones are converted to it. It has one
/// channel or two, which are heard one frame each in turn.
class file_writer final : public background
{
public:
    /// Errors: no_such_file (the place cannot be written), unsupported_audio_file (the ending).
    static std::variant<std::shared_ptr<file_writer>, failure>
    open(const std::filesystem::path& path, std::uint32_t rate, std::size_t channels = 1);
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
    void write(std::size_t channel, std::span<const media::sample> from);
    /// Of this channel nothing more will come; after the last one `service` closes the file.
    void attach() { ++writers_; }
    void release() { released_ = --writers_ == 0; }

    /// Samples that found no place because nobody called `service`.
    std::size_t dropped() const { return dropped_; }

private:
    static constexpr std::size_t most_channels = 2;
    using piece_of_each = std::array<std::span<const media::sample>, most_channels>;

    file_writer(std::filesystem::path path, std::uint32_t rate, std::size_t channels);
    bool create();
    void update_header();
    void resize();
    std::size_t ready() const;
    void level_out();
    void write_piece(const piece_of_each& samples);
    void write_converted(const piece_of_each& samples, bool end);
    void write_frames(const piece_of_each& samples);
    void close();
    void fail(const std::string& why);

    std::filesystem::path path_;
    file_handle file_;
    std::uint32_t file_rate_, rate_;
    std::size_t channels_, writers_ = 0;
    std::array<std::optional<resampler>, most_channels> convert_; // `rate_` is not `file_rate_`
    std::array<ring, most_channels> heard_;
    std::size_t written_ = 0, since_header_ = 0, dropped_ = 0;
    bool released_ = false, has_length_ = false;
    std::optional<failure> problem_;
};

/// What the call owns of it.
class file_recorder final : public media::sink
{
public:
    file_recorder(std::shared_ptr<file_writer> writer, std::size_t channel)
        : writer_(std::move(writer)), channel_(channel)
    {
        writer_->attach();
    }
    ~file_recorder() override { writer_->release(); }
    file_recorder(const file_recorder&) = delete;
    file_recorder& operator=(const file_recorder&) = delete;

    void prepare(std::uint32_t rate) override { writer_->prepare(rate); }
    void write(std::span<const media::sample> from) override { writer_->write(channel_, from); }

private:
    std::shared_ptr<file_writer> writer_;
    std::size_t channel_;
};

} // namespace solosip::audio
