// A value that one thread changes again and again, and any other may read, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace solosip::net
{

/// Who writes never waits; who reads tries again where it has met a change.
template <class T>
class published
{
public:
    published() { store(T{}); }

    /// One thread at a time.
    void store(const T& value)
    {
        std::array<word, words> now{};
        std::memcpy(now.data(), &value, sizeof value);
        const auto before = changes_.load(std::memory_order_relaxed);
        changes_.store(before + 1, std::memory_order_relaxed);
        // Each word is released, so whoever sees a new one sees the odd number as well.
        for (std::size_t i = 0; i < words; ++i)
            words_[i].store(now[i], std::memory_order_release);
        changes_.store(before + 2, std::memory_order_release);
    }

    T load() const
    {
        for (;;)
        {
            const auto before = changes_.load(std::memory_order_acquire);
            std::array<word, words> seen;
            for (std::size_t i = 0; i < words; ++i)
                seen[i] = words_[i].load(std::memory_order_acquire);
            if (before % 2 != 0 || changes_.load(std::memory_order_relaxed) != before) continue;
            T value;
            std::memcpy(static_cast<void*>(&value), seen.data(), sizeof value);
            return value;
        }
    }

private:
    static_assert(std::is_trivially_copyable_v<T>);
    using word = std::uint32_t;
    static constexpr std::size_t words = (sizeof(T) + sizeof(word) - 1) / sizeof(word);

    std::atomic<word> changes_ = 0;
    std::array<std::atomic<word>, words> words_{};
};

} // namespace solosip::net
