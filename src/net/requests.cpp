// Requests of any method: ours with their answers, theirs with the application's.
#include "net/core.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/sip/headers.hpp"

#include <algorithm>

namespace solosip
{

incoming_request::incoming_request(detail::request_ptr state) : state_(std::move(state)) {}

const request& incoming_request::operator*() const
{
    static const request none;
    return state_ ? state_->what : none;
}

std::optional<std::string> incoming_request::header(std::string_view name) const
{
    return detail::find_header((**this).headers, name);
}

std::string incoming_request::from() const
{
    return state_ ? state_->from : std::string();
}

call incoming_request::call() const
{
    return state_ && state_->in ? solosip::call(state_->in) : solosip::call();
}

void incoming_request::respond(int status, std::vector<solosip::header> headers,
                               std::string content_type, std::string body) const
{
    if (!state_) return;
    response answer;
    answer.status = status;
    answer.headers = std::move(headers);
    answer.content_type = std::move(content_type);
    answer.body = std::move(body);
    state_->core->post([r = state_, answer = std::move(answer)] { r->core->respond(*r, answer); });
}

} // namespace solosip

namespace solosip::detail
{

std::optional<std::string> find_header(const std::vector<header>& headers, std::string_view name)
{
    const auto wanted = sip::header_id_from(name);
    for (const auto& h : headers)
    {
        const auto id = sip::header_id_from(h.name);
        const bool same = id == sip::header_id::other ? sip::iequals(h.name, name) : id == wanted;
        if (same) return h.value;
    }
    return std::nullopt;
}

void send_request(const agent_ptr& a, handler<response> h, request r)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_request(op); });
    a->post([a, id, h = std::move(h), r = std::move(r)]() mutable
            { a->send_request(id, std::move(h), std::move(r)); });
}

void send_request(const call_ptr& c, handler<response> h, request r)
{
    if (!c) return h.post(errc::no_such_call, {});
    const auto id =
        c->core->watch(h, [core = c->core.get()](auto op) { core->cancel_request(op); });
    c->core->post([c, id, h = std::move(h), r = std::move(r)]() mutable
                  { c->core->send_request(*c, id, std::move(h), std::move(r)); });
}

void next_request(const agent_ptr& a, handler<incoming_request> h)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_next_request(op); });
    a->post([a, id, h = std::move(h)]() mutable { a->next_request(id, std::move(h)); });
}

// ---- on the strand

void agent_core::send_request(net::operation id, handler<response> h, request r)
{
    if (const auto ec = ready(); ec) return h.post(ec, {});
    const auto sent = pump.engine().send_request(std::move(r), net::present());
    if (!sent) return h.post(sent.code(), {});
    asking_.push_back({*sent, id, std::move(h)});
    pump.drain();
}

void agent_core::send_request(call_state& c, net::operation id, handler<response> h, request r)
{
    if (const auto ec = refusal(c); ec) return h.post(ec, {});
    const auto sent = pump.engine().send_request(c.id, std::move(r), net::present());
    if (sent)
        asking_.push_back({*sent, id, std::move(h)});
    else
        h.post(sent.code(), {});
    pump.drain();
}

void agent_core::cancel_request(net::operation id)
{
    for (auto& each : asking_)
        if (each.id == id && each.h) each.h.post(asio::error::operation_aborted, {});
}

void agent_core::on(ua::request_done& e)
{
    const auto at = std::find_if(asking_.begin(), asking_.end(),
                                 [&](const asking& a) { return a.request == e.request; });
    if (at == asking_.end()) return;
    asking done = std::move(*at);
    asking_.erase(at);
    const std::error_code ec = e.why == errc{} ? std::error_code() : make_error_code(e.why);
    if (done.h) done.h.post(ec, std::move(e.answer));
}

void agent_core::next_request(net::operation id, handler<incoming_request> h)
{
    if (const auto ec = ready(); ec) return h.post(ec, {});
    pump.engine().take_requests(true);
    if (requests_.empty()) return request_takers_.add(id, std::move(h));
    auto next = std::move(requests_.front());
    requests_.pop_front();
    h.post({}, std::move(next));
}

void agent_core::cancel_next_request(net::operation id)
{
    if (auto h = request_takers_.take(id)) h->post(asio::error::operation_aborted, {});
}

void agent_core::on(ua::incoming_request& e)
{
    const auto from = e.request->from();
    const bool in_call = e.call && current_ && current_->id == *e.call;
    incoming_request next(std::make_shared<request_state>(request_state{
        shared_from_this(), e.id, ua::request_of(*e.request),
        std::string(from ? from->uri.text : std::string_view{}), in_call ? current_ : nullptr}));
    if (!request_takers_.empty()) return request_takers_.take_first().post({}, std::move(next));
    if (requests_.size() == limits::incoming_requests) requests_.pop_front(); // answered long ago
    requests_.push_back(std::move(next));
}

void agent_core::respond(request_state& r, const response& answer)
{
    if (state_ == state::closed) return;
    const auto done = pump.engine().respond(r.id, answer, net::present());
    if (!done) log(log_level::warning, std::string("cannot respond: ") + describe(done.code()));
    pump.drain();
}

void agent_core::end_requests()
{
    const std::error_code gone = errc::shut_down;
    for (auto& each : std::exchange(asking_, {}))
        if (each.h) each.h.post(gone, {});
    request_takers_.complete_all(gone, {});
    transfer_takers_.complete_all(gone, {});
    wanted_.reset();
    requests_.clear();
}

} // namespace solosip::detail
