// Where tags, branches, nonces, SSRCs and jitter come from: the system's randomness in life, a seed
// in a simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace solosip
{

class random_source
{
public:
    virtual ~random_source() = default;

    /// Fills all of `to`.
    virtual void fill(std::span<std::uint8_t> to) = 0;

    std::uint32_t u32();
    std::uint64_t u64();

    /// A number of 0 .. `bound`-1, without bias; `bound` of at least 1.
    std::uint32_t below(std::uint32_t bound);

    /// `length` characters of 0-9 a-v, five bits each: a token (RFC 3261 section 25.1), so good for
    /// tags, branches, Call-IDs and user parts.
    std::string token(std::size_t length);

protected:
    random_source() = default;
    random_source(const random_source&) = default;
    random_source& operator=(const random_source&) = default;
};

/// The operating system's cryptographic generator, by OpenSSL's RAND_bytes. In `solosip::core`.
class system_random final : public random_source
{
public:
    void fill(std::span<std::uint8_t> to) override;
};

/// The same numbers for the same seed on every machine; for tests and simulations only.
class seeded_random final : public random_source
{
public:
    explicit seeded_random(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> to) override;

private:
    std::uint64_t state_;
};

} // namespace solosip
