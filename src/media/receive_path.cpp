#include "media/receive_path.hpp"

#include "dtmf/event.hpp"

#include <algorithm>
#include <utility>

namespace solosip::media
{

void receive_path::configure(const stream& how, milliseconds packet_time)
{
    const bool other_codec = how_.codec != how.codec;
    how_ = how;
    packet_time_ = packet_time;
    const codec_info& info = how.codec->info();
    frame_.resize(static_cast<std::size_t>(info.sample_rate * packet_time.count() / 1000));
    if (!other_codec) return;

    decoder_ = how.codec->make_decoder();
    // The longest packet: 120 ms, or as many samples as a datagram of 4-bit samples holds.
    decoded_.resize(
        std::max<std::size_t>(2 * limits::rtp_packet_bytes, info.sample_rate * 120 / 1000));
    presses_.set_clock_rate(info.clock_rate);
    if (sink_) sink_->prepare(info.sample_rate);
    begin_stream();
}

void receive_path::record(std::unique_ptr<sink> to)
{
    sink_ = std::move(to);
    if (sink_ && how_.codec) sink_->prepare(how_.codec->info().sample_rate);
}

void receive_path::stop()
{
    presses_.finish();
    sink_.reset();
    owed_ = 0;
}

/// Nothing of the stream before has to do with the one that comes.
void receive_path::begin_stream()
{
    lost_before_ += reception_.lost();
    reception_ = {};
    waiting_.reset(how_.codec->info().clock_rate);
    decoder_->reset();
    decoded_from_ = decoded_to_ = 0;
    vouched_ = false;
}

void receive_path::receive(std::span<const std::uint8_t> datagram, time_point now)
{
    if (rtp::is_rtcp(datagram)) return;
    const auto p = rtp::parse(datagram);
    if (!p)
        ++ignored_;
    else if (is_event(*p))
        on_event(*p, now);
    else if (p->payload_type == how_.receive_payload_type && how_.receive)
        on_audio(*p, now);
    else
        ++ignored_;
}

/// The agreed payload type; or another dynamic one that can be nothing else, for there are senders
/// that press keys by a number of their own.
bool receive_path::is_event(const rtp::packet& p) const
{
    if (how_.receive_events == p.payload_type) return true;
    if (p.payload_type < 96 || p.payload_type == how_.receive_payload_type) return false;
    return p.payload.size() == dtmf::payload_bytes && dtmf::key_of(p.payload[0]) &&
           (p.payload[1] & 0x40) == 0;
}

void receive_path::on_event(const rtp::packet& p, time_point now)
{
    const bool ours = reception_.received() > 0 && p.ssrc == source_.current();
    if (ours)
    {
        source_.on_packet(p, now);
        reception_.on_packet(p.sequence);
    }
    if (presses_.receive(p, ours && source_.proven(), now))
        ++received_;
    else
        ++ignored_;
}

void receive_path::on_audio(const rtp::packet& p, time_point now)
{
    switch (source_.on_packet(p, now))
    {
    case rtp::source_filter::verdict::stranger: ++ignored_; return;
    case rtp::source_filter::verdict::changed: begin_stream(); break;
    case rtp::source_filter::verdict::current: break;
    }
    if (source_.proven() && !vouched_)
    {
        vouched_ = true;
        presses_.trust(p.ssrc, now);
    }
    if (reception_.on_packet(p.sequence) != rtp::reception::verdict::good)
    {
        ++ignored_;
        return;
    }
    ++received_;
    reception_.on_timestamp(p.timestamp, how_.codec->info().clock_rate, now);
    // A packet without payload keeps a NAT's door open (RFC 6263 section 4.5).
    if (!p.payload.empty()) store(p, now);
}

void receive_path::store(const rtp::packet& p, time_point now)
{
    using verdict = rtp::jitter_buffer::verdict;
    verdict v = waiting_.insert(p, now, packet_time_ * owed_);
    while (v == verdict::full && owed_ > 0)
    {
        play_frame();
        v = waiting_.insert(p, now, packet_time_ * owed_);
    }
    if (v == verdict::late)
        ++late_;
    else if (v != verdict::stored)
        ++ignored_;
}

void receive_path::tick(std::uint64_t frames, time_point now)
{
    presses_.handle_timeout(now);
    owed_ += frames;
    if (packet_time_ * owed_ > most_owed)
        owed_ = static_cast<std::uint64_t>(most_owed / packet_time_);
    for (std::uint64_t n = 0; n < catch_up && owed_ > 0; ++n)
        play_frame();
}

std::uint32_t receive_path::to_ticks(std::size_t samples) const
{
    const codec_info& info = how_.codec->info();
    if (info.clock_rate == info.sample_rate) return static_cast<std::uint32_t>(samples);
    return static_cast<std::uint32_t>(std::uint64_t{samples} * info.clock_rate / info.sample_rate);
}

std::size_t receive_path::to_samples(std::uint32_t ticks) const
{
    const codec_info& info = how_.codec->info();
    if (info.clock_rate == info.sample_rate) return ticks;
    return static_cast<std::size_t>(std::uint64_t{ticks} * info.sample_rate / info.clock_rate);
}

std::size_t receive_path::take_decoded(std::span<sample> to)
{
    const std::size_t n = std::min(to.size(), decoded_to_ - decoded_from_);
    std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(decoded_from_), n, to.begin());
    decoded_from_ += n;
    return n;
}

/// Decodes the packet that is due; false where nothing of it can be heard.
bool receive_path::decode_next(std::span<const std::uint8_t> payload, std::int32_t ahead)
{
    const std::size_t length = decoder_->decode(payload, decoded_);
    // Its beginning may have been given up as lost already.
    const std::size_t passed = to_samples(static_cast<std::uint32_t>(-ahead));
    decoded_from_ = std::min(passed, length);
    decoded_to_ = length;
    waiting_.pop(to_ticks(length));
    return decoded_from_ < decoded_to_;
}

/// One packet time by our clock, whatever the network brought: so that N seconds of call are N
/// seconds of recording.
void receive_path::play_frame()
{
    if (owed_ > 0) --owed_;
    std::span<sample> left(frame_);
    while (!left.empty())
    {
        left = left.subspan(take_decoded(left));
        if (left.empty()) break;
        const auto next = waiting_.front();
        if (next && next->ahead <= 0)
        {
            decode_next(next->payload, next->ahead);
            continue;
        }
        const std::size_t gap =
            next ? std::max<std::size_t>(to_samples(static_cast<std::uint32_t>(next->ahead)), 1)
                 : left.size();
        const std::size_t silent = std::min(gap, left.size());
        std::fill_n(left.begin(), silent, sample{0});
        left = left.subspan(silent);
        if (waiting_.begun()) waiting_.advance(to_ticks(silent));
    }
    if (sink_) sink_->write(frame_);
}

void receive_path::count(statistics& s) const
{
    s.received_packets = received_;
    s.lost_packets = lost_before_ + reception_.lost();
    s.late_packets = late_;
    s.ignored_packets = ignored_;
    s.jitter_ms = std::chrono::duration<double, std::milli>(reception_.jitter()).count();
}

} // namespace solosip::media
