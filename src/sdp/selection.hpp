// Which formats of an m= line are ours.
#pragma once

#include "solosip/sdp/offer_answer.hpp"

namespace solosip::sdp
{

inline constexpr std::string_view telephone_event = "telephone-event"; // RFC 4733 section 7.1.1

/// 0-9, *, #, A-D: what every implementation has to know (RFC 4733 section 2.4.1).
inline constexpr std::string_view event_codes = "0-15";

/// The codec of ours that `f` names, or null.
const codec_choice* ours(const format& f, const std::vector<codec_choice>& codecs);

/// The payload type of telephone-event at `clock_rate` in `m`.
std::optional<std::uint8_t> events_in(const media& m, std::uint32_t clock_rate);

/// What `theirs` says about where and how to send; `mux` where both sides want RFC 5761.
void fill_remote(agreement& a, const media& theirs, bool mux, unsigned our_ptime);

} // namespace solosip::sdp
