// Samples from another thread, without a lock.
#pragma once

#include "audio/supplied.hpp"
#include "solosip/media/codec.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace solosip::audio
{

/// A ring with one writer and one reader, each on a thread of its own.
class feed
{
public:
    /// At least `room` samples.
    feed(std::uint32_t rate, std::size_t room);

    std::uint32_t rate() const { return rate_; }

    // The writer's side.
    std::size_t write(std::span<const media::sample> from);
    std::size_t space() const;
    void close() { closed_.store(true, std::memory_order_release); }

    // The reader's side: there is only one, who has claimed it.
    bool claim() { return !claimed_.exchange(true, std::memory_order_acquire); }
    void release() { claimed_.store(false, std::memory_order_release); }
    std::size_t read(std::span<media::sample> to);
    bool ended() const;

private:
    std::uint32_t rate_;
    std::size_t room_;
    std::vector<media::sample> ring_; ///< of a power of two, so that the counters may wrap
    std::atomic<std::size_t> written_ = 0, read_ = 0;
    std::atomic<bool> closed_ = false, claimed_ = false;
};

/// What the call plays of it; it has been claimed.
class fed final : public supplier
{
public:
    explicit fed(std::shared_ptr<feed> from) : from_(std::move(from)) {}
    ~fed() override { from_->release(); }
    fed(const fed&) = delete;
    fed& operator=(const fed&) = delete;
    std::size_t pull(std::span<media::sample> to) override { return from_->read(to); }
    bool ended() const override { return from_->ended(); }

private:
    std::shared_ptr<feed> from_;
};

} // namespace solosip::audio
