#include "dtmf/merger.hpp"

#include "support/catch.hpp"

using namespace solosip;

namespace
{

struct fixture
{
    dtmf::merger m;
    time_point now{seconds(100)};
    bool press(char key, unsigned method, int later = 0, int length = 0)
    {
        now += milliseconds(later);
        return m.is_new(key, method, milliseconds(length), now);
    }
};

} // namespace

TEST_CASE("the same press by two methods is one")
{
    fixture f;
    CHECK(f.press('1', 0));
    CHECK(!f.press('1', 1, 20));
    CHECK(!f.press('1', 2, 20));
}

TEST_CASE("presses of one method are each their own")
{
    fixture f;
    for (int i = 0; i < 100; ++i)
        CHECK(f.press('1', 0, 80));
}

TEST_CASE("a key pressed again and again by both methods, in any order")
{
    fixture f;
    int heard = 0;
    for (int i = 0; i < 50; ++i)
    {
        const bool other_first = i % 3 == 0;
        heard += f.press('1', other_first ? 1 : 0, 150);
        heard += f.press('1', other_first ? 0 : 1, 10);
    }
    CHECK(heard == 50);
}

TEST_CASE("all of one method, then all of the other")
{
    fixture f;
    int heard = 0;
    for (const unsigned method : {0u, 1u})
        for (const char key : {'1', '1', '2', '1'})
            heard += f.press(key, method, 100);
    CHECK(heard == 4);
}

TEST_CASE("a while later it is another press")
{
    fixture f;
    CHECK(f.press('1', 0));
    CHECK(f.press('1', 1, 1600));
    CHECK(f.press('2', 0));
}

TEST_CASE("a long press that one method tells at its beginning, the other at its end")
{
    fixture f;
    CHECK(f.press('1', 1));
    CHECK(!f.press('1', 0, 2000, 2000));
    // The same key again, long too; then a short one.
    CHECK(f.press('1', 1, 100));
    CHECK(!f.press('1', 0, 5000, 4900));
    CHECK(f.press('1', 0, 2000, 100));
    CHECK(!f.press('1', 1, 50));
}

TEST_CASE("a long press is not one that was over before it began")
{
    fixture f;
    CHECK(f.press('1', 1));
    CHECK(f.press('1', 0, 5000, 2000));
}
