// Changes of a running call that we want: re-INVITE (RFC 3261 section 14.1) and UPDATE (RFC 3311).
// One at a time; until it is answered all stays as it was, and after a refusal too.
#include "solosip/base/limits.hpp"
#include "solosip/sip/header_values.hpp"
#include "ua/call.hpp"
#include "ua/status.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

// A re-INVITE that somebody has to agree to may ring; longer than this nobody thinks of it.
constexpr seconds reinvite_patience{60};

// RFC 5057 section 5.1: these say that the other side has no such dialog (408 and 481 too, RFC 3261
// section 12.2.1.2), or that it cannot be reached by it any more.
bool ends_dialog(int status)
{
    constexpr int fatal[] = {404, 408, 410, 416, 481, 482, 483, 484, 485, 502, 604};
    return std::find(std::begin(fatal), std::end(fatal), status) != std::end(fatal);
}

} // namespace

result<change_id> call::modify(const change& what, time_point now)
{
    if (phase_ != phase::established || ended_) return errc::call_ended;
    if (changes_.size() >= limits::changes) return errc::too_many;
    if (what.media_port && followed_) return errc::call_in_progress; // the new call hears here
    const auto id = static_cast<change_id>(++last_change_);
    changes_.push_back({what, id});
    start_change(now);
    return id;
}

// Section 14.1: not while another INVITE is in progress, in either direction; RFC 3264 section 4:
// not while an offer is open.
bool call::may_change() const
{
    return phase_ == phase::established && parting_ == parting::none && !ended_ && !change_out_ &&
           !success_ && legs_[*chosen_].talks.stable() && !timers_.running(timer::change_again);
}

// RFC 3264 section 8.4; whoever is held already and holds too leaves nothing to be sent.
sdp::direction call::wished_direction(bool hold) const
{
    if (!hold) return sdp::direction::sendrecv;
    const bool both = chosen_ && legs_[*chosen_].talks.held_by_peer();
    return both ? sdp::direction::inactive : sdp::direction::sendonly;
}

void call::start_change(time_point now)
{
    if (changes_.empty() || !may_change()) return;
    leg& l = legs_[*chosen_];
    wish& w = changes_.front();
    if (w.moved && !find_place(l)) return;
    in_dialog request;
    // RFC 3311 has no UPDATE that asks for an offer.
    const bool wants_update = (w.what.by_update && !w.what.ask) || w.refresh;
    const bool by_update = wants_update && l.allows_update;
    request.method = by_update ? sip::method::update : sip::method::invite;
    if (w.what.media_port)
    {
        w.port_before = media_.local().rtp.port;
        media_.set_local({media_.local().rtp.address, *w.what.media_port});
    }
    if (w.refresh)
    {
        media_.set_direction(wished_direction(held_));
        if (!by_update) request.body = l.talks.repeat_offer(media_.local());
    }
    else if (!w.what.ask)
    {
        media_.set_direction(wished_direction(w.what.hold.value_or(held_)));
        request.body = l.talks.make_offer(media_.local());
    }
    if (!request.body.empty()) request.content_type = "application/sdp";
    change_out_ = true;
    if (request.method == sip::method::invite)
        timers_.set(timer::change_limit, now + reinvite_patience);
    send_in_dialog(*chosen_, std::move(request), now);
}

// Our addresses may be others than before: the ways are looked up anew, and who is in a call with
// us hears of it (RFC 3261 section 12.2.1: a target refresh, here with the place of our media).
void call::on_network_changed(time_point now)
{
    // An INVITE that is out tells the address from before; the other side hears it when the call
    // stands. Whoever answers one can still say so in the answer.
    moved_ = phase_ == phase::calling || phase_ == phase::proceeding || phase_ == phase::offered;
    if (phase_ != phase::established && phase_ != phase::offered) return;
    targets_.clear();
    for (leg& l : legs_)
    {
        l.way.reset();
        l.heading.reset();
    }
    if (phase_ == phase::offered)
    {
        (void)find_place(legs_.front());
        return;
    }
    if (ended_ || changes_.size() >= limits::changes) return;
    wish w;
    w.what.by_update = w.moved = true;
    changes_.push_back(w);
    start_change(now);
}

