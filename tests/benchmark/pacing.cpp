#include "benchmark/pacing.hpp"

#include "solosip/codecs/g711.hpp"

#include <algorithm>
#include <ctime>

namespace benchmark
{

using namespace solosip;
using namespace std::chrono_literals;

constexpr auto packet_time = 20ms;

class timed_encoder final : public media::encoder
{
public:
    timed_encoder(const timed_codec& owner, departures& to)
        : owner_(owner), to_(to), inner_(codecs::pcma().make_encoder())
    {
    }
    std::size_t encode(std::span<const media::sample> from, std::span<std::uint8_t> to) override
    {
        if (owner_.on_ && to_.size() < to_.capacity()) to_.push_back(clock::now());
        return inner_->encode(from, to);
    }

private:
    const timed_codec& owner_;
    departures& to_;
    std::unique_ptr<media::encoder> inner_;
};

const media::codec_info& timed_codec::info() const
{
    return codecs::pcma().info();
}

std::unique_ptr<media::encoder> timed_codec::make_encoder() const
{
    all_.push_back(std::make_unique<departures>());
    return std::make_unique<timed_encoder>(*this, *all_.back());
}

std::unique_ptr<media::decoder> timed_codec::make_decoder() const
{
    return codecs::pcma().make_decoder();
}

void timed_codec::begin(std::size_t packets)
{
    for (auto& each : all_)
        each->reserve(packets);
    on_ = true;
}

namespace
{

/// A session that is later than this leaves packets out.
constexpr auto most_late = 3 * packet_time;

/// Returns how many packets were left out.
std::size_t add(const departures& one, std::vector<double>& to)
{
    if (one.empty()) return 0;
    std::vector<clock::duration> offsets; ///< from the time line of the first one
    std::vector<bool> stood_still;
    auto line = clock::duration::zero();
    std::size_t left_out = 0;
    for (std::size_t k = 0; k < one.size(); ++k)
    {
        const auto elapsed = one[k] - one.front();
        auto offset = elapsed - static_cast<int>(k + left_out) * packet_time;
        const bool stall = offset - line > most_late;
        if (stall)
        {
            const auto packets = (offset - line) / packet_time;
            left_out += static_cast<std::size_t>(packets);
            to.push_back(std::chrono::duration<double, std::micro>(offset - line).count());
            offset -= packets * packet_time;
        }
        line = std::min(line, offset);
        offsets.push_back(offset);
        stood_still.push_back(stall);
    }
    for (std::size_t k = 0; k < offsets.size(); ++k)
        if (!stood_still[k])
            to.push_back(std::chrono::duration<double, std::micro>(offsets[k] - line).count());
    return left_out;
}

lateness sum_up(std::vector<double> all, std::size_t left_out)
{
    lateness l;
    if (all.empty()) return l;
    std::sort(all.begin(), all.end());
    const auto at = [&](double part)
    { return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))]; };
    l = {at(0.5), at(0.99), at(0.999), all.back(), all.size(), left_out};
    return l;
}

} // namespace

lateness late(const std::vector<std::unique_ptr<departures>>& calls)
{
    std::vector<double> all;
    std::size_t left_out = 0;
    for (const auto& each : calls)
        left_out += add(*each, all);
    return sum_up(std::move(all), left_out);
}

lateness late(const departures& one)
{
    std::vector<double> all;
    const auto left_out = add(one, all);
    return sum_up(std::move(all), left_out);
}

departures metronome(std::chrono::seconds length)
{
    departures all;
    timespec due{};
    clock_gettime(CLOCK_MONOTONIC, &due);
    const auto beats = static_cast<std::size_t>(length / packet_time);
    all.reserve(beats);
    while (all.size() < beats)
    {
        due.tv_nsec += std::chrono::nanoseconds(packet_time).count();
        if (due.tv_nsec >= 1'000'000'000)
        {
            due.tv_nsec -= 1'000'000'000;
            ++due.tv_sec;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
        all.push_back(clock::now());
    }
    return all;
}

} // namespace benchmark
