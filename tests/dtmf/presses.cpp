// Random presses through a random network: every press of which one packet comes through is one
// digit, and in order where packets of different presses do not overtake each other.
#include "dtmf/receiver.hpp"
#include "dtmf/sender.hpp"

#include "solosip/base/random.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace solosip;

namespace
{

struct network
{
    std::uint32_t loss, duplication, reordering; ///< percent
    std::uint32_t longest_delay;                 ///< ms, of those that are reordered
};

struct arrival
{
    time_point at;
    std::size_t press;
    rtp::packet packet;
    std::array<std::uint8_t, dtmf::payload_bytes> payload;
};

struct outcome
{
    std::string sent, heard; ///< sent: the presses of which something came through
    std::size_t presses = 0;
    std::string after_last;
};

class simulation
{
public:
    simulation(const network& how, std::uint64_t seed) : how_(how), random_(seed)
    {
        sender_.configure(8000, 160);
        timestamp_ = random_.u32();
    }

    outcome run(int presses)
    {
        for (int i = 0; i < presses; ++i)
        {
            press();
            deliver_until(now_);
        }
        deliver_until(now_ + seconds(60));
        receiver_.handle_timeout(now_ + seconds(61));
        hear();
        return std::move(result_);
    }

private:
    std::uint32_t between(std::uint32_t low, std::uint32_t high)
    {
        return low + random_.below(high - low + 1);
    }
    bool happens(std::uint32_t percent) { return random_.below(100) < percent; }

    void press()
    {
        const std::string_view keys = "0123456789*#ABCD";
        const char key = keys[random_.below(happens(50) ? 2 : 16)]; // repetitions are the hard part
        REQUIRE(sender_.queue(1, std::string(1, key), milliseconds(between(40, 400)),
                              milliseconds(between(40, 300))));
        const std::size_t number = result_.presses++;
        bool through = false;
        while (sender_.busy())
        {
            if (const auto p = sender_.next(timestamp_)) through |= send(*p, number);
            timestamp_ += 160;
            now_ += milliseconds(20);
        }
        if (through) result_.sent += key;
    }

    bool send(const dtmf::sender::packet& p, std::size_t number)
    {
        if (happens(how_.loss)) return false;
        const int copies = happens(how_.duplication) ? 2 : 1;
        for (int i = 0; i < copies; ++i)
        {
            arrival a;
            const bool overtaken = happens(how_.reordering);
            a.at = now_ + milliseconds(overtaken ? between(1, how_.longest_delay) : 0);
            a.press = number;
            a.packet.marker = p.marker && !happens(20);
            a.packet.timestamp = p.timestamp;
            a.packet.ssrc = 77;
            a.packet.sequence = static_cast<std::uint16_t>(random_.u32()); // must not matter
            a.payload = p.payload;
            const auto place =
                std::upper_bound(under_way_.begin(), under_way_.end(), a,
                                 [](const arrival& x, const arrival& y) { return x.at < y.at; });
            under_way_.insert(place, a);
        }
        return true;
    }

    void deliver_until(time_point t)
    {
        while (!under_way_.empty() && under_way_.front().at <= t)
        {
            arrival a = under_way_.front();
            under_way_.erase(under_way_.begin());
            while (const auto due = receiver_.next_timeout())
            {
                if (*due > a.at) break;
                receiver_.handle_timeout(*due);
            }
            a.packet.payload = a.payload;
            REQUIRE(receiver_.receive(a.packet, true, a.at));
            hear();
        }
    }

    void hear()
    {
        while (const auto p = receiver_.poll())
            result_.heard += p->key;
    }

    network how_;
    seeded_random random_;
    dtmf::sender sender_;
    dtmf::receiver receiver_;
    std::uint32_t timestamp_;
    time_point now_{seconds(1)};
    std::vector<arrival> under_way_;
    outcome result_;
};

std::string sorted(std::string s)
{
    std::sort(s.begin(), s.end());
    return s;
}

constexpr int presses_each = 125'000; // 8 networks: 1,000,000 presses

} // namespace

TEST_CASE("each press that comes through is heard once and in order")
{
    const network how = GENERATE(network{0, 0, 0, 1}, network{20, 10, 0, 1}, network{60, 30, 0, 1},
                                 network{0, 10, 30, 40}, network{40, 20, 50, 40});
    CAPTURE(how.loss, how.duplication, how.reordering);
    const outcome o = simulation(how, 4711 + how.loss).run(presses_each);
    CHECK(o.presses == presses_each);
    CHECK(o.sent.size() > presses_each * 9 / 10);
    CHECK(o.heard.size() == o.sent.size());
    CHECK((o.heard == o.sent));
}

TEST_CASE("each press that comes through is heard once, where presses overtake each other")
{
    const network how =
        GENERATE(network{0, 0, 30, 1000}, network{20, 10, 30, 400}, network{70, 0, 80, 4000});
    CAPTURE(how.loss, how.duplication, how.reordering, how.longest_delay);
    const outcome o = simulation(how, 815 + how.loss).run(presses_each);
    CHECK(o.sent.size() > presses_each * 8 / 10);
    CHECK(o.heard.size() == o.sent.size());
    CHECK((sorted(o.heard) == sorted(o.sent)));
}
