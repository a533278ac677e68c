#include "solosip/codecs/opus.hpp"

#include "codecs/support.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace solosip;

TEST_CASE("Opus carries a tone at 48 kHz")
{
    const auto out = through::codec(codecs::opus(), through::sine(440, 8000, 48'000, 48'000));
    CHECK(out.size() == 48'000);
    CHECK(through::snr(out, 440, 48'000) > 15);
}

TEST_CASE("what SDP says of Opus (RFC 7587 section 7)")
{
    const auto& info = codecs::opus().info();
    CHECK(info.name == "opus");
    CHECK(info.clock_rate == 48'000);
    CHECK(info.channels == 2);
    CHECK(info.static_payload_type == -1);
}

TEST_CASE("bytes that are no Opus are nothing")
{
    const auto d = codecs::opus().make_decoder();
    through::pcm out(5760);
    CHECK(d->decode({}, out) == 0);
    const std::vector<std::uint8_t> wild{0xFF, 0xFF, 0xFF};
    CHECK(d->decode(wild, out) == 0);
    d->reset();
}
