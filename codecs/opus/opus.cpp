#include "solosip/codecs/opus.hpp"

#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include <opus.h>

namespace solosip::codecs
{

namespace
{

using media::sample;

constexpr int rate = 48'000;
constexpr int bit_rate = 32'000; // full band voice (RFC 7587 section 3.1.1)
// The longest packet of RFC 6716 section 3.2.1.
constexpr std::size_t largest_frame = 1275;

template <class T>
T* checked(T* made, int error)
{
    if (made == nullptr || error != OPUS_OK) throw std::bad_alloc();
    return made;
}

struct destroy
{
    void operator()(OpusEncoder* e) const { opus_encoder_destroy(e); }
    void operator()(OpusDecoder* d) const { opus_decoder_destroy(d); }
};

class encoder final : public media::encoder
{
public:
    encoder()
    {
        int error = OPUS_OK;
        OpusEncoder* const made = opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, &error);
        encoder_.reset(checked(made, error));
        opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(bit_rate));
        // Half of what it could do is enough, and a third of the work.
        opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(5));
    }
    std::size_t encode(std::span<const sample> from, std::span<std::uint8_t> to) override
    {
        const auto n = opus_encode(encoder_.get(), from.data(), static_cast<int>(from.size()),
                                   to.data(), static_cast<opus_int32>(to.size()));
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }

private:
    std::unique_ptr<OpusEncoder, destroy> encoder_;
};

class decoder final : public media::decoder
{
public:
    decoder()
    {
        int error = OPUS_OK;
        OpusDecoder* const made = opus_decoder_create(rate, 1, &error);
        decoder_.reset(checked(made, error));
    }
    std::size_t decode(std::span<const std::uint8_t> from, std::span<sample> to) override
    {
        if (from.empty()) return 0;
        const int n = opus_decode(decoder_.get(), from.data(), static_cast<opus_int32>(from.size()),
                                  to.data(), static_cast<int>(to.size()), 0);
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    void reset() override { opus_decoder_ctl(decoder_.get(), OPUS_RESET_STATE); }

private:
    std::unique_ptr<OpusDecoder, destroy> decoder_;
};

class opus_codec final : public media::codec
{
public:
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
    media::codec_info info_{"opus", rate, rate, 2, -1, largest_frame, true};
};

} // namespace

const media::codec& opus()
{
    static const opus_codec codec;
    return codec;
}

} // namespace solosip::codecs
