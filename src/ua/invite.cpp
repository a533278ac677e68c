// The caller's side of an INVITE (RFC 3261 section 13.2).
#include "solosip/sip/compose.hpp"
#include "ua/call.hpp"
#include "ua/status.hpp"

#include <algorithm>

namespace solosip::ua
{

void call::start(std::string target, call_options options, time_point now)
{
    target_ = to_uri_ = std::move(target);
    options_ = std::move(options);
    call_id_text_ = ctx_.random.token(24);
    cseq_ = ctx_.random.below(10'000); // below 2^31 with room to count (section 8.1.1.5)
    const identity* who = ctx_.who ? &*ctx_.who : nullptr;
    const auto uri = sip::parse_uri(target_);
    const route way = route_for(*uri, who); // the engine has checked the URI
    ours_ = way.ours || !ctx_.registers;
    first_hop_ = way.to;
    looking_ = ctx_.look_up(way.to);
    const auto wait = options_.ring_for > seconds(0) ? options_.ring_for : ctx_.config.early_limit;
    timers_.set(timer::limit, now + wait);
}

void call::on_invite_targets(const result<std::vector<target>>& targets, time_point now)
{
    if (ended_ || phase_ != phase::resolving) return;
    if (!targets || targets->empty())
    {
        if (options_.follow_redirects && follow_redirect({})) return;
        phase_ = phase::finished;
        end({ended_by::network, 0, {}, targets ? errc::dns_failed : targets.code()}, now);
        return;
    }
    targets_ = *targets;
    target_index_ = 0;
    send_invite(now);
}

void call::send_invite(time_point now)
{
    const target& to = targets_[target_index_];
    const identity* who = ctx_.who ? &*ctx_.who : nullptr;
    local_ = to.local;
    invited_ = to.remote;
    media_.set_local({to.local.address, options_.media_port});
    if (offer_.empty() && !options_.late_offer)
    {
        first_talks_ = {};
        offer_ = first_talks_.make_offer(media_.local());
    }
    if (local_uri_.empty())
    {
        std::string uri = options_.from;
        if (uri.empty()) uri = who ? who->aor : "sip:anonymous@" + host_text(to.local.address);
        std::string name = options_.display_name;
        if (name.empty() && who && options_.from.empty()) name = who->given.display_name;
        if (!name.empty()) local_uri_ = sip::quote(name) + ' ';
        local_uri_ += '<' + uri + '>';
    }
    const std::string via = ctx_.make_via(to.local);
    const std::string contact = ctx_.make_contact(to.local, ours_);
    const std::string allow = ctx_.allow();
    std::vector<std::pair<std::string, std::string>> session;
    add_session_headers(session);
    ++cseq_;

    auto made = sip::compose(
        [&](sip::writer& w)
        {
            w.request(sip::method::invite, target_);
            w.header(sip::header_id::via, via);
            if (who && who->proxy) w.header(sip::header_id::route, who->proxy_route);
            w.header(sip::header_id::max_forwards, 70u);
            w.header(sip::header_id::from, {local_uri_, ";tag=", local_tag_});
            w.header(sip::header_id::to, {"<", to_uri_, ">"});
            w.header(sip::header_id::call_id, call_id_text_);
            w.header(sip::header_id::cseq, {std::to_string(cseq_), " INVITE"});
            w.header(sip::header_id::contact, contact);
            w.header(sip::header_id::allow, allow);
            w.header(sip::header_id::supported, supported());
            if (!required_.empty()) w.header(sip::header_id::require, required_);
            for (const auto& [name, value] : session)
                w.header(name, value);
            w.header(sip::header_id::accept, "application/sdp");
            if (!options_.subject.empty()) w.header(sip::header_id::subject, options_.subject);
            if (!ctx_.config.user_agent.empty())
                w.header(sip::header_id::user_agent, ctx_.config.user_agent);
            for (const auto& h : options_.headers)
                w.header(h.name, h.value);
            w.body(offer_.empty() ? "" : "application/sdp", offer_);
        });
    const auto started =
        made ? ctx_.start(*made, to.remote, ours_, now) : result<transaction::id>(made.error());
    if (!started)
    {
        phase_ = phase::finished;
        end({ended_by::us, 0, {}, started.code()}, now);
        return;
    }
    phase_ = phase::calling;
    invite_transaction_ = *started;
    // With the credentials that `start` added, which the ACK must repeat (section 13.2.2.4).
    invite_ = std::move(*made);
}

void call::on_invite_response(const sip::message_view& response, time_point now)
{
    if (response.status() < 200)
        on_provisional(response, now);
    else if (response.status() < 300)
        on_success(response, now);
    else
        on_refusal(response, now);
}

void call::on_success(const sip::message_view& response, time_point now)
{
    const auto index = leg_for(response);
    if (!index) return; // a 2xx that makes no dialog cannot be acknowledged
    leg& l = legs_[*index];
    if (l.acknowledged) // section 13.2.2.4: again for each repetition
    {
        if (!l.acks.empty())
            repeat_ack(*index, response);
        else if (l.waiting.empty())
            acknowledge(*index, *invite_, invited_, {}, now); // the way was not found last time
        return;
    }
    (void)l.dialog.confirm(response);
    note_abilities(l, response);
    if (!ended_ && !chosen_ && !l.given_up)
    {
        establish(*index, response, now);
        return;
    }
    // Another fork, an answer that crossed our CANCEL, or one that their BYE has overtaken: taken,
    // and given back at once. An offer in it has its answer in the ACK all the same (section
    // 13.2.2.4).
    std::string answer;
    if (options_.late_offer && !l.answered_reliably)
        answer = l.talks.refuse(description_in(response), media_.local());
    acknowledge(*index, *invite_, invited_, std::move(answer), now);
    if (!l.given_up) send_bye(*index, now);
    if (!chosen_)
    {
        phase_ = phase::finished;
        parting_ = parting::sent;
        timers_.stop(timer::cancel_limit);
    }
    if (!chosen_ && l.given_up) end(*std::exchange(l.given_up, ending{}), now);
}

bool call::on_stray_success(const sip::message_view& response)
{
    const auto to = response.to();
    const auto index = to ? find_leg(to->tag()) : std::nullopt;
    if (index) repeat_ack(*index, response);
    return index.has_value();
}

void call::give_back(sip::message invite, const sip::message_view& response, const endpoint& from,
                     time_point now)
{
    ended_ = true; // nobody is told
    phase_ = phase::finished;
    parting_ = parting::sent;
    invite_ = std::move(invite);
    options_.late_offer = !has_offer(*invite_);
    invited_ = from;
    ours_ = !ctx_.registers || ctx_.is_server(from.address);
    if (leg_for(response)) on_success(response, now);
}

void call::repeat_ack(std::size_t leg_index, const sip::message_view& response)
{
    const auto number = response.cseq();
    for (const auto& [cseq, ack] : legs_[leg_index].acks)
        if (number && number->number == cseq) ctx_.send(ack.to, ack.bytes);
}

void call::establish(std::size_t leg_index, const sip::message_view& response, time_point now)
{
    chosen_ = leg_index;
    phase_ = phase::established;
    timers_.stop(timer::limit);
    ctx_.note_success(response, invited_, ours_);
    std::string answer;
    const auto agreed = take_final_description(legs_[leg_index], description_in(response), answer);
    acknowledge(leg_index, *invite_, invited_, std::move(answer), now);
    if (!agreed)
    {
        send_bye(leg_index, now);
        end(ending_for(agreed, response.status()), now);
        return;
    }
    begin_lasting(now);
    run_session(read_grant(response), now);
    if (call* const r = std::exchange(referrer_, nullptr)) r->on_referred_answer(id_, now);
    ctx_.emit(call_answered{id_, remote_uri(), headers_of(response)});
    run_media(leg_index, now);
    if (moved_) on_network_changed(now);
}

// Section 13.2.1: the answer to our offer, unless it came before and reliably; or the offer that we
// asked for.
result<void> call::take_final_description(leg& l, std::string_view text, std::string& answer)
{
    if (l.talks.agreed() && (l.answered_reliably || text.empty())) return {};
    if (options_.late_offer) return take_offer(l, text, held_, answer);
    return l.talks.on_answer(text, media_.local());
}

// Section 13.2.2.4: the ACK has the INVITE's number and its credentials, and no transaction.
void call::acknowledge(std::size_t leg_index, const sip::message_view& invite,
                       const endpoint& invited, std::string body, time_point now)
{
    legs_[leg_index].acknowledged = true;
    in_dialog ack;
    ack.method = sip::method::ack;
    ack.secrets_for = invited.address;
    if (!body.empty()) ack.content_type = "application/sdp";
    ack.body = std::move(body);
    if (const auto number = invite.cseq()) ack.cseq = number->number;
    for (std::size_t i = 0; i < invite.header_count(); ++i)
    {
        const auto h = invite.header(i);
        if (h.id == sip::header_id::authorization || h.id == sip::header_id::proxy_authorization)
            ack.headers.emplace_back(h.name, h.value);
    }
    send_in_dialog(leg_index, std::move(ack), now);
}

void call::on_refusal(const sip::message_view& response, time_point now)
{
    const int status = response.status();
    timers_.stop(timer::cancel_limit);
    invite_transaction_.reset(); // it has acknowledged, and absorbs repetitions by itself
    if (!ended_ && (status == 401 || status == 407) &&
        ctx_.can_answer(response, invited_, ours_, attempt_))
    {
        forget_legs(); // early dialogs of the challenged INVITE are gone
        send_invite(now);
        return;
    }
    if (const auto least = wanted_by(response, session_wish());
        least && !ended_ && ++session_tries_ <= interval_tries)
    {
        session_least_ = *least; // RFC 4028 section 7.3
        forget_legs();
        send_invite(now);
        return;
    }
    if (!ended_ && can_do_required(response))
    {
        forget_legs();
        send_invite(now);
        return;
    }
    if (status == 503 && try_next_target(now)) return; // RFC 3263 section 4.3
    if (!ended_ && options_.follow_redirects && follow_redirect(response)) return;
    phase_ = phase::finished;
    parting_ = parting::sent;
    ending how{ended_by::peer, status, std::string(response.reason()), error_of(status)};
    // They might have taken the same audio without RTP/SAVP.
    if (how.why == errc::no_common_codec && ctx_.config.encryption == srtp_policy::required)
        how.why = errc::srtp_required;
    how.headers = headers_of(response);
    end(std::move(how), now);
}

void call::on_invite_failure(transaction::failure why, time_point now)
{
    timers_.stop(timer::cancel_limit);
    if (phase_ == phase::calling && try_next_target(now)) return;
    if (!ended_ && options_.follow_redirects && follow_redirect({})) return;
    phase_ = phase::finished;
    parting_ = parting::sent;
    // Section 8.1.3.1: silence counts as 408, an error of the transport as 503.
    if (why == transaction::failure::timeout)
        end({ended_by::network, 408, "no answer at all", errc::timed_out}, now);
    else
        end({ended_by::network, 503, "the network refused the INVITE", errc::unreachable}, now);
}

bool call::try_next_target(time_point now)
{
    if (ended_ || target_index_ + 1 >= targets_.size()) return false;
    ++target_index_;
    attempt_ = {};
    offer_.clear(); // our own address may be another one towards there
    forget_legs();
    send_invite(now);
    return true;
}

} // namespace solosip::ua
