// Datagrams, stalls and changes of direction into one session. A payload lies in its datagram; a
// header survives printing; what is sent is well formed and true to time; the recording is as long
// as the call. Whatever came before: after a while on a perfect network, each sample is heard as it
// was sent.
#include "fuzz/property.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/media/session.hpp"
#include "solosip/media/sources.hpp"
#include "solosip/rtp/packet.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

using namespace solosip;
using fuzz::require;

namespace
{

using bytes = std::span<const std::uint8_t>;

void check_packet(bytes datagram)
{
    const auto p = rtp::parse(datagram);
    if (!p) return;
    require(p->payload.data() >= datagram.data() + rtp::header_bytes,
            "a payload is behind the header");
    require(p->payload.data() + p->payload.size() <= datagram.data() + datagram.size(),
            "a payload lies in its datagram");
    std::array<std::uint8_t, rtp::header_bytes> printed;
    require(rtp::print_header(*p, printed), "there is room for a header");
    const auto back = rtp::parse(printed);
    require(back && back->sequence == p->sequence && back->timestamp == p->timestamp &&
                back->ssrc == p->ssrc && back->marker == p->marker &&
                back->payload_type == p->payload_type,
            "a header survives printing");
}

struct ear final : media::sink
{
    ear(std::size_t& to, std::vector<media::sample>& all) : heard(to), kept(all) {}
    void prepare(std::uint32_t) override {}
    void write(std::span<const media::sample> from) override
    {
        heard += from.size();
        if (kept.capacity() > 0) kept.insert(kept.end(), from.begin(), from.end());
    }
    std::size_t& heard;
    std::vector<media::sample>& kept;
};

/// Bytes that are taken one after the other; zeros when there are no more.
class input
{
public:
    explicit input(bytes data) : left_(data) {}
    bool empty() const { return left_.empty(); }
    std::uint8_t octet()
    {
        if (left_.empty()) return 0;
        const std::uint8_t o = left_.front();
        left_ = left_.subspan(1);
        return o;
    }
    bytes piece(std::size_t most)
    {
        const bytes p = left_.first(std::min(most, left_.size()));
        left_ = left_.subspan(p.size());
        return p;
    }

private:
    bytes left_;
};

class call
{
public:
    call() : session_(random_)
    {
        session_.record(std::make_unique<ear>(heard_, kept_));
        start(0);
    }

    void step(input& in)
    {
        const std::uint8_t what = in.octet();
        switch (what % 8)
        {
        case 0:
        case 1:
        case 2:
        case 3: receive(in); break;
        case 4: pass(milliseconds(20)); break;
        case 5: stall(milliseconds(in.octet() * 4)); break;
        case 6: command(in); break;
        default: start(in.octet()); break;
        }
    }

    /// What a stall owes is heard in the seconds after it.
    void settle()
    {
        for (int i = 0; i < 200; ++i)
            pass(milliseconds(20));
    }

    /// Packets of `length` x 10 ms, which come so long after a tick: 250 of them are enough to know
    /// the network, and 10 s to set the delay right. Then each second is heard as it was sent.
    void recover(int length, milliseconds phase)
    {
        start(0);
        const int end = 250 * length + 1200;
        for (int t = 0; t < end; ++t)
        {
            pass(phase);
            if (t % length == 0) receive_voice(static_cast<std::size_t>(length) * 80);
            pass(milliseconds(10) - phase);
            if (t == end - 101) kept_.reserve(8001);
        }
        require(kept_.size() >= 7800, "a second was heard");
        const auto found = std::search(said_.begin(), said_.end(), kept_.begin(), kept_.end());
        require(found != said_.end(), "what is heard is what was sent");
        const auto delay = session_.stats().delay;
        require(delay >= milliseconds(20) && delay <= milliseconds(80), "the delay is short");
    }

    void finish()
    {
        const auto samples = static_cast<std::size_t>(ticked_ / milliseconds(20)) * 160;
        require(heard_ == samples, "the recording is as long as the call");
        session_.stop();
        drain();
        while (session_.poll_event())
        {
        }
        require(!session_.playing() && !session_.next_timeout(), "nothing is left after the end");
    }

private:
    /// A voice that is nowhere the same, but almost so from period to period.
    void receive_voice(std::size_t samples)
    {
        std::array<std::uint8_t, limits::rtp_packet_bytes> datagram{};
        rtp::print_header({8, false, voice_sequence_++, voice_timestamp_, 0x70CE}, datagram);
        voice_timestamp_ += static_cast<std::uint32_t>(samples);
        for (std::size_t i = 0; i < samples; ++i)
        {
            const double t = static_cast<double>(said_.size()) / 8000;
            const double loud = 8000 + 3000 * std::sin(2.3 * t);
            const auto code = codecs::linear_to_alaw(
                static_cast<media::sample>(loud * std::sin(1131 * t) + random_.below(400)));
            datagram[rtp::header_bytes + i] = code;
            said_.push_back(codecs::alaw_to_linear(code));
        }
        session_.receive(std::span(datagram).first(rtp::header_bytes + samples), now_);
        drain();
    }

