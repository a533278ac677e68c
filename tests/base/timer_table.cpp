#include "solosip/base/timer_table.hpp"

#include "support/catch.hpp"

using namespace solosip;

namespace
{

enum class timer
{
    a,
    b,
    c,
    count
};

time_point at(int n)
{
    return time_point{} + seconds(n);
}

} // namespace

TEST_CASE("timers: the earliest is next")
{
    timer_table<timer> t;
    CHECK(!t.next());
    CHECK(!t.take_expired(at(1000)));
    t.set(timer::b, at(5));
    t.set(timer::a, at(7));
    CHECK(t.next() == at(5));
    CHECK(t.running(timer::b));
    CHECK(!t.running(timer::c));
    CHECK(t.deadline(timer::a) == at(7));
    CHECK(!t.deadline(timer::c));
    t.set(timer::b, at(9)); // set again: the old deadline is void
    CHECK(t.next() == at(7));
    t.stop(timer::a);
    CHECK(t.next() == at(9));
    t.stop_all();
    CHECK(!t.next());
}

TEST_CASE("timers: they expire in the order of their deadlines, once")
{
    timer_table<timer> t;
    t.set(timer::a, at(3));
    t.set(timer::b, at(1));
    t.set(timer::c, at(4));
    CHECK(!t.take_expired(at(0)));
    CHECK(t.take_expired(at(3)) == timer::b);
    CHECK(!t.running(timer::b));
    CHECK(t.take_expired(at(3)) == timer::a); // due exactly now
    CHECK(!t.take_expired(at(3)));
    CHECK(t.next() == at(4));
    CHECK(t.take_expired(at(100)) == timer::c);
    CHECK(!t.next());
}

TEST_CASE("timers: of equal deadlines the first enumerator")
{
    timer_table<timer> t;
    t.set(timer::c, at(1));
    t.set(timer::b, at(1));
    CHECK(t.take_expired(at(1)) == timer::b);
    CHECK(t.take_expired(at(1)) == timer::c);
}

TEST_CASE("the earlier of two deadlines")
{
    CHECK(!earlier(std::nullopt, std::nullopt));
    CHECK(earlier(at(1), std::nullopt) == at(1));
    CHECK(earlier(std::nullopt, at(1)) == at(1));
    CHECK(earlier(at(2), at(1)) == at(1));
    CHECK(earlier(at(1), at(2)) == at(1));
}
