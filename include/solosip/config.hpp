// What an agent is told once, and the words that the operations share.
#pragma once

#include "solosip/base/error.hpp"
#include "solosip/base/log.hpp"
#include "solosip/base/srtp.hpp"
#include "solosip/base/time.hpp"
#include "solosip/media/session.hpp"
#include "solosip/ua/engine.hpp"

#include <any>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace solosip
{

using ua::account;
using ua::ended_by;
using ua::ending;
using ua::header;
using ua::registration_state;
using ua::request;
using ua::response;

/// What has become of the registration; given also with an error, where `status` and `reason` tell
/// what the registrar said, and `retry_in` when it is tried again.
using registration = ua::registration_changed;

/// How SIP travels.
enum class transport : std::uint8_t
{
    udp,
};

/// How a key press travels.
enum class dtmf_via : std::uint8_t
{
    automatic, ///< RFC 4733 where the other side understands it, else INFO
    rtp,       ///< RFC 4733
    info,      ///< SIP INFO, application/dtmf-relay
    tone,      ///< in the sound; heard where nothing else was agreed, never sent
};

/// A key that was pressed at the other end.
struct digit
{
    char key = 0;           ///< 0-9 * # A-D, ! for the hook flash
    milliseconds length{0}; ///< 0 where not known
    dtmf_via via = dtmf_via::rtp;
};

/// A provisional answer to a call of ours: 180 while it rings.
struct progress
{
    int status = 0;
    std::string reason{};
    std::vector<header> headers{};
};

/// Who keeps a call on hold.
struct hold_state
{
    bool by_us = false, by_peer = false;

    friend bool operator==(const hold_state&, const hold_state&) = default;
};

/// Packets of a call's audio.
using statistics = media::statistics;

struct call_options
{
    std::string subject{};
    std::string display_name{};    ///< of ours; empty: the account's
    std::string from{};            ///< a URI; empty: the account's, or our address
    std::vector<header> headers{}; ///< on the INVITE
    bool follow_redirects = false; ///< call where a 3xx points to; else it is an error
    std::any user_data{};          ///< a reference of yours: `call::user_data`
    seconds ring_for{60};          ///< then give up with `errc::no_answer`; 0: 3 minutes
    bool late_offer = false;       ///< the INVITE holds no offer: the other side makes one
    std::function<void(const progress&)> on_progress{}; ///< called on the agent's executor
};

struct media_options
{
    /// In order of preference: PCMA, PCMU, G722, L16 (16 kHz), L16/8000, and the names of
    /// `more_codecs`.
    std::vector<std::string> codecs{"PCMA", "PCMU"};
    /// Codecs besides those above, such as `codecs::opus()` or one of your own; they must outlive
    /// the agent.
    std::vector<const media::codec*> more_codecs{};
    /// Keys are heard in the sound (ITU-T Q.23) where RFC 4733 was not agreed; with this, always.
    bool hear_tones = false;
    /// A call from whose other side no RTP and no RTCP comes for so long ends with
    /// `errc::media_timeout`; not while it rings or either side holds it. 0: never.
    seconds silence_limit{0};
    /// Samples a second of what `call::async_read_audio` gives, whatever the codec: 1,000 to
    /// 384,000.
    int pcm_rate = 8000;
    /// Silence that is sent before the first sound of a call, and after each hold, so that no
    /// syllable is lost where the way opens late. 0 to 60 s.
    milliseconds lead_in{0};
    /// RTP ports, both included; 0 and 0: whatever is free. Each call takes an even one.
    std::uint16_t port_lo = 0, port_hi = 0;
    /// Whether audio is encrypted (SRTP with keys in the session description, RFC 4568). Whoever
    /// reads the SIP messages reads the keys too: without a protected way for them it helps only
    /// against those who see the audio and not the messages. Anything but `off` needs a library
    /// that was built with SOLOSIP_SRTP; else the agent's constructor throws bad_config.
    srtp_policy encryption = srtp_policy::off;
};

struct config
{
    std::string user_agent = "solosip"; ///< User-Agent and Server; empty: neither is sent
    int dscp_sip = 26;                  ///< AF31 (RFC 4594), 0 to 63
    int dscp_rtp = 46;                  ///< EF, 0 to 63
    media_options media{};
    seconds ring_limit{60};        ///< a caller whom nobody answers hears 480 then
    seconds session_expires{1800}; ///< a call that nobody refreshes ends then (RFC 4028); 0: never
    seconds max_call{0};           ///< calls are hung up then (`errc::duration_limit`); 0: never
    /// Reliable provisional responses (RFC 3262) are a must: a caller who cannot do that hears 421.
    bool require_reliable = false;
    bool ring_at_once = true; ///< 180 as soon as a call comes in, without `invitation::ring`
    /// "urn:uuid:..." of this device, the same for ever (RFC 5626); empty: a new one for each
    /// agent.
    std::string instance{};
    bool learn_contact = true; ///< behind a NAT our Contact is where the registrar sees us
    /// While we are registered, nobody but the registrar and the outbound proxy may ring us or send
    /// us requests: others hear 403. Off: others may too, if they know the user of our Contact,
    /// which is random, or that of our address of record.
    bool only_registrar_may_call = true;
    /// Transfers are offered by `agent::async_next_transfer`, and an INVITE with Replaces takes
    /// over the call that it names: it is answered by itself, the old one ends with
    /// `errc::transferred`, and `agent::current_call` is the new one.
    bool allow_transfers = false;
    seconds request_limit{10}; ///< a request that nobody answers hears 480 then; 1 to 30 s
    log_sink log{};            ///< called on the agent's executor, one line at a time
};

} // namespace solosip
