// Hold and resume.
#include "net/core.hpp"

#include <algorithm>

namespace solosip::detail
{
namespace
{

// Changes that are kept for whoever asks next.
constexpr std::size_t kept_news = 8;

} // namespace

void change_hold(const call_ptr& c, handler<> h, bool hold)
{
    if (!c) return h.post(errc::no_such_call);
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_change(*it, op);
                                   });
    c->core->post([c, id, h = std::move(h), hold]() mutable
                  { c->core->change_hold(*c, id, std::move(h), hold); });
}

void wait_hold(const call_ptr& c, handler<hold_state> h)
{
    if (!c) return h.post(errc::no_such_call, {});
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_wait_hold(*it, op);
                                   });
    c->core->post([c, id, h = std::move(h)]() mutable
                  { c->core->wait_hold(*c, id, std::move(h)); });
}

void agent_core::change_hold(call_state& c, net::operation id, handler<> h, bool hold)
{
    if (const auto ec = refusal(c); ec) return h.post(ec);
    auto& engine = pump.engine();
    const auto item =
        hold ? engine.hold(c.id, net::present()) : engine.resume(c.id, net::present());
    if (!item) return h.post(item.code());
    c.changes.push_back({*item, id, std::move(h)});
    pump.drain();
}

void agent_core::cancel_change(call_state& c, net::operation id)
{
    for (auto& each : c.changes)
        if (each.id == id && each.h) each.h.post(asio::error::operation_aborted);
}

void agent_core::on(ua::change_done& e)
{
    if (!current_ || current_->id != e.call) return;
    auto& changes = current_->changes;
    const auto it = std::find_if(changes.begin(), changes.end(),
                                 [&](const changing& each) { return each.item == e.change; });
    if (it == changes.end()) return;
    changing done = std::move(*it);
    changes.erase(it);
    if (done.h) done.h.post(e.why == errc{} ? std::error_code() : make_error_code(e.why));
}

void agent_core::wait_hold(call_state& c, net::operation id, handler<hold_state> h)
{
    if (!c.hold_news.empty())
    {
        h.post({}, c.hold_news.front());
        c.hold_news.pop_front();
        return;
    }
    if (const auto ec = refusal(c); ec) return h.post(ec, {});
    c.hold_watchers.add(id, std::move(h));
}

void agent_core::cancel_wait_hold(call_state& c, net::operation id)
{
    if (auto h = c.hold_watchers.take(id)) h->post(asio::error::operation_aborted, {});
}

void agent_core::on(ua::hold_changed& e)
{
    if (!current_ || current_->id != e.call) return;
    const hold_state now{e.by_us, e.by_peer};
    pump.note(now.by_us ? (now.by_peer ? "held by both" : "held by us")
                        : (now.by_peer ? "held by the other side" : "held by nobody"));
    call_state& c = *current_;
    {
        const std::lock_guard lock(c.mutex);
        c.held = now;
    }
    if (!c.hold_watchers.empty()) return c.hold_watchers.take_first().post({}, now);
    if (c.hold_news.size() == kept_news) c.hold_news.pop_front();
    c.hold_news.push_back(now);
}

} // namespace solosip::detail
