#include "rtp/quality.hpp"

#include <algorithm>

namespace solosip::rtp
{

namespace
{

// G.107 with its default values leaves 93.2; G.113 appendix I has Bpl of G.711.
constexpr double best = 93.2, robust_concealed = 25.1, robust_silent = 4.3;

double part(std::uint64_t of, std::uint64_t whole)
{
    return whole == 0 ? 0 : static_cast<double>(of) / static_cast<double>(whole);
}

} // namespace

double r_factor(double lost, duration one_way, bool concealed)
{
    const double ms = std::chrono::duration<double, std::milli>(one_way).count();
    double delay = 0.024 * ms;
    if (ms > 177.3) delay += 0.11 * (ms - 177.3);
    const double robust = concealed ? robust_concealed : robust_silent;
    const double equipment = 95 * lost / (lost + robust);
    return std::clamp(best - delay - equipment, 0.0, best);
}

double mos(double r)
{
    if (r <= 0) return 1;
    if (r >= 100) return 4.5;
    return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

void burst_counter::lost()
{
    if (since_loss_ >= gap_minimum) close();
    open_packets_ += (open_lost_ > 0 ? since_loss_ : 0) + 1;
    if (open_lost_ == 0) gap_all_ += since_loss_;
    ++open_lost_;
    since_loss_ = 0;
}

void burst_counter::close()
{
    if (open_lost_ > 1)
    {
        ++bursts_;
        burst_lost_ += open_lost_;
        burst_all_ += open_packets_;
    }
    else
    {
        gap_lost_ += open_lost_;
        gap_all_ += open_packets_;
    }
    open_lost_ = open_packets_ = 0;
}

burst_counter burst_counter::closed() const
{
    burst_counter c = *this;
    c.close();
    c.gap_all_ += c.since_loss_;
    return c;
}

double burst_counter::burst_density() const
{
    const burst_counter c = closed();
    return part(c.burst_lost_, c.burst_all_);
}
double burst_counter::gap_density() const
{
    const burst_counter c = closed();
    return part(c.gap_lost_, c.gap_all_);
}
double burst_counter::burst_packets() const
{
    const burst_counter c = closed();
    return part(c.burst_all_, c.bursts_);
}
double burst_counter::gap_packets() const
{
    const burst_counter c = closed();
    return part(c.gap_all_, c.bursts_ + 1);
}

} // namespace solosip::rtp