// False: the edge is asked where we are, and the change starts when it has said so.
bool call::find_place(leg& l)
{
    const auto uri = sip::parse_uri(l.dialog.next_hop());
    if (!uri || uri->host.empty()) return true;
    hop wanted = hop_of(*uri);
    if (l.way && l.heading == wanted)
    {
        local_ = l.way->local;
        media_.set_local({local_.address, media_.local().rtp.port});
        return true;
    }
    if (!l.looking || l.heading != wanted) l.looking = ctx_.look_up(wanted);
    l.way.reset();
    l.heading = std::move(wanted);
    return false;
}

bool call::reinvite_is_out() const
{
    const auto is_invite = [](const auto& request)
    { return request.method == sip::method::invite; };
    return std::any_of(outstanding_.begin(), outstanding_.end(),
                       [&](const outstanding& o) { return is_invite(o.request); }) ||
           std::any_of(legs_.begin(), legs_.end(),
                       [&](const leg& l)
                       { return std::any_of(l.waiting.begin(), l.waiting.end(), is_invite); });
}

void call::on_change_response(outstanding o, const sip::message_view& response, time_point now)
{
    const int status = response.status();
    if (status < 300)
    {
        ctx_.note_success(response, o.to, is_ours(legs_[o.leg]));
        on_change_accepted(o, response, now);
        return;
    }
    if (ended_ || ends_dialog(status))
    {
        on_in_dialog_done(o, errc::call_ended, now, status, response.reason());
        return;
    }
    take_back_change();
    if (changes_.empty()) return on_change_done(errc{}, 0, now);
    wish& w = changes_.front();
    const bool no_update =
        o.request.method == sip::method::update && (status == 405 || status == 501);
    const auto least = wanted_by(response, session_asked());
    if (least) session_least_ = *least; // RFC 4028 section 7.3
    const auto number = response.cseq();
    // A later request of ours was there first (section 12.2.2).
    const bool overtaken =
        status == 500 && number && number->number < legs_[o.leg].dialog.local_cseq();
    const auto pause = no_update || least || overtaken ? duration{0} : pause_after(response);
    if (pause && ++w.tries < limits::change_attempts)
    {
        if (no_update) legs_[o.leg].allows_update = false;
        change_out_ = false;
        timers_.stop(timer::change_limit);
        timers_.set(timer::change_again, now + *pause);
        return;
    }
    on_change_done(change_cancelled_ ? errc::timed_out : error_of(status), status, now);
}

// How long to wait until the same may be tried again; nothing where it would be in vain.
std::optional<duration> call::pause_after(const sip::message_view& response)
{
    if (response.status() == 491)
    {
        // Section 14.1, in units of 10 ms: who made the Call-ID waits longer, so they part.
        const bool owner = !target_.empty();
        const auto tens = owner ? 210 + ctx_.random.below(191) : ctx_.random.below(201);
        return milliseconds(10 * tens);
    }
    // Section 14.2: our request met one of theirs.
    const auto value = response.first(sip::header_id::retry_after);
    if (response.status() != 500 || !value) return std::nullopt;
    const auto wait = sip::parse_retry_after(*value);
    if (!wait || wait->seconds > 10) return std::nullopt;
    return seconds(wait->seconds);
}

void call::on_change_accepted(const outstanding& o, const sip::message_view& response,
                              time_point now)
{
    leg& l = legs_[o.leg];
    const bool by_invite = o.request.method == sip::method::invite;
    const bool asked = by_invite && o.request.body.empty();
    l.dialog.refresh_target(response);
    note_abilities(l, response);
    const auto text = description_in(response);
    const bool hold = changes_.empty() ? held_ : changes_.front().what.hold.value_or(held_);
    std::string answer;
    result<void> agreed;
    if (asked)
        agreed = take_offer(l, text, hold, answer);
    else if (!o.request.body.empty())
        agreed = l.talks.on_answer(text, media_.local());
    if (by_invite)
    {
        accepted_.push_back({o.transaction, o.leg});
        const sip::message* invite = ctx_.transactions.request_of(o.transaction);
        if (invite) acknowledge(o.leg, **invite, o.to, std::move(answer), now);
    }
    if (ended_) return on_change_done(errc::call_ended, 0, now);
    if (agreed)
    {
        held_ = hold;
        if (asked || !o.request.body.empty()) run_media(o.leg, now);
        run_session(read_grant(response), now);
        on_change_done(errc{}, 0, now);
        return;
    }
    take_back_change();
    // What we cannot do they take for agreed. Who does not answer an offer, though, has not
    // understood it, and goes on as before.
    const bool at_odds = !text.empty();
    ending how = ending_for(agreed, 0);
    if (at_odds) send_bye(o.leg, now);
    on_change_done(how.why, 0, now);
    if (at_odds) end(std::move(how), now);
}

