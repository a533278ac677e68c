#include "media/play_queue.hpp"

#include "media/rig.hpp"

#include <numeric>

using namespace solosip;
using rig::counting;

namespace
{

struct fixture
{
    media::play_queue queue;
    std::vector<int> finished; ///< positive: complete

    fixture() { queue.set_rate(8000); }

    /// Frames of 160 as one piece.
    std::vector<media::sample> play(int frames)
    {
        std::vector<media::sample> all;
        for (int i = 0; i < frames; ++i)
        {
            std::vector<media::sample> frame(160, 12345);
            queue.fill(frame);
            all.insert(all.end(), frame.begin(), frame.end());
            while (const auto f = queue.poll_finished())
                finished.push_back(f->complete ? static_cast<int>(f->item)
                                               : -static_cast<int>(f->item));
        }
        return all;
    }
};

/// `before` zeros, then a count from 1 to `count`, then zeros up to `total`.
std::vector<media::sample> expected(std::size_t before, int count, std::size_t total)
{
    std::vector<media::sample> all(total, 0);
    std::iota(all.begin() + static_cast<int>(before),
              all.begin() + static_cast<int>(before) + count, media::sample{1});
    return all;
}

} // namespace

TEST_CASE("silence where nothing plays")
{
    fixture f;
    CHECK(f.queue.empty());
    CHECK(f.play(2) == expected(0, 0, 320));
}

TEST_CASE("sounds follow each other without a seam")
{
    const bool knows = GENERATE(true, false);
    CAPTURE(knows);
    fixture f;
    const std::vector<int> lengths{1, 159, 160, 161, 7, 320, 500};
    int first = 1;
    for (int length : lengths)
    {
        REQUIRE(f.queue.append(std::make_unique<counting>(first, length, knows), milliseconds(0)));
        first += length;
    }
    CHECK(f.play(10) == expected(0, first - 1, 1600));
    CHECK(f.finished == std::vector<int>{1, 2, 3, 4, 5, 6, 7});
    CHECK(f.queue.empty());
}

TEST_CASE("a sound is finished with the frame that holds its last sample")
{
    fixture f;
    REQUIRE(f.queue.append(std::make_unique<counting>(1, 160), milliseconds(0)));
    REQUIRE(f.queue.append(std::make_unique<counting>(1, 161), milliseconds(0)));
    f.play(1);
    CHECK(f.finished == std::vector<int>{1});
    f.play(1);
    CHECK(f.finished == std::vector<int>{1});
    f.play(1);
    CHECK(f.finished == std::vector<int>{1, 2});
}

TEST_CASE("gaps are silence, to the sample")
{
    fixture f;
    REQUIRE(f.queue.append(std::make_unique<counting>(1, 100), milliseconds(25))); // 200 samples
    CHECK(f.play(3) == expected(200, 100, 480));

    REQUIRE(f.queue.append(std::make_unique<counting>(1, 10), milliseconds(0)));
    REQUIRE(f.queue.append(std::make_unique<counting>(11, 10), milliseconds(1)));
    auto want = expected(0, 20, 160);
    want.insert(want.begin() + 10, 8, media::sample{0});
    want.resize(160);
    CHECK(f.play(1) == want);

    REQUIRE(f.queue.append(std::make_unique<counting>(1, 10), milliseconds(-5)));
    CHECK(f.play(1) == expected(0, 10, 160));
}

TEST_CASE("a late source makes silence and goes on")
{
    struct late final : media::source
    {
        int asked = 0;
        void prepare(std::uint32_t) override {}
        std::size_t read(std::span<media::sample> to) override
        {
            ++asked;
            std::fill(to.begin(), to.end(), media::sample{7});
            return asked == 2 ? 40 : asked == 3 ? 0 : to.size();
        }
        bool finished() const override { return asked == 4; }
    };
    fixture f;
    REQUIRE(f.queue.append(std::make_unique<late>(), milliseconds(0)));
    const auto heard = f.play(5);
    CHECK(std::count(heard.begin(), heard.end(), 7) == 160 + 40 + 160);
    CHECK(heard[200] == 0);
    CHECK(heard[480] == 7);
    CHECK(heard[640] == 0);
    CHECK(f.finished == std::vector<int>{1});
}

