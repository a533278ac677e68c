// Transfers that we ask for: REFER out, its NOTIFYs in (RFC 3515, RFC 5589 section 6).
#include "ua/transfer.hpp"

#include "solosip/sip/header_values.hpp"
#include "ua/call.hpp"
#include "ua/status.hpp"

#include <algorithm>

namespace solosip::ua
{

fragment read_fragment(std::string_view body)
{
    // "SIP/2.0 200 OK", the first line of it.
    constexpr std::string_view version = "SIP/2.0 ";
    const auto line = body.substr(0, std::min(body.find_first_of("\r\n"), body.size()));
    if (!line.starts_with(version) || line.size() < version.size() + 3) return {};
    const auto number = sip::parse_number(line.substr(version.size(), 3));
    if (!number || *number < 100 || *number > 699) return {};
    const auto rest = line.substr(version.size() + 3);
    if (!rest.empty() && rest.front() != ' ') return {};
    return {static_cast<int>(*number), std::string(rest.empty() ? rest : rest.substr(1))};
}

result<void> call::transfer(std::string target, time_point now)
{
    if (phase_ != phase::established || ended_) return errc::call_ended;
    if (refer_out_ || followed_) return errc::call_in_progress;
    in_dialog refer;
    refer.method = sip::method::refer;
    refer.headers = {{"Refer-To", '<' + target + '>'}};
    if (ctx_.who) refer.headers.emplace_back("Referred-By", '<' + ctx_.who->aor + '>');
    refer_out_ = our_refer{};
    timers_.set(timer::refer_limit, now + ctx_.config.early_limit);
    send_in_dialog(*chosen_, std::move(refer), now);
    return {};
}

void call::on_refer_response(const sip::message_view& response, time_point now)
{
    if (!refer_out_) return;
    if (response.status() >= 300)
    {
        refer_out_->last = {response.status(), std::string(response.reason())};
        return finish_refer(error_of(response.status()), now);
    }
    // RFC 4488 section 4: no subscription, so nothing more will be heard.
    const auto sub = response.first(sip::header_id::refer_sub);
    if (sub && sip::iequals(sub->substr(0, sub->find(';')), "false"))
    {
        refer_out_->last = {response.status(), std::string(response.reason())};
        finish_refer(errc{}, now);
    }
}

// Only of our own REFER; anything else is the application's.
bool call::on_refer_notify(const incoming& in, time_point now)
{
    const auto value = in.request->first(sip::header_id::event);
    const auto package = value ? sip::parse_token_value(*value) : errc::missing_header;
    if (!refer_out_ || !package || !package->is("refer")) return false;
    const auto id = package->params.find("id");
    if (id && *id != std::to_string(refer_out_->cseq)) return false;
    ctx_.respond(in, {200, {}, local_tag_}, now);

    const fragment told = read_fragment(in.request->body());
    const auto state = in.request->first(sip::header_id::subscription_state);
    const auto now_is = state ? sip::parse_token_value(*state) : errc::missing_header;
    const bool terminated = now_is && now_is->is("terminated");
    if (told.status != 0) refer_out_->last = told;
    if (told.status >= 100 && told.status < 200 && !terminated)
        ctx_.emit(transfer_progress{id_, told.status, told.reason});
    const int last = refer_out_->last.status;
    if (last >= 200)
        finish_refer(last < 300 ? errc{} : error_of(last), now);
    else if (terminated) // the other side does not know, or does not say
        finish_refer(errc::rejected, now);
    return true;
}

// Section 6.1 of RFC 5589: a transfer that has worked leaves nobody to talk to here; one that has
// not leaves the call as it was.
void call::finish_refer(errc why, time_point now)
{
    const fragment last = std::exchange(refer_out_, std::nullopt)->last;
    timers_.stop(timer::refer_limit);
    ctx_.emit(transfer_done{id_, why, last.status, last.reason});
    if (why != errc{} || ended_) return;
    send_bye(*chosen_, now);
    end({ended_by::us, 0, "transferred", errc{}}, now);
}

void call::on_refer_limit(time_point now)
{
    if (refer_out_) finish_refer(errc::timed_out, now);
}

} // namespace solosip::ua
