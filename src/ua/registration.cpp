#include "ua/registration.hpp"

#include "solosip/base/limits.hpp"
#include "solosip/sip/compose.hpp"
#include "ua/status.hpp"

#include <algorithm>
#include <utility>

namespace solosip::ua
{
namespace
{

constexpr seconds longest_binding{86'400};

// Beyond a day nobody means it.
std::optional<seconds> retry_after_of(const sip::message_view& response)
{
    const auto value = response.number(sip::header_id::retry_after);
    if (!value) return std::nullopt;
    return std::min(seconds(*value), longest_binding);
}

} // namespace

seconds refresh_after(seconds granted)
{
    const seconds margin = std::min(granted / 2, std::max(granted / 10, seconds(40)));
    return std::max(granted - margin, seconds(1));
}

milliseconds back_off(int failures, milliseconds least, milliseconds most, random_source& random)
{
    milliseconds upper = least;
    for (int i = 0; i < failures && upper < most; ++i)
        upper *= 2;
    upper = std::min(upper, most);
    const auto half = upper.count() / 2;
    return milliseconds(half + random.below(static_cast<std::uint32_t>(upper.count() - half + 1)));
}

void registration::start()
{
    // A transaction of a former account goes on without us and is not heard.
    transaction_.reset();
    leaving_ = removing_ = registered_ = announced_ = ever_accepted_ = false;
    own_.reset();
    who_ = *ctx_.who;
    asked_ = who_.given.expires;
    call_id_ = ctx_.random.token(20);
    from_tag_ = ctx_.random.token(10);
    cseq_ = 0;
    failures_ = 0;
    attempt_ = {};
    learned_ = false;
    former_.clear();
    brief_ = 0;
    ctx_.seen_at.reset();
    timers_.stop_all();
    resolve();
}

void registration::stop(time_point now)
{
    leaving_ = true;
    switch (state_)
    {
    case state::idle:
    case state::resolving:
    case state::waiting:
        timers_.stop_all();
        looking_.reset();
        if (registered_ || now < bound_until_)
            resolve();
        else
            finish_leaving(0, {}, errc{});
        return;
    case state::requesting: return; // when it is answered
    case state::registered:
        timers_.stop_all();
        attempt_ = {};
        request(now);
        return;
    }
}

void registration::on_network_changed()
{
    if (state_ == state::idle || leaving_) return;
    transaction_.reset(); // its answer would go where we were
    timers_.stop_all();
    failures_ = 0;
    learned_ = false;
    leave_contact();
    resolve();
}

// Its binding goes with the next REGISTER that is accepted.
void registration::leave_contact()
{
    if (contact_.empty() || std::find(former_.begin(), former_.end(), contact_) != former_.end())
        return;
    if (former_.size() >= limits::former_contacts) former_.erase(former_.begin());
    former_.push_back(contact_);
}

bool registration::settled() const
{
    return !leaving_ && state_ != state::resolving && state_ != state::requesting;
}

void registration::resolve()
{
    state_ = state::resolving;
    looking_ = ctx_.look_up(who_.proxy ? *who_.proxy : who_.registrar);
}

void registration::on_targets(const result<std::vector<target>>& targets, time_point now)
{
    looking_.reset();
    if (!targets || targets->empty())
    {
        fail(0, {}, targets ? errc::dns_failed : targets.code(), {}, now);
        return;
    }
    targets_ = *targets;
    target_ = 0;
    ctx_.servers.clear();
    for (const target& t : targets_)
        ctx_.servers.push_back(t.remote.address);
    attempt_ = {};
    request(now);
}

void registration::request(time_point now)
{
    const identity& who = who_;
    const target& to = targets_[target_];
    const std::string contact = ctx_.make_contact(to.local, true);
    contact_ = contact.substr(1, contact.size() - 2);
    removing_ = leaving_;
    const seconds expires = removing_ ? seconds(0) : asked_;
    const std::string via = ctx_.make_via(to.local);
    const std::string allow = ctx_.allow();
    ++cseq_;

    auto made = sip::compose(
        [&](sip::writer& w)
        {
            w.request(sip::method::register_, who.registrar_uri);
            w.header(sip::header_id::via, via);
            if (who.proxy) w.header(sip::header_id::route, who.proxy_route);
            w.header(sip::header_id::max_forwards, 70u);
            w.header(sip::header_id::from, {who.from, ";tag=", from_tag_});
            w.header(sip::header_id::to, who.from);
            w.header(sip::header_id::call_id, call_id_);
            w.header(sip::header_id::cseq, {std::to_string(cseq_), " REGISTER"});
            w.header(sip::header_id::contact, {contact, ";+sip.instance=\"<", ctx_.instance,
                                               ">\";expires=", std::to_string(expires.count())});
            for (const auto& before : former_)
                if (before != contact_)
                    w.header(sip::header_id::contact, {"<", before, ">;expires=0"});
            w.header(sip::header_id::expires, static_cast<std::uint32_t>(expires.count()));
            w.header(sip::header_id::allow, allow);
            if (!ctx_.config.user_agent.empty())
                w.header(sip::header_id::user_agent, ctx_.config.user_agent);
            for (const auto& h : who.given.headers)
                w.header(h.name, h.value);
        });
    if (!made)
    {
        fail(0, {}, made.code(), {}, now);
        return;
    }
    state_ = state::requesting;
    if (own_) own_->authorize(*made);
    const auto started = ctx_.start(*made, to.remote, !own_, now);
    if (started)
        transaction_ = *started;
    else
        fail(0, {}, started.code(), {}, now);
}

void registration::on_response(const sip::message_view& response, time_point now)
{
    const int status = response.status();
    if (status < 200) return;
    transaction_.reset();
    if (status < 300)
    {
        on_success(response, now);
        return;
    }
    if ((status == 401 || status == 407) &&
        credentials().on_challenge(response, attempt_) == auth::client::outcome::retry)
    {
        request(now);
        return;
    }
    if (status == 423)
    {
        on_interval_too_brief(response, now);
        return;
    }
    if (status == 503 && target_ + 1 < targets_.size())
    {
        next_target_or_fail(errc::server_failure, status, now); // RFC 3263 section 4.3
        return;
    }
    fail(status, std::string(response.reason()), error_of(status), retry_after_of(response), now);
}

void registration::on_failure(transaction::failure why, time_point now)
{
    transaction_.reset();
    if (why == transaction::failure::timeout)
        next_target_or_fail(errc::timed_out, 408, now);
    else
        next_target_or_fail(errc::unreachable, 503, now);
}

void registration::next_target_or_fail(errc why, int status, time_point now)
{
    if (target_ + 1 < targets_.size())
    {
        ++target_;
        attempt_ = {};
        request(now);
        return;
    }
    fail(why == errc::server_failure ? status : 0, {}, why, {}, now);
}

// RFC 3261 section 10.2.4: the registrar lists every binding of the address of record. Ours has our
// URI; or our instance, where somebody on the way has rewritten it (RFC 5626 section 4.2).
seconds registration::granted_to_us(const sip::message_view& response) const
{
    const auto ours = sip::parse_uri(contact_);
    std::int64_t granted = -1;
    int best = 0;
    response.for_each_value(sip::header_id::contact,
                            [&](std::string_view value)
                            {
                                const auto binding = sip::parse_name_addr(value);
                                if (!binding || binding->star) return;
                                const auto text =
                                    binding->params.find("+sip.instance").value_or("");
                                const bool instance =
                                    sip::iequals(sip::unquote(text), '<' + ctx_.instance + '>');
                                const bool uri = ours && sip::equivalent(binding->uri, *ours);
                                const int rank = (uri ? 2 : 0) + (instance ? 1 : 0);
                                if (rank <= best) return;
                                best = rank;
                                granted = -1;
                                if (const auto life = binding->params.find("expires"))
                                    if (const auto n = sip::parse_number(*life)) granted = *n;
                            });
    if (granted < 0)
        if (const auto n = response.number(sip::header_id::expires)) granted = *n;
    // A registrar may shorten what we asked for, never lengthen it.
    return granted < 0 ? asked_ : std::min(seconds(granted), asked_);
}

// Where the registrar sees us (RFC 3581 section 4). True: our binding is wrong, and it is worth
// another REGISTER: once for each refresh, so that a NAT that always changes makes no circles.
bool registration::learn_contact(const sip::message_view& response)
{
    const auto via = response.top_via();
    if (!ctx_.config.learn_contact || !via) return false;
    const endpoint local = targets_[target_].local;
    endpoint seen = ctx_.seen_at && ctx_.seen_from == local ? *ctx_.seen_at : local;
    const endpoint before = seen;
    if (const auto received = via->params.find("received"))
        if (const auto address = ip_address::parse(*received)) seen.address = *address;
    if (const auto rport = via->params.find("rport"))
        if (const auto port = sip::parse_number(*rport); port && *port > 0 && *port < 65'536)
            seen.port = static_cast<std::uint16_t>(*port);
    if (seen == before || seen.address.is_unspecified() || learned_) return false;
    learned_ = true;
    ctx_.seen_at = seen;
    ctx_.seen_from = local;
    leave_contact();
    return true;
}

void registration::on_success(const sip::message_view& response, time_point now)
{
    if (!credentials().on_success(response))
        ctx_.log(log_level::warning, "the registrar does not prove that it knows the password");
    attempt_ = {};
    failures_ = brief_ = 0;
    former_.clear();
    ever_accepted_ = true;
    if (removing_)
    {
        finish_leaving(response.status(), std::string(response.reason()), errc{});
        return;
    }
    const seconds granted = granted_to_us(response);
    registered_ = true;
    bound_until_ = now + granted;
    if (leaving_) // the wish came while the REGISTER was out
    {
        request(now);
        return;
    }
    if (learn_contact(response))
    {
        request(now);
        return;
    }
    learned_ = false;
    state_ = state::registered;
    // Who grants a second would make us ask each second.
    timers_.set(timer::again, now + std::max(refresh_after(granted), seconds(5)));
    if (announced_ && told_contact_ == contact_) return;
    announced_ = true;
    told_contact_ = contact_;
    registration_changed news{registration_state::registered};
    news.status = response.status();
    news.reason = response.reason();
    news.granted = granted;
    news.contact = contact_;
    ctx_.emit(std::move(news));
}

// RFC 3261 section 10.2.8. A registrar that asks for more than a day, or for less than it just
// refused, is broken.
void registration::on_interval_too_brief(const sip::message_view& response, time_point now)
{
    const auto least = response.number(sip::header_id::min_expires);
    const bool more = least && seconds(*least) > asked_ && seconds(*least) <= longest_binding;
    if (!leaving_ && more && ++brief_ <= interval_tries)
    {
        asked_ = seconds(*least);
        request(now);
        return;
    }
    fail(423, std::string(response.reason()), errc::rejected, {}, now);
}

void registration::fail(int status, std::string reason, errc why,
                        std::optional<seconds> retry_after, time_point now)
{
    if (leaving_)
    {
        finish_leaving(status, std::move(reason), why);
        return;
    }
    registered_ = announced_ = false;
    state_ = state::waiting;
    registration_changed news{registration_state::failed};
    news.status = status;
    news.reason = std::move(reason);
    news.why = why;
    // A password that was never right stays wrong, and asking again may lock the account.
    if (why != errc::auth_rejected || ever_accepted_)
    {
        auto wait = back_off(failures_, ctx_.config.registration_retry_min,
                             ctx_.config.registration_retry_max, ctx_.random);
        const bool refused =
            why == errc::auth_rejected || why == errc::forbidden || why == errc::not_found;
        if (refused) wait = ctx_.config.registration_retry_max;
        if (retry_after) wait = std::max(wait, milliseconds(*retry_after));
        timers_.set(timer::again, now + wait);
        news.retry_in = wait;
    }
    ++failures_;
    ctx_.emit(std::move(news));
}

void registration::finish_leaving(int status, std::string reason, errc why)
{
    leaving_ = registered_ = announced_ = false;
    bound_until_ = {};
    contact_.clear();
    former_.clear();
    ctx_.servers.clear(); // strangers may call again
    ctx_.seen_at.reset();
    state_ = state::idle;
    timers_.stop_all();
    registration_changed news{registration_state::unregistered};
    news.status = status;
    news.reason = std::move(reason);
    news.why = why;
    ctx_.emit(std::move(news));
}

void registration::handle_timeout(time_point now)
{
    while (timers_.take_expired(now))
        resolve(); // the registrar may have moved meanwhile
}

} // namespace solosip::ua