TEST_CASE("a source that claims more than it was asked for does no harm")
{
    struct liar final : media::source
    {
        bool done = false;
        void prepare(std::uint32_t) override {}
        std::size_t read(std::span<media::sample>) override
        {
            done = true;
            return 1'000'000;
        }
        bool finished() const override { return done; }
    };
    fixture f;
    REQUIRE(f.queue.append(std::make_unique<liar>(), milliseconds(0)));
    f.play(1);
    CHECK(f.finished == std::vector<int>{1});
}

TEST_CASE("sounds of no length finish at once")
{
    fixture f;
    for (int i = 0; i < 5; ++i)
        REQUIRE(f.queue.append(std::make_unique<counting>(1, 0, false), milliseconds(0)));
    REQUIRE(f.queue.append(std::make_unique<counting>(1, 3), milliseconds(0)));
    CHECK(f.play(1) == expected(0, 3, 160));
    CHECK(f.finished == std::vector<int>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("clearing finishes all of it incomplete")
{
    fixture f;
    for (int i = 0; i < 3; ++i)
        REQUIRE(f.queue.append(std::make_unique<counting>(1, 200), milliseconds(0)));
    f.play(2);
    f.queue.clear();
    CHECK(f.queue.empty());
    CHECK(f.play(1) == expected(0, 0, 160));
    CHECK(f.finished == std::vector<int>{1, -2, -3});
}

TEST_CASE("sources are prepared as soon as the rate is known, and again for another one")
{
    media::play_queue queue;
    auto first = std::make_unique<counting>(1, 100);
    auto second = std::make_unique<counting>(1, 100);
    const counting &a = *first, &b = *second;
    REQUIRE(queue.append(std::move(first), milliseconds(0)));
    CHECK(a.prepared_for == 0);
    queue.set_rate(8000);
    CHECK(a.prepared_for == 8000);
    REQUIRE(queue.append(std::move(second), milliseconds(0)));
    CHECK(b.prepared_for == 8000);
    queue.set_rate(16000);
    CHECK(a.prepared_for == 16000);
    CHECK(b.prepared_for == 16000);
}

TEST_CASE("a gap is as long as it was when the rate changes in its middle")
{
    media::play_queue queue;
    queue.set_rate(8000);
    REQUIRE(queue.append(std::make_unique<counting>(1, 100), milliseconds(30)));
    std::vector<media::sample> frame(160);
    queue.fill(frame);
    queue.set_rate(16000);
    frame.resize(320);
    queue.fill(frame);
    CHECK(frame[159] == 0);
    CHECK(frame[160] == 1);
}

TEST_CASE("a gap that nobody lives to hear the end of does not overflow")
{
    fixture f;
    REQUIRE(f.queue.append(std::make_unique<counting>(1, 100), milliseconds::max()));
    CHECK(f.play(3) == expected(0, 0, 480));
    CHECK(f.finished.empty());
}

TEST_CASE("the queue is bounded, and no end is ever dropped")
{
    fixture f;
    CHECK(f.queue.append(nullptr, milliseconds(0)).code() == errc::bad_config);
    const auto add = [&f]
    { return f.queue.append(std::make_unique<counting>(1, 1), milliseconds(0)); };
    for (std::size_t i = 0; i < limits::play_queue; ++i)
        REQUIRE(add());
    CHECK(add().code() == errc::too_many);
    f.queue.clear();
    CHECK(add().code() == errc::too_many); // 64 ends are not yet polled
    CHECK(f.queue.poll_finished());
    CHECK(add());
    f.play(1);
    CHECK(f.finished.size() == limits::play_queue);
}
