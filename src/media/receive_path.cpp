#include "media/receive_path.hpp"

#include "dtmf/event.hpp"

#include <algorithm>
#include <utility>

namespace solosip::media
{

namespace
{

/// Packets that are lost in one piece, as far as they are counted as such: a second.
constexpr std::int32_t longest_burst = 50;

/// What comes from the old place for longer, after another one was announced, is not on its way
/// still: the sender has stayed there.
constexpr duration in_flight = milliseconds(500);

/// A hold in the old way (RFC 3264 section 8.4): no place at all.
bool is_nowhere(const endpoint& announced)
{
    return announced.port != 0 && announced.address.is_unspecified();
}

} // namespace

void receive_path::configure(const stream& how, milliseconds packet_time, time_point now)
{
    const bool other_codec = how_.codec != how.codec;
    if (how_.remote != how.remote)
    {
        // RFC 3264 section 8.3.1: what we send goes there from now on.
        told_ = how.remote;
        announced_at_ = now;
        if (heard_at_.port == 0) heard_at_ = heard_under_ = how_.remote;
        heard_here_ = heard_under_ == how.remote;
    }
    how_ = how;
    source_.expect(how.remote);
    playout_.configure(how, packet_time);
    // The sender and its sequence numbers may be the same, and what we report of them goes on
    // (RFC 3550 section 6.4.1).
    if (other_codec) presses_.set_clock_rate(how.codec->info().clock_rate);
}

void receive_path::stop()
{
    presses_.finish();
    playout_.stop();
}

/// Nothing of the stream before has to do with the one that comes.
void receive_path::begin_stream()
{
    lost_before_ += reception_.lost();
    reception_ = {};
    bursts_ = {};
    late_before_ = late_;
    playout_.reset();
    vouched_ = false;
}

void receive_path::receive(std::span<const std::uint8_t> datagram, const endpoint& from,
                           time_point now)
{
    const auto p = rtp::parse(datagram);
    if (!p)
        ++ignored_;
    else if (is_event(*p))
        on_event(*p, from, now);
    else if (how_.receive && (is_codec(p->payload_type) || is_noise(*p)))
        on_audio(*p, from, now);
    else
        on_unwanted(*p, from, now);
}

/// Not to be heard, while we hold or for what it is; but it has come, and is not lost (RFC 3550
/// section 6.4.1, appendix A.3).
void receive_path::on_unwanted(const rtp::packet& p, const endpoint& from, time_point now)
{
    ++ignored_;
    if (reception_.received() == 0 || !source_.is_current(p.ssrc, from)) return;
    source_.on_packet(p, from, now);
    locate(now);
    reception_.on_packet(p.sequence);
}

/// The agreed payload type; or another dynamic one that can be nothing else, for there are senders
/// that press keys by a number of their own.
bool receive_path::is_event(const rtp::packet& p) const
{
    if (how_.receive_events == p.payload_type) return true;
    if (p.payload_type < 96 || is_codec(p.payload_type)) return false;
    return p.payload.size() == dtmf::payload_bytes && dtmf::key_of(p.payload[0]) &&
           (p.payload[1] & 0x40) == 0;
}

bool receive_path::is_codec(std::uint8_t payload_type) const
{
    return payload_type == how_.receive_payload_type || playout_.is_further(payload_type);
}

bool receive_path::is_noise(const rtp::packet& p) const
{
    return p.payload_type == comfort_noise_type && how_.codec->info().clock_rate == 8000;
}

void receive_path::on_event(const rtp::packet& p, const endpoint& from, time_point now)
{
    const bool announced = source_.is_announced(from);
    const bool ours = reception_.received() > 0 && source_.is_current(p.ssrc, from);
    // Somebody else's keys, while the one whom we hear is known, are not pressed.
    const bool from_elsewhere = source_.proven() && from != source_.address() && !announced;
    if (ours)
    {
        source_.on_packet(p, from, now);
        locate(now);
        reception_.on_packet(p.sequence);
    }
    if (!from_elsewhere && presses_.receive(p, announced || (ours && source_.proven()), now))
        ++received_;
    else
        ++ignored_;
}

void receive_path::on_audio(const rtp::packet& p, const endpoint& from, time_point now)
{
    switch (source_.on_packet(p, from, now))
    {
    case rtp::source_filter::verdict::stranger: ++ignored_; return;
    case rtp::source_filter::verdict::changed: begin_stream(); break;
    case rtp::source_filter::verdict::current: break;
    }
    locate(now);
    if (source_.proven() && !vouched_)
    {
        vouched_ = true;
        presses_.trust(p.ssrc, now);
    }
    const bool first = reception_.received() == 0;
    const std::uint32_t before = reception_.extended_highest();
    if (reception_.on_packet(p.sequence) != rtp::reception::verdict::good)
    {
        ++ignored_;
        return;
    }
    ++received_;
    const auto ahead =
        first ? 1 : static_cast<std::int32_t>(reception_.extended_highest() - before);
    for (std::int32_t lost = 1; lost < ahead && lost < longest_burst; ++lost)
        bursts_.lost();
    if (is_codec(p.payload_type))
        reception_.on_timestamp(p.timestamp, how_.codec->info().clock_rate, now);
    // A packet without payload keeps a NAT's door open (RFC 6263 section 4.5).
    const bool late = !p.payload.empty() && !store(p, now);
    // RFC 3611 section 4.7.2: discarded ones are part of a burst too. One that was overtaken was
    // counted as lost when the one in front of it came.
    if (!late)
        bursts_.received();
    else if (ahead > 0)
        bursts_.lost();
}

/// False: it is too late.
bool receive_path::store(const rtp::packet& p, time_point now)
{
    using verdict = rtp::jitter_buffer::verdict;
    const verdict v = playout_.insert(p, now);
    if (v == verdict::late)
        ++late_;
    else if (v != verdict::stored)
        ++ignored_;
    return v != verdict::late;
}

void receive_path::tick(std::uint64_t frames, time_point now)
{
    presses_.handle_timeout(now);
    playout_.tick(frames, now);
}

/// Where the sender is, and what was announced then: after another announcement, a place that was
/// heard before counts only if it is heard for long enough.
void receive_path::locate(time_point now)
{
    if (heard_here_ && moves_ == source_.moves()) return; // as nearly always
    moves_ = source_.moves();
    if (source_.address() == heard_at_ &&
        (heard_here_ || is_nowhere(how_.remote) || now - announced_at_ < in_flight))
        return;
    heard_at_ = source_.address();
    heard_under_ = how_.remote;
    heard_here_ = true;
}

std::optional<endpoint> receive_path::poll_moved()
{
    const endpoint& heard = source_.address();
    if (is_nowhere(how_.remote) || !source_.proven() || heard.port == 0 || heard == told_)
        return std::nullopt;
    if (heard != heard_at_ || !heard_here_) return std::nullopt;
    told_ = heard;
    return heard;
}

void receive_path::count(statistics& s) const
{
    s.received_packets = received_;
    s.lost_packets = lost_before_ + reception_.lost();
    s.late_packets = late_;
    s.ignored_packets = ignored_;
    s.jitter_ms = std::chrono::duration<double, std::milli>(reception_.jitter()).count();
    playout_.count(s);
}

} // namespace solosip::media
