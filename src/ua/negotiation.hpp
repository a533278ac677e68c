// Offer and answer within one dialog (RFC 3264; RFC 6337): whose turn it is, what was said, what is
// agreed. One offer at a time, from whichever side.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sdp/offer_answer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace solosip::ua
{

// clang-format off
///                make_offer                     consider
///     local_offer <-------------- stable --------------> remote_offer
///         |      on_answer, withdraw   make_answer, refuse, withdraw |
///         +----------------------->    <-----------------------------+
// clang-format on
class negotiation
{
public:
    enum class state : std::uint8_t
    {
        stable,       ///< nothing is open; nothing may be agreed yet either
        local_offer,  ///< ours waits for their answer
        remote_offer, ///< theirs waits for our answer
    };

    state current() const { return state_; }
    bool stable() const { return state_ == state::stable; }
    const std::optional<sdp::agreement>& agreed() const { return agreed_; }
    /// Whether the offer that is considered has another key than the one in force: whoever knows it
    /// may be somebody else now, who does not know how far our packets have come.
    bool rekeys() const { return rekeys_; }
    bool held_by_peer() const { return agreed_ && agreed_->held_by_peer; }

    /// An offer of ours; one that says what we said last has its version (RFC 3264 section 8).
    std::string make_offer(const sdp::local_media& local);
    /// What we said last as an offer: nothing is to change (RFC 4028 section 7.4).
    std::string repeat_offer(const sdp::local_media& local);
    /// Their answer to our last offer, or another one to it (the 2xx after an unreliable 183).
    /// Errors: bad_syntax, no_common_codec, srtp_required; the offer stays open then.
    result<void> on_answer(std::string_view answer, const sdp::local_media& local);

    /// Whether an offer of theirs can be answered; it is kept for `make_answer`.
    /// Errors: bad_syntax, no_common_codec, srtp_required; then all stays as it was.
    result<void> consider(std::string_view offer, const sdp::local_media& local);
    result<std::string> make_answer(const sdp::local_media& local);
    /// The answer to `offer` that takes nothing of it; what was agreed before is void. Empty, and
    /// all as it was, where that is no offer.
    std::string refuse(std::string_view offer, const sdp::local_media& local);

    /// The open offer is void: refused, or given up. What was agreed stays.
    void withdraw();

    /// What we said last.
    std::string text() const { return sdp::print(ours_); }

private:
    std::string say(sdp::description d);

    state state_ = state::stable;
    sdp::description ours_;     ///< what did we say last?
    sdp::description in_force_; ///< what did we say that was agreed to?
    sdp::description offered_;  ///< which offer of ours is answered?
    std::optional<sdp::description> theirs_;
    std::optional<sdp::agreement> agreed_;
    sdp::payload_numbers numbers_;
    bool said_ = false;
    bool rekeys_ = false;
};

} // namespace solosip::ua
