#include "solosip/base/result.hpp"

#include "support/catch.hpp"

#include <memory>
#include <string>

using namespace solosip;

namespace
{

result<int> half_of(int n)
{
    if (n % 2) return error{errc::bad_number, 3};
    return n / 2;
}

result<void> succeed_if(bool yes)
{
    if (!yes) return errc::too_many;
    return {};
}

} // namespace

TEST_CASE("a result is a value or a reason")
{
    const auto good = half_of(8);
    REQUIRE(good);
    CHECK(good.has_value());
    CHECK(*good == 4);
    CHECK(good.value() == 4);
    CHECK(good.value_or(9) == 4);

    const auto bad = half_of(7);
    REQUIRE(!bad);
    CHECK(bad.code() == errc::bad_number);
    CHECK(bad.error().offset == 3);
    CHECK(bad.error() == error{errc::bad_number, 3});
    CHECK(bad.value_or(9) == 9);
}

TEST_CASE("a result of nothing")
{
    CHECK(succeed_if(true));
    const auto bad = succeed_if(false);
    REQUIRE(!bad);
    CHECK(bad.code() == errc::too_many);
    CHECK(bad.error().offset == 0);
}

TEST_CASE("values can be moved out and changed in place")
{
    result<std::unique_ptr<int>> owner(std::make_unique<int>(5));
    CHECK(**owner == 5);
    const std::unique_ptr<int> taken = std::move(owner).value();
    CHECK(*taken == 5);

    result<std::string> text(std::string("ab"));
    text->push_back('c');
    *text += 'd';
    CHECK(text.value() == "abcd");
    text = errc::truncated;
    CHECK(text.code() == errc::truncated);
}
