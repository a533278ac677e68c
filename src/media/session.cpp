#include "solosip/media/session.hpp"

#include "dtmf/sender.hpp"
#include "media/guard.hpp"
#include "media/play_queue.hpp"
#include "media/receive_path.hpp"
#include "media/reporter.hpp"
#include "solosip/rtp/packet.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

namespace solosip::media
{

namespace
{

/// So many packets late are sent at once: any receiver's jitter buffer takes that, and nothing of
/// the sound is lost. What is later than that is left out, and the timestamps say so.
constexpr std::uint64_t most_at_once = 3;

/// Milliseconds in a packet: as agreed, but not more than fits into a datagram.
unsigned packet_time(const stream& how)
{
    unsigned ms = std::clamp((how.ptime + 5) / 10 * 10, 10u, 100u);
    const auto bytes = [&] { return how.codec->info().max_bytes_per_20ms * ms / 20; };
    while (ms > 10 && bytes() > limits::rtp_packet_bytes - rtp::header_bytes - srtp_overhead)
        ms -= 10;
    return ms;
}

} // namespace

///     start        tick         tick         tick           each `packet_time_`, from one clock
///       |            |            |            |
///       v            v            v            v
///     poll_packet  poll_packet  poll_packet  poll_packet    reads the play queue, encodes
///                  hear         hear         hear           decodes, writes to the sink
struct session::state
{
    explicit state(random_source& random)
        : ssrc(random.u32()), timestamp(random.u32()),
          // Below 2^15, so that SRTP's rollover counter cannot be mistaken (RFC 3711
          // section 3.3.1).
          sequence(static_cast<std::uint16_t>(random.u32() & 0x7FFF)), reports(random)
    {
    }

    void configure(const stream& how_now, time_point at);
    void on_ticks(std::uint64_t ticks);
    void leave_out(std::uint64_t ticks);
    std::size_t send_audio(std::span<std::uint8_t> to);
    std::size_t send_event(const dtmf::sender::packet& e, std::span<std::uint8_t> to);
    void abandon_digits();

    bool running = false;
    stream how{};
    milliseconds packet_time{20};
    std::uint32_t ticks_per_packet = 160;
    time_point next_tick{}, now{};

    std::uint32_t ssrc;
    std::uint32_t timestamp; ///< of the next packet
    std::uint16_t sequence;
    std::uint64_t due = 0;  ///< packets that `poll_packet` has still to give out
    bool talk_spurt = true; ///< the next audio packet comes after a gap (RFC 3551 section 4.1)
    std::uint64_t sent = 0, sent_octets = 0;

