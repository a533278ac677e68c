// Any octets as G.722: as many samples as there must be, the same ones each time, and what is
// decoded can be coded again.
#include "solosip/codecs/g722.hpp"
#include "fuzz/property.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using namespace solosip;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::span<const std::uint8_t> code(data, size);
    const auto decoder = codecs::g722().make_decoder();
    std::vector<media::sample> pcm(2 * size), again(2 * size);
    require(decoder->decode(code, pcm) == pcm.size(), "an octet is two samples");
    decoder->reset();
    // In pieces as packets come.
    for (std::size_t at = 0; at < size; at += 160)
    {
        const auto piece = code.subspan(at, std::min<std::size_t>(160, size - at));
        decoder->decode(piece, std::span(again).subspan(2 * at));
    }
    require(pcm == again, "pieces make no difference");

    std::vector<std::uint8_t> back(size);
    const auto encoder = codecs::g722().make_encoder();
    require(encoder->encode(pcm, back) == size, "two samples are an octet");
    // Any bits are samples as well.
    std::vector<media::sample> wild(size / 4 * 2);
    for (std::size_t i = 0; i < wild.size(); ++i)
        wild[i] = static_cast<media::sample>(
            static_cast<std::uint16_t>(data[2 * i] << 8 | data[2 * i + 1]));
    require(encoder->encode(wild, back) == wild.size() / 2, "whatever they are");
    return 0;
}
