#include "ua/call.hpp"

#include "solosip/sip/multipart.hpp"

#include <algorithm>

namespace solosip::ua
{

call::call(context& ctx, call_id id) : ctx_(ctx), id_(id), media_(ctx.config, ctx.random)
{
    local_tag_ = ctx.random.token(12);
}

bool call::done() const
{
    return settled() && !invite_transaction_ && !followed_ && accepted_.empty() &&
           timers_.next() == std::nullopt;
}

bool call::settled() const
{
    if (!ended_ || parting_ == parting::wanted || success_ || !outstanding_.empty() ||
        cancel_transaction_ || looking_)
        return false;
    return std::all_of(legs_.begin(), legs_.end(),
                       [](const leg& l) { return l.waiting.empty() && !l.looking; }) &&
           phase_ != phase::calling && phase_ != phase::proceeding;
}

bool call::owns(transaction::id t) const
{
    return invite_transaction_ == t || cancel_transaction_ == t ||
           std::any_of(accepted_.begin(), accepted_.end(),
                       [&](const accepted_invite& a) { return a.transaction == t; }) ||
           std::any_of(outstanding_.begin(), outstanding_.end(),
                       [&](const outstanding& o) { return o.transaction == t; });
}

bool call::owns(lookup_id l) const
{
    return looking_ == l || std::any_of(legs_.begin(), legs_.end(),
                                        [&](const leg& each) { return each.looking == l; });
}

bool call::has_dialog_for(const sip::message_view& request) const
{
    return std::any_of(legs_.begin(), legs_.end(),
                       [&](const leg& l) { return l.dialog.is_for(request); });
}

bool call::is_merged(const sip::message_view& request) const
{
    if (invite_.empty() || request.call_id() != invite_->call_id()) return false;
    const auto theirs = request.from();
    const auto ours = invite_->from();
    const auto number = request.cseq();
    const auto our_number = invite_->cseq();
    return theirs && ours && number && our_number && theirs->tag() == ours->tag() &&
           number->number == our_number->number;
}

void call::on_response(transaction::id t, const sip::message_view& response, time_point now)
{
    if (invite_transaction_ == t)
    {
        on_invite_response(response, now);
        return;
    }
    if (response.status() < 200) return;
    if (cancel_transaction_ == t)
    {
        // Whatever it says, the INVITE's own final response decides (RFC 3261 section 9.1).
        cancel_transaction_.reset();
        return;
    }
    for (const auto& a : accepted_)
        if (a.transaction == t) repeat_ack(a.leg, response);
    const auto o = std::find_if(outstanding_.begin(), outstanding_.end(),
                                [&](const outstanding& each) { return each.transaction == t; });
    if (o == outstanding_.end()) return;
    outstanding taken = std::move(*o);
    outstanding_.erase(o);
    on_in_dialog_response(std::move(taken), response, now);
}

void call::on_failure(transaction::id t, transaction::failure why, time_point now)
{
    if (invite_transaction_ == t)
    {
        invite_transaction_.reset();
        if (phase_ == phase::calling || phase_ == phase::proceeding) on_invite_failure(why, now);
        return;
    }
    if (cancel_transaction_ == t)
    {
        cancel_transaction_.reset();
        return;
    }
    const auto o = std::find_if(outstanding_.begin(), outstanding_.end(),
                                [&](const outstanding& each) { return each.transaction == t; });
    if (o == outstanding_.end()) return;
    const outstanding taken = std::move(*o);
    outstanding_.erase(o);
    const errc cause = why == transaction::failure::timeout ? errc::timed_out : errc::unreachable;
    on_in_dialog_done(taken, cause, now);
}

void call::on_terminated(transaction::id t, time_point now)
{
    if (invite_transaction_ == t)
    {
        invite_transaction_.reset();
        if (phase_ == phase::calling || phase_ == phase::proceeding)
        {
            // Answered by a 2xx that makes no dialog: there is nobody to say anything to.
            phase_ = phase::finished;
            parting_ = parting::sent;
            end({ended_by::network, 0, "the answer makes no dialog", errc::bad_syntax}, now);
        }
    }
    if (cancel_transaction_ == t) cancel_transaction_.reset();
    std::erase_if(accepted_, [&](const accepted_invite& a) { return a.transaction == t; });
}

void call::on_targets(lookup_id l, const result<std::vector<target>>& targets, time_point now)
{
    if (looking_ == l)
    {
        looking_.reset();
        on_invite_targets(targets, now);
        return;
    }
    for (leg& each : legs_)
        if (each.looking == l)
        {
            on_leg_targets(each, targets, now);
            return;
        }
}

std::optional<time_point> call::next_timeout() const
{
    return earlier(timers_.next(), media_.session().next_timeout());
}

void call::handle_timeout(time_point now)
{
    while (const auto t = timers_.take_expired(now))
        switch (*t)
        {
        case timer::limit: on_limit(now); break;
        case timer::answer_again: repeat_success(now); break;
        case timer::answer_limit: give_up_on_ack(now); break;
        case timer::cancel_limit:
            if (invite_transaction_) ctx_.transactions.abandon(*invite_transaction_, ctx_.actions);
            phase_ = phase::finished;
            break;
        case timer::provisional_again: repeat_provisional(now); break;
        case timer::provisional_limit: give_up_on_prack(now); break;
        case timer::ring_again: ring_on(now); break;
        case timer::session_refresh: refresh_session(now); break;
        case timer::session_end: on_session_end(now); break;
        case timer::longest: on_longest(now); break;
        case timer::change_again: start_change(now); break;
        case timer::refer_limit: on_refer_limit(now); break;
        case timer::asked_limit: on_asked_limit(now); break;
        case timer::keys_by_info: send_next_info(now); break;
        case timer::change_limit: on_change_limit(now); break;
        case timer::count: break;
        }
    media_.session().handle_timeout(now);
    if (!ended_ && phase_ == phase::established && media_.session().remote_silent())
        give_up_on_media(now);
}

void call::report_audio()
{
    while (auto e = media_.session().poll_event())
    {
        if (const auto* heard = std::get_if<media::digit_heard>(&*e))
            report_press(heard->key, heard->length,
                         heard->by_tone ? digit_method::tone : digit_method::rtp, heard->at);
        else if (const auto* done = std::get_if<media::play_finished>(&*e))
            ctx_.emit(played{id_, done->item, done->complete});
        else if (const auto* sent = std::get_if<media::digits_finished>(&*e))
            on_digits_finished(*sent);
        else if (const auto* moved = std::get_if<media::remote_moved>(&*e))
        {
            if (media_.follow(moved->to, moved->at)) announce_media();
        }
    }
}

std::string_view call::description_in(const sip::message_view& m)
{
    const auto type = m.content_type();
    if (!type) return m.body();
    return sip::find_content(m.body(), *type, "application", "sdp").value_or(std::string_view{});
}

ending call::ending_for(const result<void>& agreed, int status)
{
    if (agreed.code() == errc::srtp_required)
        return {ended_by::us, status, "the answer does not encrypt as we have to",
                errc::srtp_required};
    return {ended_by::us, status, "the answer has no audio that we can do", errc::no_common_codec};
}

// While the call goes on whose REFER began this one, the audio is that one's (RFC 5589 section 6).
void call::announce_media()
{
    announce_later_ = referrer_ && !referrer_->ended();
    if (announce_later_) return;
    ctx_.emit(media_started{id_, media_.remote(), media_.codec_name(), media_.remote_rtcp(),
                            media_.rtcp_mux(), media_.srtp()});
}

void call::run_media(std::size_t leg_index, time_point now)
{
    const negotiation& talks = legs_[leg_index].talks;
    if (!talks.agreed() || ended_) return;
    media_leg_ = leg_index;
    // A caller's sounds wait for the answer: nobody listens before.
    const bool plays = phase_ == phase::established || phase_ == phase::offered;
    if (media_.run(*talks.agreed(), plays, now)) announce_media();
    if (phase_ != phase::established) return;
    const bool by_peer = talks.held_by_peer();
    if (told_held_ == held_ && told_held_by_peer_ == by_peer) return;
    told_held_ = held_;
    told_held_by_peer_ = by_peer;
    ctx_.emit(hold_changed{id_, held_, by_peer});
}

std::string call::remote_uri() const
{
    if (!target_.empty()) return target_;
    const auto from = invite_->from();
    return from ? std::string(from->uri.text) : std::string();
}

} // namespace solosip::ua
