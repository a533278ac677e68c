// Prints docs/media.md's table: what is heard of a voice through losses and jitter. Not a test.
#include "media/through_network.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cstdio>

namespace
{

using namespace solosip;

/// The delay is measured: by clicks, from the first sample of a packet that nothing held up to the
/// ear.
void row(const char* more, const rig::network& n)
{
    auto listened = n;
    listened.marks = true;
    auto clicks = rig::heard_through(listened, seconds(600)).delays;
    REQUIRE(clicks.size() > 300);
    std::sort(clicks.begin(), clicks.end());
    const auto r = rig::heard_through(n, seconds(600));
    const double all = 600'000;
    std::printf("| %u %% | %d ms | %s | %.0f ms | %.0f ms | %.2f %% | %.2f %% | %.2f %% |\n",
                n.loss, static_cast<int>(n.jitter.count()), more, clicks[clicks.size() / 2],
                clicks[clicks.size() * 99 / 100],
                100.0 * static_cast<double>(r.stats.late_packets) *
                    static_cast<double>(n.packet.count()) / all,
                100.0 * static_cast<double>(r.stats.concealed.count()) / all,
                100.0 * static_cast<double>(r.silent_ms) / all);
}

} // namespace

TEST_CASE("table of what is heard", "[.table]")
{
    std::printf("| loss | jitter | | delay | the longest but 1 %% | late | concealed | silent |\n"
                "|---|---|---|---|---|---|---|---|\n");
    rig::network n;
    for (const unsigned loss : {0u, 1u, 5u, 10u, 20u})
        for (const int jitter : {0, 20, 50, 100})
        {
            n.loss = loss;
            n.jitter = milliseconds(jitter);
            row("", n);
        }
    n.loss = 1;
    for (const int jitter : {0, 50})
    {
        n.jitter = milliseconds(jitter);
        auto m = n;
        m.twice = 10;
        row("10 % come twice", m);
        m = n;
        m.overtaken = 10;
        row("10 % are overtaken", m);
        m = n;
        m.packet = milliseconds(40);
        row("packets of 40 ms", m);
        m.packet = milliseconds(100);
        row("packets of 100 ms", m);
    }
}
