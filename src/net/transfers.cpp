// Transfers, asked for by us and by others, and the call that comes of them.
#include "net/core.hpp"

namespace solosip
{

incoming_transfer::incoming_transfer(detail::transfer_ptr state)
    : state_(std::move(state)), executor_(state_->core->pump.executor())
{
}

std::string incoming_transfer::target() const
{
    return state_ ? state_->target : std::string();
}

std::string incoming_transfer::referred_by() const
{
    return state_ ? state_->referred_by : std::string();
}

call incoming_transfer::call() const
{
    return state_ ? solosip::call(state_->in) : solosip::call();
}

void incoming_transfer::reject(int status) const
{
    if (state_) state_->core->post([t = state_, status] { t->core->reject_transfer(*t, status); });
}

} // namespace solosip

namespace solosip::detail
{

void transfer(const call_ptr& c, handler<response> h, std::string to,
              std::function<void(const progress&)> on_progress)
{
    if (!c) return h.post(errc::no_such_call, {});
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_transfer(*it, op);
                                   });
    c->core->post(
        [c, id, h = std::move(h), to = std::move(to), tell = std::move(on_progress)]() mutable
        { c->core->transfer(*c, id, std::move(h), to, std::move(tell)); });
}

void next_transfer(const agent_ptr& a, handler<incoming_transfer> h)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_next_transfer(op); });
    a->post([a, id, h = std::move(h)]() mutable { a->next_transfer(id, std::move(h)); });
}

void accept_transfer(const transfer_ptr& t, handler<call> h, call_options o)
{
    if (!t) return h.post(errc::no_such_call, {});
    const auto id =
        t->core->watch(h, [core = t->core.get()](auto op) { core->cancel_accept_transfer(op); });
    t->core->post([t, id, h = std::move(h), o = std::move(o)]() mutable
                  { t->core->accept_transfer(*t, id, std::move(h), std::move(o)); });
}

// ---- on the strand

void agent_core::transfer(call_state& c, net::operation id, handler<response> h,
                          const std::string& to, std::function<void(const progress&)> on_progress)
{
    if (const auto ec = refusal(c); ec) return h.post(ec, {});
    const auto begun = pump.engine().transfer(c.id, to, net::present());
    if (!begun) return h.post(begun.code(), {});
    pump.note("transferring to " + to);
    c.transfers.add(id, std::move(h));
    c.on_transfer_progress = std::move(on_progress);
    pump.drain();
}

void agent_core::cancel_transfer(call_state& c, net::operation id)
{
    if (auto h = c.transfers.take(id)) h->post(asio::error::operation_aborted, {});
}

void agent_core::next_transfer(net::operation id, handler<incoming_transfer> h)
{
    if (const auto ec = ready(); ec) return h.post(ec, {});
    if (!wanted_) return transfer_takers_.add(id, std::move(h));
    h.post({}, *std::exchange(wanted_, std::nullopt));
}

void agent_core::cancel_next_transfer(net::operation id)
{
    if (auto h = transfer_takers_.take(id)) h->post(asio::error::operation_aborted, {});
}

void agent_core::accept_transfer(transfer_state& t, net::operation id, handler<call> h,
                                 call_options o)
{
    if (const auto ec = refusal(*t.in); ec) return h.post(ec, {});
    const auto begun = pump.engine().accept_transfer(t.in->id, net::present(), engine_options(o));
    if (!begun) return h.post(begun.code(), {});
    next_ = std::make_shared<call_state>(shared_from_this());
    next_->id = *begun;
    next_->remote_uri = next_->to = t.target;
    next_->on_progress = std::move(o.on_progress);
    next_->user_data = std::move(o.user_data);
    next_->connecting.add(id, std::move(h));
    pump.note("referred to " + t.target);
    pump.drain();
}

void agent_core::cancel_accept_transfer(net::operation id)
{
    if (next_ && !next_->connecting.empty())
        cancel_connecting(next_, id);
    else if (current_)
        cancel_connecting(current_, id);
}

void agent_core::reject_transfer(transfer_state& t, int status)
{
    if (t.in->over || state_ == state::closed) return;
    if (status < 300 || status > 699) status = 603;
    (void)pump.engine().reject_transfer(t.in->id, status, net::present());
    pump.drain();
}

// ---- what the engine reports

call_ptr agent_core::known(ua::call_id id) const
{
    for (const auto& c : {current_, next_})
        if (c && c->id == id) return c;
    return nullptr;
}

void agent_core::on(ua::transfer_progress& e)
{
    if (!current_ || current_->id != e.call || !current_->on_transfer_progress) return;
    asio::post(pump.executor(), [tell = current_->on_transfer_progress,
                                 p = progress{e.status, e.reason, {}}] { tell(p); });
}

void agent_core::on(ua::transfer_done& e)
{
    if (!current_ || current_->id != e.call) return;
    response answer;
    answer.status = e.status;
    answer.reason = e.reason;
    const std::error_code ec = e.why == errc{} ? std::error_code() : make_error_code(e.why);
    current_->transfers.complete_all(ec, answer);
    current_->on_transfer_progress = nullptr;
}

void agent_core::on(ua::transfer_wanted& e)
{
    if (!current_ || current_->id != e.call) return;
    incoming_transfer t(std::make_shared<transfer_state>(
        transfer_state{shared_from_this(), e.target, e.referred_by, current_}));
    if (transfer_takers_.empty())
        wanted_ = std::move(t);
    else
        transfer_takers_.take_first().post({}, std::move(t));
}

// The end of the old call follows, and then the answer to the new one.
void agent_core::on(ua::call_replaced& e)
{
    if (e.invite.empty()) return;
    next_ = std::make_shared<call_state>(shared_from_this());
    next_->id = e.by;
    next_->incoming = true;
    if (const auto from = e.invite->from())
    {
        next_->from = next_->remote_uri = from->uri.text;
        next_->display_name = sip::unquote(from->display_name);
    }
    if (const auto to = e.invite->to()) next_->to = to->uri.text;
    next_->invite = std::move(e.invite);
}

// The call that should have taken the place of the present one has not come about.
void agent_core::end_next(const ending& how)
{
    const call_ptr c = std::exchange(next_, nullptr);
    {
        const std::lock_guard lock(c->mutex);
        c->outcome = how;
    }
    c->over = true;
    end_waiting(*c);
}

} // namespace solosip::detail
