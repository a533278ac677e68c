#include "rtp/fixed_queue.hpp"

#include "support/catch.hpp"

#include <memory>

using solosip::rtp::fixed_queue;

TEST_CASE("a fixed queue goes round its room in order")
{
    fixed_queue<int, 3> q;
    CHECK(q.empty());
    CHECK(!q.take());
    int next_in = 0, next_out = 0;
    for (int round = 0; round < 10; ++round)
    {
        while (q.push(next_in))
            ++next_in;
        CHECK(q.full());
        CHECK(q.size() == 3);
        CHECK(q[2] == next_in - 1);
        CHECK(q.take() == next_out++);
        CHECK(q.front() == next_out);
        CHECK(q.take() == next_out++);
    }
}

TEST_CASE("a fixed queue lets go of what is taken")
{
    fixed_queue<std::shared_ptr<int>, 2> q;
    const auto value = std::make_shared<int>(1);
    q.push(value);
    q.push(value);
    q.pop();
    q.take();
    CHECK(value.use_count() == 1);
}
