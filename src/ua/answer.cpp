// The callee's side of an INVITE (RFC 3261 section 13.3), and requests inside a call.
#include "solosip/base/limits.hpp"
#include "solosip/sip/header_values.hpp"
#include "solosip/sip/multipart.hpp"
#include "ua/call.hpp"
#include "ua/inbox.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

constexpr std::string_view sdp_type = "application/sdp";

/// Whether a Content-Disposition says that, "icon;handling=optional" (section 20.11).
bool handling_is(std::string_view wanted, std::optional<std::string_view> line)
{
    const auto value = line ? sip::parse_token_value(*line) : errc::missing_header;
    return value && sip::iequals(value->params.find("handling").value_or(""), wanted);
}

// Section 20.43: for people who look for the reason.
std::string warning(errc why)
{
    switch (why)
    {
    case errc::srtp_required: return "302 solosip \"Only encrypted audio is taken\"";
    case errc::too_many: return "399 solosip \"Too much in the session description\"";
    default: return "305 solosip \"No audio codec in common\"";
    }
}

// Section 20.11, RFC 5621 section 8.3: a part beside the description that must be understood.
bool needs_more(const sip::message_view& m, const sip::media_type& type)
{
    if (!type.is("multipart", type.subtype)) return false;
    const std::string boundary = sip::unquote(type.params.find("boundary").value_or(""));
    sip::multipart parts(m.body(), boundary);
    for (std::size_t count = 0; count < limits::body_parts; ++count)
    {
        const auto part = parts.next();
        if (!part) break;
        const auto is = part->type();
        const bool known = is && (is->is("application", "sdp") || is->is("multipart", is->subtype));
        if (!known && handling_is("required", part->header("Content-Disposition"))) return true;
    }
    return false;
}

} // namespace

bool call::has_offer(const sip::message_view& m)
{
    if (m.body().empty()) return false;
    const auto type = m.content_type();
    const bool may_hold_one =
        type && (type->is("application", "sdp") || type->is("multipart", type->subtype));
    // Section 8.2.3: what need not be understood is passed over.
    return may_hold_one || !handling_is("optional", m.first(sip::header_id::content_disposition));
}

bool call::on_invite(const incoming& in, time_point now, bool announce)
{
    phase_ = phase::offered;
    invite_ = in.request;
    invite_transaction_ = in.transaction;
    source_ = in.source;
    local_ = in.local;
    ours_ = ctx_.is_server(in.source.address);
    auto made = dialog::dialog::from_request(*in.request, local_tag_);
    if (!made)
    {
        ctx_.respond(in, {400, "No usable Contact or Record-Route"}, now);
        return false;
    }
    media_.set_local({in.local.address, 0}); // so that the IP version of the offer can be judged
    legs_.push_back({std::move(*made)});
    note_abilities(legs_.front(), *in.request);
    late_offer_ = !has_offer(*in.request);
    if (refuse_extensions(in, now)) return false;
    if (!late_offer_ && !read_offer(in, legs_.front(), now)) return false;
    if (!grant(in, now)) return false;
    chosen_ = 0;
    if (!announce) return true; // answered at once
    ctx_.respond(in, {100}, now);
    // Section 13.3.1: the caller says how long the INVITE is meant; what comes first decides.
    const auto expires = in.request->number(sip::header_id::expires);
    expires_ = expires && *expires > 0 && seconds(*expires) < ctx_.config.ring_limit;
    timers_.set(timer::limit, now + (expires_ ? seconds(*expires) : ctx_.config.ring_limit));

    const auto from = in.request->from();
    const auto to = in.request->to();
    ctx_.emit(incoming_call{id_, std::string(from->uri.text), sip::unquote(from->display_name),
                            std::string(to->uri.text), in.request});
    return true;
}

