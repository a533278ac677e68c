#include "media/reporter.hpp"

#include <algorithm>
#include <cmath>

namespace solosip::media
{

namespace
{

constexpr seconds usual_interval{5};         // RFC 3550 section 6.2
constexpr milliseconds first_interval{2500}; // half of it at first
constexpr double compensation = 1.21828;     // section 6.3.1
constexpr duration longest_round_trip = seconds(30);

/// Our clock as NTP has it: 32 bits of seconds and 32 of their fraction. It counts from nowhere
/// in particular, as section 4 allows.
std::uint64_t ntp(time_point t)
{
    const auto ns = static_cast<std::uint64_t>(t.time_since_epoch().count());
    const std::uint64_t fraction = (ns % 1'000'000'000u << 32) / 1'000'000'000u;
    return ns / 1'000'000'000u << 32 | fraction;
}

std::uint32_t middle(std::uint64_t ntp)
{
    return static_cast<std::uint32_t>(ntp >> 16 & 0xFFFFFFFF);
}

std::uint8_t of_256(double share)
{
    return static_cast<std::uint8_t>(std::clamp(share * 256, 0.0, 255.0));
}

std::uint16_t ms16(duration d)
{
    const auto ms = std::chrono::duration_cast<milliseconds>(d).count();
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(ms, 0, 0xFFFF));
}

duration of_ms(double ms)
{
    return duration(static_cast<duration::rep>(ms * 1e6));
}

} // namespace

void reporter::start(time_point now)
{
    if (running_) return;
    running_ = true;
    bye_due_ = false;
    now_ = now;
    schedule(now, first_interval);
}

void reporter::stop()
{
    bye_due_ = running_ && sent_ > 0;
    running_ = due_ = false;
}

void reporter::schedule(time_point now, duration usual)
{
    const double half_to_three_halves = 0.5 + random_.below(1u << 20) / double(1u << 20);
    const double ns = static_cast<double>(usual.count()) * half_to_three_halves / compensation;
    next_ = now + duration(static_cast<duration::rep>(ns));
}

void reporter::tick(time_point now)
{
    now_ = now;
    if (!running_ || now < next_) return;
    due_ = true;
    schedule(now, usual_interval);
}

bool reporter::receive(std::span<const std::uint8_t> datagram, const endpoint& from, time_point now,
                       std::uint32_t our_ssrc, const endpoint* heard_at)
{
    // Of strangers nothing is believed. Behind a NAT the port may be another one, and the address
    // that of its audio (RFC 4961 section 4).
    const bool known = (heard_at != nullptr && from.address == heard_at->address) ||
                       how_.remote.port == 0 || from.port == 0 ||
                       from.address == how_.remote.address ||
                       from.address == how_.remote_rtcp.address;
    const auto said = rtp::parse_rtcp(datagram, our_ssrc);
    if (!known || !said) return false;
    ++received_;
    if (said->sent)
    {
        last_sr_ssrc_ = said->sender;
        last_sr_ = middle(said->sent->ntp);
        last_sr_at_ = now;
    }
    if (said->voip_about_us) voip_about_us_ = said->voip_about_us;
    if (!said->about_us) return true;
    about_us_ = said->about_us;
    // Section 6.4.1, figure 2: A - LSR - DLSR, in 1/65536 s.
    const auto trip = static_cast<std::int32_t>(middle(ntp(now)) - about_us_->last_report -
                                                about_us_->since_last_report);
    const duration took = rtp::from_ticks(std::max(trip, 0), 65'536);
    if (about_us_->last_report != 0 && took < longest_round_trip) round_trip_ = took;
    return true;
}

std::optional<rtp::report_block> reporter::make_block(const situation& s)
{
    if (s.heard == nullptr || s.heard->expected() == 0) return std::nullopt;
    // Another sender, or one that came back after another one.
    if (reported_ssrc_ != s.heard_ssrc || s.heard->expected() < expected_before_ ||
        s.heard->received() < heard_before_)
        expected_before_ = heard_before_ = 0;
    // RFC 3550 section 6.4: only who was heard since the last report is in it.
    if (s.heard->received() == heard_before_) return std::nullopt;
    reported_ssrc_ = s.heard_ssrc;
    rtp::report_block b;
    b.ssrc = s.heard_ssrc;
    // Section A.3.
    const std::uint64_t expected = s.heard->expected() - expected_before_;
    const std::uint64_t received = s.heard->received() - heard_before_;
    expected_before_ = s.heard->expected();
    heard_before_ = s.heard->received();
    if (expected > received && expected > 0)
        b.fraction_lost = static_cast<std::uint8_t>(
            std::min<std::uint64_t>((expected - received) * 256 / expected, 255));
    b.lost = static_cast<std::int32_t>(std::min<std::uint64_t>(s.heard->lost(), 0x7FFFFF));
    b.highest_sequence = s.heard->extended_highest();
    b.jitter = s.heard->jitter_ticks();
    if (last_sr_ssrc_ == s.heard_ssrc && last_sr_at_ != time_point{})
    {
        b.last_report = last_sr_;
        b.since_last_report = static_cast<std::uint32_t>(rtp::to_ticks(now_ - last_sr_at_, 65'536));
    }
    return b;
}

// RFC 3611 section 4.7.
rtp::voip_metrics reporter::make_voip(const situation& s) const
{
    rtp::voip_metrics v;
    v.ssrc = s.heard_ssrc;
    const double all = static_cast<double>(std::max<std::uint64_t>(s.heard->expected(), 1));
    v.loss_rate = of_256(static_cast<double>(s.heard->lost()) / all);
    v.discard_rate = of_256(static_cast<double>(s.late) / all);
    v.burst_density = of_256(s.bursts->burst_density());
    v.gap_density = of_256(s.bursts->gap_density());
    const milliseconds packet(how_.ptime);
    v.burst_ms = ms16(of_ms(s.bursts->burst_packets() * static_cast<double>(packet.count())));
    v.gap_ms = ms16(of_ms(s.bursts->gap_packets() * static_cast<double>(packet.count())));
    v.round_trip_ms = ms16(round_trip_.value_or(duration(0)));
    v.end_system_ms = ms16(s.so_far.delay + packet);
    const double r = s.so_far.r_factor;
    v.r_factor = static_cast<std::uint8_t>(std::lround(r));
    v.mos_listening = v.mos_conversation = static_cast<std::uint8_t>(std::lround(10 * rtp::mos(r)));
    v.jitter_nominal_ms = ms16(s.so_far.delay);
    v.jitter_maximum_ms = ms16(s.so_far.delay);
    v.jitter_ceiling_ms = 200;
    return v;
}

std::size_t reporter::print(const situation& s, std::span<std::uint8_t> to)
{
    rtp::rtcp_report r;
    r.sender = s.ssrc;
    r.cname = cname_;
    r.bye = bye_due_;
    if (s.packets != packets_at_last_)
        r.sent = {ntp(now_), s.timestamp, static_cast<std::uint32_t>(s.packets),
                  static_cast<std::uint32_t>(s.octets)};
    packets_at_last_ = s.packets;
    r.block = make_block(s);
    if (how_.report_voip && r.block && s.bursts != nullptr) r.voip = make_voip(s);
    due_ = bye_due_ = false;
    const std::size_t size = rtp::print_rtcp(r, to);
    if (size > 0) ++sent_;
    return size;
}

void reporter::count(statistics& s) const
{
    s.sent_reports = sent_;
    s.received_reports = received_;
    using ms = std::chrono::duration<double, std::milli>;
    if (round_trip_) s.round_trip_ms = ms(*round_trip_).count();
    if (about_us_)
    {
        s.remote_lost_packets = static_cast<std::uint64_t>(std::max(about_us_->lost, 0));
        s.remote_jitter_ms = 1000.0 * about_us_->jitter / how_.codec->info().clock_rate;
    }
    if (voip_about_us_ && voip_about_us_->mos_conversation != 127)
        s.remote_mos = voip_about_us_->mos_conversation / 10.0;
    if (s.received_packets == 0) return;
    // What did not come, and what came too late, was not heard.
    const double missing = static_cast<double>(s.lost_packets + s.late_packets);
    const double all = static_cast<double>(s.received_packets + s.lost_packets);
    const duration one_way = of_ms(s.round_trip_ms / 2) + s.delay + milliseconds(how_.ptime);
    s.r_factor = rtp::r_factor(100 * std::min(missing / all, 1.0), one_way, !how_.plain);
    s.mos = rtp::mos(s.r_factor);
}

} // namespace solosip::media
