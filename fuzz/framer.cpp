// A stream of bytes: the same frames however it is cut, each a message that the datagram parser
// takes whole, and all bytes accounted for. The first byte says how the stream is cut.
#include "solosip/sip/framer.hpp"
#include "fuzz/property.hpp"
#include "solosip/sip/message_view.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;
using fuzz::require;

namespace
{

struct outcome
{
    std::vector<std::string> messages;
    errc code{};

    friend bool operator==(const outcome&, const outcome&) = default;
};

// Keep-alives are left out: half a ping is a pong until its other half comes.
outcome run(std::string_view stream, std::size_t piece)
{
    constexpr std::size_t limit = 4'000;
    framer f(limit);
    outcome all;
    while (!stream.empty())
    {
        const std::size_t size = std::min(piece, stream.size());
        f.push(stream.substr(0, size));
        stream.remove_prefix(size);
        for (;;)
        {
            const auto next = f.next();
            if (!next)
            {
                require(f.next().code() == next.code(), "an error is final");
                all.code = next.code();
                return all;
            }
            if (!*next) break;
            require(!(*next)->bytes.empty(), "no empty frame");
            if ((*next)->what == frame::kind::message) all.messages.emplace_back((*next)->bytes);
        }
        require(f.rejected().empty(), "nothing is rejected without an error");
        require(f.buffered() <= limit, "what waits is bounded");
    }
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const outcome whole = run(stream, size);
    require(run(stream, 1) == whole, "byte by byte is the same as at once");
    require(run(stream, data[0] % 97u + 2) == whole, "any pieces are the same as at once");
    for (const std::string& bytes : whole.messages)
    {
        message_view m;
        require(m.parse(bytes).has_value(), "a framed message parses");
        require(!m.body_truncated(), "a framed message is whole");
        require(m.bytes().data() + m.bytes().size() == bytes.data() + bytes.size(),
                "datagram and stream agree where a message ends");
    }
    return 0;
}
