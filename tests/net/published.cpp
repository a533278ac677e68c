#include "net/published.hpp"

#include "support/catch.hpp"

#include <thread>

using solosip::net::published;

namespace
{

struct three
{
    std::uint64_t a = 1, b = 1;
    std::uint32_t c = 1;
};

} // namespace

TEST_CASE("what is read was written in one piece")
{
    published<three> value;
    CHECK(value.load().c == 1);
    std::thread writer(
        [&]
        {
            for (std::uint32_t i = 2; i <= 200'000; ++i)
                value.store({i, std::uint64_t{i} << 32 | i, i});
        });
    bool whole = true;
    std::uint64_t last = 0;
    for (three t = value.load(); t.c < 200'000; t = value.load())
    {
        whole = whole && t.a == t.c && (t.a == 1 || t.b == (t.a << 32 | t.a)) && t.a >= last;
        last = t.a;
    }
    writer.join();
    CHECK(whole);
    CHECK(value.load().a == 200'000);
}
