// A sound file that is read ahead of the tick.
#pragma once

#include "audio/access.hpp"
#include "audio/resampler.hpp"
#include "audio/ring.hpp"

#include <filesystem>
#include <optional>
#include <vector>

struct sf_private_tag;

namespace solosip::audio
{

/// libsndfile's handle, closed by itself.
struct file_closer
{
    void operator()(sf_private_tag* file) const;
};
using file_handle = std::unique_ptr<sf_private_tag, file_closer>;

/// Reads, mixes to one channel, resamples and keeps about a second ready.
class file_reader final : public background
{
public:
    /// Errors: no_such_file, unsupported_audio_file.
    static std::variant<std::shared_ptr<file_reader>, failure>
    open(const std::filesystem::path& path, bool loop, std::uint32_t rate);

    // The side of the io loop.
    bool service() override;
    std::optional<failure> problem() const override { return problem_; }

    // The side of the tick.
    void prepare(std::uint32_t rate);
    std::size_t read(std::span<media::sample> to);
    bool finished() const { return read_all_ && !restart_ && ready_.size() == 0; }
    /// Nobody will read any more.
    void release() { released_ = true; }

private:
    file_reader(std::filesystem::path path, file_handle file, bool loop, std::uint32_t file_rate,
                std::uint64_t frames, std::size_t channels, std::uint32_t rate);
    void begin();
    std::int64_t frame_to_play() const;
    void decode_some();
    void read_frames();

    std::filesystem::path path_;
    file_handle file_;
    bool loop_;
    std::uint32_t file_rate_;
    std::uint64_t frames_; // 0: not known
    std::size_t channels_;
    std::uint32_t rate_;
    resampler convert_;
    ring ready_;
    std::vector<float> interleaved_, mono_, converted_;
    std::size_t mono_begin_ = 0, mono_end_ = 0;
    std::uint64_t played_ = 0; // samples at rate_
    bool at_end_ = false;      // of the file
    bool read_all_ = false;    // everything is in the ring
    bool prepared_ = false, restart_ = false, released_ = false;
    std::optional<failure> problem_;
};

/// What the call owns of it.
class file_source final : public media::source
{
public:
    explicit file_source(std::shared_ptr<file_reader> reader) : reader_(std::move(reader)) {}
    ~file_source() override { reader_->release(); }
    file_source(const file_source&) = delete;
    file_source& operator=(const file_source&) = delete;

    void prepare(std::uint32_t rate) override { reader_->prepare(rate); }
    std::size_t read(std::span<media::sample> to) override { return reader_->read(to); }
    bool finished() const override { return reader_->finished(); }

private:
    std::shared_ptr<file_reader> reader_;
};

} // namespace solosip::audio
