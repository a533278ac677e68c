// Which formats of an m= line are ours.
#pragma once

#include "solosip/sdp/offer_answer.hpp"

namespace solosip::sdp
{

inline constexpr std::string_view telephone_event = "telephone-event"; // RFC 4733 section 7.1.1

/// 0-9, *, #, A-D and the hook flash: what we hear, for nothing else may be sent to us (RFC 4733
/// section 2.4.1).
inline constexpr std::string_view event_codes = "0-16";

/// The codec of ours that `f` names, or null.
const codec_choice* ours(const format& f, const std::vector<codec_choice>& codecs);

/// telephone-event at `clock_rate` in `m`, or null.
const format* events_in(const media& m, std::uint32_t clock_rate);

/// A bit for each event up to 31 that an fmtp of telephone-event lists, "0-12,16"; 0-15 where it
/// lists none (RFC 4733 section 2.4.1).
std::uint32_t event_set(std::string_view fmtp);

/// What `theirs`, a line of `session`, says about where and how to send; `mux` where both sides
/// want RFC 5761.
/// Whether packets could get from `local` to there and only there: of the same IP version (RFC 6157
/// section 3), no group, which a call has no answer for (RFC 3264 section 6.2). What is not known,
/// and 0.0.0.0, say nothing.
bool may_reach(const media& theirs, const local_media& local);

void fill_remote(agreement& a, const description& session, const media& theirs, bool mux,
                 unsigned our_ptime);

} // namespace solosip::sdp
