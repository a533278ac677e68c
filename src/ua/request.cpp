#include "ua/request.hpp"

#include "solosip/sip/compose.hpp"
#include "ua/inbox.hpp"
#include "ua/status.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace solosip::ua
{
namespace
{

// RFC 3261 section 7.3.1: a line break before white space is white space.
std::string unfolded(std::string_view value)
{
    std::string text(value);
    for (char& c : text)
        if (c == '\r' || c == '\n') c = ' ';
    return text;
}

std::string content_type_of(const sip::message_view& m)
{
    return unfolded(m.first(sip::header_id::content_type).value_or(std::string_view{}));
}

} // namespace

std::vector<header> headers_of(const sip::message_view& m)
{
    std::vector<header> all;
    all.reserve(m.header_count());
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        const auto line = m.header(i);
        const auto known = sip::to_string(line.id);
        all.push_back({std::string(known.empty() ? line.name : known), unfolded(line.value)});
    }
    return all;
}

request request_of(const sip::message_view& m)
{
    request r;
    r.method = m.method_text();
    r.target = m.request_uri();
    r.headers = headers_of(m);
    r.content_type = content_type_of(m);
    r.body = m.body();
    if (const auto from = m.from())
    {
        r.from = from->uri.text;
        r.display_name = sip::unquote(from->display_name);
    }
    return r;
}

response response_of(const sip::message_view& m)
{
    response r;
    r.status = m.status();
    r.reason = m.reason();
    r.headers = headers_of(m);
    r.content_type = content_type_of(m);
    r.body = m.body();
    return r;
}

result<void> check_request(const request& r)
{
    // These belong to the machines of calls and of the registration.
    constexpr std::array<std::string_view, 5> ours{"INVITE", "ACK", "CANCEL", "BYE", "PRACK"};
    if (!is_token(r.method)) return errc::bad_config;
    if (std::find(ours.begin(), ours.end(), r.method) != ours.end()) return errc::bad_config;
    if (!are_clean(r.headers) || !is_clean(r.content_type) || !is_clean(r.display_name))
        return errc::bad_header;
    // Without a Contact it asks for the bindings and changes none (RFC 3261 section 10.2.3).
    const auto is_contact = [](const header& h)
    { return sip::header_id_from(h.name) == sip::header_id::contact; };
    if (r.method == "REGISTER" && std::any_of(r.headers.begin(), r.headers.end(), is_contact))
        return errc::bad_config;
    return {};
}

result<void> check_sender(const request& r, const identity* who)
{
    if (r.from.empty()) return {};
    const auto uri = sip::parse_uri(r.from);
    const bool usable = uri && uri->is_sip() && !uri->host.empty() && uri->headers.empty() &&
                        is_clean(r.from) && r.from.find_first_of("<>") == r.from.npos;
    if (!usable) return errc::bad_uri;
    // Whoever speaks for others is refused by their servers, or is believed, which is worse.
    const auto home =
        who ? sip::parse_uri(who->registrar_uri) : result<sip::uri_view>(errc::bad_uri);
    if (who && (!home || !sip::iequals(home->host, uri->host))) return errc::bad_uri;
    return {};
}

