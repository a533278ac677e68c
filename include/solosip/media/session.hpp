// One call's audio: RTP in and out, the play queue, recording and digits; no socket, no clock.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/random.hpp"
#include "solosip/base/result.hpp"
#include "solosip/base/srtp.hpp"
#include "solosip/base/time.hpp"
#include "solosip/media/audio.hpp"
#include "solosip/media/codec.hpp"
#include "solosip/media/srtp.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace solosip::media
{

/// A codec that may come besides the first one.
struct further_codec
{
    const media::codec* codec = nullptr; ///< null: none
    std::uint8_t payload_type = 0;
};

/// How the stream runs, from the offer/answer agreement.
struct stream
{
    const media::codec* codec = nullptr;
    std::uint8_t send_payload_type = 0;
    std::uint8_t receive_payload_type = 0;
    /// What the other side may send too, from packet to packet (RFC 3264 section 5.1). Those with
    /// another clock or sample rate than `codec` are not heard.
    std::array<further_codec, 3> further{};
    std::optional<std::uint8_t> send_events; ///< telephone-event, RFC 4733
    std::optional<std::uint8_t> receive_events;
    bool send = true; ///< false while held: nothing is sent, the play queue waits
    bool receive = true;
    bool plays = true; ///< false: silence goes out, and the play queue waits
    /// So much silence goes out before the first sound, and again where sounds could not be heard
    /// in between; for ears that open late. 0 to 60 s, what is beyond counts as that.
    milliseconds lead_in{0};
    unsigned ptime = 20;    ///< ms in a packet: 20 (others are rounded to a multiple of 10, 10-100)
    endpoint remote{};      ///< where the other side has announced to be; port 0: not known
    endpoint remote_rtcp{}; ///< and where its RTCP is
    /// After so long without RTP or RTCP, while sound is to be received and `plays`, the other side
    /// is `remote_silent`. 0: never.
    duration silence_limit{0};
    bool hear_tones = false;  ///< keys are looked for in the sound too (ITU-T Q.23)
    bool report_voip = false; ///< it asked for VoIP metrics (RFC 3611)
    /// RTP and RTCP go encrypted and come encrypted, by `transform`, or not at all. The same keys
    /// again go on as they are; other ones begin anew.
    std::optional<srtp_keys> srtp{};
    const srtp_transform* transform = nullptr;
    /// For measurements: what came and nothing else, 60 ms later; silence where nothing came.
    bool plain = false;
};

enum class play_id : std::uint32_t
{
};
enum class digits_id : std::uint32_t
{
};

/// A key was pressed at the other end; once for each press and method.
struct digit_heard
{
    char key; ///< 0-9 * # A-D, ! for the hook flash
    milliseconds length;
    bool by_tone = false; ///< in the sound, not by RFC 4733
    time_point at{};      ///< when it was told
};
/// The last sample of a sound has been sent, or it was cleared (`errc::cancelled` at the edge).
struct play_finished
{
    play_id item;
    bool complete;
};
struct digits_finished
{
    digits_id item;
    bool complete;
    std::string left{}; ///< keys that were not begun: the stream has no telephone-events any more
    time_point at{};
};
/// The other side is not where it has announced to be, or has moved: what is sent should go to
/// where it is heard from (symmetric RTP, RFC 4961).
struct remote_moved
{
    endpoint to;
    time_point at; ///< when that was known
};
using event = std::variant<digit_heard, play_finished, digits_finished, remote_moved>;

struct statistics
{
    std::uint64_t sent_packets = 0, received_packets = 0;
    std::uint64_t lost_packets = 0, late_packets = 0, ignored_packets = 0;
    /// Of the ignored ones: not encrypted by the right key, or a repetition (SRTP), RTCP as well.
    std::uint64_t unauthentic_packets = 0;
    double jitter_ms = 0;
    milliseconds delay{0};     ///< from a packet's arrival to the ear: the jitter buffer's part
    milliseconds concealed{0}; ///< made up, since packets were missing
    std::uint64_t sent_reports = 0, received_reports = 0; ///< RTCP
    double round_trip_ms = 0;                             ///< 0: not yet known, as all below
    std::uint64_t remote_lost_packets = 0;                ///< of ours, says the other side
    double remote_jitter_ms = 0;
    double remote_mos = 0; ///< what the other side thinks of what it hears (RFC 3611)
    double r_factor = 0;   ///< ITU-T G.107, simplified: loss and delay; 93.2 at best
    double mos = 0;        ///< of that: 1 to 4.4, what a person would think of what we hear
    /// Samples that waited too long for `call::async_read_audio`; the edge counts them.
    std::uint64_t unread_samples = 0;
};

/// Begins stopped. After each call drain `poll_packet` and `poll_event`, then arm a timer for
/// `next_timeout` (the rule of `ua::engine`, which owns it). Once started, no call allocates,
/// except `play`, `record` and `send_digits`.
class session
{
public:
    /// `random` must outlive it.
    explicit session(random_source& random);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Starts, or goes on with other parameters (sequence numbers, timestamps and SSRC continue).
    void start(const stream& how, time_point now);
    /// Sends nothing more; every item of the queues finishes incomplete; recording ends.
    void stop();
    bool running() const;

    /// A datagram from the RTP socket. Anything but a good packet of this stream is counted and
    /// ignored. `from`: where it came from; without it, strangers are known by their SSRC alone.
    void receive(std::span<const std::uint8_t> packet, time_point now, const endpoint& from = {});

    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now);

    /// Writes the next packet to be sent now and returns its size; 0 when there is none.
    /// `to` of at least `limits::rtp_packet_bytes`.
    std::size_t poll_packet(std::span<std::uint8_t> to);
    /// The same for RTCP (RFC 3550 section 6), also once after `stop`: goodbye. It goes to
    /// `stream::remote_rtcp`, or where RTP goes if both share a port (RFC 5761).
    std::size_t poll_report(std::span<std::uint8_t> to);
    std::optional<event> poll_event();

    /// Appends to the play queue, `after` a gap of silence. Plays when the stream runs.
    /// Error: too_many.
    result<play_id> play(std::unique_ptr<source> sound, milliseconds after = {});
    /// Empties the queue and stops what plays; each item finishes incomplete.
    void clear();
    bool playing() const;

    /// What the other end says goes to `far` from now on, silence where nothing comes, and what we
    /// say to `near`, silence where nothing is sent; null: nowhere. Both get a frame each tick.
    void record(std::unique_ptr<sink> far, std::unique_ptr<sink> near = {});
    /// What the other end says also goes there, whether it is recorded or not; null ends it.
    void listen(std::unique_ptr<sink> to);

    /// Queues key presses as RFC 4733 events. Errors: bad_digit, too_many, and bad_config where
    /// telephone-event was not agreed.
    result<digits_id> send_digits(std::string_view keys, milliseconds length = milliseconds(100),
                                  milliseconds gap = milliseconds(100));

    statistics stats() const;
    /// Nothing came for `stream::silence_limit`, as of the last `handle_timeout`.
    bool remote_silent() const;

private:
    struct state;
    std::unique_ptr<state> s_;
};

} // namespace solosip::media
