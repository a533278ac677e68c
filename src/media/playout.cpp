#include "media/playout.hpp"

#include "media/pitch.hpp"
#include "rtp/reception.hpp"

#include <algorithm>
#include <utility>

namespace solosip::media
{

void playout::configure(const stream& how, milliseconds packet_time)
{
    const bool other_codec = how_.codec != how.codec;
    const stream before = std::exchange(how_, how);
    packet_time_ = packet_time;
    info_ = how.codec->info();
    frame_ = static_cast<std::size_t>(info_.sample_rate * packet_time.count() / 1000);
    if (other_codec)
    {
        decoder_ = how.codec->make_decoder();
        // The longest packet: 120 ms, or as many samples as a datagram of 4-bit samples holds.
        decoded_.resize(
            std::max<std::size_t>(2 * limits::rtp_packet_bytes, info_.sample_rate * 120 / 1000));
        concealer_.configure(info_.sample_rate);
        tones_.configure(info_.sample_rate);
        heard_ = false;
        concealed_ = 0;
        if (sink_) sink_->prepare(info_.sample_rate);
        if (listener_) listener_->prepare(info_.sample_rate);
    }
    configure_further(before);
    history_ = std::max(concealer_.history(), pitch_history(info_.sample_rate));
    const std::size_t room = history_ + 4 * frame_ + info_.sample_rate / 10;
    if (other_codec || line_.size() < room)
    {
        line_.assign(room, 0);
        at_ = history_;
    }
    if (other_codec) reset();
}

// One clock and one sample rate for all: neither the jitter buffer nor who listens can change its
// own from packet to packet.
void playout::configure_further(const stream& before)
{
    for (std::size_t i = 0; i < further_.size(); ++i)
    {
        const codec* const c = how_.further[i].codec;
        const bool fits = c != nullptr && c->info().clock_rate == info_.clock_rate &&
                          c->info().sample_rate == info_.sample_rate;
        if (fits && further_[i] && c == before.further[i].codec) continue;
        further_[i] = fits ? c->make_decoder() : nullptr;
    }
    last_decoder_ = decoder_.get();
}

bool playout::is_further(std::uint8_t payload_type) const
{
    for (std::size_t i = 0; i < further_.size(); ++i)
        if (further_[i] && how_.further[i].payload_type == payload_type) return true;
    return false;
}

decoder& playout::decoder_of(std::uint8_t payload_type)
{
    decoder* d = decoder_.get();
    for (std::size_t i = 0; payload_type != how_.receive_payload_type && i < further_.size(); ++i)
        if (further_[i] && how_.further[i].payload_type == payload_type) d = further_[i].get();
    if (d != last_decoder_) d->reset(); // what it remembers is not what came before
    last_decoder_ = d;
    return *d;
}

void playout::reset()
{
    waiting_.reset(info_.clock_rate);
    decoder_->reset();
    last_decoder_ = decoder_.get();
    noise_.stop();
    decoded_from_ = decoded_to_ = 0;
}

void playout::record(std::unique_ptr<sink> to)
{
    sink_ = std::move(to);
    if (sink_ && how_.codec) sink_->prepare(info_.sample_rate);
}

void playout::listen(std::unique_ptr<sink> to)
{
    listener_ = std::move(to);
    if (listener_ && how_.codec) listener_->prepare(info_.sample_rate);
}

void playout::stop()
{
    sink_.reset();
    listener_.reset();
    owed_ = credited_ = 0;
    running_ = false;
    // A call that has ended stays for a while to answer repetitions; its sound need not.
    how_.codec = nullptr;
    decoder_.reset();
    further_ = {};
    last_decoder_ = nullptr;
    waiting_.release();
    decoded_ = {};
    line_ = {};
}

/// How long until what stands at the buffer's clock has to be there: until the tick whose frame
/// the packet that was decoded last does not fill alone.
duration playout::until_needed(time_point now) const
{
    return std::clamp<duration>(last_tick_ + packet_time_ - now, duration(0), packet_time_) +
           packet_time_ * whole_frames();
}

// After a standstill of the program its socket may be read before its timer runs: what has waited
// there is no earlier than it should be.
void playout::credit(time_point now)
{
    const duration since = std::min(now - last_tick_, most_owed);
    if (!running_ || since < 2 * packet_time_) return; // as nearly always
    const auto ticks = static_cast<std::uint64_t>(since / packet_time_);
    if (ticks <= credited_) return;
    owed_ += ticks - credited_;
    credited_ = ticks;
}

rtp::jitter_buffer::verdict playout::insert(const rtp::packet& p, time_point now)
{
    using verdict = rtp::jitter_buffer::verdict;
    credit(now);
    ahead_in_frame_ = {};
    if (decoded() != 0)
        ahead_in_frame_ =
            rtp::from_ticks(static_cast<std::int64_t>(decoded() % frame_), info_.sample_rate);
    verdict v = waiting_.insert(p, now, packet_time_ * owed_, until_needed(now));
    while (v == verdict::full && owed_ > 0)
    {
        play_frame();
        v = waiting_.insert(p, now, packet_time_ * owed_, until_needed(now));
    }
    return v;
}

void playout::tick(std::uint64_t frames, time_point now)
{
    last_tick_ = now;
    running_ = true;
    const auto told = std::exchange(credited_, 0);
    owed_ = frames >= told ? owed_ + (frames - told) : owed_ - std::min(owed_, told - frames);
    if (packet_time_ * owed_ > most_owed)
        owed_ = static_cast<std::uint64_t>(most_owed / packet_time_);
    for (std::uint64_t n = 0; n < catch_up && owed_ > 0; ++n)
        play_frame();
}

std::uint32_t playout::to_ticks(std::size_t samples) const
{
    if (info_.clock_rate == info_.sample_rate) return static_cast<std::uint32_t>(samples);
    return static_cast<std::uint32_t>(std::uint64_t{samples} * info_.clock_rate /
                                      info_.sample_rate);
}

std::size_t playout::to_samples(std::uint32_t ticks) const
{
    if (info_.clock_rate == info_.sample_rate) return ticks;
    return static_cast<std::size_t>(std::uint64_t{ticks} * info_.sample_rate / info_.clock_rate);
}

// ---- one frame

/// Samples that this frame is to play more than it takes (positive: the delay grows) or less.
std::ptrdiff_t playout::wanted_shift() const
{
    // A long packet may be decoded already while no other one waits yet.
    const std::size_t at_hand = waiting_.size() + whole_frames();
    if (how_.plain || !heard_ || at_hand == 0) return 0;
    const duration surplus = waiting_.surplus();
    const bool longer = surplus < duration(0);
    const bool shorter =
        surplus > packet_time_ + tolerance && since_shift_ >= shift_pause && at_hand > 1;
    if (!longer && !shorter) return 0;
    const auto period =
        find_period(std::span(line_).subspan(at_ - history_, history_), info_.sample_rate);
    if (period > frame_ * 3 / 4) return 0;
    // A whole tick of the sender's clock, where that is slower than ours.
    const auto whole = static_cast<std::ptrdiff_t>(to_samples(to_ticks(period)));
    return longer ? whole : -whole;
}

/// One packet time by our clock, whatever the network brought.
void playout::play_frame()
{
    if (owed_ > 0) --owed_;
    if (at_ + 2 * frame_ > line_.size())
    {
        std::copy(line_.begin() + static_cast<std::ptrdiff_t>(at_ - history_),
                  line_.begin() + static_cast<std::ptrdiff_t>(at_), line_.begin());
        at_ = history_;
    }
    sample* const begin = line_.data() + at_;
    const std::ptrdiff_t shift = wanted_shift();
    const auto period = static_cast<std::size_t>(shift < 0 ? -shift : shift);
    const std::size_t fade = std::min<std::size_t>(frame_ - period, info_.sample_rate / 100);
    if (shift > 0)
    {
        produce({begin, frame_ - period});
        repeat(begin, frame_ - period, period, fade);
    }
    else if (shift < 0)
    {
        produce({begin, frame_ + period});
        leave_out({begin, frame_ + period}, period, fade);
    }
    else
        produce({begin, frame_});
    if (shift != 0)
    {
        waiting_.shifted(rtp::from_ticks(shift, info_.sample_rate));
        since_shift_ = 0;
    }
    else if (since_shift_ < shift_pause)
        ++since_shift_;
    at_ += frame_;
    if (how_.hear_tones) tones_.hear({begin, frame_});
    if (sink_) sink_->write({begin, frame_});
    if (listener_) listener_->write({begin, frame_});
}

std::size_t playout::take_decoded(std::span<sample> to)
{
    const std::size_t n = std::min(to.size(), decoded());
    std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(decoded_from_), n, to.begin());
    decoded_from_ += n;
    if (concealer_.active() && n > 0) concealer_.resume(to.first(n));
    return n;
}