outgoing_request::outgoing_request(context& ctx, request_id id, request r)
    : ctx_(ctx), id_(id), request_(std::move(r)), call_id_(ctx.random.token(24)),
      from_tag_(ctx.random.token(12)), cseq_(ctx.random.below(10'000))
{
    if (!request_.body.empty() && request_.content_type.empty())
        request_.content_type = "text/plain";
}

void outgoing_request::start()
{
    const auto uri = sip::parse_uri(request_.target); // the engine has checked it
    const route way = route_for(*uri, ctx_.who ? &*ctx_.who : nullptr);
    ours_ = way.ours || !ctx_.registers;
    looking_ = ctx_.look_up(way.to);
}

std::string outgoing_request::sender(const ip_address& local) const
{
    const identity* who = ctx_.who ? &*ctx_.who : nullptr;
    const bool as_usual = request_.from.empty() && request_.display_name.empty();
    if (who && as_usual) return who->from;
    std::string uri = request_.from;
    if (uri.empty()) uri = who ? who->aor : "sip:anonymous@" + host_text(local);
    std::string text;
    if (!request_.display_name.empty()) text = sip::quote(request_.display_name) + ' ';
    return text += '<' + uri + '>';
}

void outgoing_request::on_targets(const result<std::vector<target>>& targets, time_point now)
{
    looking_.reset();
    if (!targets || targets->empty()) return finish(targets ? errc::dns_failed : targets.code());
    targets_ = *targets;
    target_ = 0;
    send(now);
}

void outgoing_request::send(time_point now)
{
    const target& to = targets_[target_];
    const identity* who = ctx_.who ? &*ctx_.who : nullptr;
    const std::string from = sender(to.local.address);
    const std::string via = ctx_.make_via(to.local);
    // RFC 3515 section 2.2, RFC 6665 section 4.1: these make a dialog. A MESSAGE must not have one
    // (RFC 3428 section 4).
    const bool has_contact = request_.method == "REFER" || request_.method == "SUBSCRIBE";
    const bool is_register = request_.method == "REGISTER";
    const std::string contact = has_contact ? ctx_.make_contact(to.local, ours_) : std::string();
    ++cseq_;

    auto made = sip::compose(
        [&](sip::writer& w)
        {
            w.request(request_.method, request_.target);
            w.header(sip::header_id::via, via);
            if (who && who->proxy) w.header(sip::header_id::route, who->proxy_route);
            w.header(sip::header_id::max_forwards, 70u);
            w.header(sip::header_id::from, {from, ";tag=", from_tag_});
            if (is_register) // section 10.2: whose bindings
                w.header(sip::header_id::to, from);
            else
                w.header(sip::header_id::to, {"<", request_.target, ">"});
            w.header(sip::header_id::call_id, call_id_);
            w.header(sip::header_id::cseq, {std::to_string(cseq_), " ", request_.method});
            if (has_contact) w.header(sip::header_id::contact, contact);
            if (!ctx_.config.user_agent.empty())
                w.header(sip::header_id::user_agent, ctx_.config.user_agent);
            for (const auto& h : request_.headers)
                w.header(h.name, h.value);
            w.body(request_.content_type, request_.body);
        });
    if (!made) return finish(made.code());
    if (has_contact) ctx_.requests->expect(call_id_, from_tag_);
    const auto started = ctx_.start(*made, to.remote, ours_, now);
    if (!started) return finish(started.code());
    transaction_ = *started;
}

void outgoing_request::on_response(const sip::message_view& response, time_point now)
{
    const int status = response.status();
    if (status < 200) return;
    transaction_.reset();
    if ((status == 401 || status == 407) &&
        ctx_.can_answer(response, targets_[target_].remote, ours_, attempt_))
        return send(now);
    if (status == 503 && try_next_target(now)) return; // RFC 3263 section 4.3
    if (status < 300) ctx_.note_success(response, targets_[target_].remote, ours_);
    finish(status < 300 ? errc{} : error_of(status), response_of(response));
}

void outgoing_request::on_failure(transaction::failure why, time_point now)
{
    transaction_.reset();
    if (try_next_target(now)) return;
    finish(why == transaction::failure::timeout ? errc::timed_out : errc::unreachable);
}

bool outgoing_request::try_next_target(time_point now)
{
    if (target_ + 1 >= targets_.size()) return false;
    ++target_;
    attempt_ = {};
    send(now);
    return true;
}

void outgoing_request::finish(errc why, response answer)
{
    done_ = true;
    if (why != errc{}) ctx_.requests->forget(call_id_);
    ctx_.emit(request_done{id_, why, std::move(answer)});
}

} // namespace solosip::ua
