#include "ua/inbox.hpp"

#include "solosip/base/limits.hpp"
#include "solosip/sip/header_values.hpp"

#include <algorithm>
#include <utility>

namespace solosip::ua
{

namespace
{

// The same request by another path (section 8.2.2.2).
bool is_merged(const sip::message_view& a, const sip::message_view& b)
{
    const auto from = a.from(), other_from = b.from();
    const auto number = a.cseq(), other_number = b.cseq();
    return a.call_id() == b.call_id() && from && other_from && number && other_number &&
           from->tag() == other_from->tag() && number->number == other_number->number &&
           a.method_text() == b.method_text();
}

} // namespace

void inbox::offer(const incoming& in, std::optional<call_id> call, const std::string& to_tag,
                  time_point now)
{
    if (!ctx_.takes_requests) return refuse(in, to_tag, now);
    for (const auto& [id, e] : waiting_)
        if (!call && is_merged(*e.request, *in.request)) return ctx_.respond(in, {482}, now);
    if (waiting_.size() >= limits::incoming_requests)
        return ctx_.respond(in, {503, {}, to_tag, {{"Retry-After", "5"}}}, now);
    const auto id = static_cast<incoming_id>(++last_);
    const std::string tag = to_tag.empty() ? ctx_.random.token(12) : to_tag;
    waiting_.emplace(id, entry{in.request, *in.transaction, in.source, in.local, tag,
                               now + ctx_.config.request_limit});
    ctx_.emit(incoming_request{id, call, in.request, in.source});
}

void inbox::expect(const std::string& call_id, const std::string& our_tag)
{
    const auto known = std::find_if(expected_.begin(), expected_.end(),
                                    [&](const auto& e) { return e.call_id == call_id; });
    if (known != expected_.end()) return; // said again, to another address or with credentials
    if (expected_.size() == limits::requests) expected_.erase(expected_.begin());
    expected_.push_back({call_id, our_tag});
}

void inbox::forget(const std::string& call_id)
{
    std::erase_if(expected_, [&](const auto& e) { return e.call_id == call_id; });
}

bool inbox::expects(const sip::message_view& m) const
{
    const auto to = m.to();
    if (m.method() != sip::method::notify || !to || to->tag().empty()) return false;
    return std::any_of(expected_.begin(), expected_.end(),
                       [&](const auto& e)
                       { return e.call_id == m.call_id() && e.our_tag == to->tag(); });
}

void inbox::take_expected(const incoming& in, time_point now)
{
    const sip::message_view& m = *in.request;
    offer(in, std::nullopt, std::string(m.to()->tag()), now);
    const auto line = m.first(sip::header_id::subscription_state);
    const auto state = line ? sip::parse_token_value(*line) : errc::missing_header;
    if (state && state->is("terminated")) forget(std::string(m.call_id()));
}

void inbox::refuse(const incoming& in, const std::string& to_tag, time_point now)
{
    const auto method = in.request->method();
    if (method == sip::method::notify) // RFC 6665 section 4.1.3: nobody has subscribed
        return ctx_.respond(in, {481, "Subscription Does Not Exist", to_tag}, now);
    // 405 for a method that is known, 501 where it is none (section 21.5.2).
    const int status = method == sip::method::unknown ? 501 : 405;
    ctx_.respond(in, {status, {}, to_tag, {{"Allow", ctx_.allow()}}}, now);
}

result<void> inbox::respond(incoming_id id, const response& r, time_point now)
{
    const auto at = waiting_.find(id);
    if (at == waiting_.end()) return errc::call_ended;
    if (r.status < 100 || r.status > 699) return errc::bad_config;
    if (!is_clean(r.reason) || !is_clean(r.content_type) || !are_clean(r.headers))
        return errc::bad_header;
    const entry& e = at->second;
    reply answer{r.status, r.reason, e.to_tag, r.headers, r.content_type, r.body};
    if (!answer.body.empty() && answer.content_type.empty()) answer.content_type = "text/plain";
    ctx_.respond({e.request, e.transaction, e.source, e.local}, answer, now);
    if (r.status >= 200) waiting_.erase(at);
    return {};
}

std::optional<time_point> inbox::next_timeout() const
{
    std::optional<time_point> next;
    for (const auto& [id, e] : waiting_)
        next = earlier(next, e.until);
    return next;
}

void inbox::handle_timeout(time_point now)
{
    for (auto at = waiting_.begin(); at != waiting_.end();)
    {
        const entry& e = at->second;
        if (e.until > now)
        {
            ++at;
            continue;
        }
        // Not 408, which does harm here (RFC 4320 section 4.2).
        ctx_.respond({e.request, e.transaction, e.source, e.local}, {480, {}, e.to_tag}, now);
        at = waiting_.erase(at);
    }
}

} // namespace solosip::ua
