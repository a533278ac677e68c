#include "solosip/base/random.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

using namespace solosip;

namespace
{

// Gives what it was told to, four bytes at a time, and then zeros.
class scripted_random final : public random_source
{
public:
    explicit scripted_random(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}
    void fill(std::span<std::uint8_t> to) override
    {
        REQUIRE(to.size() == 4);
        const std::uint32_t n = next_ < numbers_.size() ? numbers_[next_] : 0;
        ++next_;
        for (std::size_t i = 0; i < 4; ++i)
            to[i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
    }
    std::size_t asked() const { return next_; }

private:
    std::vector<std::uint32_t> numbers_;
    std::size_t next_ = 0;
};

} // namespace

TEST_CASE("numbers are made of the bytes in network order")
{
    scripted_random r({0x01020304, 0xa1a2a3a4, 0xb1b2b3b4});
    CHECK(r.u32() == 0x01020304);
    CHECK(r.u64() == 0xa1a2a3a4b1b2b3b4u);
}

TEST_CASE("below: in range and without bias")
{
    seeded_random r(5);
    for (const std::uint32_t bound : {1u, 2u, 3u, 7u, 1000u, 0x80000000u, 0xffffffffu})
        for (int i = 0; i < 200; ++i)
            CHECK(r.below(bound) < bound);

    // 2^32 = 1 mod 3: the largest number is passed over, the one before is not.
    scripted_random three({0xffffffff, 0xfffffffe});
    CHECK(three.below(3) == 0xfffffffe % 3);
    CHECK(three.asked() == 2);
    // 2^32 is a multiple of 4: nothing is passed over.
    scripted_random four({0xffffffff});
    CHECK(four.below(4) == 3);
    CHECK(four.asked() == 1);

    std::array<int, 6> dice{};
    for (int i = 0; i < 6000; ++i)
        ++dice[r.below(6)];
    for (const int n : dice)
        CHECK((n > 850 && n < 1150));
}

TEST_CASE("tokens")
{
    seeded_random r(1);
    for (const std::size_t length : {0u, 1u, 12u, 13u, 100u})
    {
        const auto t = r.token(length);
        CHECK(t.size() == length);
        CHECK(t.find_first_not_of("0123456789abcdefghijklmnopqrstuv") == t.npos);
    }
    std::set<char> seen;
    for (const char c : r.token(2000))
        seen.insert(c);
    CHECK(seen.size() == 32);
    CHECK(r.token(16) != r.token(16));
}

TEST_CASE("the same seed gives the same numbers everywhere")
{
    // The first outputs of SplitMix64 for seed 0, bytes from the low end.
    seeded_random zero(0);
    std::array<std::uint8_t, 16> bytes{};
    zero.fill(bytes);
    CHECK(bytes == std::array<std::uint8_t, 16>{0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20, 0xe2,
                                                0xf4, 0x65, 0xb9, 0xa1, 0x6a, 0x9e, 0x78, 0x6e});
    std::array<std::uint8_t, 3> few{};
    seeded_random(0).fill(few);
    CHECK(few == std::array<std::uint8_t, 3>{0xaf, 0xcd, 0x1d});
    seeded_random a(42), b(42), c(43);
    const auto from_a = a.token(40);
    CHECK(from_a == b.token(40));
    CHECK(from_a != c.token(40));
}

TEST_CASE("system randomness fills all of it")
{
    system_random r;
    std::vector<std::uint8_t> bytes(1000);
    r.fill(bytes);
    CHECK(std::count(bytes.begin(), bytes.end(), std::uint8_t{0}) < 40);
    r.fill({});
    CHECK(r.u64() != r.u64());
}
