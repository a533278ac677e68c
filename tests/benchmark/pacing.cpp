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

void add(const departures& one, std::vector<double>& to)
{
    if (one.empty()) return;
    auto line = clock::time_point::max() - one.front();
    for (std::size_t k = 0; k < one.size(); ++k)
        line = std::min(line, one[k] - one.front() - static_cast<int>(k) * packet_time);
    for (std::size_t k = 0; k < one.size(); ++k)
    {
        const auto due = one.front() + line + static_cast<int>(k) * packet_time;
        to.push_back(std::chrono::duration<double, std::micro>(one[k] - due).count());
    }
}

lateness sum_up(std::vector<double> all)
{
    lateness l;
    if (all.empty()) return l;
    std::sort(all.begin(), all.end());
    const auto at = [&](double part)
    { return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))]; };
    l = {at(0.5), at(0.99), at(0.999), all.back(), all.size()};
    return l;
}

} // namespace

lateness late(const std::vector<std::unique_ptr<departures>>& calls)
{
    std::vector<double> all;
    for (const auto& each : calls)
        add(*each, all);
    return sum_up(std::move(all));
}

lateness late(const departures& one)
{
    std::vector<double> all;
    add(one, all);
    return sum_up(std::move(all));
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