/// Decodes the packet that is due.
void playout::decode_next(const rtp::jitter_buffer::waiting& next)
{
    // A number that is no further codec's is the codec's, or was: a re-INVITE may give it another
    // one while packets wait (RFC 3264 section 8.3.2). Another codec empties the buffer.
    if (next.payload_type == comfort_noise_type)
    {
        noise_.update(next.payload);
        waiting_.pop(0);
        return;
    }
    const std::size_t length = decoder_of(next.payload_type).decode(next.payload, decoded_);
    // Its beginning may have been given up as lost already.
    const std::size_t passed = to_samples(static_cast<std::uint32_t>(-next.ahead));
    decoded_from_ = std::min(passed, length);
    decoded_to_ = length;
    waiting_.pop(to_ticks(length));
    if (length == 0) return;
    noise_.stop();
    heard_ = true;
}

/// The next samples of the stream, whose clock they move.
void playout::produce(std::span<sample> to)
{
    while (!to.empty())
    {
        to = to.subspan(take_decoded(to));
        if (to.empty()) break;
        const auto next = waiting_.front();
        if (next && next->ahead <= 0)
            decode_next(*next);
        else
            to = to.subspan(fill_gap(to));
    }
}

void playout::conceal(std::span<sample> to)
{
    if (noise_.on())
        noise_.make(to);
    else if (how_.plain || !heard_)
        std::fill(to.begin(), to.end(), sample{0});
    else
    {
        concealed_ += concealer_.faded() ? 0 : to.size();
        concealer_.conceal({to.data() - history_, history_}, to);
    }
}

