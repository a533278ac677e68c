// All of G.711 against a second opinion: the decision values of the Recommendation's tables, built
// by adding up intervals, and a search among them.
#include "solosip/codecs/g711.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace solosip;

namespace
{

struct interval_run
{
    int count, size;
};

/// Decision values from 0 upwards; the last one is the virtual end of the scale.
std::vector<int> decision_values(const std::vector<interval_run>& runs)
{
    std::vector<int> values{0};
    for (const interval_run& run : runs)
        for (int i = 0; i < run.count; ++i)
            values.push_back(values.back() + run.size);
    return values;
}

struct law_table
{
    std::vector<int> decisions;
    int uniform_bits;
    std::uint8_t inversion;
};

// G.711 table 1a: 13-bit uniform code, 4096 at the end of the scale.
const law_table a_law{
    decision_values({{32, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}}), 13,
    0x55};
// G.711 table 2a: 14-bit uniform code, 8159 at the end of the scale.
const law_table mu_law{
    decision_values(
        {{1, 1}, {15, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}, {16, 256}}),
    14, 0x7F};

/// The number of the interval, with the sign above it, as the tables' second last column says.
std::uint8_t reference_encode(const law_table& law, int linear)
{
    const bool negative = linear < 0;
    const int mirrored = negative ? -1 - linear : linear;
    const int uniform = mirrored / (1 << (16 - law.uniform_bits));
    const auto above = std::upper_bound(law.decisions.begin(), law.decisions.end(), uniform);
    const int interval = std::min(static_cast<int>(above - law.decisions.begin()) - 1, 127);
    return static_cast<std::uint8_t>((interval + (negative ? 0 : 128)) ^ law.inversion);
}

int reference_decode(const law_table& law, std::uint8_t code)
{
    const int character = code ^ law.inversion;
    const auto n = static_cast<std::size_t>(character % 128);
    const int low = law.decisions[n], high = law.decisions[n + 1];
    // Table 2a: the value of the first interval is 0, not the middle of 0 and 1.
    const int middle = high - low == 1 ? 0 : (low + high) / 2;
    return (character >= 128 ? middle : -middle) * (1 << (16 - law.uniform_bits));
}

struct law_under_test
{
    const char* name;
    const law_table* table;
    const media::codec* codec;
    std::uint8_t (*encode)(media::sample) noexcept;
    media::sample (*decode)(std::uint8_t) noexcept;
};

const std::array<law_under_test, 2> laws{{
    {"A-law", &a_law, &codecs::pcma(), codecs::linear_to_alaw, codecs::alaw_to_linear},
    {"mu-law", &mu_law, &codecs::pcmu(), codecs::linear_to_ulaw, codecs::ulaw_to_linear},
}};

std::vector<media::sample> every_sample()
{
    std::vector<media::sample> all;
    for (int s = -32768; s <= 32767; ++s)
        all.push_back(static_cast<media::sample>(s));
    return all;
}

} // namespace

TEST_CASE("the reference has the Recommendation's end of scale")
{
    CHECK(a_law.decisions.size() == 129);
    CHECK(a_law.decisions.back() == 4096);
    CHECK(mu_law.decisions.size() == 129);
    CHECK(mu_law.decisions.back() == 8159);
}

TEST_CASE("every sample encodes as the decision values say")
{
    for (const law_under_test& law : laws)
    {
        CAPTURE(law.name);
        int wrong = 0;
        for (media::sample s : every_sample())
            wrong += law.encode(s) != reference_encode(*law.table, s);
        CHECK(wrong == 0);
    }
}

TEST_CASE("every code decodes to the middle of its interval")
{
    for (const law_under_test& law : laws)
        for (int code = 0; code < 256; ++code)
        {
            CAPTURE(law.name, code);
            const auto octet = static_cast<std::uint8_t>(code);
            CHECK(law.decode(octet) == reference_decode(*law.table, octet));
        }
}

TEST_CASE("a code survives decoding and encoding")
{
    for (const law_under_test& law : laws)
        for (int code = 0; code < 256; ++code)
        {
            CAPTURE(law.name, code);
            const auto octet = static_cast<std::uint8_t>(code);
            // mu-law has two zeros, and a sample knows only one.
            const bool negative_zero = law.table == &mu_law && code == 0x7F;
            CHECK(law.encode(law.decode(octet)) == (negative_zero ? 0xFF : octet));
        }
}

TEST_CASE("codes that everybody knows")
{
    CHECK(codecs::linear_to_alaw(0) == 0xD5);
    CHECK(codecs::linear_to_alaw(-1) == 0x55);
    CHECK(codecs::linear_to_alaw(32767) == 0xAA);
    CHECK(codecs::linear_to_alaw(-32768) == 0x2A);
    CHECK(codecs::alaw_to_linear(0xD5) == 8);
    CHECK(codecs::alaw_to_linear(0x55) == -8);
    CHECK(codecs::alaw_to_linear(0xAA) == 32256);
    CHECK(codecs::linear_to_ulaw(0) == 0xFF);
    CHECK(codecs::linear_to_ulaw(-1) == 0x7F);
    CHECK(codecs::linear_to_ulaw(32767) == 0x80);
    CHECK(codecs::linear_to_ulaw(-32768) == 0x00);
    CHECK(codecs::ulaw_to_linear(0xFF) == 0);
    CHECK(codecs::ulaw_to_linear(0x7F) == 0);
    CHECK(codecs::ulaw_to_linear(0x80) == 32124);
    CHECK(codecs::ulaw_to_linear(0x00) == -32124);
}

TEST_CASE("coders do a block as they do single samples, at any length")
{
    for (const law_under_test& law : laws)
    {
        const auto encoder = law.codec->make_encoder();
        const auto decoder = law.codec->make_decoder();
        const std::vector<media::sample> pcm = every_sample();
        for (std::size_t length : {0u, 1u, 15u, 16u, 17u, 160u, 65536u})
        {
            CAPTURE(law.name, length);
            std::vector<std::uint8_t> codes(length + 1, 0x11);
            const auto from = std::span(pcm).last(length);
            REQUIRE(encoder->encode(from, codes) == length);
            CHECK(codes[length] == 0x11);
            int wrong = 0;
            for (std::size_t i = 0; i < length; ++i)
                wrong += codes[i] != law.encode(from[i]);

            std::vector<media::sample> back(length + 1, 77);
            REQUIRE(decoder->decode(std::span(codes).first(length), back) == length);
            CHECK(back[length] == 77);
            for (std::size_t i = 0; i < length; ++i)
                wrong += back[i] != law.decode(codes[i]);
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("coders refuse a buffer that is too small")
{
    for (const law_under_test& law : laws)
    {
        std::array<media::sample, 4> pcm{};
        std::array<std::uint8_t, 4> codes{};
        CHECK(law.codec->make_encoder()->encode(pcm, std::span(codes).first(3)) == 0);
        CHECK(law.codec->make_decoder()->decode(codes, std::span(pcm).first(3)) == 0);
    }
}

TEST_CASE("what SDP says of them")
{
    CHECK(codecs::pcma().info().name == "PCMA");
    CHECK(codecs::pcma().info().static_payload_type == 8);
    CHECK(codecs::pcmu().info().name == "PCMU");
    CHECK(codecs::pcmu().info().static_payload_type == 0);
    for (const law_under_test& law : laws)
    {
        CHECK(law.codec->info().clock_rate == 8000);
        CHECK(law.codec->info().sample_rate == 8000);
        CHECK(law.codec->info().channels == 1);
        CHECK(law.codec->info().max_bytes_per_20ms == 160);
    }
}
