// Prints docs/media.md's table: what is heard of a voice through losses and jitter. Not a test.
#include "media/through_network.hpp"

#include "support/catch.hpp"

#include <cstdio>

TEST_CASE("table of what is heard", "[.table]")
{
    std::printf(
        "| loss | jitter | delay | late | concealed | silent |\n|---|---|---|---|---|---|\n");
    for (const unsigned loss : {0u, 1u, 5u, 10u, 20u})
        for (const int jitter : {0, 20, 50, 100})
        {
            rig::network n;
            n.loss = loss;
            n.jitter = solosip::milliseconds(jitter);
            const auto r = rig::heard_through(n, solosip::seconds(600));
            const double all = 600'000;
            std::printf("| %u %% | %d ms | %d ms | %.2f %% | %.2f %% | %.2f %% |\n", loss, jitter,
                        static_cast<int>(r.stats.delay.count()),
                        100.0 * static_cast<double>(r.stats.late_packets) * 20 / all,
                        100.0 * static_cast<double>(r.stats.concealed.count()) / all,
                        100.0 * static_cast<double>(r.silent_ms) / all);
        }
}
