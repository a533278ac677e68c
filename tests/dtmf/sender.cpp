#include "dtmf/sender.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using dtmf::sender;

namespace
{

struct sent
{
    bool marker;
    std::uint32_t timestamp;
    int duration;
    bool end;
    friend bool operator==(const sent&, const sent&) = default;
};

std::ostream& operator<<(std::ostream& out, const sent& s)
{
    return out << (s.marker ? "M " : "") << s.timestamp << "+" << s.duration << (s.end ? "E" : "");
}

struct fixture
{
    sender s;
    std::uint32_t time = 8000;
    std::vector<std::uint32_t> finished;

    fixture() { s.configure(8000, 160); }

    /// One packet time; nothing where audio goes out.
    std::optional<sent> tick()
    {
        const auto p = s.next(time);
        time += 160;
        if (!p) return std::nullopt;
        if (p->finished) finished.push_back(*p->finished);
        const auto e = dtmf::parse_event(p->payload);
        return sent{p->marker, p->timestamp, e->duration, e->end};
    }
    std::vector<std::optional<sent>> ticks(int n)
    {
        std::vector<std::optional<sent>> all;
        for (int i = 0; i < n; ++i)
            all.push_back(tick());
        return all;
    }
    /// Runs until the queue is empty: the keys by their markers.
    std::string keys(int most = 100'000)
    {
        std::string all;
        for (int i = 0; i < most && s.busy(); ++i)
        {
            const auto p = s.next(time);
            time += 160;
            if (p && p->marker) all += *dtmf::key_of(p->payload[0]);
            if (p && p->finished) finished.push_back(*p->finished);
        }
        return all;
    }
};

constexpr auto audio = std::nullopt;

} // namespace

TEST_CASE("one timestamp, growing durations, three ends, a gap")
{
    fixture f;
    REQUIRE(f.s.queue(1, "5#", milliseconds(60), milliseconds(100)));
    const std::vector<std::optional<sent>> expected{
        sent{true, 8000, 160, false},
        sent{false, 8000, 320, false},
        sent{false, 8000, 480, true},
        sent{false, 8000, 480, true},
        sent{false, 8000, 480, true},
        audio,
        audio,
        audio,
        sent{true, 9280, 160, false},
        sent{false, 9280, 320, false},
        sent{false, 9280, 480, true},
        sent{false, 9280, 480, true},
        sent{false, 9280, 480, true},
        audio,
    };
    for (std::size_t i = 0; i < expected.size(); ++i)
    {
        CAPTURE(i);
        CHECK(f.tick() == expected[i]);
        CHECK(f.s.busy() == (i < 12));
        CHECK(f.finished.size() == (i < 12 ? 0 : 1));
    }
}

TEST_CASE("nothing to send is audio")
{
    fixture f;
    CHECK(f.tick() == audio);
    CHECK(!f.s.busy());
    CHECK(!f.s.abandon());
}

TEST_CASE("lengths are rounded up to packets and kept within limits")
{
    struct row
    {
        int ms;
        int duration;
    };
    for (const row r : {row{0, 320},
                        {-5, 320},
                        {40, 320},
                        {41, 480},
                        {50, 480},
                        {100, 800},
                        {8000, 64000},
                        {8180, 65440},
                        {100000, 65440}})
    {
        CAPTURE(r.ms);
        fixture f;
        REQUIRE(f.s.queue(1, "1", milliseconds(r.ms), milliseconds(100)));
        int longest = 0;
        while (f.s.busy())
            if (const auto p = f.tick())
            {
                CHECK(p->duration >= longest);
                longest = p->duration;
            }
        CHECK(longest == r.duration);
    }
}

TEST_CASE("the shortest gap")
{
    fixture f;
    REQUIRE(f.s.queue(1, "12", milliseconds(40), milliseconds(0)));
    const auto all = f.ticks(6);
    CHECK(all[3] == sent{false, 8000, 320, true});
    CHECK(all[4] == sent{true, 8640, 160, false}); // 40 ms behind the end
}

TEST_CASE("a gap is kept between two strings as well")
{
    fixture f;
    REQUIRE(f.s.queue(1, "1", milliseconds(40), milliseconds(100)));
    CHECK(f.keys() == "1");
    REQUIRE(f.s.queue(2, "2", milliseconds(40), milliseconds(100)));
    const auto all = f.ticks(4);
    CHECK(all[2] == audio);
    CHECK(all[3] == sent{true, 8000 + 320 + 800, 160, false});
}

TEST_CASE("packets that were left out make the duration no less true")
{
    fixture f;
    REQUIRE(f.s.queue(1, "1", milliseconds(200), milliseconds(100)));
    CHECK(f.tick() == sent{true, 8000, 160, false});
    f.time += 5 * 160; // the program stood still
    CHECK(f.tick() == sent{false, 8000, 1120, false});
    f.time += 500 * 160;
    CHECK(f.tick() == sent{false, 8000, 1600 + 159, true});
}

TEST_CASE("strings end one by one, in order")
{
    fixture f;
    REQUIRE(f.s.queue(7, "0123456789*#ABCD", milliseconds(100), milliseconds(100)));
    REQUIRE(f.s.queue(8, "1", milliseconds(100), milliseconds(100)));
    REQUIRE(f.s.queue(9, "2", milliseconds(100), milliseconds(100)));
    CHECK(f.keys() == "0123456789*#ABCD12");
    CHECK(f.finished == std::vector<std::uint32_t>{7, 8, 9});
}

TEST_CASE("what cannot be queued")
{
    fixture f;
    const auto queue = [&f](std::string_view keys)
    { return f.s.queue(1, keys, milliseconds(100), milliseconds(100)); };
    CHECK(queue("").code() == errc::bad_digit);
    CHECK(queue("12x4").error() == error{errc::bad_digit, 2});
    CHECK(queue("a").code() == errc::bad_digit);
    CHECK(queue(std::string_view("\0", 1)).code() == errc::bad_digit);
    CHECK(queue(std::string(limits::digits_to_send + 1, '1')).code() == errc::too_many);
    CHECK(!f.s.busy());
    REQUIRE(queue(std::string(limits::digits_to_send, '1')));
    CHECK(queue("1").code() == errc::too_many);

    fixture g;
    for (std::size_t i = 0; i < sender::most_items; ++i)
        REQUIRE(g.s.queue(1, "1", milliseconds(100), milliseconds(100)));
    CHECK(g.s.queue(1, "1", milliseconds(100), milliseconds(100)).code() == errc::too_many);
}

TEST_CASE("what is abandoned takes its keys along")
{
    fixture f;
    REQUIRE(f.s.queue(1, "111", milliseconds(100), milliseconds(100)));
    REQUIRE(f.s.queue(2, "22", milliseconds(100), milliseconds(100)));
    f.ticks(3);
    const auto rest = f.s.abandon();
    REQUIRE(rest);
    CHECK(rest->id == 1);
    CHECK(rest->keys == "11"); // one was begun
    CHECK(f.keys() == "22");
    CHECK(f.finished == std::vector<std::uint32_t>{2});
}
