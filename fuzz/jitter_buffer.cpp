// Packets, clocks and plays in any order: what is given out stands in order, never twice, and lies
// in what was put in; the delay stays below its ceiling.
#include "rtp/jitter_buffer.hpp"
#include "fuzz/property.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

using namespace solosip;
using fuzz::require;

namespace
{

constexpr std::uint32_t frame = 160;

struct state
{
    state() { buffer.reset(8000); }

    rtp::jitter_buffer buffer;
    time_point now{seconds(100)};
    std::uint32_t timestamp = 0xFFFFF000;
    std::optional<std::uint32_t> last_played;

    void put(std::uint8_t what, std::uint8_t how)
    {
        timestamp += static_cast<std::uint32_t>(static_cast<std::int8_t>(what)) * 80;
        if (how == 255) timestamp ^= 0x40000000;
        const std::array<std::uint8_t, 4> payload{
            static_cast<std::uint8_t>(timestamp >> 24), static_cast<std::uint8_t>(timestamp >> 16),
            static_cast<std::uint8_t>(timestamp >> 8), static_cast<std::uint8_t>(timestamp)};
        rtp::packet p;
        p.timestamp = timestamp;
        p.payload_type = how & 0x7F;
        p.payload = payload;
        const std::uint32_t clock = buffer.clock();
        const bool begun = buffer.begun();
        const auto v = buffer.insert(p, now, milliseconds(how % 4 == 0 ? how : 0));
        // A time line that is laid anew may begin anywhere.
        if (!begun || buffer.clock() != clock) last_played.reset();
        require(v == rtp::jitter_buffer::verdict::stored || buffer.begun(), "it has begun");
        require(buffer.size() <= limits::jitter_packets, "no more than its room");
        require(buffer.actual() <= rtp::jitter_buffer::ceiling, "the delay has a ceiling");
    }

    void play()
    {
        now += milliseconds(20);
        const auto next = buffer.front();
        if (!next || next->ahead > 0)
        {
            if (buffer.begun()) buffer.advance(frame);
            return;
        }
        require(next->payload.size() == 4, "a payload is whole");
        const auto b = next->payload;
        const std::uint32_t is =
            std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
        require(is == buffer.clock() + static_cast<std::uint32_t>(next->ahead),
                "a payload belongs to its timestamp");
        require(!last_played || static_cast<std::int32_t>(is - *last_played) > 0,
                "in order, and never twice");
        last_played = is;
        buffer.pop(frame);
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    state s;
    for (std::size_t i = 0; i + 1 < size; i += 2)
        switch (data[i] % 4)
        {
        case 0: s.play(); break;
        case 1: s.now += milliseconds(data[i + 1]); break;
        default: s.put(data[i + 1], data[i]); break;
        }
    return 0;
}
