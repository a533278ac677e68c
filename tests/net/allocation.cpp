// A call over sockets: once it is up, its packets ask for no memory, and for no lock of ours.
#include "net/support.hpp"
#include "support/allocations.hpp"
#include "support/locks.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

#include <asio/detached.hpp>

#include <unistd.h>

using namespace solosip;
using namespace solosip::test;

TEST_CASE("the packets of a call ask for no memory")
{
    pair p;
    std::optional<std::pair<call, call>> both;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            both = co_await p.connect();
            const std::vector<std::int16_t> tune(11025, 1000);
            both->first.async_play(memory(tune, 11025, true), asio::detached);
            both->second.async_play(ringback(), asio::detached);
            co_await both->first.async_record(
                pcm_sink([](std::span<const std::int16_t>) {}, 16000));
            co_await wait(200ms); // the first packets: Asio makes its stores, the paths are found
        });
    const auto sent = both->first.stats().sent_packets;
    const auto memory = support::allocations(), locks = support::locks();
    p.io.restart();
    p.io.run_for(1s);
    const auto asked = support::allocations() - memory, locked = support::locks() - locks;
    const auto packets = both->first.stats().sent_packets - sent;
    CHECK(packets >= 30);
    CHECK(both->second.stats().received_packets >= 30);
    CHECK(asked == 0);
    // Those are Asio's own: its queue and its reactor. Were there one of ours in the path of a
    // packet, there would be another for each.
    WARN(locked << " locks for " << packets << " packets each way");
    both->first.hang_up();
    both.reset();
}
