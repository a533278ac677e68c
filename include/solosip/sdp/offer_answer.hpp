// RFC 3264 for one audio stream, as pure functions: what is offered, what is answered, what is
// agreed.
#pragma once

#include "solosip/base/srtp.hpp"
#include "solosip/sdp/description.hpp"

#include <optional>
#include <string>
#include <vector>

namespace solosip::sdp
{

/// A codec that we can do, in our order of preference.
struct codec_choice
{
    std::string name; ///< "PCMA"
    std::uint32_t clock_rate = 8000;
    std::uint8_t channels = 1;
    std::uint8_t payload_type = 0; ///< what we offer it as
    std::string fmtp;
    std::optional<unsigned> maxptime{}; ///< ms of the longest packet of it that we can take
};

/// What we bring to an offer or an answer.
struct local_media
{
    endpoint rtp{}; ///< where we want to hear
    std::vector<codec_choice> codecs;
    std::uint8_t event_payload_type = 101; ///< for telephone-event, where we choose
    bool events = true;
    unsigned ptime = 20; ///< ms
    sdp::direction direction = sdp::direction::sendrecv;
    bool rtcp_mux = false;         ///< we can hear RTCP on the RTP port (RFC 5761)
    bool ask_voip_metrics = false; ///< in offers (RFC 3611 section 5.1)
    srtp_policy encryption = srtp_policy::off;
    /// Ours, one for each suite that we can do, the best one first; none where it is off.
    std::vector<srtp_key> keys;
    std::uint64_t session_id = 0;
    std::uint64_t version = 0; ///< one more for each changed description (RFC 3264 section 8)
};

/// What both sides hold after an answer.
struct agreement
{
    std::size_t media_index = 0;           ///< which m= line carries our audio
    format codec;                          ///< payload type as the *other* side wants to receive it
    std::uint8_t receive_payload_type = 0; ///< as *we* announced it
    /// Further codecs of our offer that are in their answer, as *we* announced them: they may send
    /// each of them at any time (RFC 3264 section 5.1).
    std::vector<format> further;
    std::optional<std::uint8_t> send_events;    ///< payload type for telephone-event towards them
    std::optional<std::uint8_t> receive_events; ///< and towards us
    std::uint32_t sendable_events = 0xFFFF; ///< bit n: they take event n (RFC 4733 section 2.4.1)
    std::uint32_t event_clock_rate = 8000;
    endpoint remote{}; ///< where they want to hear; port 0 or 0.0.0.0 means do not send
    endpoint remote_rtcp{};
    /// They say a host's name, or nothing (RFC 8866 section 5.7): where they are is known when they
    /// are heard, and `remote` has port 0.
    bool remote_unknown = false;
    bool rtcp_mux = false;
    bool report_voip = false; ///< they asked for VoIP metrics by RTCP XR (RFC 3611 section 5)
    sdp::direction direction = sdp::direction::sendrecv; ///< what *we* may do
    bool held_by_peer = false; ///< sendonly, inactive, or 0.0.0.0 (RFC 3264 section 8.4) from them
    unsigned ptime = 20;       ///< ms of audio in each packet that we send
    std::optional<srtp_keys> srtp; ///< how RTP and RTCP are encrypted (RFC 4568)
};

/// What payload numbers of audio lines have meant in a session, also in an offer that was refused,
/// and for a codec that was not taken: that is what they mean as long as it lasts (RFC 3264 section
/// 8.3.2).
struct payload_numbers
{
    std::vector<format> ours, theirs; ///< as each side has said; each number at most once
};
/// Adds what `d` says. A number that it uses for something new has the new meaning.
void remember(std::vector<format>& numbers, const description& d);

/// One m= line: our codecs, and telephone-event for each clock rate among them (RFC 4733 section
/// 2.1): the first as `event_payload_type`, others as the next free dynamic numbers. With keys, and
/// RTP/SAVP where they are required (RFC 4568); RTP/AVP where they are preferred (RFC 8643).
/// Numbers that have a meaning in the session keep it; the others are as in `local` where they are
/// free, else the next free dynamic ones. What there is no number for is not offered.
description make_offer(const local_media& local, const payload_numbers& session = {});

/// An offer within a session (RFC 3264 section 8): `ours` is what we said last; its m= lines stay,
/// in order, the refused ones refused; payload numbers go on meaning what they mean, and
/// an encrypted line is offered by the suite in force.
description make_next_offer(const description& ours, const agreement& agreed,
                            const local_media& local, const payload_numbers& session = {});

struct answer
{
    description text;
    agreement agreed;
};
/// Takes the first audio m= line that has a codec of ours; answers every other m= line with port 0
/// (RFC 3264 section 6). A line with a codec of ours is one that is RTP/AVP or RTP/AVPF, has a
/// port, and an address of our IP version. Its first such codec is taken, with telephone-event of
/// the same clock rate. Payload numbers are the offer's. Where we encrypt, a line whose a=crypto we
/// can do goes before the others, and RTP/SAVP(F) is taken too. Errors: no_common_codec; where that
/// is only for want of a=crypto, srtp_required.
result<answer> make_answer(const description& offer, const local_media& local);

/// The answer that takes nothing: each m= line with port 0 (RFC 3264 section 6).
description refuse(const description& offer, const local_media& local);

/// What the other side's answer to our offer means. Errors: no_common_codec (refused, or nothing
/// that we offered), srtp_required (RTP/SAVP refused; keys that are missing, or answer nothing of
/// ours), bad_syntax (not an answer to this offer: other number of m= lines is let pass
/// where ours is there).
result<agreement> read_answer(const description& offer, const description& answer,
                              const local_media& local);

} // namespace solosip::sdp
