#include "sdp/encryption.hpp"
#include "sdp/numbering.hpp"
#include "sdp/selection.hpp"
#include "sdp/static_types.hpp"

#include <algorithm>

namespace solosip::sdp
{

namespace
{

void add_events(media& m, const numbering& numbers, const local_media& local)
{
    std::vector<std::uint32_t> rates;
    for (const auto& c : local.codecs)
        if (std::find(rates.begin(), rates.end(), c.clock_rate) == rates.end())
            rates.push_back(c.clock_rate);
    for (const auto rate : rates)
        numbers.add(m, {local.event_payload_type, std::string(telephone_event), rate, 1,
                        std::string(event_codes)});
}

// RFC 4566 section 6: the longest packet, of any of these codecs, that we can take.
std::optional<unsigned> longest_packet(const media& m, const local_media& local)
{
    std::optional<unsigned> most;
    for (const auto& f : m.formats)
        if (const auto* c = ours(f, local.codecs); c != nullptr && c->maxptime)
            most = std::min(*c->maxptime, most.value_or(*c->maxptime));
    return most;
}

media audio_line(const local_media& local, const numbering& numbers)
{
    media m;
    m.kind = "audio";
    m.port = local.rtp.port;
    m.protocol = "RTP/AVP";
    m.address = local.rtp.address;
    m.direction = local.direction;
    m.ptime = local.ptime;
    m.rtcp_mux = local.rtcp_mux;
    for (const auto& c : local.codecs)
        numbers.add(m, {c.payload_type, c.name, c.clock_rate, c.channels, c.fmtp});
    m.maxptime = longest_packet(m, local);
    if (local.events) add_events(m, numbers, local);
    if (local.ask_voip_metrics) m.attributes.emplace_back("rtcp-xr:voip-metrics");
    offer_encryption(m, local);
    return m;
}

description empty_session(const local_media& local)
{
    description d;
    d.session_id = local.session_id;
    d.version = local.version;
    d.origin = local.rtp.address;
    d.address = local.rtp.address;
    return d;
}

// An offer or answer refuses a line by port 0; at least one format must stand there
// (RFC 3264 section 6).
media refused(const media& theirs, const local_media& local)
{
    media m;
    m.address = local.rtp.address;
    m.kind = theirs.kind;
    m.protocol = theirs.protocol;
    m.format_tokens = theirs.format_tokens;
    if (m.format_tokens.empty()) m.format_tokens.push_back("0");
    return m;
}

} // namespace

description make_offer(const local_media& local, const payload_numbers& session)
{
    description d = empty_session(local);
    d.media.push_back(audio_line(local, numbering({}, session)));
    return d;
}

description make_next_offer(const description& ours_before, const agreement& agreed,
                            const local_media& local, const payload_numbers& session)
{
    description d = empty_session(local);
    for (std::size_t i = 0; i < ours_before.media.size(); ++i)
    {
        const media& before = ours_before.media[i];
        if (i == agreed.media_index)
        {
            d.media.push_back(audio_line(local, numbering(before, session)));
            offer_encryption_again(d.media.back(), before, agreed, local);
        }
        else
            d.media.push_back(refused(before, local));
    }
    return d;
}

namespace
{

struct choice
{
    std::size_t media_index;
    const format* theirs;
    const codec_choice* mine;
    std::optional<accepted_crypto> crypto;
};

// Whether we could talk by that line, encrypted or not.
bool may_do(const media& m, const local_media& local)
{
    return is_rtp_audio(m) && m.port != 0 && may_reach(m, local);
}

// Those with keys first: who offers a line of each kind wants to be heard by all, and by some
// better.
result<choice> choose(const description& offer, const local_media& local)
{
    std::optional<choice> best;
    errc why = errc::no_common_codec;
    for (std::size_t i = 0; i < offer.media.size(); ++i)
    {
        const media& m = offer.media[i];
        if (!may_do(m, local) || (best && best->crypto)) continue;
        const auto f =
            std::find_if(m.formats.begin(), m.formats.end(),
                         [&](const format& each) { return ours(each, local.codecs) != nullptr; });
        if (f == m.formats.end()) continue;
        auto crypto = accept_crypto(m, local);
        if (!may_take(m, crypto.has_value(), local.encryption))
        {
            if (local.encryption != srtp_policy::off) why = errc::srtp_required;
            continue;
        }
        if (!best || crypto) best = choice{i, &*f, ours(*f, local.codecs), std::move(crypto)};
    }
    if (!best) return why;
    return *best;
}

bool on_hold(const media& theirs)
{
    // RFC 3264 section 8.4: sendonly and inactive; 0.0.0.0 is the way of RFC 2543.
    return !receives(theirs.direction) || (theirs.address && theirs.address->is_unspecified());
}

media answered(const media& theirs, const choice& c, const local_media& local, agreement& agreed)
{
    media m;
    m.kind = theirs.kind;
    m.port = local.rtp.port;
    m.protocol = theirs.protocol;
    m.address = local.rtp.address;
    m.ptime = local.ptime;
    m.direction = intersect(reversed(theirs.direction), local.direction);
    if (theirs.address && theirs.address->is_unspecified())
        m.direction = intersect(m.direction, direction::recvonly);
    m.rtcp_mux = theirs.rtcp_mux && local.rtcp_mux;
    if (c.crypto)
    {
        m.attributes.push_back(print(c.crypto->ours));
        agreed.srtp = srtp_keys{c.crypto->ours.key, c.crypto->theirs.key};
    }
    add_format(m, {c.theirs->payload_type, c.theirs->name, c.theirs->clock_rate, c.theirs->channels,
                   c.mine->fmtp});
    m.maxptime = longest_packet(m, local);
    if (local.events)
        if (const format* const events = events_in(theirs, c.theirs->clock_rate))
        {
            add_format(m, {events->payload_type, std::string(telephone_event), c.theirs->clock_rate,
                           1, std::string(event_codes)});
            agreed.send_events = agreed.receive_events = events->payload_type;
            agreed.sendable_events = event_set(events->fmtp);
        }
    return m;
}

} // namespace

result<answer> make_answer(const description& offer, const local_media& local)
{
    const auto chosen = choose(offer, local);
    if (!chosen) return chosen.error();
    answer a{empty_session(local), {}};
    const media& theirs = offer.media[chosen->media_index];
    for (std::size_t i = 0; i < offer.media.size(); ++i)
        a.text.media.push_back(i == chosen->media_index ? answered(theirs, *chosen, local, a.agreed)
                                                        : refused(offer.media[i], local));
    const media& mine = a.text.media[chosen->media_index];
    a.agreed.media_index = chosen->media_index;
    a.agreed.codec = *chosen->theirs;
    a.agreed.receive_payload_type = chosen->theirs->payload_type;
    a.agreed.event_clock_rate = chosen->theirs->clock_rate;
    a.agreed.direction = mine.direction;
    a.agreed.held_by_peer = on_hold(theirs);
    fill_remote(a.agreed, offer, theirs, mine.rtcp_mux, local.ptime);
    return a;
}

description refuse(const description& offer, const local_media& local)
{
    description d = empty_session(local);
    for (const auto& theirs : offer.media)
        d.media.push_back(refused(theirs, local));
    return d;
}

} // namespace solosip::sdp
