// What a person thinks of a call, as far as numbers tell.
#pragma once

#include "solosip/base/time.hpp"

#include <cstdint>

namespace solosip::rtp
{

/// Rating of ITU-T G.107, 0 to 93.2, with its default values for all but loss and delay: narrow
/// band, no echo. `lost`: percent of the packets that were not heard. `one_way`: from mouth to ear.
/// `concealed`: lost packets are made up for, as G.711 appendix I does (G.113 appendix I).
double r_factor(double lost, duration one_way, bool concealed = true);

/// Mean opinion score of a rating (G.107 annex B): 1 to 4.5.
double mos(double r);

/// Where packets are lost, or come too late: in bursts or evenly (RFC 3611 sections 3.5 and 4.7.2
/// and A.2). Between two losses of one burst are fewer than 16 packets that came.
class burst_counter
{
public:
    void received() { ++since_loss_; }
    void lost();

    double burst_density() const; ///< lost of those within bursts, 0-1
    double gap_density() const;
    /// Mean lengths.
    double burst_packets() const;
    double gap_packets() const;

private:
    static constexpr std::uint64_t gap_minimum = 16;

    std::uint64_t since_loss_ = 0;
    std::uint64_t open_lost_ = 0, open_packets_ = 0; ///< a burst, if a second loss follows
    std::uint64_t bursts_ = 0, burst_lost_ = 0, burst_all_ = 0;
    std::uint64_t gap_lost_ = 0, gap_all_ = 0;

    void close();
    /// As if what is open ended here.
    burst_counter closed() const;
};

} // namespace solosip::rtp
