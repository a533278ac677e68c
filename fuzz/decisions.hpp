// Decisions out of a fuzzer's bytes, for targets that do things in any order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

namespace solosip::fuzz
{

/// Takes them off the front; zeros when they are used up.
class decisions
{
public:
    decisions(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

    bool empty() const { return rest_.empty(); }
    std::uint8_t byte()
    {
        if (rest_.empty()) return 0;
        const std::uint8_t b = rest_.front();
        rest_ = rest_.subspan(1);
        return b;
    }
    /// 0 to n - 1.
    std::size_t below(std::size_t n) { return byte() % n; }
    std::string text(std::size_t most)
    {
        const auto taken = rest_.first(std::min(most, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return {taken.begin(), taken.end()};
    }

private:
    std::span<const std::uint8_t> rest_;
};

} // namespace solosip::fuzz
