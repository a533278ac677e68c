// What both sides tell each other by RTCP about what they hear.
#pragma once

#include "rtp/quality.hpp"
#include "rtp/reception.hpp"
#include "rtp/rtcp.hpp"
#include "solosip/base/random.hpp"
#include "solosip/media/session.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace solosip::media
{

/// A report each 5 s, by chance half as long or half as long again (RFC 3550 section 6.2 and 6.3),
/// the first one sooner, and a BYE at the end. With two sides and the bandwidth of a voice the
/// interval is always the minimum, so that there is nothing to be computed or reconsidered.
class reporter
{
public:
    explicit reporter(random_source& random) : random_(random), cname_(random.token(16)) {}

    void configure(const stream& how) { how_ = how; }
    void start(time_point now);
    /// A goodbye is due, if anything was ever sent.
    void stop();

    /// An RTCP datagram; false: it is none, or not from the other side. `heard_at`: where its audio
    /// comes from; null: not known.
    bool receive(std::span<const std::uint8_t> datagram, const endpoint& from, time_point now,
                 std::uint32_t our_ssrc, const endpoint* heard_at = nullptr);
    void tick(time_point now);

    /// What goes into a report, besides what it knows itself.
    struct situation
    {
        std::uint32_t ssrc = 0;      ///< ours
        std::uint32_t timestamp = 0; ///< of our audio at the last tick
        std::uint64_t packets = 0, octets = 0;
        const rtp::reception* heard = nullptr; ///< null: nobody was
        std::uint32_t heard_ssrc = 0;
        std::uint64_t late = 0; ///< of `heard`, packets that came too late
        const rtp::burst_counter* bursts = nullptr;
        statistics so_far{};
    };
    bool due() const { return due_ || bye_due_; }
    std::size_t print(const situation& s, std::span<std::uint8_t> to);

    void count(statistics& s) const;

private:
    std::optional<rtp::report_block> make_block(const situation& s);
    rtp::voip_metrics make_voip(const situation& s) const;
    void schedule(time_point now, duration usual);

    random_source& random_;
    std::string cname_;
    stream how_{};
    time_point now_{}, next_{};
    bool running_ = false, due_ = false, bye_due_ = false;
    std::uint64_t sent_ = 0, received_ = 0;
    std::uint64_t packets_at_last_ = 0;

    std::uint32_t reported_ssrc_ = 0;
    std::uint64_t expected_before_ = 0, heard_before_ = 0;

    std::uint32_t last_sr_ssrc_ = 0, last_sr_ = 0;
    time_point last_sr_at_{};
    std::optional<duration> round_trip_;
    std::optional<rtp::report_block> about_us_;
    std::optional<rtp::voip_metrics> voip_about_us_;
};

} // namespace solosip::media
