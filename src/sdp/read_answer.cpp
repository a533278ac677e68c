#include "sdp/encryption.hpp"
#include "sdp/selection.hpp"
#include "sdp/static_types.hpp"

namespace solosip::sdp
{

namespace
{

struct lines
{
    std::size_t index; // in the offer
    const media* answered;
};

// The answer has each line at the offer's place (RFC 3264 section 6); where there is something
// else, the only audio line is meant. Of several lines that we offered the first that was taken
// counts.
std::optional<lines> audio_lines(const description& offer, const description& answer)
{
    std::optional<lines> refused;
    for (std::size_t i = 0; i < offer.media.size(); ++i)
    {
        if (!is_rtp_audio(offer.media[i]) || offer.media[i].port == 0) continue;
        const media* line = nullptr;
        if (i < answer.media.size() && same_name(answer.media[i].kind, "audio"))
            line = &answer.media[i];
        else
            for (const auto& m : answer.media)
                if (line == nullptr && same_name(m.kind, "audio")) line = &m;
        if (line == nullptr) continue;
        if (line->port != 0) return lines{i, line};
        if (!refused) refused = lines{i, line};
    }
    return refused;
}

const format* by_number(const media& m, std::uint8_t payload_type)
{
    for (const auto& f : m.formats)
        if (f.payload_type == payload_type) return &f;
    return nullptr;
}

// A dynamic number without an rtpmap means what the offer said of it. What stands in an fmtp is
// each side's own.
media completed(media answered, const media& offered)
{
    for (auto& f : answered.formats)
        if (const auto* o = f.name.empty() ? by_number(offered, f.payload_type) : nullptr)
            f = {o->payload_type, o->name, o->clock_rate, o->channels, f.fmtp};
    return answered;
}

// The number under which we offered what `f` names, which is where it will arrive (section 5.1).
std::optional<std::uint8_t> our_number(const media& offered, const format& f)
{
    for (const auto& o : offered.formats)
        if (o.clock_rate == f.clock_rate && o.channels == f.channels && same_name(o.name, f.name))
            return o.payload_type;
    return std::nullopt;
}

// What they may send besides `first`, which they prefer.
std::vector<format> further_codecs(const media& offered, const media& theirs, const format& first,
                                   const local_media& local)
{
    std::vector<format> all;
    for (const auto& f : theirs.formats)
    {
        const auto number = our_number(offered, f);
        if (!number || &f == &first || ours(f, local.codecs) == nullptr) continue;
        all.push_back({*number, f.name, f.clock_rate, f.channels, {}});
    }
    return all;
}

} // namespace

result<agreement> read_answer(const description& offer, const description& answer,
                              const local_media& local)
{
    const auto found = audio_lines(offer, answer);
    if (!found) return errc::bad_syntax;
    const media& offered = offer.media[found->index];
    if (found->answered->port == 0 || !is_rtp_audio(*found->answered))
        return is_secured(offered) ? errc::srtp_required : errc::no_common_codec;
    const media theirs = completed(*found->answered, offered);
    if (!may_reach(theirs, local)) return errc::no_common_codec;
    const auto keys = read_crypto(offered, theirs, local.encryption);
    if (!keys) return keys.error();
    for (const auto& f : theirs.formats)
    {
        const auto number = our_number(offered, f);
        if (!number || ours(f, local.codecs) == nullptr) continue;
        agreement a;
        a.media_index = found->index;
        a.codec = f;
        a.srtp = *keys;
        a.receive_payload_type = *number;
        a.further = further_codecs(offered, theirs, f, local);
        a.event_clock_rate = f.clock_rate;
        const format* const to_them = events_in(theirs, f.clock_rate);
        const format* const to_us = events_in(offered, f.clock_rate);
        if (to_them != nullptr && to_us != nullptr)
        {
            a.send_events = to_them->payload_type;
            a.receive_events = to_us->payload_type;
            a.sendable_events = event_set(to_them->fmtp);
        }
        a.direction = intersect(offered.direction, reversed(theirs.direction));
        const bool nowhere = theirs.address && theirs.address->is_unspecified();
        if (nowhere) a.direction = intersect(a.direction, direction::recvonly);
        a.held_by_peer = nowhere || (sends(offered.direction) && !receives(theirs.direction));
        fill_remote(a, answer, theirs, offered.rtcp_mux && theirs.rtcp_mux, local.ptime);
        return a;
    }
    return errc::no_common_codec;
}

} // namespace solosip::sdp
