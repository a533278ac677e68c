#include "solosip/codecs/g722.hpp"

#include "codecs/support.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace solosip;

namespace
{

std::uint64_t fnv(const std::vector<std::uint8_t>& bytes)
{
    std::uint64_t h = 0xcbf29ce484222325u;
    for (const std::uint8_t b : bytes)
        h = (h ^ b) * 0x100000001b3u;
    return h;
}

through::pcm noise(int amplitude)
{
    through::pcm p(16'000);
    std::uint32_t x = 12345;
    for (auto& s : p)
    {
        x = x * 1664525u + 1013904223u;
        // Division rounds down, as in the program that made the vectors.
        const int v = (static_cast<int>(x >> 16) - 32768) * amplitude;
        s = static_cast<media::sample>(v >= 0 ? v / 32768 : -((-v + 32767) / 32768));
    }
    return p;
}

} // namespace

TEST_CASE("G.722 is bit-exact with another implementation")
{
    // Noise through the encoder and decoder of libspandsp 0.0.6, as hashes of what came out.
    struct vector
    {
        int amplitude;
        std::uint64_t code, pcm;
    };
    const auto v = GENERATE(vector{20'000, 0x9fd0929eb1bb9f4c, 0x77a6db0041d07a2e},
                            vector{40, 0x7da9f059bb95d879, 0xd89e50646f38c4b7});
    CAPTURE(v.amplitude);
    const auto in = noise(v.amplitude);
    std::vector<std::uint8_t> code(in.size() / 2);
    REQUIRE(codecs::g722().make_encoder()->encode(in, code) == code.size());
    CHECK(fnv(code) == v.code);
    through::pcm out(in.size());
    REQUIRE(codecs::g722().make_decoder()->decode(code, out) == out.size());
    std::vector<std::uint8_t> bytes;
    for (const auto s : out)
    {
        bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint16_t>(s) & 0xFF));
        bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint16_t>(s) >> 8));
    }
    CHECK(fnv(bytes) == v.pcm);
}

TEST_CASE("G.722 carries 50 Hz to 7 kHz")
{
    const double hz = GENERATE(100.0, 300.0, 1000.0, 2000.0, 3400.0, 5000.0, 6800.0);
    CAPTURE(hz);
    const auto out = through::codec(codecs::g722(), through::sine(hz, 8000, 16'000, 32'000));
    CHECK(out.size() == 32'000);
    // Six bits below 4 kHz, two above it.
    CHECK(through::snr(out, hz, 16'000) > (hz < 4000 ? 30 : 8));
    const auto peak = *std::max_element(out.begin() + 1600, out.end());
    CHECK(peak > 8000 * 0.7);
    CHECK(peak < 8000 * 1.4);
}

TEST_CASE("full scale clips and does not wrap")
{
    auto in = through::sine(440, 32767, 16'000, 16'000);
    const auto out = through::codec(codecs::g722(), in);
    int steepest = 0;
    for (std::size_t i = 1; i < out.size(); ++i)
        steepest = std::max(steepest, std::abs(out[i] - out[i - 1]));
    CHECK(steepest < 12'000);
}

TEST_CASE("no room, nothing coded")
{
    const through::pcm in(320);
    std::vector<std::uint8_t> code(159);
    CHECK(codecs::g722().make_encoder()->encode(in, code) == 0);
    CHECK(codecs::g722().make_encoder()->encode(std::span(in).first(3), code) == 0);
    through::pcm out(317);
    CHECK(codecs::g722().make_decoder()->decode(code, out) == 0);
}

TEST_CASE("a decoder that is reset has forgotten")
{
    const auto in = noise(20'000);
    std::vector<std::uint8_t> code(in.size() / 2);
    codecs::g722().make_encoder()->encode(in, code);
    const auto d = codecs::g722().make_decoder();
    through::pcm once(in.size()), twice(in.size());
    d->decode(code, once);
    d->reset();
    d->decode(code, twice);
    CHECK(once == twice);
}

TEST_CASE("what SDP says of G.722 (RFC 3551 section 4.5.2)")
{
    const auto& info = codecs::g722().info();
    CHECK(info.name == "G722");
    CHECK(info.clock_rate == 8000);
    CHECK(info.sample_rate == 16'000);
    CHECK(info.static_payload_type == 9);
}
