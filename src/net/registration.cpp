// Registering, and hearing what becomes of it.
#include "net/core.hpp"

namespace solosip::detail
{
namespace
{

// Changes that nobody waits for: after these many the first is no news any more.
constexpr std::size_t news_most = 16;

std::string describe_change(const registration& r)
{
    switch (r.state)
    {
    case registration_state::registered:
        return "registered for " + std::to_string(r.granted.count()) + " s";
    case registration_state::unregistered: return "unregistered";
    case registration_state::failed: break;
    }
    std::string text = std::string("not registered: ") + describe(r.why);
    if (r.status != 0) text += " (" + std::to_string(r.status) + ")";
    return text;
}

} // namespace

void register_account(const agent_ptr& a, handler<registration> h, account who)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_register(op); });
    a->post([a, id, h = std::move(h), who = std::move(who)]() mutable
            { a->register_account(id, std::move(h), std::move(who)); });
}

void wait_registration(const agent_ptr& a, handler<registration> h)
{
    if (!a) return h.post(errc::shut_down, {});
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_wait_registration(op); });
    a->post([a, id, h = std::move(h)]() mutable { a->wait_registration(id, std::move(h)); });
}

void unregister(const agent_ptr& a, handler<> h)
{
    if (!a) return h.post(errc::shut_down);
    const auto id = a->watch(h, [core = a.get()](auto op) { core->cancel_unregister(op); });
    a->post([a, id, h = std::move(h)]() mutable { a->unregister(id, std::move(h)); });
}

void agent_core::register_account(net::operation id, handler<registration> h, account who)
{
    if (const auto ec = ready(); ec) return h.post(ec, {});
    const auto begun = pump.engine().register_account(std::move(who), net::present());
    if (!begun) return h.post(begun.code(), {});
    has_registration_ = true;
    // Another account takes the place of the one that was being tried.
    registering_.complete_all(asio::error::operation_aborted, {});
    unregistering_.complete_all(asio::error::operation_aborted);
    registering_.add(id, std::move(h));
    pump.drain();
}

void agent_core::cancel_register(net::operation id)
{
    auto h = registering_.take(id);
    if (!h) return;
    h->post(asio::error::operation_aborted, {});
    if (state_ == state::open) pump.engine().unregister(net::present());
    pump.drain();
}

void agent_core::wait_registration(net::operation id, handler<registration> h)
{
    if (state_ != state::open) return h.post(errc::shut_down, {});
    registration_watchers_.add(id, std::move(h));
    if (registration_news_.empty()) return;
    const registration news = std::move(registration_news_.front());
    registration_news_.pop_front();
    registration_watchers_.take_first().post(news.why == errc{} ? std::error_code() : news.why,
                                             news);
}

void agent_core::cancel_wait_registration(net::operation id)
{
    if (auto h = registration_watchers_.take(id)) h->post(asio::error::operation_aborted, {});
}

void agent_core::unregister(net::operation id, handler<> h)
{
    if (state_ != state::open) return h.post(errc::shut_down);
    if (!has_registration_) return h.post(errc::not_registered);
    unregistering_.add(id, std::move(h));
    pump.engine().unregister(net::present());
    pump.drain();
}

void agent_core::cancel_unregister(net::operation id)
{
    if (auto h = unregistering_.take(id)) h->post(asio::error::operation_aborted);
}

void agent_core::on(ua::registration_changed& e)
{
    pump.note(describe_change(e));
    const std::error_code why = e.why == errc{} ? std::error_code() : e.why;
    const bool wanted = !registering_.empty() || !unregistering_.empty();
    if (e.state == registration_state::unregistered)
    {
        has_registration_ = false;
        unregistering_.complete_all(why);
        registering_.complete_all(why ? why : make_error_code(errc::cancelled), e);
    }
    else
        registering_.complete_all(why, e);

    if (!registration_watchers_.empty())
        registration_watchers_.complete_all(why, e);
    else if (!wanted)
    {
        if (registration_news_.size() == news_most) registration_news_.pop_front();
        registration_news_.push_back(e);
    }
}

} // namespace solosip::detail
