// Calls: how they begin and how they end.
#include "net/core.hpp"

namespace solosip::detail
{
namespace
{

std::string describe_end(const ending& how)
{
    std::string text = "ended by " + std::string(ua::to_string(how.who));
    if (how.status != 0) text += ": " + std::to_string(how.status);
    if (how.why != errc{}) text += std::string(", ") + describe(how.why);
    return text;
}

} // namespace

void start_call(const agent_ptr& a, handler<call> h, std::string to, call_options o)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h,
                             [core = a.get()](auto op)
                             {
                                 if (const auto c = core->shown_call())
                                     core->cancel_connecting(c, op);
                             });
    a->post([a, id, h = std::move(h), to = std::move(to), o = std::move(o)]() mutable
            { a->start_call(id, std::move(h), to, std::move(o)); });
}

void accept(const agent_ptr& a, handler<invitation> h)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_accept(op); });
    a->post([a, id, h = std::move(h)]() mutable { a->accept(id, std::move(h)); });
}

void shut_down(const agent_ptr& a, handler<> h, milliseconds grace)
{
    if (!a) return h.post({});
    a->post([a, h = std::move(h), grace]() mutable { a->shut_down(std::move(h), grace); });
}

void answer(const call_ptr& c, handler<call> h, std::vector<header> headers)
{
    if (!c) return h.post(errc::no_such_call, {});
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_connecting(it, op);
                                   });
    c->core->post([c, id, h = std::move(h), headers = std::move(headers)]() mutable
                  { c->core->answer(c, id, std::move(h), std::move(headers)); });
}

void early_media(const call_ptr& c, handler<call> h)
{
    if (!c) return h.post(errc::no_such_call, {});
    c->core->post([c, h = std::move(h)]() mutable { c->core->early_media(c, std::move(h)); });
}

namespace
{

void wait_or_end(const call_ptr& c, handler<ending> h, bool hang_up)
{
    if (!c) return h.post(errc::no_such_call, {});
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_wait_end(*it, op);
                                   });
    c->core->post([c, id, h = std::move(h), hang_up]() mutable
                  { c->core->wait_end(*c, id, std::move(h), hang_up); });
}

} // namespace

void wait_end(const call_ptr& c, handler<ending> h)
{
    wait_or_end(c, std::move(h), false);
}

void end_call(const call_ptr& c, handler<ending> h)
{
    wait_or_end(c, std::move(h), true);
}

// ---- on the strand

std::error_code agent_core::refusal(const call_state& c) const
{
    if (!c.over) return {};
    return state_ == state::closed ? errc::shut_down : errc::call_ended;
}

void agent_core::show(const call_ptr& c)
{
    const std::lock_guard lock(mutex_);
    shown_ = c;
}

call_ptr agent_core::shown_call() const
{
    const std::lock_guard lock(mutex_);
    return shown_;
}

ua::call_options agent_core::engine_options(call_options& o)
{
    ua::call_options options;
    options.subject = std::move(o.subject);
    options.display_name = std::move(o.display_name);
    options.from = std::move(o.from);
    options.headers = std::move(o.headers);
    options.ring_for = o.ring_for;
    options.follow_redirects = o.follow_redirects;
    options.late_offer = o.late_offer;
    return options;
}

void agent_core::start_call(net::operation id, handler<call> h, const std::string& to,
                            call_options o)
{
    if (const auto ec = ready(); ec) return h.post(ec, {});
    if (current_) return h.post(errc::call_in_progress, {});
    if (const auto ec = pump.open_media(); ec) return h.post(ec, {});
    ua::call_options options = engine_options(o);
    options.media_port = pump.media_port();
    const auto begun = pump.engine().call(to, std::move(options), net::present());
    if (!begun)
    {
        pump.close_media();
        return h.post(begun.code(), {});
    }
    current_ = std::make_shared<call_state>(shared_from_this());
    current_->id = *begun;
    current_->remote_uri = current_->to = to;
    current_->on_progress = std::move(o.on_progress);
    current_->user_data = std::move(o.user_data);
    current_->connecting.add(id, std::move(h));
    show(current_);
    pump.note("calling " + to);
    pump.drain();
}

void agent_core::accept(net::operation id, handler<invitation> h)
{
    if (const auto ec = ready(); ec) return h.post(ec, {});
    if (unaccepted_) return h.post({}, invitation(std::exchange(unaccepted_, nullptr)));
    accepting_.add(id, std::move(h));
}

void agent_core::cancel_accept(net::operation id)
{
    if (auto h = accepting_.take(id)) h->post(asio::error::operation_aborted, {});
}

void agent_core::answer(const call_ptr& c, net::operation id, handler<call> h,
                        std::vector<header> headers)
{
    if (const auto ec = refusal(*c); ec) return h.post(ec, {});
    if (c->answered || !c->connecting.empty()) return h.post(errc::call_in_progress, {});
    if (!c->early)
        if (const auto ec = pump.open_media(); ec) return h.post(ec, {});
    const auto done =
        pump.engine().answer(c->id, {pump.media_port(), std::move(headers)}, net::present());
    if (!done)
    {
        if (!c->early) pump.close_media();
        return h.post(done.code(), {});
    }
    c->connecting.add(id, std::move(h));
    pump.drain();
}

