#include "media/guard.hpp"

#include <algorithm>

namespace solosip::media
{

void guard::configure(const srtp_transform* transform, const std::optional<srtp_keys>& keys,
                      std::uint32_t ssrc)
{
    if (!keys)
    {
        works_.reset();
        return;
    }
    const bool first = works_ == nullptr;
    if (first) works_ = std::make_unique<works>();
    works& w = *works_;
    if (transform == nullptr) return;
    if (first || w.keys.send != keys->send) w.out = transform->make_sealer(keys->send, ssrc);
    if (first || w.keys.receive != keys->receive) w.in = transform->make_opener(keys->receive);
    w.keys = *keys;
}

std::size_t guard::seal(std::span<std::uint8_t> buffer, std::size_t size, bool report)
{
    if (!works_ || size == 0) return size;
    if (!works_->out) return 0;
    return report ? works_->out->seal_report(buffer, size) : works_->out->seal(buffer, size);
}

std::span<const std::uint8_t> guard::open(std::span<const std::uint8_t> packet, bool report)
{
    if (!works_) return packet;
    works& w = *works_;
    std::size_t size = 0;
    if (w.in && packet.size() <= w.packet.size())
    {
        std::copy(packet.begin(), packet.end(), w.packet.begin());
        const auto mine = std::span(w.packet).first(packet.size());
        size = report ? w.in->open_report(mine) : w.in->open(mine);
    }
    if (size == 0) ++refused_;
    return std::span(w.packet).first(size);
}

} // namespace solosip::media
