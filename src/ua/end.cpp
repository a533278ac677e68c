// How a call ends: CANCEL, BYE, a refusal, a limit (RFC 3261 sections 9, 15). The user hears of it
// at once and exactly once; the messages follow as the rules allow.
#include "ua/call.hpp"
#include "ua/status.hpp"

namespace solosip::ua
{
namespace
{

// RFC 3326: `Reason: SIP;cause=200;text="Call completed elsewhere"`, the words of it.
std::string reason_text(const sip::message_view& m)
{
    const auto value = m.first(sip::header_id::reason);
    if (!value) return {};
    const auto semicolon = value->find(';');
    if (semicolon == value->npos) return {};
    const auto text = sip::parameters(value->substr(semicolon), ';').find("text");
    return text ? sip::unquote(*text) : std::string();
}

} // namespace

void call::hang_up(time_point now)
{
    switch (phase_)
    {
    case phase::resolving:
        give_up_resolving();
        end({ended_by::us, 487, {}, errc::cancelled}, now);
        return;
    case phase::calling:
        // Section 9.1: no CANCEL before a provisional answer. It goes out on the first one.
        parting_ = parting::wanted;
        end({ended_by::us, 487, {}, errc::cancelled}, now);
        return;
    case phase::proceeding:
        send_cancel(now);
        end({ended_by::us, 487, {}, errc::cancelled}, now);
        return;
    case phase::offered: (void)reject(603, {}, {}, now); return;
    case phase::established:
        leave(now);
        end({ended_by::us, 0, {}, errc{}}, now);
        return;
    case phase::finished: return;
    }
}

result<void> call::reject(int status, std::string_view reason, const std::vector<header>& headers,
                          time_point now)
{
    if (phase_ != phase::offered || ended_) return errc::call_ended;
    if (status < 300 || status > 699) return errc::bad_config;
    if (!is_clean(reason) || !are_clean(headers)) return errc::bad_header;
    ctx_.respond({invite_, invite_transaction_, source_, local_},
                 {status, std::string(reason), local_tag_, headers}, now);
    phase_ = phase::finished;
    parting_ = parting::sent;
    std::string words(reason.empty() ? sip::reason_phrase(status) : reason);
    end({ended_by::us, status, std::move(words), error_of(status)}, now);
    return {};
}

void call::refuse_invite(int status, time_point now)
{
    ctx_.respond({invite_, invite_transaction_, source_, local_}, {status, {}, local_tag_}, now);
    phase_ = phase::finished;
    parting_ = parting::sent;
}

void call::send_cancel(time_point now)
{
    parting_ = parting::sent;
    auto cancel = sip::make_cancel(*invite_);
    if (!cancel) return;
    const auto started = ctx_.transactions.start(*cancel, {targets_[target_index_].remote, false},
                                                 now, ctx_.actions);
    if (started) cancel_transaction_ = *started;
    // Section 9.1: without a final response for 64*T1 the INVITE counts as cancelled.
    timers_.set(timer::cancel_limit, now + 64 * ctx_.config.timing.t1);
}

void call::send_bye(std::size_t leg_index, time_point now)
{
    if (chosen_ == leg_index)
    {
        parting_ = parting::sent;
        forget_success();
    }
    in_dialog bye;
    bye.method = sip::method::bye;
    if (!bye_reason_.empty()) bye.headers.emplace_back("Reason", bye_reason_);
    send_in_dialog(leg_index, std::move(bye), now);
}

void call::on_bye(const incoming& in, time_point now)
{
    // Ours may cross theirs (RFC 5407 section 3.2.1); two of theirs do not.
    if (they_left_ && legs_[*chosen_].dialog.is_for(*in.request))
        return ctx_.respond(in, {481, {}, local_tag_}, now);
    ctx_.respond(in, {200, {}, local_tag_}, now);
    if (chosen_ && !legs_[*chosen_].dialog.is_for(*in.request)) return; // a fork that gives up
    const bool unanswered = phase_ == phase::offered;
    if (unanswered) // section 15.1.2: what is pending gets 487
        refuse_invite(487, now);
    ending how{ended_by::peer, 0, reason_text(*in.request), unanswered ? errc::cancelled : errc{}};
    how.headers = headers_of(*in.request);
    if (phase_ == phase::calling || phase_ == phase::proceeding)
    {
        // Its 2xx, which the BYE has overtaken, may still come; so may that of another fork.
        for (leg& l : legs_)
            if (l.dialog.is_for(*in.request)) l.given_up = how;
        return;
    }
    phase_ = phase::finished;
    parting_ = parting::sent;
    they_left_ = chosen_.has_value();
    forget_success();
    end(std::move(how), now);
    drop_waiting(true, now);
    if (chosen_) send_waiting(legs_[*chosen_], now);
}

void call::on_cancel(const sip::message_view& cancel, time_point now)
{
    if (phase_ != phase::offered) return; // section 9.2: too late, it has no effect
    refuse_invite(487, now);
    auto words = reason_text(cancel);
    if (words.empty()) words = sip::reason_phrase(487);
    ending how{ended_by::peer, 487, std::move(words), errc::cancelled};
    how.headers = headers_of(cancel);
    end(std::move(how), now);
}

void call::give_up_resolving()
{
    looking_.reset();
    phase_ = phase::finished;
    parting_ = parting::sent;
}

void call::on_limit(time_point now)
{
    if (phase_ == phase::offered)
    {
        const int status = expires_ ? 487 : 480;
        refuse_invite(status, now);
        end({ended_by::us, status, {}, errc::no_answer}, now);
        return;
    }
    if (phase_ == phase::proceeding)
        send_cancel(now);
    else if (phase_ == phase::calling)
        parting_ = parting::wanted;
    else
        give_up_resolving();
    end({ended_by::us, 487, {}, errc::no_answer}, now);
}

void call::give_up_on_media(time_point now)
{
    leave(now);
    end({ended_by::network, 0, "nothing is heard", errc::media_timeout}, now);
}

void call::end(ending how, time_point now)
{
    if (ended_) return;
    ended_ = true;
    timers_.stop(timer::limit);
    timers_.stop(timer::change_again);
    timers_.stop(timer::session_refresh);
    timers_.stop(timer::session_end);
    timers_.stop(timer::longest);
    timers_.stop(timer::keys_by_info);
    forget_provisionals();
    // A re-INVITE that is still out hears 487 or 481 soon, or has to be given up.
    if (reinvite_is_out()) timers_.set(timer::change_limit, now + 64 * ctx_.config.timing.t1);
    if (answered_at_) how.duration = std::chrono::duration_cast<milliseconds>(now - *answered_at_);
    if (how.reason.empty() && how.status != 0) how.reason = sip::reason_phrase(how.status);
    media_.session().stop();
    report_audio();
    for (const auto& job : std::exchange(info_jobs_, {}))
        ctx_.emit(digits_sent{id_, job.id, errc::call_ended});
    for (const auto& w : std::exchange(changes_, {}))
        if (w.id) ctx_.emit(change_done{id_, *w.id, errc::call_ended});
    if (asked_) (void)decline_refer(480, now);
    // Whoever follows our REFER may still tell what came of it, for a while.
    if (refer_out_) timers_.set(timer::refer_limit, now + 64 * ctx_.config.timing.t1);
    if (call* const r = std::exchange(referrer_, nullptr))
        r->on_referred_failure(how.status >= 300 ? how.status : 503, how.reason, now);
    drop_waiting(false, now);
    ctx_.emit(call_ended{id_, std::move(how)});
}

} // namespace solosip::ua
