#include "exchange.hpp"

#include "solosip/sip/validation.hpp"

#include <algorithm>
#include <utility>

namespace solosip::examples
{
namespace
{

// Refused INVITEs whose ACK may still come; the oldest is forgotten first.
constexpr std::size_t remembered_branches = 64;
// Line calls that live, most of them only to absorb repetitions.
constexpr std::size_t most_held_calls = 64;

std::string callee_of(const sip::message_view& m)
{
    const auto uri = sip::parse_uri(m.request_uri());
    return uri ? sip::unescape(uri->user) : std::string();
}

bool is_initial(const sip::message_view& m)
{
    const auto to = m.to();
    return to && to->tag().empty();
}

} // namespace

exchange::exchange(exchange_settings s, random_source& random)
    : settings_(std::move(s)), random_(&random),
      verifier_(random, settings_.realm, settings_.algorithms), registrar_(settings_.bindings),
      table_(settings_.timing), free_ports_(settings_.media_ports)
{
}

exchange::~exchange() = default;

// ---- what comes in

void exchange::receive(std::string_view datagram, const endpoint& source, const endpoint& local,
                       time_point now)
{
    sip::message_view m;
    if (!m.parse(datagram)) return; // not SIP: nobody to answer
    const sip::verdict verdict = sip::validate(m, sip::demand::necessary);
    if (m.is_response())
    {
        if (!verdict.ok()) return;
        if (const auto on = proxy_.response(m))
            out_.push_back({on->to, on->bytes});
        else if (held_call* c = find_call(m.call_id()))
            c->at_line->receive(datagram, source, local, now);
    }
    else if (verdict.ok())
        receive_request(m, datagram, source, local, now);
    else if (!verdict.silent && m.method() != sip::method::ack)
    {
        if (auto r = sip::make_response(m, verdict.status, verdict.why, random_->token(8), source))
            out_.push_back({source, r->bytes()});
    }
    settle(now);
}

void exchange::receive_request(const sip::message_view& m, std::string_view datagram,
                               const endpoint& source, const endpoint& local, time_point now)
{
    if (!is_for_table(m))
    {
        held_call* c = find_call(m.call_id());
        if (!c && begin_line_call(m, now)) c = &calls_.back();
        if (c)
        {
            c->at_line->receive(datagram, source, local, now);
            return;
        }
        if (pass_on(m, callee_of(m), source, local, now)) return;
    }
    transaction::actions todo;
    table_.receive(m, source, now, todo);
    act(todo, now);
}

bool exchange::is_for_table(const sip::message_view& m)
{
    const auto top = m.top_via();
    return top && std::find(answered_here_.begin(), answered_here_.end(), top->branch()) !=
                      answered_here_.end();
}

exchange::held_call* exchange::find_call(std::string_view call_id)
{
    const auto at = std::find_if(calls_.begin(), calls_.end(),
                                 [&](const held_call& c) { return c.sip_call_id == call_id; });
    return at == calls_.end() ? nullptr : &*at;
}

// A call to a line begins with an INVITE without To tag that nothing speaks against.
bool exchange::begin_line_call(const sip::message_view& m, time_point now)
{
    if (m.method() != sip::method::invite || status_for(m, callee_of(m), now) != 0) return false;
    const std::string callee = callee_of(m);
    const auto number = find_line(callee);
    if (!number) return false;

    line_call::options o;
    o.number = *number;
    o.name = "call " + std::to_string(++numbered_) + " (" + callee + ')';
    o.media_port = free_ports_.back();
    free_ports_.pop_back();
    o.behaviour = settings_.lines;
    if (settings_.recorder && number->status == 0)
        o.recorder = settings_.recorder(numbered_, callee);

    ua::settings agent;
    agent.user_agent = "exchange";
    agent.timing = settings_.timing;
    agent.codecs = settings_.codecs;
    agent.ring_limit = settings_.lines.longest_call;
    agent.log = settings_.log;
    calls_.push_back({std::string(m.call_id()),
                      std::make_unique<line_call>(std::move(o), std::move(agent), *random_)});
    return true;
}

// A call between two users, and what belongs to it until it is answered: INVITE, CANCEL, and the
// ACK of a refusal. Later requests go from one to the other without us.
bool exchange::pass_on(const sip::message_view& m, std::string_view callee, const endpoint& source,
                       const endpoint& local, time_point now)
{
    if (find_line(callee) || m.method() == sip::method::register_) return false;
    const auto where = registrar_.bindings_of(callee, now);
    if (where.empty()) return false;
    if (m.method() == sip::method::invite && status_for(m, callee, now) != 0) return false;
    const auto on = proxy_.request(m, where.front().contact, where.front().source, source, local);
    if (!on) return false;
    if (m.method() == sip::method::invite)
        note({event::kind::called, std::string(callee), "from " + source.to_string()});
    out_.push_back({on->to, on->bytes});
    return true;
}

void exchange::receive_media(std::uint16_t port, std::span<const std::uint8_t> packet,
                             const endpoint& source, time_point now)
{
    for (auto& c : calls_)
        if (c.at_line->media_port() == port && !c.at_line->ended())
            c.at_line->engine().receive_media(packet, source, now);
    settle(now);
}

void exchange::transport_error(const endpoint& to, time_point now)
{
    transaction::actions todo;
    table_.transport_error({to, false}, now, todo);
    act(todo, now);
    for (auto& c : calls_)
        c.at_line->engine().transport_error(to, now);
    settle(now);
}

std::optional<time_point> exchange::next_timeout() const
{
    auto next = table_.next_timeout();
    for (const auto& c : calls_)
        next = earlier(next, c.at_line->next_timeout());
    return next;
}

void exchange::handle_timeout(time_point now)
{
    transaction::actions todo;
    table_.handle_timeout(now, todo);
    act(todo, now);
    for (auto& c : calls_)
        c.at_line->handle_timeout(now);
    settle(now);
}

void exchange::hang_up_all(time_point now)
{
    for (auto& c : calls_)
        if (const auto id = c.at_line->engine().current_call())
            (void)c.at_line->engine().hang_up(*id, now);
    settle(now);
}

// ---- what goes out

std::optional<ua::transmit> exchange::poll_transmit()
{
    if (!out_.empty())
    {
        ua::transmit t = std::move(out_.front());
        out_.pop_front();
        return t;
    }
    for (auto& c : calls_)
        if (auto t = c.at_line->engine().poll_transmit()) return t;
    return std::nullopt;
}

std::optional<exchange::media_packet> exchange::poll_media(std::span<std::uint8_t> to)
{
    for (auto& c : calls_)
        if (const std::size_t size = c.at_line->engine().poll_media(to); size > 0)
            return media_packet{c.at_line->media_port(), c.at_line->media_remote(), size};
    // Reports about the sound: there is one port a call, so only for those who share it.
    for (auto& c : calls_)
        while (const std::size_t size = c.at_line->engine().poll_media_report(to))
            if (c.at_line->rtcp_mux())
                return media_packet{c.at_line->media_port(), c.at_line->media_remote(), size};
    return std::nullopt;
}

std::optional<event> exchange::poll_event()
{
    if (events_.empty()) return std::nullopt;
    event e = std::move(events_.front());
    events_.pop_front();
    return e;
}

void exchange::note(event e)
{
    if (events_.size() == limits::output_queue) events_.pop_front();
    events_.push_back(std::move(e));
}

// Lets the lines act on what has happened, and forgets calls of which nothing lives any more.
void exchange::settle(time_point now)
{
    std::vector<event> log;
    for (auto& c : calls_)
        c.at_line->drain(now, log);
    for (auto& e : log)
        note(std::move(e));
    for (auto& c : calls_)
        if (c.at_line->ended() && std::exchange(c.has_port, false))
            free_ports_.push_back(c.at_line->media_port());
    std::erase_if(calls_, [](const held_call& c) { return c.at_line->over(); });
}

std::size_t exchange::calls() const
{
    return static_cast<std::size_t>(std::count_if(
        calls_.begin(), calls_.end(), [](const held_call& c) { return !c.at_line->ended(); }));
}

std::size_t exchange::live_objects() const
{
    std::size_t n = calls() + table_.size() + out_.size() + events_.size();
    for (const auto& c : calls_)
        n += c.at_line->engine().live_objects();
    return n;
}

// ---- requests that we answer ourselves

void exchange::act(transaction::actions& todo, time_point now)
{
    // Answering appends to the list, so it is walked by index and each entry is taken out first.
    for (std::size_t i = 0; i < todo.size(); ++i)
    {
        transaction::action a = std::move(todo[i]);
        if (auto* s = std::get_if<transaction::send>(&a))
            out_.push_back({s->to.remote, std::move(s->bytes)});
        else if (auto* r = std::get_if<transaction::deliver_request>(&a); r && r->transaction)
            on_request(*r->transaction, r->request, r->source, now, todo);
    }
}

void exchange::on_request(transaction::id t, const sip::message& request, const endpoint& source,
                          time_point now, transaction::actions& out)
{
    if (request->method() == sip::method::invite)
    {
        const auto top = request->top_via();
        answered_here_.emplace_back(top ? top->branch() : std::string_view());
        if (answered_here_.size() > remembered_branches) answered_here_.pop_front();
    }

    sip::message response;
    if (request->method() == sip::method::register_)
        on_register(*request, response, source, now);
    else
    {
        const int status = status_for(*request, callee_of(*request), now);
        response = answer_to(*request, status == 0 ? 500 : status, source);
        if (status == 407)
            challenge(*request, response, true, judge(*request, true, now), source, now);
        else if (status != 200)
            note({event::kind::refused, source.to_string(),
                  std::string(request->method_text()) + ' ' + std::to_string(status) + ' ' +
                      std::string(sip::reason_phrase(status))});
    }
    if (!response.empty()) (void)table_.respond(t, response, now, out);
}

// What we answer by ourselves; 0 for an INVITE that may begin a call.
int exchange::status_for(const sip::message_view& request, std::string_view callee, time_point now)
{
    if (!is_initial(request)) return 481; // of a call that is over, if it ever was
    if (request.method() == sip::method::options) return 200;
    if (request.method() != sip::method::invite) return 405;
    if (settings_.challenge_calls && judge(request, true, now) != auth::verifier::outcome::accepted)
        return 407;
    if (find_line(callee)) return free_ports_.empty() || calls_.size() >= most_held_calls ? 486 : 0;
    if (!registrar_.bindings_of(callee, now).empty())
    {
        const auto hops = request.number(sip::header_id::max_forwards);
        return hops && *hops == 0 ? 483 : 0;
    }
    return password_of(callee) ? 480 : 404;
}

sip::message exchange::answer_to(const sip::message_view& request, int status,
                                 const endpoint& source)
{
    auto made = sip::make_response(request, status, {}, random_->token(8), source);
    if (!made) return {};
    sip::message response = std::move(*made);
    (void)response.set(sip::header_id::server, "exchange");
    if (status == 200 || status == 405)
        (void)response.set(sip::header_id::allow, "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER");
    return response;
}

std::optional<std::string> exchange::password_of(std::string_view name) const
{
    for (const auto& u : settings_.users)
        if (u.name == name) return u.password;
    return std::nullopt;
}

auth::verifier::outcome exchange::judge(const sip::message_view& request, bool proxy,
                                        time_point now)
{
    return verifier_.check(request, proxy, now,
                           [this](std::string_view name) { return password_of(name); });
}

void exchange::challenge(const sip::message_view& request, sip::message& response, bool proxy,
                         auth::verifier::outcome why, const endpoint& source, time_point now)
{
    using outcome = auth::verifier::outcome;
    const auto id = proxy ? sip::header_id::proxy_authenticate : sip::header_id::www_authenticate;
    for (const auto& value : verifier_.challenges(now, why == outcome::stale))
        (void)response.append(id, value);
    if (why == outcome::wrong)
        note({event::kind::refused, source.to_string(),
              std::string(request.method_text()) + ": wrong password or unknown user"});
}

// RFC 3261 section 10.3.
void exchange::on_register(const sip::message_view& request, sip::message& response,
                           const endpoint& source, time_point now)
{
    const auto outcome = judge(request, false, now);
    if (outcome != auth::verifier::outcome::accepted)
    {
        response = answer_to(request, 401, source);
        challenge(request, response, false, outcome, source, now);
        return;
    }
    // Nobody registers contacts of another one.
    const auto to = request.to();
    const std::string name = to ? sip::unescape(to->uri.user) : std::string();
    std::string login;
    if (const auto value = request.first(sip::header_id::authorization))
        if (const auto digest = sip::parse_auth(*value))
            login = digest->text("username").value_or("");
    if (login != name)
    {
        response = answer_to(request, 403, source);
        note({event::kind::refused, login, "REGISTER for " + name});
        return;
    }

    const registrar_answer answer = registrar_.update(name, request, source, now);
    response = answer_to(request, answer.status, source);
    for (const auto& c : answer.contacts)
        (void)response.append(sip::header_id::contact, c);
    if (answer.status == 423)
        (void)response.set(sip::header_id::min_expires,
                           std::to_string(registrar_.shortest().count()));
    if (answer.status != 200)
        note({event::kind::refused, name, "REGISTER " + std::to_string(answer.status)});
    for (const auto& c : answer.added)
        note({event::kind::registered, name, c});
    for (const auto& c : answer.removed)
        note({event::kind::unregistered, name, c});
}

} // namespace solosip::examples
