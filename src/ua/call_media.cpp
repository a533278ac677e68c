#include "ua/call_media.hpp"

#include "dtmf/event.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/headers.hpp"

#include <algorithm>
#include <span>

namespace solosip::ua
{
namespace
{

const media::codec* find_codec(const settings& config, const sdp::format& f)
{
    for (const media::codec* c : config.codecs)
        if (sip::iequals(c->info().name, f.name) && c->info().clock_rate == f.clock_rate) return c;
    return nullptr;
}

// 101 is what everybody uses for telephone-event; dynamic types of codecs begin above it.
constexpr std::uint8_t event_payload_type = 101;
constexpr std::uint8_t first_dynamic_type = 102;

// In our order of preference: what everybody has to do (RFC 4568 section 6.2) first.
constexpr srtp_suite suites[] = {
    srtp_suite::aes_cm_128_hmac_sha1_80, srtp_suite::aes_256_cm_hmac_sha1_80,
    srtp_suite::aes_cm_128_hmac_sha1_32, srtp_suite::aes_256_cm_hmac_sha1_32};

// ms of the longest packet that we read, in whole tens; no limit where a rate varies.
std::optional<unsigned> longest_packet(const media::codec_info& codec)
{
    if (codec.variable_rate) return std::nullopt;
    constexpr std::size_t most_around = 12 + 15 * 4 + 16; // RTP's header with CSRCs, SRTP's tag
    constexpr std::size_t room = limits::rtp_packet_bytes - most_around;
    const auto tens = 2 * room / std::max<std::size_t>(codec.max_bytes_per_20ms, 1);
    return static_cast<unsigned>(std::clamp<std::size_t>(tens, 1, 12)) * 10; // 120: see playout
}

} // namespace

call_media::call_media(const settings& config, random_source& random)
    : config_(config), random_(random), session_(random)
{
    std::uint8_t dynamic = first_dynamic_type;
    for (const media::codec* c : config.codecs)
    {
        const media::codec_info& info = c->info();
        const bool is_static = info.static_payload_type >= 0;
        local_.codecs.push_back(
            {std::string(info.name),
             info.clock_rate,
             info.channels,
             is_static ? static_cast<std::uint8_t>(info.static_payload_type) : dynamic++,
             {},
             longest_packet(info)});
    }
    local_.event_payload_type = event_payload_type;
    local_.rtcp_mux = true;
    local_.ask_voip_metrics = true;
    // A number that fits 53 bits, since some peers keep it in a double (RFC 8866 section 5.2 wants
    // it unique, nothing more).
    local_.session_id = local_.version = random.u64() >> 12;
    local_.encryption = config.encryption;
    if (config.encryption == srtp_policy::off) return;
    for (const auto suite : suites)
        local_.keys.emplace_back().suite = suite;
    renew_keys();
}

void call_media::renew_keys()
{
    for (srtp_key& k : local_.keys)
        random_.fill(std::span(k.bytes).first(srtp_key_bytes(k.suite)));
}

void call_media::set_local(const endpoint& rtp)
{
    // RFC 4568 section 7.1.4: who hears us elsewhere may not know how far our counter has come.
    if (local_.rtp.port != 0 && local_.rtp != rtp) renew_keys();
    local_.rtp = rtp;
}

// A key that is not in force any more never comes again: its counter would begin at zero, and two
// packets could be encrypted alike (RFC 3711 section 9.1).
void call_media::retire_keys(const sdp::agreement& now)
{
    if (!runs_by_ || !runs_by_->srtp) return;
    if (now.srtp && now.srtp->send == runs_by_->srtp->send) return;
    for (srtp_key& k : local_.keys)
        if (!now.srtp || k != now.srtp->send)
            random_.fill(std::span(k.bytes).first(srtp_key_bytes(k.suite)));
}

bool call_media::run(const sdp::agreement& a, bool plays, time_point now)
{
    const auto suite_before = srtp();
    const bool other_codec = !runs_by_ || runs_by_->codec.name != a.codec.name;
    const bool moved = !runs_by_ || runs_by_->remote != a.remote;
    retire_keys(a);
    if (moved) heard_at_.reset();
    runs_by_ = a;
    plays_ = plays;
    media::stream how;
    how.codec = find_codec(config_, a.codec);
    how.send_payload_type = a.codec.payload_type;
    how.receive_payload_type = a.receive_payload_type;
    std::size_t further = 0;
    for (const auto& f : a.further)
        if (const auto* c = find_codec(config_, f); c != nullptr && further < how.further.size())
            how.further[further++] = {c, f.payload_type};
    how.send_events = a.send_events;
    how.receive_events = a.receive_events;
    // RFC 3264 section 5.1: port 0 or 0.0.0.0 means that nothing may be sent there.
    const bool reachable = a.remote_unknown
                               ? heard_at_.has_value()
                               : a.remote.port != 0 && !a.remote.address.is_unspecified();
    how.send = reachable && sdp::sends(a.direction);
    how.receive = sdp::receives(a.direction);
    how.plays = plays;
    how.lead_in = config_.lead_in;
    // Who holds, or only listens, need not be heard.
    if (a.direction == sdp::direction::sendrecv) how.silence_limit = config_.media_limit;
    // Where the other side has no other way in RTP, keys may be in the sound.
    how.hear_tones = !a.receive_events || config_.hear_tones;
    how.ptime = a.ptime;
    how.remote = a.remote;
    how.remote_rtcp = a.remote_rtcp;
    how.report_voip = a.report_voip;
    how.srtp = a.srtp;
    how.transform = config_.srtp;
    session_.start(how, now);
    return moved || other_codec || srtp() != suite_before;
}

bool call_media::takes_events(std::string_view keys) const
{
    return can_send_events() &&
           std::all_of(keys.begin(), keys.end(),
                       [this](char key)
                       {
                           const auto code = dtmf::code_of(key);
                           return !code || (runs_by_->sendable_events >> *code & 1) != 0;
                       });
}

endpoint call_media::remote_rtcp() const
{
    if (!runs_by_) return {};
    if (runs_by_->rtcp_mux) return remote();
    if (!heard_at_) return runs_by_->remote_rtcp;
    // RFC 3550 section 11: the next port, as far as the NAT leaves it there.
    return {heard_at_->address, static_cast<std::uint16_t>(heard_at_->port + 1u)};
}

bool call_media::follow(const endpoint& heard_at, time_point now)
{
    // RFC 3264 section 5.1: port 0 or 0.0.0.0 means that nothing may be sent.
    if (!runs_by_) return false;
    const endpoint& told = runs_by_->remote;
    if (!runs_by_->remote_unknown && (told.port == 0 || told.address.is_unspecified()))
        return false;
    const bool waited = !heard_at_ && runs_by_->remote_unknown;
    heard_at_ = heard_at;
    if (waited) run(sdp::agreement(*runs_by_), plays_, now);
    return true;
}

} // namespace solosip::ua
