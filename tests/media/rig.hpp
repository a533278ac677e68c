// A session in virtual time, with what a test needs around it.
#pragma once

#include "dtmf/event.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/random.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/media/session.hpp"
#include "solosip/media/sources.hpp"
#include "solosip/rtp/packet.hpp"

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig
{

using namespace solosip;

/// A packet that was sent, as a value.
struct sent : rtp::header
{
    std::vector<std::uint8_t> payload;
    time_point at;

    std::vector<media::sample> pcm() const
    {
        std::vector<media::sample> all;
        for (std::uint8_t code : payload)
            all.push_back(codecs::alaw_to_linear(code));
        return all;
    }
};

inline media::stream alaw_stream()
{
    media::stream how;
    how.codec = &codecs::pcma();
    how.send_payload_type = 8;
    how.receive_payload_type = 8;
    how.send_events = 101;
    how.receive_events = 101;
    how.plain = true; // each packet can be told from the others then
    return how;
}

/// What the recorder of a test has heard.
struct recording
{
    std::vector<media::sample> pcm;
    std::vector<std::uint32_t> rates;
    bool closed = false;
};

class recorder final : public media::sink
{
public:
    explicit recorder(std::shared_ptr<recording> to) : to_(std::move(to)) {}
    ~recorder() override { to_->closed = true; }
    void prepare(std::uint32_t sample_rate) override { to_->rates.push_back(sample_rate); }
    void write(std::span<const media::sample> from) override
    {
        to_->pcm.insert(to_->pcm.end(), from.begin(), from.end());
    }

private:
    std::shared_ptr<recording> to_;
};

/// A sound of `length` samples that counts up from `first`; it says that it has ended together with
/// its last sample, or, as files do, only when asked for more.
class counting final : public media::source
{
public:
    counting(int first, int length, bool knows_its_end = true)
        : next_(first), end_(first + length), knows_(knows_its_end)
    {
    }
    void prepare(std::uint32_t rate) override { prepared_for = rate; }
    std::size_t read(std::span<media::sample> to) override
    {
        std::size_t n = 0;
        for (; n < to.size() && next_ < end_; ++n)
            to[n] = static_cast<media::sample>(next_++);
        starved_ = n < to.size();
        return n;
    }
    bool finished() const override { return next_ == end_ && (knows_ || starved_); }

    std::uint32_t prepared_for = 0;

private:
    int next_, end_;
    bool knows_, starved_ = false;
};

struct session
{
    explicit session(std::uint64_t seed = 1) : random(seed), media(random) {}

    seeded_random random;
    media::session media;
    time_point now{seconds(5000)};
    std::vector<sent> out;
    std::vector<media::event> events;
    /// Called for each packet that is sent.
    std::function<void(const std::vector<std::uint8_t>&)> to_peer;

    void start(const media::stream& how = alaw_stream())
    {
        media.start(how, now);
        drain();
    }
    media::play_id play(std::unique_ptr<media::source> sound, milliseconds after = {})
    {
        const auto id = media.play(std::move(sound), after);
        REQUIRE(id);
        return *id;
    }
    media::digits_id press(std::string_view keys, milliseconds length = milliseconds(100),
                           milliseconds gap = milliseconds(100))
    {
        const auto id = media.send_digits(keys, length, gap);
        REQUIRE(id);
        return *id;
    }
    void drain()
    {
        std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
        while (const std::size_t n = media.poll_packet(buffer))
        {
            const std::vector<std::uint8_t> datagram(buffer.begin(),
                                                     buffer.begin() + static_cast<int>(n));
            const auto p = rtp::parse(datagram);
            REQUIRE(p);
            out.push_back({*p, {p->payload.begin(), p->payload.end()}, now});
            if (to_peer) to_peer(datagram);
        }
        while (const auto e = media.poll_event())
            events.push_back(*e);
    }
    /// Goes on to `t`, with each timer on its time.
    void run_until(time_point t)
    {
        while (const auto due = media.next_timeout())
        {
            if (*due > t) break;
            now = std::max(now, *due);
            media.handle_timeout(now);
            drain();
        }
        now = t;
    }
    void run(duration d) { run_until(now + d); }
    /// The timer comes only after `d`.
    void stall(duration d)
    {
        now += d;
        media.handle_timeout(now);
        drain();
    }

    /// Digits heard since the last call.
    std::string digits()
    {
        std::string keys;
        std::erase_if(events,
                      [&](const media::event& e)
                      {
                          const auto* d = std::get_if<media::digit_heard>(&e);
                          if (d) keys += d->key;
                          return d != nullptr;
                      });
        return keys;
    }
    std::vector<media::play_finished> played()
    {
        std::vector<media::play_finished> all;
        for (const media::event& e : events)
            if (const auto* p = std::get_if<media::play_finished>(&e)) all.push_back(*p);
        return all;
    }
};

/// Makes packets as a far end does.
struct far_end
{
    std::uint32_t ssrc = 0xCAFE;
    std::uint32_t timestamp = 50'000;
    std::uint16_t sequence = 65'530;
    std::uint8_t payload_type = 8;

    std::vector<std::uint8_t> packet(std::uint8_t type, bool marker, std::uint32_t at,
                                     const std::vector<std::uint8_t>& payload)
    {
        std::vector<std::uint8_t> datagram(rtp::header_bytes);
        rtp::print_header({type, marker, sequence++, at, ssrc}, datagram);
        for (std::uint8_t octet : payload)
            datagram.push_back(octet);
        return datagram;
    }
    /// 20 ms of one code.
    std::vector<std::uint8_t> audio(std::uint8_t code, std::size_t samples = 160)
    {
        const std::vector<std::uint8_t> payload(samples, code);
        const auto p = packet(payload_type, false, timestamp, payload);
        timestamp += static_cast<std::uint32_t>(samples);
        return p;
    }
    std::vector<std::uint8_t> key(char k, std::uint32_t at, int length, bool end,
                                  bool marker = false, std::uint8_t type = 101)
    {
        dtmf::telephone_event e;
        e.code = *dtmf::code_of(k);
        e.duration = static_cast<std::uint16_t>(length);
        e.end = end;
        const auto payload = dtmf::print_event(e);
        return packet(type, marker, at, {payload.begin(), payload.end()});
    }
};

} // namespace rig
