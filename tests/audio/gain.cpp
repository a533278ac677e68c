#include "audio/gain.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;
using namespace std::chrono_literals;

TEST_CASE("gain in decibels")
{
    const double db = GENERATE(-40.0, -6.0, -0.5, 0.0, 3.0, 12.0);
    CAPTURE(db);
    const auto sound = play(opened(with_gain(tone(1000, 1s, 20), db)), 8000);
    REQUIRE(sound.size() == 8000);
    CHECK(measure(sound, 8000, 1000).level == Approx(-20 + db).margin(0.2));
}

TEST_CASE("what is too loud is clipped, not turned over")
{
    const auto sound = play(opened(with_gain(memory(samples{30000, -30000, 100}, 8000), 20)), 8000);
    CHECK(sound == samples{32767, -32768, 1000});
    CHECK(play(opened(with_gain(memory(samples{30000, 1}, 8000), 1e9)), 8000) ==
          samples{32767, 100});
    CHECK(play(opened(with_gain(memory(samples{30000, 1}, 8000), -1e9)), 8000) == samples{0, 0});
    CHECK(play(opened(with_gain(memory(samples{30000, 1}, 8000), std::nan(""))), 8000) ==
          samples{30000, 1});
}

TEST_CASE("the errors of what is made louder stay its errors")
{
    const auto made = open(with_gain("/nowhere/bell.wav", 6));
    REQUIRE(std::get_if<failure>(&made));
    CHECK(std::get_if<failure>(&made)->code == errc::no_such_file);
}
