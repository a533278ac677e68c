// Changes of the call that the other side wants: re-INVITE (RFC 3261 section 14.2) and UPDATE (RFC
// 3311 section 5.2).
#include "ua/call.hpp"

namespace solosip::ua
{

// Offers may not overlap (RFC 3264 section 4): 491 where ours is open, and 500 with a time to wait
// where theirs is (RFC 3261 section 14.2, RFC 3311 section 5.2). True where it has been refused.
bool call::refuse_overlap(const incoming& in, const leg& l, time_point now)
{
    switch (l.talks.current())
    {
    case negotiation::state::stable: return false;
    case negotiation::state::local_offer: ctx_.respond(in, {491, {}, local_tag_}, now); return true;
    case negotiation::state::remote_offer: refuse_for_now(in, now); return true;
    }
    return false;
}

void call::refuse_for_now(const incoming& in, time_point now)
{
    const auto wait = std::to_string(ctx_.random.below(11));
    ctx_.respond(in, {500, {}, local_tag_, {{"Retry-After", wait}}}, now);
}

void call::on_reinvite(const incoming& in, time_point now)
{
    if (phase_ == phase::offered) return refuse_for_now(in, now); // the first one is not answered
    if (phase_ != phase::established || reinvite_is_out())
    {
        ctx_.respond(in, {491, {}, local_tag_}, now);
        return;
    }
    leg& l = legs_[*chosen_];
    if (refuse_overlap(in, l, now)) return;
    const auto granted = grant(in, now);
    if (!granted) return;
    // Who sends a re-INVITE has our 2xx; only its ACK was lost (RFC 5407 section 3.1.4).
    forget_success();
    const bool asks = !has_offer(*in.request);
    if (!asks && !read_offer(in, l, now)) return send_waiting(l, now);
    l.dialog.refresh_target(*in.request);
    note_abilities(l, *in.request);
    reply r = with_contact(200);
    r.headers.push_back({"Allow", ctx_.allow()});
    add_grant(r, *granted);
    r.content_type = "application/sdp";
    if (asks)
    {
        media_.set_direction(held_ ? sdp::direction::sendonly : sdp::direction::sendrecv);
        r.body = l.talks.make_offer(media_.local());
    }
    else if (auto text = l.talks.make_answer(media_.local()))
        r.body = std::move(*text);
    send_success(in, r, asks, now);
    run_session(granted->terms, now);
    if (!asks) run_media(*chosen_, now);
    send_waiting(l, now);
}

void call::on_update(const incoming& in, std::size_t leg_index, time_point now)
{
    leg& l = legs_[leg_index];
    const bool offers = has_offer(*in.request);
    const auto granted = grant(in, now);
    if (!granted) return;
    if (offers && (refuse_overlap(in, l, now) || !read_offer(in, l, now))) return;
    l.dialog.refresh_target(*in.request);
    note_abilities(l, *in.request);
    reply r = with_contact(200);
    r.headers.push_back({"Allow", ctx_.allow()});
    add_grant(r, *granted);
    if (offers)
        if (auto text = l.talks.make_answer(media_.local()))
        {
            r.content_type = "application/sdp";
            r.body = std::move(*text);
        }
    ctx_.respond(in, r, now);
    if (phase_ == phase::established) run_session(granted->terms, now);
    if (offers && media_leg_ == leg_index) run_media(leg_index, now);
}

} // namespace solosip::ua