    void start(std::uint8_t flags)
    {
        media::stream how;
        how.codec = flags & 1 ? &codecs::pcmu() : &codecs::pcma();
        how.send_payload_type = how.receive_payload_type = flags & 1 ? 0 : 8;
        if (!(flags & 2)) how.send_events = 101;
        if (!(flags & 4)) how.receive_events = 101;
        how.send = !(flags & 8);
        how.receive = !(flags & 16);
        session_.start(how, now_);
        sending_ = how.send;
        drain();
    }

    /// A datagram as it is, or a header in sequence with a payload, so that more than the parser is
    /// reached.
    void receive(input& in)
    {
        const std::uint8_t kind = in.octet();
        std::array<std::uint8_t, limits::rtp_packet_bytes> datagram{};
        std::size_t size = 0;
        if (kind & 1)
        {
            sequence_ =
                static_cast<std::uint16_t>(sequence_ + static_cast<std::int8_t>(in.octet()));
            timestamp_ += static_cast<std::uint32_t>(static_cast<std::int8_t>(in.octet()) * 80);
            const bool event = (kind & 2) != 0;
            rtp::print_header({static_cast<std::uint8_t>(event ? 101 : 8), (kind & 4) != 0,
                               sequence_, timestamp_, kind & 8u},
                              datagram);
            size = rtp::header_bytes;
        }
        const bytes rest = in.piece(kind & 0x80 ? 1000 : kind >> 4);
        std::copy(rest.begin(), rest.end(), datagram.begin() + static_cast<std::ptrdiff_t>(size));
        size += rest.size();
        check_packet(std::span(datagram).first(size));
        session_.receive(std::span(datagram).first(size), now_);
        drain();
    }

    void command(input& in)
    {
        const std::uint8_t what = in.octet();
        if (what == 0)
            session_.clear();
        else if (what < 128)
            static_cast<void>(session_.play(
                std::make_unique<media::tones>(std::vector<media::tone>{{400, milliseconds(what)}}),
                milliseconds(in.octet())));
        else
            static_cast<void>(
                session_.send_digits("5#", milliseconds(what), milliseconds(in.octet())));
        drain();
    }

    /// Time without a tick, and enough of them behind it that no 3 s are ever owed.
    void stall(duration d)
    {
        pass(d);
        for (int i = 0; i < 17; ++i)
            pass(milliseconds(20));
    }

    void pass(duration d)
    {
        now_ += d;
        const auto due = session_.next_timeout();
        require(due.has_value(), "a running session has a deadline");
        session_.handle_timeout(now_);
        const auto next = session_.next_timeout();
        require(next && *next > now_ && *next <= now_ + milliseconds(20),
                "the next deadline is near");
        ticked_ += *next - *due;
        drain();
    }

    void drain()
    {
        std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
        int packets = 0;
        while (const std::size_t n = session_.poll_packet(buffer))
        {
            const auto p = rtp::parse(std::span(buffer).first(n));
            require(p && !p->payload.empty(), "what is sent can be read");
            require(sending_, "nothing is sent while held");
            require(!last_sent_ || p->sequence == static_cast<std::uint16_t>(*last_sent_ + 1),
                    "what is sent is numbered without a gap");
            last_sent_ = p->sequence;
            require(++packets <= 3, "no flood");
        }
        // Events wait now and then, as they would with a slow program.
        if (sequence_ % 4 != 0)
            while (session_.poll_event())
            {
            }
    }

    seeded_random random_{1};
    media::session session_;
    time_point now_{seconds(1000)};
    std::size_t heard_ = 0;
    std::vector<media::sample> said_, kept_;
    std::uint16_t voice_sequence_ = 7;
    std::uint32_t voice_timestamp_ = 77;
    duration ticked_{};
    bool sending_ = true;
    std::uint16_t sequence_ = 65'530;
    std::uint32_t timestamp_ = 0xFFFFFC00;
    std::optional<std::uint16_t> last_sent_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    check_packet({data, size});
    input in({data, size});
    call c;
    while (!in.empty())
        c.step(in);
    c.settle();
    // It takes a while, so not each time.
    if (size > 2 && data[0] % 8 == 0) c.recover(1 + data[1] % 10, milliseconds(data[2] % 10));
    c.finish();
    return 0;
}
