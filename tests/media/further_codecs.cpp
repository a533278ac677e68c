// Several codecs of one stream: what stands in an answer may come, from packet to packet.
#include "media/listener.hpp"
#include "solosip/codecs/g711.hpp"

#include <algorithm>
#include <array>

using namespace solosip;

namespace
{

/// Of another sample rate, as G.722 is.
class wide_codec final : public media::codec
{
public:
    const media::codec_info& info() const override { return info_; }
    std::unique_ptr<media::encoder> make_encoder() const override { return nullptr; }
    std::unique_ptr<media::decoder> make_decoder() const override { return nullptr; }

private:
    media::codec_info info_{"wide", 8000, 16'000, 1, 9, 160};
};

} // namespace

TEST_CASE("each packet is decoded by its codec, where several are agreed (RFC 3264 section 5.1)")
{
    rig::listener f;
    const wide_codec wide;
    auto how = rig::alaw_stream();
    how.further = {{{&codecs::pcmu(), 0}, {&wide, 9}}};
    f.s.start(how);
    for (const auto type : std::array<std::uint8_t, 4>{8, 0, 8, 0})
    {
        f.peer.payload_type = type;
        f.hear(f.peer.audio(type == 8 ? 0xAA : 0x80)); // the loudest of each
        f.s.run(milliseconds(20));
    }
    f.peer.payload_type = 9; // of another sample rate
    const auto ignored = f.s.media.stats().ignored_packets;
    f.hear(f.peer.audio(0));
    CHECK(f.s.media.stats().ignored_packets == ignored + 1);
    f.s.run(milliseconds(200));
    for (const int loudest : {32256, 32124})
        CHECK(std::count(f.tape->pcm.begin(), f.tape->pcm.end(), loudest) >= 2 * 150);
    // Without them, only the first is heard.
    f.s.start(rig::alaw_stream());
    f.peer.payload_type = 0;
    f.hear(f.peer.audio(0x80));
    CHECK(f.s.media.stats().ignored_packets == ignored + 2);
}
