// A voice through a network with loss, jitter and a clock that drifts, and what is left of it.
#pragma once

#include "media/rig.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <queue>
#include <vector>

namespace rig
{

struct network
{
    unsigned loss = 0;      ///< percent
    unsigned twice = 0;     ///< percent that come twice, the second one up to 40 ms later
    unsigned overtaken = 0; ///< percent that come 25 ms later than they would
    milliseconds packet{20};
    milliseconds jitter{0}; ///< a packet takes up to so much longer
    int ppm = 0;            ///< the sender's clock is so much faster than ours
    bool marks = false;     ///< a click in each half a second tells the true delay
    bool pauses = false;    ///< the sender is quiet in each second second, and sends noise instead
    std::uint64_t seed = 1;
};

struct impression
{
    media::statistics stats;
    std::size_t samples = 0;
    std::int64_t silent_ms = 0; ///< after the first sound
    double steepest = 0;        ///< step between two samples, against the voice's own
    double snr_db = 0;          ///< of the last second, against a sine of the same frequency
    milliseconds longest_delay{0};
    std::vector<double>
        delays; ///< ms from a packet's start to the ear, of each click that was heard
};

/// A click: twice as loud as the voice, so that nothing else is.
constexpr media::sample click = 24'000, click_heard = 16'000;

class judge final : public media::sink
{
public:
    judge(impression& to, const time_point& now) : to_(to), now_(now) {}
    void prepare(std::uint32_t) override {}
    void clicked(time_point sent) { sent_.push(sent); }
    void write(std::span<const media::sample> from) override
    {
        for (std::size_t i = 0; i < from.size(); ++i)
        {
            const media::sample s = from[i];
            if (s > click_heard) hear_click(i);
            ++to_.samples;
            begun_ |= s != 0;
            zeros_ = s == 0 ? zeros_ + 1 : 0;
            if (begun_ && zeros_ >= 16) to_.silent_ms += zeros_ % 8 == 0;
            if (to_.samples > 4000)
                to_.steepest = std::max(to_.steepest, std::abs(static_cast<double>(s - last_)));
            last_ = s;
            if (tail_.size() >= 8000) tail_.pop();
            tail_.push(s);
        }
    }
    void finish(double radians)
    {
        double in_phase = 0, quadrature = 0, power = 0, n = 0;
        for (; !tail_.empty(); tail_.pop(), n += 1)
        {
            const double s = tail_.front();
            in_phase += s * std::cos(radians * n);
            quadrature += s * std::sin(radians * n);
            power += s * s;
        }
        const double tone = 2 * (in_phase * in_phase + quadrature * quadrature) / n;
        to_.snr_db = 10 * std::log10(tone / std::max(power - tone, 1.0));
    }

private:
    /// A frame begins to sound when it is written. Concealment may repeat a click: the first
    /// counts.
    void hear_click(std::size_t place)
    {
        const auto ms = [&](time_point sent)
        {
            return std::chrono::duration<double, std::milli>(now_ - sent).count() +
                   static_cast<double>(place) / 8;
        };
        while (!sent_.empty() && ms(sent_.front()) > 450)
            sent_.pop(); // lost
        if (sent_.empty() || ms(sent_.front()) < 0) return;
        to_.delays.push_back(ms(sent_.front()));
        sent_.pop();
    }

    impression& to_;
    const time_point& now_;
    std::queue<time_point> sent_;
    bool begun_ = false;
    int zeros_ = 0;
    media::sample last_ = 0;
    std::queue<media::sample> tail_;
};

/// A sine of 180 Hz and 8000 in amplitude.
inline impression heard_through(const network& n, duration length)
{
    constexpr double hz = 180, amplitude = 8000;
    const double radians = 2 * std::numbers::pi * hz / 8000;
    impression result;
    session s;
    seeded_random chance(n.seed);
    auto ear = std::make_unique<judge>(result, s.now);
    judge& opinion = *ear;
    s.media.record(std::move(ear));
    auto how = alaw_stream();
    how.plain = false;
    how.send = false;
    const time_point begin = s.now;
    s.start(how);

    struct on_its_way
    {
        time_point at;
        std::vector<std::uint8_t> bytes;
        bool operator<(const on_its_way& o) const { return at > o.at; }
    };
    std::priority_queue<on_its_way> way;
    far_end peer;
    double t = 0;
    const int samples = static_cast<int>(n.packet.count() * 8);
    const double frame = samples / 8000.0 / (1 + n.ppm * 1e-6);
    const double whole = std::chrono::duration<double>(length).count();
    for (int i = 0; t < whole; ++i, t += frame)
    {
        std::vector<std::uint8_t> payload(static_cast<std::size_t>(samples));
        for (int k = 0; k < samples; ++k)
            payload[static_cast<std::size_t>(k)] = codecs::linear_to_alaw(
                static_cast<media::sample>(amplitude * std::sin(radians * (i * samples + k))));
        const time_point sent =
            begin + milliseconds(7) + duration(static_cast<duration::rep>(t * 1e9));
        if (n.marks && i * samples / 4000 != (i + 1) * samples / 4000)
        {
            payload[0] = codecs::linear_to_alaw(click);
            if (t > 10) opinion.clicked(sent);
        }
        const bool quiet = n.pauses && i / 50 % 2 == 1;
        std::vector<std::uint8_t> bytes;
        if (!quiet)
            bytes = peer.packet(8, n.pauses && i % 50 == 0, peer.timestamp, payload);
        else if (i % 10 == 0)
            bytes = peer.packet(13, false, peer.timestamp, {60});
        peer.timestamp += static_cast<std::uint32_t>(samples);
        auto late = milliseconds(
            n.jitter.count() > 0 ? chance.below(static_cast<std::uint32_t>(n.jitter.count() + 1))
                                 : 0);
        if (n.overtaken > 0 && chance.below(100) < n.overtaken) late += milliseconds(25);
        if (!bytes.empty() && chance.below(100) >= n.loss) way.push({sent + late, bytes});
        if (!bytes.empty() && n.twice > 0 && chance.below(100) < n.twice)
            way.push({sent + late + milliseconds(chance.below(41)), bytes});
        for (; !way.empty() && way.top().at <= sent; way.pop())
        {
            s.run_until(way.top().at);
            s.media.receive(way.top().bytes, s.now);
        }
        if (i > 500) result.longest_delay = std::max(result.longest_delay, s.media.stats().delay);
    }
    s.run_until(begin + length);
    result.stats = s.media.stats();
    opinion.finish(radians);
    result.steepest /= amplitude * radians;
    return result;
}

} // namespace rig
