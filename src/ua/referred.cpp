// Transfers that others ask for: REFER in, our INVITE, NOTIFYs out (RFC 3515 section 2.4,
// RFC 5589 section 6).
#include "solosip/sip/header_values.hpp"
#include "ua/call.hpp"
#include "ua/transfer.hpp"

#include <algorithm>

namespace solosip::ua
{
namespace
{

// A parameter that may not stand in a Request-URI (RFC 3261 section 19.1.1, table 1).
void remove_parameter(std::string& uri, std::string_view name)
{
    for (std::size_t at = uri.find(';'); at != uri.npos; at = uri.find(';', at + 1))
    {
        const auto end = std::min(uri.find(';', at + 1), uri.size());
        const auto text = std::string_view(uri).substr(at + 1, end - at - 1);
        if (!sip::iequals(text.substr(0, text.find('=')), name)) continue;
        uri.erase(at, end - at);
        return;
    }
}

// The value of Replaces in "Replaces=...&Other=..."; nothing where it is there and unusable.
std::optional<std::string> replaces_in(std::string_view headers)
{
    while (!headers.empty())
    {
        const auto end = std::min(headers.find('&'), headers.size());
        const auto field = headers.substr(0, end);
        headers.remove_prefix(std::min(end + 1, headers.size()));
        const auto equals = field.find('=');
        if (equals == field.npos || !sip::iequals(field.substr(0, equals), "Replaces")) continue;
        std::string value = sip::unescape(field.substr(equals + 1));
        if (!is_clean(value) || !sip::parse_replaces(value)) return std::nullopt;
        return value;
    }
    return std::string();
}

refer_target refused(int status, std::string reason = {})
{
    return {{}, {}, status, std::move(reason)};
}

bool wants_no_subscription(const sip::message_view& refer)
{
    const auto value = refer.first(sip::header_id::refer_sub);
    return value && sip::iequals(value->substr(0, value->find(';')), "false");
}

} // namespace

refer_target read_refer_to(const sip::message_view& refer)
{
    int count = 0;
    for (std::size_t i = 0; i < refer.header_count(); ++i)
        if (refer.header(i).id == sip::header_id::refer_to) ++count;
    if (count != 1) return refused(400, "Exactly One Refer-To");
    const auto value = sip::parse_name_addr(*refer.first(sip::header_id::refer_to));
    if (!value) return refused(400, "Malformed Refer-To");
    if (value->uri.scheme != sip::uri_scheme::sip) return refused(416);
    const auto method = value->uri.params.find("method");
    if (method && *method != "INVITE") return refused(501, "Only INVITE");
    auto replaces = replaces_in(value->uri.headers);
    if (!replaces) return refused(400, "Malformed Replaces");

    refer_target target;
    target.uri = std::string(value->uri.text);
    target.uri.erase(std::min(target.uri.find('?'), target.uri.size()));
    remove_parameter(target.uri, "method");
    if (!complete_target(target.uri, nullptr)) return refused(400, "Malformed Refer-To");
    target.replaces = std::move(*replaces);
    return target;
}

void call::on_refer(const incoming& in, time_point now)
{
    if (!ctx_.config.allow_transfers)
        return ctx_.respond(in, {405, {}, local_tag_, {{"Allow", ctx_.allow()}}}, now);
    if (ended_) return ctx_.respond(in, {481, {}, local_tag_}, now); // RFC 5407 section 3.3.3
    if (phase_ != phase::established) return ctx_.respond(in, {480, {}, local_tag_}, now);
    auto target = read_refer_to(*in.request);
    if (target.status != 0)
        return ctx_.respond(in, {target.status, target.reason, local_tag_}, now);
    if (asked_ || followed_ || refer_out_) return ctx_.respond(in, {491, {}, local_tag_}, now);

    transfer_wanted news{id_, target.uri, {}, in.request};
    if (const auto by = in.request->first(sip::header_id::referred_by))
        if (const auto who = sip::parse_name_addr(*by)) news.referred_by = who->uri.text;
    asked_ = asked_refer{in.request, *in.transaction, in.source, in.local, std::move(target)};
    timers_.set(timer::asked_limit, now + ctx_.config.request_limit);
    ctx_.emit(std::move(news));
}

void call::on_asked_limit(time_point now)
{
    if (asked_) (void)decline_refer(480, now);
}

result<void> call::decline_refer(int status, time_point now)
{
    if (!asked_) return errc::call_ended;
    if (status < 300 || status > 699) return errc::bad_config;
    const asked_refer was = *std::exchange(asked_, std::nullopt);
    timers_.stop(timer::asked_limit);
    ctx_.respond({was.request, was.transaction, was.source, was.local}, {status, {}, local_tag_},
                 now);
    return {};
}

result<refer_target> call::follow_refer(call_options& options, time_point now)
{
    if (!asked_ || ended_) return errc::call_ended;
    const auto moves = [](const wish& w) { return w.what.media_port.has_value(); };
    if (std::any_of(changes_.begin(), changes_.end(), moves)) return errc::call_in_progress;
    asked_refer was = *std::exchange(asked_, std::nullopt);
    timers_.stop(timer::asked_limit);
    const bool silent = wants_no_subscription(*was.request);
    reply accepted{202,
                   {},
                   local_tag_,
                   {{"Contact", ctx_.make_contact(was.local, ctx_.is_server(was.source.address))}}};
    if (silent) accepted.headers.push_back({"Refer-Sub", "false"});
    ctx_.respond({was.request, was.transaction, was.source, was.local}, accepted, now);

    followed_ = followed_refer{};
    followed_->tells = !silent;
    if (const auto number = was.request->cseq()) followed_->id = number->number;
    options.media_port = media_port(); // one call after the other: one port
    if (const auto by = was.request->first(sip::header_id::referred_by); by && is_clean(*by))
        options.headers.push_back({"Referred-By", std::string(*by)});
    if (!was.target.replaces.empty()) options.headers.push_back({"Replaces", was.target.replaces});
    tell_referrer(100, "Trying", false, now); // section 2.4.4: at once
    return std::move(was.target);
}

void call::tell_referrer(int status, std::string_view reason, bool final, time_point now)
{
    if (!followed_->tells) return;
    followed_->told = status;
    in_dialog notify;
    notify.method = sip::method::notify;
    notify.headers = {
        {"Event", "refer;id=" + std::to_string(followed_->id)},
        {"Subscription-State", final ? "terminated;reason=noresource" : "active;expires=180"}};
    notify.content_type = "message/sipfrag;version=2.0";
    notify.body = "SIP/2.0 " + std::to_string(status) + ' ';
    notify.body += reason.empty() ? sip::reason_phrase(status) : reason;
    notify.body += "\r\n";
    send_in_dialog(*chosen_, std::move(notify), now);
}

// The other side hears no more (section 2.4.5, RFC 6665 section 4.2.2): the call that it asked for
// goes on.
void call::on_notify_done(errc why)
{
    if (followed_ && why != errc{}) followed_->tells = false;
}

// The call that came of it has something new.
void call::on_referred_progress(int status, std::string_view reason, time_point now)
{
    // A few of them say nothing new, and a flood of them would be one here.
    if (followed_ && followed_->told != status) tell_referrer(status, reason, false, now);
}

void call::on_referred_answer(call_id by, time_point now)
{
    if (!followed_) return;
    tell_referrer(200, "OK", true, now);
    followed_.reset();
    give_way_to(by, {}, now);
}

void call::on_referred_failure(int status, std::string_view reason, time_point now)
{
    if (!followed_) return;
    tell_referrer(status, reason, true, now);
    followed_.reset();
}

void call::give_way_to(call_id by, const sip::message& invite, time_point now)
{
    if (ended_) return;
    ctx_.emit(call_replaced{id_, by, invite});
    if (phase_ == phase::established)
        leave(now);
    else if (phase_ == phase::proceeding)
        send_cancel(now);
    else if (phase_ == phase::calling)
        parting_ = parting::wanted;
    end({ended_by::peer, 0, "transferred", errc::transferred}, now);
}

} // namespace solosip::ua
