#include "ua/context.hpp"

#include "solosip/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace solosip::ua
{

namespace
{

// RFC 9562 section 5.4: version 4, all random.
std::string make_instance(random_source& random)
{
    std::string text = "urn:uuid:";
    for (int i = 0; i < 32; ++i)
    {
        if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
        std::uint32_t nibble = random.below(16);
        if (i == 12) nibble = 4;
        if (i == 16) nibble = 8 + nibble % 4;
        text += "0123456789abcdef"[nibble];
    }
    return text;
}

} // namespace

context::context(settings s, random_source& r)
    : config(std::move(s)), random(r), transactions(config.timing), credentials(r),
      instance(config.instance.empty() ? make_instance(r) : config.instance),
      contact_user(r.token(10))
{
}

std::string context::supported() const
{
    std::string options = "100rel";
    if (config.session_expires > seconds(0)) options += ", timer";
    // RFC 3891 section 6.2, RFC 4488 section 4.
    if (config.allow_transfers) options += ", replaces, norefersub";
    return options;
}

bool context::supports(std::string_view option) const
{
    return sip::iequals(option, "100rel") ||
           (sip::iequals(option, "timer") && config.session_expires > seconds(0)) ||
           (config.allow_transfers &&
            (sip::iequals(option, "replaces") || sip::iequals(option, "norefersub")));
}

std::string_view context::ability(std::string_view option) const
{
    for (const std::string_view known : {"100rel", "timer", "replaces", "norefersub"})
        if (sip::iequals(option, known) && (supports(option) || known == "timer")) return known;
    return {};
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

std::string context::make_contact(const endpoint& local, bool ours) const
{
    const endpoint& at = ours && seen_at && seen_from == local ? *seen_at : local;
    return "<sip:" + contact_user + '@' + at.to_string() + '>';
}

std::string context::allow() const
{
    std::string methods(allowed_methods);
    if (takes_requests) methods += ", MESSAGE";
    if (config.allow_transfers) methods += ", REFER";
    return methods;
}

bool context::is_server(const ip_address& a) const
{
    return registers && std::find(servers.begin(), servers.end(), a) != servers.end();
}

int context::refusal_of(const sip::message_view& request, const endpoint& source) const
{
    if (!registers || servers.empty() || is_server(source.address)) return 0;
    const auto to = request.to();
    if (to && !to->tag().empty()) return 481; // of a dialog that we do not have
    if (config.only_registrar_may_call) return 403;
    // Scanners guess extensions; the user of our Contact cannot be guessed.
    const auto uri = sip::parse_uri(request.request_uri());
    const bool known = uri && (uri->user == contact_user || (who && uri->user == who->user));
    return known ? 0 : 404;
}

// All servers of the account are one; others each for himself.
std::string context::scope_of(const endpoint& to) const
{
    return registers ? std::string() : to.address.to_string();
}

bool context::can_answer(const sip::message_view& challenge, const endpoint& from, bool ours,
                         auth::client::attempt& attempt)
{
    return ours && credentials.on_challenge(challenge, attempt, scope_of(from)) ==
                       auth::client::outcome::retry;
}

bool context::note_success(const sip::message_view& response, const endpoint& from, bool ours)
{
    return !ours || credentials.on_success(response, scope_of(from));
}

result<transaction::id> context::start(sip::message& request, const endpoint& to, bool ours,
                                       time_point now)
{
    if (ours) credentials.authorize(request, scope_of(to));
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
