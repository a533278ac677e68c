// Key presses out of telephone-event packets: each press once, whatever the network does.
#pragma once

#include "dtmf/event.hpp"
#include "rtp/fixed_queue.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/time.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace solosip::dtmf
{

struct press
{
    char key = 0;
    milliseconds length{0}; ///< as far as it is known: packets may be lost
};

/// RFC 4733 sections 2.3 and 2.5. A press is known by SSRC, timestamp and event code, for all its
/// packets carry those of its beginning; sequence numbers and the marker may be missing or wrong:
///
///     timestamp  400 400 400  400  400  400  1520 1520 ...
///     duration   160 320 480  640  640  640   160  320
///     end                      E    E    E
///                              |
///                              reported here, the repetitions are recognized
///
/// A press is over, and reported, when
///  - a packet with its end bit comes, or
///  - a later press of the same sender begins, or
///  - no packet of it came for `silence`: the three ends are lost, or the sender is gone.
/// Audio of a later time does not end it, for there are senders that go on with audio beside the
/// event. What has been reported is remembered, and late packets of it do not report it again.
///
/// A sender that the caller does not vouch for (its SSRC sends no audio) must send two packets
/// before it is believed: random bytes press no keys.
class receiver
{
public:
    /// Three packets may be lost of a sender that updates every 50 ms, as the slowest ones do.
    static constexpr duration silence = milliseconds(200);
    /// How long a press is remembered: longer than a network holds a packet back.
    static constexpr duration memory = seconds(60);
    /// A test program may play the same capture, with the same numbers, again and again. When a
    /// press was heard from its marker to its end and begins anew, with its marker, after this
    /// time, it is a new one. (A network's repetitions come within milliseconds.)
    static constexpr duration replay_after = milliseconds(500);

    explicit receiver(std::uint32_t clock_rate = 8000) : clock_rate_(clock_rate) {}

    /// For events that begin from now on.
    void set_clock_rate(std::uint32_t clock_rate) { clock_rate_ = clock_rate; }

    /// A packet of payload type telephone-event. False: it holds no event.
    bool receive(const rtp::packet& p, bool trusted, time_point now);
    /// Vouches for a sender, also for what it has sent already.
    void trust(std::uint32_t ssrc, time_point now);

    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now);
    /// Nothing more will come: reports what is open.
    void finish();

    std::optional<press> poll() { return presses_.take(); }

private:
    struct entry
    {
        bool used = false;
        bool trusted = false;
        bool reported = false;
        bool ended = false;  ///< the end bit was seen
        bool marked = false; ///< the packet that begins it was seen
        std::uint8_t code = 0;
        std::uint32_t ssrc = 0;
        std::uint32_t begin = 0;  ///< timestamp
        std::uint32_t length = 0; ///< ticks that are known of
        std::uint32_t clock_rate = 0;
        time_point last_seen{};
    };

    bool same_press(const entry& e, const rtp::packet& p, std::uint8_t code) const;
    bool is_replay(const entry& e, const rtp::packet& p, const telephone_event& event,
                   time_point now) const;
    entry& add(const rtp::packet& p, std::uint8_t code, bool trusted, time_point now);
    entry* find(const rtp::packet& p, std::uint8_t code);
    bool heard_before(const entry& fresh) const;
    void believe(std::uint32_t ssrc);
    void supersede(entry& fresh);
    void report_ended(std::uint32_t ssrc);
    void report(entry& e);

    std::uint32_t clock_rate_;
    time_point check_at_ = time_point::max(); ///< no entry needs a look before
    std::array<entry, limits::remembered_presses> entries_{};
    rtp::fixed_queue<press, limits::digits> presses_;
};

} // namespace solosip::dtmf
