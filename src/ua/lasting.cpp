// How long a call lasts: session timers (RFC 4028) and the longest duration.
#include "ua/call.hpp"

namespace solosip::ua
{

seconds call::session_wish() const
{
    seconds wanted = ctx_.config.session_expires;
    if (wanted <= seconds(0))
    {
        if (!timer_required_) return seconds(0);
        wanted = usual_session;
    }
    return std::max({wanted, session_least_, least_session});
}

seconds call::session_asked() const
{
    return session_.limited() ? std::max(session_.interval, session_least_) : session_wish();
}

// RFC 4028 sections 7.1 and 7.4; Min-SE only where it says more than everybody knows.
void call::add_session_headers(std::vector<std::pair<std::string, std::string>>& headers) const
{
    if (session_wish() <= seconds(0)) return;
    std::string value = std::to_string(session_asked().count());
    if (session_.limited()) value += session_.we_refresh ? ";refresher=uac" : ";refresher=uas";
    headers.emplace_back("Session-Expires", std::move(value));
    if (session_least_ > least_session)
        headers.emplace_back("Min-SE", std::to_string(session_least_.count()));
}

// Section 9. Nothing: it has been refused.
std::optional<session_grant> call::grant(const incoming& in, time_point now)
{
    auto granted = grant_session(*in.request, session_wish(), session_);
    if (granted) return std::move(*granted);
    ctx_.respond(in, {422, {}, local_tag_, {{"Min-SE", std::to_string(least_session.count())}}},
                 now);
    return std::nullopt;
}

void call::add_grant(reply& r, const session_grant& g)
{
    r.headers.push_back({"Supported", supported()});
    if (g.value.empty()) return;
    r.headers.push_back({"Session-Expires", g.value});
    if (g.require) r.headers.push_back({"Require", "timer"});
}

void call::run_session(const session_terms& terms, time_point now)
{
    session_ = terms;
    timers_.stop(timer::session_refresh);
    timers_.stop(timer::session_end);
    if (!terms.limited() || ended_ || phase_ != phase::established) return;
    if (terms.we_refresh) timers_.set(timer::session_refresh, now + terms.refresh_after());
    timers_.set(timer::session_end, now + terms.give_up_after());
}

// Section 7.4: by UPDATE, which touches no media, or by a re-INVITE that says the same again.
void call::refresh_session(time_point now)
{
    if (!changes_.empty()) return; // which refreshes too
    wish w;
    w.refresh = true;
    changes_.push_back(w);
    start_change(now);
}

void call::begin_lasting(time_point now)
{
    answered_at_ = now;
    if (ctx_.config.max_call > seconds(0)) timers_.set(timer::longest, now + ctx_.config.max_call);
}

void call::on_session_end(time_point now)
{
    bye_reason_ = "SIP;cause=408;text=\"Session Expired\"";
    leave(now);
    end({ended_by::network, 408, "nobody refreshed the session", errc::timed_out}, now);
}

void call::on_longest(time_point now)
{
    bye_reason_ = "Q.850;cause=102;text=\"Maximum Duration\"";
    leave(now);
    end({ended_by::us, 0, "the longest duration is over", errc::duration_limit}, now);
}

// Section 15 of RFC 3261: the callee may not send a BYE before its 2xx is acknowledged.
void call::leave(time_point now)
{
    if (waits_for_ack())
        parting_ = parting::wanted;
    else
        send_bye(*chosen_, now);
}

} // namespace solosip::ua
