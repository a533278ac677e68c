#include "ua/context.hpp"

#include "solosip/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace solosip::ua
{

context::context(settings s, random_source& r)
    : config(std::move(s)), random(r), transactions(config.timing), credentials(r),
      contact_user(r.token(10))
{
}

void context::emit(event e)
{
    // Only an edge that never polls gets here; the oldest news is worth least then.
    if (events.size() >= limits::output_queue) events.pop_front();
    events.push_back(std::move(e));
}

void context::send(const endpoint& to, std::string bytes)
{
    if (outbox.size() >= limits::output_queue) outbox.pop_front();
    outbox.push_back({to, std::move(bytes)});
}

void context::log(log_level level, std::string_view text) const
{
    if (config.log) config.log(level, text);
}

lookup_id context::look_up(const hop& where)
{
    const auto id = static_cast<lookup_id>(++last_lookup_);
    emit(lookup_wanted{id, where.host, where.port});
    return id;
}

std::string context::make_branch()
{
    return "z9hG4bK" + random.token(16);
}

std::string context::make_via(const endpoint& local)
{
    return "SIP/2.0/UDP " + local.to_string() + ";branch=" + make_branch() + ";rport";
}

std::string context::make_contact(const endpoint& local) const
{
    return "<sip:" + contact_user + '@' + local.to_string() + '>';
}

std::string context::allow() const
{
    std::string methods(allowed_methods);
    if (takes_requests) methods += ", MESSAGE, NOTIFY";
    return methods;
}

bool context::is_server(const ip_address& a) const
{
    return registers && std::find(servers.begin(), servers.end(), a) != servers.end();
}

bool context::can_answer(const sip::message_view& challenge, bool ours,
                         auth::client::attempt& attempt)
{
    return ours && credentials.on_challenge(challenge, attempt) == auth::client::outcome::retry;
}

result<transaction::id> context::start(sip::message& request, const endpoint& to, bool ours,
                                       time_point now)
{
    if (ours) credentials.authorize(request);
    return transactions.start(request, {to, false}, now, actions);
}

sip::message context::make_reply(const incoming& in, const reply& r)
{
    const std::string tag = r.to_tag.empty() ? random.token(12) : r.to_tag;
    auto made = sip::make_response(*in.request, r.status, r.reason, tag, in.source);
    if (!made) return {};
    sip::message response = std::move(*made);
    for (const auto& h : r.headers)
        (void)response.append(h.name, h.value); // checked where the user passed it in
    if (!config.user_agent.empty())
        (void)response.append(sip::header_id::server, config.user_agent);
    if (!r.body.empty()) (void)response.set_body(r.content_type, r.body);
    return response;
}

void context::respond(const incoming& in, const reply& r, time_point now)
{
    if (!in.transaction) return; // an ACK is never answered
    respond(*in.transaction, make_reply(in, r), now);
}

void context::respond(transaction::id t, const sip::message& response, time_point now)
{
    if (response.empty()) return;
    // A transaction that is gone or answered already needs no second answer.
    (void)transactions.respond(t, response, now, actions);
}

} // namespace solosip::ua