    std::unique_ptr<media::encoder> encoder;
    std::vector<sample> frame;
    std::unique_ptr<sink> near; ///< hears what is sent
    bool speaking = false;      ///< are the sounds of the queue heard?
    std::uint64_t quiet = 0;    ///< samples of silence before they are
    play_queue sounds;
    dtmf::sender keys;
    std::uint32_t last_digits_id = 0;
    struct done_digits
    {
        digits_id item;
        bool complete;
        std::size_t left; ///< of `left_keys`, from its beginning
    };
    rtp::fixed_queue<done_digits, dtmf::sender::most_items> digits_done;
    std::string left_keys;
    receive_path ear;
    reporter reports;
    guard srtp;
    time_point heard_at{}; ///< the last packet, or the moment in which they became due
    bool watching = false, silent = false;
};

session::session(random_source& random) : s_(std::make_unique<state>(random)) {}
session::~session() = default;

void session::state::configure(const stream& how_now, time_point at)
{
    assert(how_now.codec);
    const bool other_codec = how.codec != how_now.codec;
    if (other_codec) encoder = how_now.codec->make_encoder();
    how = how_now;
    const codec_info& info = how.codec->info();
    if (other_codec && near) near->prepare(info.sample_rate);
    packet_time = milliseconds(media::packet_time(how));
    const auto per_packet = [this](std::uint32_t rate)
    { return static_cast<std::uint32_t>(rate * packet_time.count() / 1000); };
    ticks_per_packet = per_packet(info.clock_rate);
    frame.resize(per_packet(info.sample_rate));
    sounds.set_rate(info.sample_rate);
    keys.configure(info.clock_rate, ticks_per_packet);
    ear.configure(how, packet_time, at);
    reports.configure(how);
    srtp.configure(how.transform, how.srtp, ssrc);
}

void session::start(const stream& how, time_point now)
{
    state& s = *s_;
    s.configure(how, now);
    // On hold and while it rings nobody has to say anything.
    const bool watched = how.silence_limit > duration(0) && how.receive && how.plays;
    if (watched && !s.watching) s.heard_at = now;
    s.watching = watched;
    const bool speaks = how.send && how.plays;
    if (speaks && !s.speaking)
        s.quiet = static_cast<std::uint64_t>(
                      std::clamp<milliseconds>(how.lead_in, milliseconds(0), seconds(60)).count()) *
                  how.codec->info().sample_rate / 1000;
    s.speaking = speaks;
    if (!how.send_events) s.abandon_digits();
    if (!how.send) s.on_ticks(0);
    if (s.running) return;
    s.running = true;
    s.now = now;
    s.reports.start(now);
    // The first packet goes out at once: it opens the way through a NAT for what comes back.
    s.next_tick = now + s.packet_time;
    s.talk_spurt = true;
    s.due = how.send ? 1 : 0;
}

void session::stop()
{
    state& s = *s_;
    s.running = s.speaking = false;
    s.due = 0;
    s.sounds.clear();
    s.abandon_digits();
    s.near.reset();
    s.ear.stop();
    s.reports.stop();
    s.watching = s.silent = false;
}

bool session::running() const
{
    return s_->running;
}

void session::state::abandon_digits()
{
    while (const auto rest = keys.abandon())
    {
        left_keys += rest->keys;
        digits_done.push({digits_id{rest->id}, false, rest->keys.size()});
    }
}

void session::receive(std::span<const std::uint8_t> packet, time_point now, const endpoint& from)
{
    state& s = *s_;
    if (!s.running) return;
    s.now = now;
    const auto ignored = s.ear.ignored();
    const bool report = rtp::is_rtcp(packet); // that octet is in the clear (RFC 3711 section 3.4)
    const auto plain = s.srtp.open(packet, report);
    if (s.srtp.on() && plain.empty())
        s.ear.ignore();
    else if (!report)
        s.ear.receive(plain, from, now);
    else if (!s.reports.receive(plain, from, now, s.ssrc, s.ear.heard_at()))
        s.ear.ignore();
    if (s.ear.ignored() == ignored) s.heard_at = now;
}

std::optional<time_point> session::next_timeout() const
{
    if (!s_->running) return std::nullopt;
    return s_->next_tick;
}

void session::handle_timeout(time_point now)
{
    state& s = *s_;
    if (!s.running || now < s.next_tick) return;
    s.now = now;
    // Deadlines are laid out from the first one, so that being late never adds up.
    std::uint64_t ticks = 1;
    if (const duration late = now - s.next_tick; late >= s.packet_time) // seldom: no division else
        ticks += static_cast<std::uint64_t>(late / s.packet_time);
    s.next_tick += s.packet_time * ticks;
    s.on_ticks(ticks);
    s.ear.tick(ticks, now);
    s.reports.tick(now);
    s.silent = s.watching && now - s.heard_at >= s.how.silence_limit;
}

void session::state::on_ticks(std::uint64_t ticks)
{
    due += ticks;
    std::uint64_t left_out = 0;
    if (!how.send)
        left_out = due;
    else if (due > most_at_once)
        left_out = due - 1;
    if (left_out == 0) return;
    due -= left_out;
    leave_out(left_out);
    timestamp += static_cast<std::uint32_t>(left_out) * ticks_per_packet;
    talk_spurt = true;
}

/// Who hears what is sent hears nothing for so long.
void session::state::leave_out(std::uint64_t ticks)
{
    if (!near) return;
    // As with what was heard: who stands still for longer has lost it.
    const auto most = static_cast<std::uint64_t>(milliseconds(seconds(3)) / packet_time);
    std::fill(frame.begin(), frame.end(), sample{0});
    for (ticks = std::min(ticks, most); ticks > 0; --ticks)
        near->write(frame);
}

std::size_t session::poll_packet(std::span<std::uint8_t> to)
{
    state& s = *s_;
    if (s.due == 0 || to.size() < limits::rtp_packet_bytes) return 0;
    --s.due;
    std::optional<dtmf::sender::packet> key;
    if (s.how.send_events) key = s.keys.next(s.timestamp);
    const std::size_t bytes = key ? s.send_event(*key, to) : s.send_audio(to);
    s.timestamp += s.ticks_per_packet;
    ++s.sequence;
    ++s.sent;
    s.sent_octets += bytes - rtp::header_bytes;
    return s.srtp.seal(to, bytes, false);
}

std::size_t session::poll_report(std::span<std::uint8_t> to)
{
    state& s = *s_;
    if (!s.reports.due() || to.size() < limits::rtp_packet_bytes) return 0;
    reporter::situation now;
    now.ssrc = s.ssrc;
    now.timestamp = s.timestamp;
    now.packets = s.sent;
    now.octets = s.sent_octets;
    now.heard = s.ear.reception();
    now.heard_ssrc = s.ear.heard_ssrc();
    now.late = s.ear.late();
    now.bursts = &s.ear.bursts();
    now.so_far = stats();
    return s.srtp.seal(to, s.reports.print(now, to), true);
}

std::size_t session::state::send_event(const dtmf::sender::packet& e, std::span<std::uint8_t> to)
{
    leave_out(1);
    rtp::print_header({*how.send_events, e.marker, sequence, e.timestamp, ssrc}, to);
    std::copy(e.payload.begin(), e.payload.end(), to.begin() + rtp::header_bytes);
    if (e.finished) digits_done.push({digits_id{*e.finished}, true, 0});
    return rtp::header_bytes + e.payload.size();
}

std::size_t session::state::send_audio(std::span<std::uint8_t> to)
{
    const auto begin = std::min<std::uint64_t>(quiet, frame.size());
    quiet -= begin;
    // Sounds wait until the keys are through: an announcement in shreds helps nobody.
    if (keys.busy() || !how.plays)
        std::fill(frame.begin(), frame.end(), sample{0});
    else
    {
        std::fill_n(frame.begin(), begin, sample{0});
        sounds.fill(std::span(frame).subspan(static_cast<std::size_t>(begin)));
    }
    if (near) near->write(frame);
    rtp::print_header({how.send_payload_type, talk_spurt, sequence, timestamp, ssrc}, to);
    talk_spurt = false;
    return rtp::header_bytes + encoder->encode(frame, to.subspan(rtp::header_bytes));
}

std::optional<event> session::poll_event()
{
    state& s = *s_;
    if (const auto press = s.ear.poll_press())
        return digit_heard{press->key, press->length, false, s.now};
    if (const auto press = s.ear.poll_tone())
        return digit_heard{press->key, press->length, true, s.now};
    if (const auto played = s.sounds.poll_finished()) return *played;
    if (const auto d = s.digits_done.take())
    {
        digits_finished digits{d->item, d->complete, s.left_keys.substr(0, d->left), s.now};
        s.left_keys.erase(0, d->left);
        return digits;
    }
    if (const auto to = s.ear.poll_moved()) return remote_moved{*to, s.now};
    return std::nullopt;
}

result<play_id> session::play(std::unique_ptr<source> sound, milliseconds after)
{
    return s_->sounds.append(std::move(sound), after);
}

void session::clear()
{
    s_->sounds.clear();
}

bool session::remote_silent() const
{
    return s_->silent;
}

bool session::playing() const
{
    return !s_->sounds.empty();
}

void session::record(std::unique_ptr<sink> far, std::unique_ptr<sink> near)
{
    s_->ear.record(std::move(far));
    s_->near = std::move(near);
    if (s_->near && s_->how.codec) s_->near->prepare(s_->how.codec->info().sample_rate);
}

void session::listen(std::unique_ptr<sink> to)
{
    s_->ear.listen(std::move(to));
}

result<digits_id> session::send_digits(std::string_view keys, milliseconds length, milliseconds gap)
{
    state& s = *s_;
    if (!s.running || !s.how.send_events) return errc::bad_config;
    if (s.keys.items() + s.digits_done.size() >= dtmf::sender::most_items) return errc::too_many;
    const auto queued = s.keys.queue(s.last_digits_id + 1, keys, length, gap);
    if (!queued) return queued.error();
    return digits_id{++s.last_digits_id};
}

statistics session::stats() const
{
    statistics all;
    all.sent_packets = s_->sent;
    s_->ear.count(all);
    all.unauthentic_packets = s_->srtp.refused();
    if (s_->how.codec) s_->reports.count(all);
    return all;
}

} // namespace solosip::media
