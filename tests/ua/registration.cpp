#include "ua/registration.hpp"

#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("a binding is refreshed while there is time for two REGISTERs to fail")
{
    struct row
    {
        int granted, refresh;
    };
    const row rows[] = {
        {3600, 3240}, {600, 540}, {300, 260}, {120, 80}, {60, 30}, {30, 15}, {2, 1}, {1, 1}, {0, 1},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.granted);
        CHECK(ua::refresh_after(seconds(r.granted)) == seconds(r.refresh));
    }
}

TEST_CASE("the wait after failures doubles up to a ceiling, with jitter (RFC 5626 section 4.5)")
{
    seeded_random random(7);
    const milliseconds least{2'000}, most{300'000};
    for (int failures = 0; failures < 40; ++failures)
    {
        const auto upper = failures < 8 ? least * (1 << failures) : most;
        bool all_equal = true;
        const auto first = ua::back_off(failures, least, most, random);
        for (int i = 0; i < 50; ++i)
        {
            const auto wait = ua::back_off(failures, least, most, random);
            CHECK(wait >= std::min(upper, most) / 2);
            CHECK(wait <= std::min(upper, most));
            all_equal = all_equal && wait == first;
        }
        CHECK_FALSE(all_equal);
    }
}
