// A transform with all the habits of SRTP - keys, tags, rollover counters, replays - and no
// security: simulations need no library for it, and can count what it was asked for.
#pragma once

#include "solosip/media/srtp.hpp"

#include <cstring>
#include <map>

namespace support
{

class toy_srtp final : public solosip::media::srtp_transform
{
public:
    using bytes = std::span<std::uint8_t>;
    static constexpr std::size_t tag_bytes = 10;

    std::unique_ptr<solosip::media::sealer> make_sealer(const solosip::srtp_key& key,
                                                        std::uint32_t) const override
    {
        ++sealers;
        return std::make_unique<toy_sealer>(key);
    }
    std::unique_ptr<solosip::media::opener> make_opener(const solosip::srtp_key& key) const override
    {
        ++openers;
        return std::make_unique<toy_opener>(key);
    }

    mutable int sealers = 0, openers = 0; ///< made so far: one more for each new context

private:
    struct stream
    {
        bool begun = false;
        std::uint64_t highest = 0; ///< with the rollover counter
        std::uint64_t seen = 0;    ///< a bit for each of the latest 64
    };

    class crypt
    {
    public:
        explicit crypt(const solosip::srtp_key& key) : key_(key) {}
        void apply(bytes packet, std::size_t from, std::uint64_t index) const
        {
            for (std::size_t i = from; i < packet.size(); ++i)
                packet[i] ^= static_cast<std::uint8_t>(mixed(index * 4096 + i, 0) >> 13);
        }
        std::uint64_t tag(std::span<const std::uint8_t> packet, std::uint64_t index) const
        {
            std::uint64_t h = mixed(index, 1);
            for (const auto b : packet)
                h = (h ^ b) * 0x100000001B3u;
            return h;
        }

    private:
        std::uint64_t mixed(std::uint64_t n, unsigned salt) const
        {
            std::uint64_t h = 0xCBF29CE484222325u + salt;
            for (const auto b : key_.used())
                h = (h ^ b) * 0x100000001B3u;
            return (h ^ n) * 0x9E3779B97F4A7C15u;
        }
        solosip::srtp_key key_;
    };

    static std::uint32_t word(std::span<const std::uint8_t> p, std::size_t at)
    {
        return std::uint32_t{p[at]} << 24 | std::uint32_t{p[at + 1]} << 16 |
               std::uint32_t{p[at + 2]} << 8 | p[at + 3];
    }
    static std::uint64_t index_of(const stream& s, std::span<const std::uint8_t> p)
    {
        const auto sequence = static_cast<std::uint16_t>(p[2] << 8 | p[3]);
        if (!s.begun) return sequence;
        const auto ahead =
            static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - s.highest));
        return s.highest + static_cast<std::uint64_t>(static_cast<std::int64_t>(ahead));
    }

    class toy_sealer final : public solosip::media::sealer
    {
    public:
        explicit toy_sealer(const solosip::srtp_key& key) : crypt_(key) {}
        std::size_t seal(bytes buffer, std::size_t size) override { return run(buffer, size, 12); }
        std::size_t seal_report(bytes buffer, std::size_t size) override
        {
            return run(buffer, size, 8);
        }

    private:
        std::size_t run(bytes buffer, std::size_t size, std::size_t from)
        {
            if (size < from || buffer.size() < size + tag_bytes) return 0;
            const bool report = from == 8;
            const std::uint64_t index = report ? 1u << 31 : index_of(stream_, buffer);
            if (!report) stream_ = {true, index, 0};
            crypt_.apply(buffer.first(size), from, index);
            const auto tag = crypt_.tag(buffer.first(size), index);
            std::memset(buffer.data() + size, 0, tag_bytes);
            std::memcpy(buffer.data() + size, &tag, sizeof tag);
            return size + tag_bytes;
        }
        crypt crypt_;
        stream stream_;
    };

    class toy_opener final : public solosip::media::opener
    {
    public:
        explicit toy_opener(const solosip::srtp_key& key) : crypt_(key) {}
        std::size_t open(bytes packet) override { return run(packet, 12); }
        std::size_t open_report(bytes packet) override { return run(packet, 8); }

    private:
        std::size_t run(bytes packet, std::size_t from)
        {
            if (packet.size() < from + tag_bytes) return 0;
            const bool report = from == 8;
            stream& s = streams_[word(packet, 8)];
            const std::uint64_t index = report ? 1u << 31 : index_of(s, packet);
            const auto size = packet.size() - tag_bytes;
            const auto tag = crypt_.tag(packet.first(size), index);
            if (std::memcmp(packet.data() + size, &tag, sizeof tag) != 0) return 0;
            if (!report && !is_new(s, index)) return 0;
            crypt_.apply(packet.first(size), from, index);
            return size;
        }
        static bool is_new(stream& s, std::uint64_t index)
        {
            if (!s.begun || index > s.highest)
            {
                const auto ahead = s.begun ? index - s.highest : 64;
                s.seen = (ahead < 64 ? s.seen << ahead : 0) | 1;
                s.highest = index;
                s.begun = true;
                return true;
            }
            const auto behind = s.highest - index;
            if (behind >= 64 || (s.seen >> behind & 1) != 0) return false;
            s.seen |= std::uint64_t{1} << behind;
            return true;
        }
        crypt crypt_;
        std::map<std::uint32_t, stream> streams_;
    };
};

} // namespace support
