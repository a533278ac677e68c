#include "ua/call_media.hpp"

#include "solosip/sip/headers.hpp"

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

} // namespace

call_media::call_media(const settings& config, random_source& random)
    : config_(config), session_(random)
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
             {}});
    }
    local_.event_payload_type = event_payload_type;
    local_.rtcp_mux = true;
    // A number that fits 53 bits, since some peers keep it in a double (RFC 8866 section 5.2 wants
    // it unique, nothing more).
    local_.session_id = local_.version = random.u64() >> 12;
}

bool call_media::run(const sdp::agreement& a, bool plays, time_point now)
{
    const bool moved =
        !runs_by_ || runs_by_->remote != a.remote || runs_by_->codec.name != a.codec.name;
    if (!runs_by_ || runs_by_->remote != a.remote) heard_at_.reset();
    runs_by_ = a;
    media::stream how;
    how.codec = find_codec(config_, a.codec);
    how.send_payload_type = a.codec.payload_type;
    how.receive_payload_type = a.receive_payload_type;
    how.send_events = a.send_events;
    how.receive_events = a.receive_events;
    // RFC 3264 section 5.1: port 0 or 0.0.0.0 means that nothing may be sent there.
    const bool reachable = a.remote.port != 0 && !a.remote.address.is_unspecified();
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
    session_.start(how, now);
    return moved;
}

endpoint call_media::remote_rtcp() const
{
    if (!runs_by_) return {};
    if (runs_by_->rtcp_mux) return remote();
    if (!heard_at_) return runs_by_->remote_rtcp;
    // RFC 3550 section 11: the next port, as far as the NAT leaves it there.
    return {heard_at_->address, static_cast<std::uint16_t>(heard_at_->port + 1u)};
}

bool call_media::follow(const endpoint& heard_at)
{
    // RFC 3264 section 5.1: port 0 or 0.0.0.0 means that nothing may be sent.
    if (!runs_by_ || runs_by_->remote.port == 0 || runs_by_->remote.address.is_unspecified())
        return false;
    heard_at_ = heard_at;
    return true;
}

} // namespace solosip::ua
