// What is played is what arrives: a sine through each codec, against what theory says of it.
#include "codecs/support.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/codecs/g722.hpp"
#include "solosip/codecs/l16.hpp"
#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("the noise of each codec is what its number of bits leaves")
{
    struct row
    {
        const media::codec* codec;
        double amplitude, least, most;
    };
    // G.711: 4 bits of mantissa, about 38 dB from full scale down to -40 dB (G.712 wants 33).
    // L16: 6.02 * 16 + 1.76 = 98.1 dB at full scale. G.722: about 6 bits below 4 kHz.
    const auto r =
        GENERATE(row{&codecs::pcma(), 30'000, 36, 41}, row{&codecs::pcma(), 1'000, 35, 41},
                 row{&codecs::pcmu(), 30'000, 36, 41}, row{&codecs::pcmu(), 1'000, 33, 41},
                 row{&codecs::l16_8000(), 32'767, 97, 99},
                 row{&codecs::l16_16000(), 32'767, 97, 99}, row{&codecs::g722(), 10'000, 35, 60});
    const std::uint32_t rate = r.codec->info().sample_rate;
    CAPTURE(r.codec->info().name, r.amplitude, rate);
    // No fraction of the rate, so that all levels are met.
    constexpr double hz = 811.37;
    const double db = through::snr(
        through::codec(*r.codec, through::sine(hz, r.amplitude, rate, 20 * rate)), hz, rate);
    CHECK(db > r.least);
    CHECK(db < r.most);
}