// Answers what cannot be answered with a session description (RFC 3261 sections 8.2.3, 13.3.1.3).
bool call::read_offer(const incoming& in, leg& l, time_point now)
{
    const sip::message_view& m = *in.request;
    media_.set_direction(held_ ? sdp::direction::sendonly : sdp::direction::sendrecv);
    const auto type = m.content_type();
    const auto encoding = m.first(sip::header_id::content_encoding);
    if (encoding && !sip::iequals(*encoding, "identity"))
    {
        ctx_.respond(in, {415, {}, local_tag_, {{"Accept-Encoding", "identity"}}}, now);
        return false;
    }
    const auto offer =
        type ? sip::find_content(m.body(), *type, "application", "sdp") : std::nullopt;
    if (!offer || needs_more(m, *type))
    {
        ctx_.respond(in, {415, {}, local_tag_, {{"Accept", std::string(sdp_type)}}}, now);
        return false;
    }
    const auto usable = consider(l, *offer);
    if (usable) return true;
    if (usable.code() == errc::srtp_required)
        ctx_.log(log_level::info, "refused an offer without the encryption that is required");
    if (usable.code() != errc::bad_syntax) // section 13.3.1.3
        ctx_.respond(in, {488, {}, local_tag_, {{"Warning", warning(usable.code())}}}, now);
    else
        ctx_.respond(in, {400, "Malformed Session Description", local_tag_}, now);
    return false;
}

result<void> call::consider(leg& l, std::string_view offer)
{
    auto usable = l.talks.consider(offer, media_.local());
    if (usable && l.talks.rekeys()) media_.renew_keys();
    return usable;
}

reply call::with_contact(int status) const
{
    return {status, {}, local_tag_, {{"Contact", ctx_.make_contact(local_, ours_)}}};
}

result<void> call::answer(const answer_options& options, time_point now)
{
    if (phase_ != phase::offered || ended_) return errc::call_ended;
    if (!are_clean(options.headers)) return errc::bad_header;
    // RFC 3262 section 5: no 2xx before a description that was sent reliably has arrived.
    if (unacknowledged_ && unacknowledged_->describes)
    {
        answer_waits_ = options;
        return {};
    }
    if (!early_)
    {
        media_.set_local({local_.address, options.media_port});
        if (legs_.front().way) moved_ = false; // found: the answer says where we are
    }
    media_.set_direction(sdp::direction::sendrecv);
    reply r = with_contact(200);
    r.headers.push_back({"Allow", ctx_.allow()});
    const auto granted = grant_session(*invite_, session_wish(), session_);
    add_grant(r, granted ? *granted : session_grant{});
    r.headers.insert(r.headers.end(), options.headers.begin(), options.headers.end());
    r.content_type = sdp_type;
    negotiation& talks = legs_.front().talks;
    const bool offers = late_offer_ && !answered_reliably_;
    if (early_) // RFC 3261 section 13.2.1: the same answer, or none where it has arrived for sure
        r.body = answered_reliably_ ? std::string() : talks.text();
    else if (late_offer_)
        r.body = talks.make_offer(media_.local());
    else if (auto text = talks.make_answer(media_.local()))
        r.body = std::move(*text);
    else
        return text.error();

    phase_ = phase::established;
    begin_lasting(now);
    run_session(granted ? granted->terms : session_terms{}, now);
    timers_.stop(timer::limit);
    timers_.stop(timer::ring_again);
    legs_.front().dialog.confirm();
    provisionals_.clear();
    timers_.stop(timer::provisional_again); // its PRACK may still come
    send_success({invite_, invite_transaction_, source_, local_}, r, offers, now);
    ctx_.emit(call_answered{id_, remote_uri()});
    run_media(0, now);
    if (moved_) on_network_changed(now);
    return {};
}

void call::send_success(const incoming& in, const reply& r, bool awaits_answer, time_point now)
{
    const auto number = in.request->cseq();
    success_ = success{*in.transaction, ctx_.make_reply(in, r), number ? number->number : 0,
                       ctx_.config.timing.t1, awaits_answer};
    ctx_.respond(success_->transaction, success_->response, now);
    timers_.set(timer::answer_again, now + success_->interval);
    timers_.set(timer::answer_limit, now + 64 * ctx_.config.timing.t1);
}