// Their offer in a 2xx or 1xx; the answer goes out in any case (RFC 3261 section 13.2.2.4).
result<void> call::take_offer(leg& l, std::string_view offer, bool hold, std::string& answer)
{
    media_.set_direction(wished_direction(hold));
    if (const auto usable = consider(l, offer); !usable)
    {
        answer = l.talks.refuse(offer, media_.local());
        return usable.error();
    }
    auto text = l.talks.make_answer(media_.local());
    if (!text) return text.error();
    answer = std::move(*text);
    return {};
}

// As if it had never been asked for (RFC 3261 section 14.1, RFC 6337 section 3.4).
void call::take_back_change()
{
    if (chosen_ && legs_[*chosen_].talks.current() == negotiation::state::local_offer)
        legs_[*chosen_].talks.withdraw();
    if (changes_.empty()) return;
    if (const auto port = std::exchange(changes_.front().port_before, std::nullopt))
        media_.set_local({media_.local().rtp.address, *port});
}

void call::on_change_done(errc why, int status, time_point now)
{
    change_out_ = change_cancelled_ = false;
    timers_.stop(timer::change_limit);
    if (changes_.empty()) return;
    const wish done = std::move(changes_.front());
    changes_.pop_front();
    if (why != errc{}) try_refresh_again(done.refresh, now);
    if (done.id) ctx_.emit(change_done{id_, *done.id, why, status});
    start_change(now);
}

// Nothing has refreshed the session: another try while there is time; at its end the session is
// over (RFC 4028 section 10). Some other change that was refused took the place of the refresh.
void call::try_refresh_again(bool was_refresh, time_point now)
{
    const auto end = timers_.deadline(timer::session_end);
    if (ended_ || !session_.we_refresh || !end || timers_.running(timer::session_refresh)) return;
    constexpr duration least = seconds(5), most = least_session / 3;
    const duration wait = was_refresh ? std::clamp((*end - now) / 2, least, most) : duration{0};
    timers_.set(timer::session_refresh, now + wait);
}

// Our news of where we are was not heard: soon once more.
bool call::try_move_again(time_point now)
{
    if (ended_ || changes_.empty() || !changes_.front().moved) return false;
    if (++changes_.front().tries >= limits::change_attempts) return false;
    change_out_ = change_cancelled_ = false;
    timers_.stop(timer::change_limit);
    timers_.set(timer::change_again, now + seconds(2) * changes_.front().tries);
    return true;
}

// Nobody answers our re-INVITE finally, or the call is over and it has to go.
void call::on_change_limit(time_point now)
{
    const auto o = std::find_if(outstanding_.begin(), outstanding_.end(),
                                [](const outstanding& each)
                                { return each.request.method == sip::method::invite; });
    if (o == outstanding_.end()) return;
    const sip::message* invite = ctx_.transactions.request_of(o->transaction);
    if (!ended_ && !change_cancelled_ && invite)
    {
        change_cancelled_ = true;
        timers_.set(timer::change_limit, now + 64 * ctx_.config.timing.t1); // section 9.1
        const auto cancel = sip::make_cancel(**invite);
        if (!cancel) return;
        const auto started = ctx_.transactions.start(*cancel, {o->to, false}, now, ctx_.actions);
        if (started) cancel_transaction_ = *started;
        return;
    }
    const outstanding taken = std::move(*o);
    outstanding_.erase(o);
    ctx_.transactions.abandon(taken.transaction, ctx_.actions);
    on_in_dialog_done(taken, errc::timed_out, now);
}

} // namespace solosip::ua
