#include "solosip/codecs/l16.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace solosip::codecs
{

namespace
{

using media::sample;

class encoder final : public media::encoder
{
    std::size_t encode(std::span<const sample> from, std::span<std::uint8_t> to) override
    {
        if (to.size() < 2 * from.size()) return 0;
        for (std::size_t i = 0; i < from.size(); ++i)
        {
            const auto bits = static_cast<std::uint16_t>(from[i]);
            to[2 * i] = static_cast<std::uint8_t>(bits >> 8);
            to[2 * i + 1] = static_cast<std::uint8_t>(bits & 0xFF);
        }
        return 2 * from.size();
    }
};

class decoder final : public media::decoder
{
    std::size_t decode(std::span<const std::uint8_t> from, std::span<sample> to) override
    {
        const std::size_t samples = from.size() / 2;
        if (from.size() % 2 != 0 || to.size() < samples) return 0;
        for (std::size_t i = 0; i < samples; ++i)
            to[i] =
                static_cast<sample>(static_cast<std::uint16_t>(from[2 * i] << 8 | from[2 * i + 1]));
        return samples;
    }
};

class l16 final : public media::codec
{
public:
    explicit l16(std::uint32_t rate) : info_{"L16", rate, rate, 1, -1, std::size_t{rate} / 25} {}
    const media::codec_info& info() const override { return info_; }
    std::unique_ptr<media::encoder> make_encoder() const override
    {
        return std::make_unique<encoder>();
    }
    std::unique_ptr<media::decoder> make_decoder() const override
    {
        return std::make_unique<decoder>();
    }

private:
    media::codec_info info_;
};

} // namespace

const media::codec& l16_8000()
{
    static const l16 codec{8000};
    return codec;
}

const media::codec& l16_16000()
{
    static const l16 codec{16'000};
    return codec;
}

} // namespace solosip::codecs