void agent_core::early_media(const call_ptr& c, handler<call> h)
{
    if (const auto ec = refusal(*c); ec) return h.post(ec, {});
    if (c->answered || !c->connecting.empty()) return h.post(errc::call_in_progress, {});
    if (c->early) return h.post({}, call(c));
    if (const auto ec = pump.open_media(); ec) return h.post(ec, {});
    const auto done = pump.engine().early_media(c->id, {pump.media_port(), {}}, net::present());
    if (!done)
    {
        pump.close_media();
        return h.post(done.code(), {});
    }
    c->early = true;
    h.post({}, call(c));
    pump.drain();
}

void agent_core::ring(call_state& c, std::vector<header> headers)
{
    if (c.over || c.answered) return;
    if (const auto done = pump.engine().ring(c.id, net::present(), std::move(headers)); !done)
        log(log_level::warning, std::string("cannot ring: ") + describe(done.code()));
    pump.drain();
}

void agent_core::reject(call_state& c, int status, const std::string& reason,
                        std::vector<header> headers)
{
    if (c.over || c.answered) return;
    if (status < 300 || status > 699) status = 486;
    const auto done =
        pump.engine().reject(c.id, status, reason, net::present(), std::move(headers));
    if (!done) log(log_level::warning, std::string("cannot reject: ") + describe(done.code()));
    pump.drain();
}

void agent_core::hang_up(call_state& c)
{
    if (c.over) return;
    (void)pump.engine().hang_up(c.id, net::present());
    pump.drain();
}

void agent_core::cancel_connecting(const call_ptr& c, net::operation id)
{
    auto h = c->connecting.take(id);
    if (!h) return;
    h->post(asio::error::operation_aborted, call(c));
    (void)pump.engine().hang_up(c->id, net::present());
    pump.drain();
}

void agent_core::wait_end(call_state& c, net::operation id, handler<ending> h, bool hang_up)
{
    if (c.over) return h.post({}, *c.outcome);
    c.ends.add(id, std::move(h));
    if (!hang_up) return;
    (void)pump.engine().hang_up(c.id, net::present());
    pump.drain();
}

void agent_core::cancel_wait_end(call_state& c, net::operation id)
{
    if (auto h = c.ends.take(id)) h->post(asio::error::operation_aborted, {});
}

// ---- what the engine reports

void agent_core::on(ua::incoming_call& e)
{
    if (state_ != state::open)
    {
        (void)pump.engine().reject(e.call, 480, {}, net::present());
        return;
    }
    current_ = std::make_shared<call_state>(shared_from_this());
    current_->id = e.call;
    current_->incoming = true;
    current_->from = current_->remote_uri = e.from_uri;
    current_->to = e.to_uri;
    current_->display_name = e.display_name;
    current_->invite = std::move(e.invite);
    show(current_);
    pump.note("called by " + e.from_uri);
    if (pump.ring_at_once()) (void)pump.engine().ring(e.call, net::present());
    if (accepting_.empty())
        unaccepted_ = current_;
    else
        accepting_.take_first().post({}, invitation(current_));
}

void agent_core::on(ua::call_progress& e)
{
    if (!current_ || current_->id != e.call || !current_->on_progress) return;
    asio::post(pump.executor(), [tell = current_->on_progress,
                                 p = progress{e.status, e.reason, e.headers}] { tell(p); });
}

void agent_core::on(ua::call_answered& e)
{
    if (!current_ || current_->id != e.call) return;
    pump.note("answered");
    current_->answered = true;
    {
        const std::lock_guard lock(current_->mutex);
        current_->remote_uri = e.remote_uri;
        current_->answer = std::move(e.headers);
    }
    current_->connecting.complete_all({}, call(current_));
}

void agent_core::on(ua::media_started& e)
{
    const std::string how = e.srtp ? " by SRTP, " + std::string(to_string(*e.srtp)) : "";
    pump.note("audio " + e.codec + " to " + e.remote.to_string() + how);
    pump.send_media_to(e.remote, e.remote_rtcp, e.rtcp_mux);
    const call_ptr c = known(e.call);
    if (!c) return;
    const std::lock_guard lock(c->mutex);
    c->srtp = e.srtp;
}

void agent_core::on(ua::call_ended& e)
{
    if (next_ && next_->id == e.call) return end_next(e.how);
    if (!current_ || current_->id != e.call) return;
    pump.note(describe_end(e.how));
    if (!next_) pump.close_media(); // the next one goes on with it
    const call_ptr c = std::exchange(current_, std::exchange(next_, nullptr));
    unaccepted_.reset();
    wanted_.reset();
    show(current_);
    {
        const std::lock_guard lock(c->mutex);
        c->outcome = e.how;
    }
    c->over = true;
    finish_recording(*c);
    serve();
    end_waiting(*c);
}

void agent_core::end_waiting(call_state& c)
{
    const std::error_code gone = refusal(c);
    const ending how = *c.outcome;
    c.connecting.complete_all(how.why == errc{} ? gone : make_error_code(how.why),
                              c.incoming ? call() : call(c.shared_from_this()));
    for (auto& each : std::exchange(c.sounds, {}))
        if (each.h) each.h.post(gone);
    for (auto& each : std::exchange(c.presses, {}))
        if (each.h) each.h.post(gone);
    for (auto& each : std::exchange(c.changes, {}))
        if (each.h) each.h.post(gone);
    c.hold_watchers.complete_all(gone, {});
    for (auto& each : std::exchange(c.readers, {}))
        complete(each, gone);
    feed_audio_readers(c);
    end_audio_readers(c, gone);
    c.transfers.complete_all(gone, {});
    c.on_transfer_progress = nullptr;
    c.ends.complete_all({}, how);
    c.on_progress = nullptr;
}

} // namespace solosip::detail
