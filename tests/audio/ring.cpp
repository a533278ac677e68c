#include "audio/ring.hpp"

#include "support/catch.hpp"

using solosip::audio::ring;
using solosip::media::sample;

TEST_CASE("a ring gives back what it took, in order, whatever the sizes")
{
    ring r;
    r.resize(7);
    sample next_in = 0, next_out = 0;
    for (int round = 0; round < 200; ++round)
    {
        sample in[10], out[10];
        const auto wanted = static_cast<std::size_t>(round % 10 + 1);
        for (std::size_t i = 0; i < wanted; ++i)
            in[i] = static_cast<sample>(next_in + static_cast<sample>(i));
        const auto space = r.space();
        const auto taken = r.push({in, wanted});
        CHECK(taken == std::min(wanted, space));
        next_in = static_cast<sample>(next_in + static_cast<sample>(taken));
        const auto given = r.pop({out, static_cast<std::size_t>(round * 7 % 10)});
        for (std::size_t i = 0; i < given; ++i)
            CHECK(out[i] == next_out++);
        CHECK(r.size() == static_cast<std::size_t>(next_in - next_out));
    }
    r.clear();
    CHECK(r.size() == 0);
    CHECK(r.space() == 7);
}

TEST_CASE("a ring forgets the oldest")
{
    ring r;
    r.resize(5);
    const sample in[] = {1, 2, 3, 4, 5};
    CHECK(r.push(in) == 5);
    r.drop(2);
    CHECK(r.push({in, 1}) == 1);
    sample out[5] = {};
    CHECK(r.pop(out) == 4);
    CHECK((out[0] == 3 && out[2] == 5 && out[3] == 1));
    r.drop(7);
    CHECK(r.size() == 0);
}

TEST_CASE("a ring without capacity takes and gives nothing")
{
    ring r;
    sample one[1] = {1};
    CHECK(r.push(one) == 0);
    CHECK(r.pop(one) == 0);
    r.drop(1);
}
