// Samples between the tick and the file: one thread, no lock, no allocation but in `resize`.
#pragma once

#include "solosip/media/codec.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace solosip::audio
{

class ring
{
public:
    /// Empties it too.
    void resize(std::size_t capacity)
    {
        samples_.assign(capacity, 0);
        first_ = size_ = 0;
    }
    void clear() { first_ = size_ = 0; }

    std::size_t size() const { return size_; }
    std::size_t capacity() const { return samples_.size(); }
    std::size_t space() const { return samples_.size() - size_; }

    /// How many of `from`, from its front, have found a place.
    std::size_t push(std::span<const media::sample> from)
    {
        const auto n = std::min(from.size(), space());
        for (std::size_t done = 0; done < n;)
        {
            const auto at = (first_ + size_) % samples_.size();
            const auto piece = std::min(n - done, samples_.size() - at);
            std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(done), piece,
                        samples_.begin() + static_cast<std::ptrdiff_t>(at));
            size_ += piece;
            done += piece;
        }
        return n;
    }

    /// Forgets the oldest.
    void drop(std::size_t n)
    {
        n = std::min(n, size_);
        if (n > 0) first_ = (first_ + n) % samples_.size();
        size_ -= n;
    }

    /// How many samples it could give.
    std::size_t pop(std::span<media::sample> to)
    {
        const auto n = std::min(to.size(), size_);
        for (std::size_t done = 0; done < n;)
        {
            const auto piece = std::min(n - done, samples_.size() - first_);
            std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(first_), piece,
                        to.begin() + static_cast<std::ptrdiff_t>(done));
            first_ = (first_ + piece) % samples_.size();
            size_ -= piece;
            done += piece;
        }
        return n;
    }

private:
    std::vector<media::sample> samples_;
    std::size_t first_ = 0, size_ = 0;
};

} // namespace solosip::audio
