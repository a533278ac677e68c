// Provisional responses: what a caller makes of them (RFC 3261 section 13.2.2.1), early media, and
// reliability in both roles (RFC 3262).
#include "solosip/base/limits.hpp"
#include "solosip/sip/header_values.hpp"
#include "ua/call.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

constexpr seconds ring_interval{60};

} // namespace

// ---- the caller

void call::on_provisional(const sip::message_view& response, time_point now)
{
    if (phase_ == phase::calling) phase_ = phase::proceeding;
    if (parting_ == parting::wanted) send_cancel(now);
    if (ended_ || response.status() == 100) return;
    // An early dialog (section 12.1); a BYE or an UPDATE may come in it.
    if (const auto index = leg_for(response))
    {
        note_abilities(legs_[*index], response);
        if (!take_provisional(*index, response, now)) return;
    }
    if (referrer_) referrer_->on_referred_progress(response.status(), response.reason(), now);
    ctx_.emit(call_progress{id_, response.status(), std::string(response.reason()),
                            headers_of(response)});
}

// False for a reliable one that came before, or too early (RFC 3262 section 4).
bool call::take_provisional(std::size_t leg_index, const sip::message_view& response,
                            time_point now)
{
    leg& l = legs_[leg_index];
    const auto number = response.number(sip::header_id::rseq);
    const bool reliable = number && response.list_has(sip::header_id::require, "100rel");
    if (reliable && l.rseq && *number != *l.rseq + 1) return false;
    // Nobody needs so many before he has heard one PRACK; each has a transaction.
    const auto pracks = std::count_if(outstanding_.begin(), outstanding_.end(),
                                      [&](const outstanding& o) { return o.leg == leg_index; }) +
                        std::ssize(l.waiting);
    if (reliable && pracks >= std::ptrdiff_t{limits::provisionals}) return false;
    const auto text = description_in(response);
    std::string answer;
    if (!text.empty() && !l.answered_reliably)
    {
        // Section 13.2.1: the answer to our offer, or the offer that we asked for, which only a
        // reliable response may hold.
        bool taken = false;
        if (!options_.late_offer)
            taken = l.talks.on_answer(text, media_.local()).has_value();
        else if (reliable)
            taken = take_offer(l, text, held_, answer).has_value();
        l.answered_reliably = taken && reliable;
        if (taken) run_media(leg_index, now);
    }
    if (!reliable) return true;
    l.rseq = *number;
    const auto invite = response.cseq();
    in_dialog prack;
    prack.method = sip::method::prack;
    prack.headers.emplace_back("RAck", std::to_string(*number) + ' ' +
                                           std::to_string(invite ? invite->number : 0) + " INVITE");
    if (!answer.empty()) prack.content_type = "application/sdp";
    prack.body = std::move(answer);
    send_in_dialog(leg_index, std::move(prack), now);
    return true;
}

// ---- the callee

result<void> call::ring(const std::vector<header>& headers, time_point now)
{
    if (phase_ != phase::offered || ended_) return errc::call_ended;
    if (!are_clean(headers)) return errc::bad_header;
    // RFC 3262 section 5: the first reliable one would have to hold our offer, and nobody has said
    // yet where we want to hear. A caller who insists on reliable ones hears the answer itself.
    const bool needs_offer = late_offer_ && !early_;
    if (needs_offer && invite_->list_has(sip::header_id::require, "100rel")) return {};
    reply r = with_contact(180);
    r.headers.insert(r.headers.end(), headers.begin(), headers.end());
    send_provisional({std::move(r)}, wants_reliable_ && !needs_offer, now);
    timers_.set(timer::ring_again, now + ring_interval);
    return {};
}

// RFC 3261 section 13.3.1.1: proxies on the way give up an INVITE that is silent for 3 minutes.
void call::ring_on(time_point now)
{
    if (phase_ != phase::offered) return;
    const bool reliable = wants_reliable_ && !(late_offer_ && !early_);
    send_provisional(with_contact(early_ ? 183 : 180), reliable, now);
    timers_.set(timer::ring_again, now + ring_interval);
}

result<void> call::early_media(const answer_options& options, time_point now)
{
    if (phase_ != phase::offered || ended_) return errc::call_ended;
    if (!are_clean(options.headers)) return errc::bad_header;
    negotiation& talks = legs_.front().talks;
    if (early_) return {};
    // RFC 3262 section 5: an offer may only go where its answer can come back, in a PRACK.
    if (late_offer_ && !knows_reliable_) return errc::bad_config;
    media_.set_local({local_.address, options.media_port});
    media_.set_direction(sdp::direction::sendrecv);
    reply r = with_contact(183);
    // RFC 3311 section 4: who hears this may send UPDATE before the answer.
    r.headers.push_back({"Allow", ctx_.allow()});
    r.headers.push_back({"Supported", supported()});
    r.headers.insert(r.headers.end(), options.headers.begin(), options.headers.end());
    r.content_type = "application/sdp";
    if (late_offer_)
        r.body = talks.make_offer(media_.local());
    else if (auto text = talks.make_answer(media_.local()))
        r.body = std::move(*text);
    else
        return text.error();
    early_ = true;
    send_provisional({std::move(r)}, knows_reliable_, now);
    timers_.set(timer::ring_again, now + ring_interval);
    run_media(0, now);
    return {};
}

