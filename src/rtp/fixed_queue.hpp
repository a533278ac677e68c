// First in, first out, with all its room from the beginning.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>

namespace solosip::rtp
{

/// A queue that never allocates. Elements are default-constructed in advance.
template <class T, std::size_t Capacity>
class fixed_queue
{
public:
    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == Capacity; }
    std::size_t size() const { return size_; }

    /// False, and nothing is changed, where the queue is full.
    bool push(T value)
    {
        if (full()) return false;
        elements_[(first_ + size_) % Capacity] = std::move(value);
        ++size_;
        return true;
    }
    T& front()
    {
        assert(!empty());
        return elements_[first_];
    }
    T& operator[](std::size_t i)
    {
        assert(i < size_);
        return elements_[(first_ + i) % Capacity];
    }
    /// What it held is let go at once.
    void pop()
    {
        assert(!empty());
        elements_[first_] = T{};
        first_ = (first_ + 1) % Capacity;
        --size_;
    }
    std::optional<T> take()
    {
        if (empty()) return std::nullopt;
        std::optional<T> value(std::move(front()));
        pop();
        return value;
    }

private:
    std::array<T, Capacity> elements_{};
    std::size_t first_ = 0, size_ = 0;
};

} // namespace solosip::rtp