/// Up to the next packet, or to the end. Where it is quiet, the delay can be set right for nothing.
std::size_t playout::fill_gap(std::span<sample> to)
{
    const auto next = waiting_.front();
    const duration surplus = how_.plain ? duration(0) : waiting_.surplus();
    const bool quiet = noise_.on() || concealer_.faded();
    if (next && quiet && surplus > duration(0))
    {
        const auto skip =
            std::min<std::int64_t>(next->ahead, rtp::to_ticks(surplus, info_.clock_rate));
        waiting_.advance(static_cast<std::uint32_t>(skip));
        waiting_.shifted(-rtp::from_ticks(skip, info_.clock_rate));
        if (skip > 0) return 0;
    }
    const std::size_t gap =
        next ? std::max<std::size_t>(to_samples(static_cast<std::uint32_t>(next->ahead)), 1)
             : to.size();
    const std::size_t n = std::min(gap, to.size());
    conceal(to.first(n));
    if (!waiting_.begun()) return n;
    std::uint32_t passed = to_ticks(n);
    if (!next && surplus < duration(0))
    {
        // What is late may still be heard: the clock waits for it.
        const auto wait = std::min<std::int64_t>(passed, rtp::to_ticks(-surplus, info_.clock_rate));
        passed -= static_cast<std::uint32_t>(wait);
        waiting_.shifted(rtp::from_ticks(wait, info_.clock_rate));
    }
    waiting_.advance(passed);
    return n;
}

void playout::count(statistics& s) const
{
    using std::chrono::duration_cast;
    if (waiting_.begun())
        s.delay = duration_cast<milliseconds>(waiting_.actual() + ahead_in_frame_);
    if (info_.sample_rate > 0) s.concealed = milliseconds(concealed_ * 1000 / info_.sample_rate);
}

} // namespace solosip::media
