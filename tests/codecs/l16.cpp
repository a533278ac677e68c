#include "solosip/codecs/l16.hpp"

#include "codecs/support.hpp"
#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("L16 changes nothing, and has the network's order")
{
    const auto& c = GENERATE(true, false) ? codecs::l16_8000() : codecs::l16_16000();
    const std::uint32_t rate = c.info().sample_rate;
    CHECK(c.info().max_bytes_per_20ms == rate / 50 * 2);
    const auto in = through::sine(440, 32767, rate, rate);
    CHECK(through::codec(c, in) == in);
    const through::pcm few{0x0102, -2};
    std::vector<std::uint8_t> octets(4);
    CHECK(c.make_encoder()->encode(few, octets) == 4);
    CHECK(octets == std::vector<std::uint8_t>{1, 2, 0xFF, 0xFE});
}

TEST_CASE("half a sample is no L16")
{
    const std::vector<std::uint8_t> octets(5);
    through::pcm out(10);
    const auto d = codecs::l16_8000().make_decoder();
    CHECK(d->decode(octets, out) == 0);
    CHECK(d->decode(std::span(octets).first(4), std::span(out).first(1)) == 0);
    std::vector<std::uint8_t> small(3);
    CHECK(codecs::l16_8000().make_encoder()->encode(std::span(out).first(2), small) == 0);
}