// RFC 3262 section 3: one after the other, each until its PRACK comes.
void call::send_provisional(reply r, bool reliable, time_point now)
{
    const incoming in{invite_, invite_transaction_, source_, local_};
    if (!reliable) return ctx_.respond(in, r, now);
    if (unacknowledged_)
    {
        if (provisionals_.size() < limits::provisionals) provisionals_.push_back(std::move(r));
        return;
    }
    // Section 7.1: 1 to 2^31-1, and one more for each.
    last_rseq_ = last_rseq_ == 0 ? 1 + ctx_.random.below(0x7FFF'0000u) : last_rseq_ + 1;
    r.headers.push_back({"Require", "100rel"});
    r.headers.push_back({"RSeq", std::to_string(last_rseq_)});
    const bool describes = !r.body.empty();
    answered_reliably_ = answered_reliably_ || describes;
    unacknowledged_ = reliable_response{last_rseq_, ctx_.make_reply(in, r), describes,
                                        describes && late_offer_, ctx_.config.timing.t1};
    ctx_.respond(*invite_transaction_, unacknowledged_->response, now);
    timers_.set(timer::provisional_again, now + unacknowledged_->interval);
    timers_.set(timer::provisional_limit, now + 64 * ctx_.config.timing.t1);
}

// Section 3: T1, doubled each time, without an upper bound.
void call::repeat_provisional(time_point now)
{
    if (!unacknowledged_ || phase_ != phase::offered) return;
    ctx_.respond(*invite_transaction_, unacknowledged_->response, now);
    unacknowledged_->interval *= 2;
    timers_.set(timer::provisional_again, now + unacknowledged_->interval);
}

void call::give_up_on_prack(time_point now)
{
    if (phase_ != phase::offered) return forget_provisionals();
    refuse_invite(504, now);
    end({ended_by::network, 504, "no PRACK came", errc::timed_out}, now);
}

void call::forget_provisionals()
{
    unacknowledged_.reset();
    provisionals_.clear();
    answer_waits_.reset();
    timers_.stop(timer::ring_again);
    timers_.stop(timer::provisional_again);
    timers_.stop(timer::provisional_limit);
}

void call::on_prack(const incoming& in, time_point now)
{
    const auto value = in.request->first(sip::header_id::rack);
    const auto which = value ? sip::parse_rack(*value) : result<sip::rack>(errc::missing_header);
    const auto invite = invite_->cseq();
    const bool matches =
        unacknowledged_ && which && invite && which->response_number == unacknowledged_->number &&
        which->cseq.number == invite->number && which->cseq.method == sip::method::invite;
    if (!matches)
    {
        ctx_.respond(in, {481, {}, local_tag_}, now); // section 3
        return;
    }
    // Section 3: with that the response has arrived, whatever becomes of an offer in the PRACK.
    const bool offered = unacknowledged_->offers, described = unacknowledged_->describes;
    unacknowledged_.reset();
    timers_.stop(timer::provisional_again);
    timers_.stop(timer::provisional_limit);
    leg& l = legs_.front();
    const bool offers = !offered && has_offer(*in.request);
    if (!offers)
        ctx_.respond(in, {200, {}, local_tag_}, now);
    else if (!refuse_overlap(in, l, now) && read_offer(in, l, now))
    {
        reply r{200, {}, local_tag_};
        if (auto text = l.talks.make_answer(media_.local())) r.body = std::move(*text);
        r.content_type = "application/sdp";
        answered_reliably_ = true;
        ctx_.respond(in, r, now);
    }
    const auto agreed =
        offered ? l.talks.on_answer(description_in(*in.request), media_.local()) : result<void>();
    if (!agreed)
    {
        refuse_invite(488, now);
        end({ended_by::us, 488, {}, ending_for(agreed, 488).why}, now);
        return;
    }
    if (described || offers) run_media(0, now);
    go_on_ringing(now);
}

// The next response that waits for its turn, or the answer.
void call::go_on_ringing(time_point now)
{
    if (phase_ != phase::offered) return;
    if (!provisionals_.empty() && !answer_waits_)
    {
        reply next = std::move(provisionals_.front());
        provisionals_.pop_front();
        send_provisional(std::move(next), true, now);
    }
    if (const auto options = std::exchange(answer_waits_, std::nullopt))
        (void)answer(*options, now); // it was checked when it was given
}

} // namespace solosip::ua