// Section 13.3.1.4: T1, doubled up to T2, whatever the transport.
void call::repeat_success(time_point now)
{
    if (!success_) return;
    ctx_.respond(success_->transaction, success_->response, now);
    success_->interval = std::min(2 * success_->interval, ctx_.config.timing.t2);
    timers_.set(timer::answer_again, now + success_->interval);
}

// Its ACK has come, or is not waited for any more.
void call::forget_success()
{
    success_.reset();
    timers_.stop(timer::answer_again);
    timers_.stop(timer::answer_limit);
}

void call::give_up_on_ack(time_point now)
{
    forget_success();
    send_bye(*chosen_, now);
    end({ended_by::network, 408, "no ACK came", errc::timed_out}, now);
    send_waiting(legs_[*chosen_], now);
}

void call::on_ack(const sip::message_view& ack, time_point now)
{
    const auto number = ack.cseq();
    if (!success_ || !number || number->number != success_->cseq) return;
    const bool awaited_answer = success_->awaits_answer;
    const bool first = success_->transaction == invite_transaction_;
    forget_success();
    send_waiting(legs_[*chosen_], now);
    if (parting_ == parting::wanted)
    {
        send_bye(*chosen_, now);
        return;
    }
    if (ended_) return;
    negotiation& talks = legs_[*chosen_].talks;
    const auto text = description_in(ack);
    const auto agreed = awaited_answer ? talks.on_answer(text, media_.local()) : result<void>();
    if (agreed)
    {
        if (awaited_answer) run_media(*chosen_, now);
        start_change(now);
    }
    else if (!first && text.empty())
    {
        // Some refresh a session so and mean nothing by it: it goes on as it was.
        talks.withdraw();
        start_change(now);
    }
    else
    {
        send_bye(*chosen_, now);
        end(ending_for(agreed, 0), now);
    }
}

void call::on_request(const incoming& in, time_point now)
{
    const auto number = in.request->cseq();
    const auto leg_index = [&]() -> std::size_t
    {
        for (std::size_t i = 0; i < legs_.size(); ++i)
            if (legs_[i].dialog.is_for(*in.request)) return i;
        return 0;
    }();
    if (number && !legs_[leg_index].dialog.accept_remote_cseq(number->number))
    {
        ctx_.respond(in, {500, "CSeq Out of Order", local_tag_}, now); // section 12.2.2
        return;
    }
    if (phase_ == phase::established) local_ = in.local; // we may have moved and not know it
    switch (in.request->method())
    {
    case sip::method::bye: on_bye(in, now); return;
    case sip::method::options:
        if (ended_) return ctx_.respond(in, {481, {}, local_tag_}, now);
        ctx_.respond(
            in, {200, {}, local_tag_, {{"Allow", ctx_.allow()}, {"Accept", std::string(sdp_type)}}},
            now);
        return;
    case sip::method::invite:
    case sip::method::info:
    case sip::method::update:
    case sip::method::prack:
        if (ended_ || (chosen_ && leg_index != *chosen_))
            ctx_.respond(in, {481, {}, local_tag_}, now);
        else if (in.request->method() == sip::method::info)
            on_info(in, now);
        else if (in.request->method() == sip::method::prack)
            on_prack(in, now);
        else if (in.request->method() == sip::method::update)
            on_update(in, leg_index, now);
        else
            on_reinvite(in, now);
        return;
    case sip::method::refer: on_refer(in, now); return;
    default:
        // The subscription of a REFER may outlive the call (RFC 5057 section 4).
        if (in.request->method() == sip::method::notify && on_refer_notify(in, now)) return;
        if (ended_)
            ctx_.respond(in, {481, {}, local_tag_}, now);
        else
            ctx_.requests->offer(in, id_, local_tag_, now);
    }
}

} // namespace solosip::ua
