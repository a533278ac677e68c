#include "net/core.hpp"

#include <variant>

#include <asio/execution/context.hpp>
#include <asio/query.hpp>

namespace solosip::detail
{

agent_ptr agent_core::make(const asio::any_io_executor& executor, const config& c)
{
    auto made = std::make_shared<agent_core>(executor, c);
    auto& context = asio::query(executor, asio::execution::context);
    asio::use_service<net::service>(context).add(made);
    return made;
}

agent_core::agent_core(const asio::any_io_executor& executor, const config& c)
    : pump(executor, c, *this)
{
}

void agent_core::log(log_level level, std::string_view text) const
{
    if (pump.log()) pump.log()(level, text);
}

std::error_code agent_core::ready()
{
    if (state_ != state::open) return errc::shut_down;
    const auto ec = pump.ensure_listening();
    if (ec) log(log_level::error, "cannot listen: " + ec.message());
    return ec;
}

// ---- what the pump asks

void agent_core::on_event(ua::event& e)
{
    std::visit([this](auto& each) { on(each); }, e);
}

std::optional<time_point> agent_core::next_deadline() const
{
    std::optional<time_point> next;
    if (state_ == state::leaving) next = leave_by_;
    if (current_)
        for (const auto& r : current_->readers)
            next = earlier(next, r.deadline);
    return next;
}

void agent_core::on_deadline(time_point now)
{
    ticked_ = true;
    if (current_) feed_readers(*current_, now);
    if (state_ == state::leaving && leave_by_ <= now) close(errc::timed_out);
}

void agent_core::on_quiet()
{
    if (current_)
    {
        complete_cut(*current_);
        feed_audio_readers(*current_);
        auto now = pump.engine().media_statistics();
        if (current_->heard) now.unread_samples = current_->heard->dropped;
        current_->stats.store(now);
    }
    if (std::exchange(ticked_, false) && !files_.empty()) serve_soon();
    if (state_ == state::leaving && pump.engine().settled()) close({});
}

// ---- the end

void agent_core::shut_down(handler<> h, milliseconds grace)
{
    if (state_ == state::closed) return h.post({});
    leaving_.add({}, std::move(h));
    const auto now = net::present();
    if (state_ == state::leaving)
    {
        leave_by_ = std::min(leave_by_, now + grace);
        pump.drain();
        return;
    }
    state_ = state::leaving;
    leave_by_ = now + grace;
    for (const auto& c : {current_, next_})
        if (c) leave(*c, now);
    if (has_registration_) pump.engine().unregister(now);
    pump.drain();
}

// Who still rings hears that we are gone, not that we are unwilling: 603 would silence the user's
// other telephones as well (RFC 3261 sections 21.4.18, 21.6.2).
void agent_core::leave(const call_state& c, time_point now)
{
    if (!pump.engine().reject(c.id, 480, {}, now)) (void)pump.engine().hang_up(c.id, now);
}

void agent_core::close(std::error_code how)
{
    if (state_ == state::closed) return;
    state_ = state::closed;
    for (const auto& c : {next_, current_})
        if (c) leave(*c, net::present());
    pump.drain();
    serve();
    files_.clear();
    pump.close();
    const std::error_code gone = errc::shut_down;
    registering_.complete_all(gone, {});
    registration_watchers_.complete_all(gone, {});
    unregistering_.complete_all(gone);
    accepting_.complete_all(gone, {});
    end_requests();
    leaving_.complete_all(how);
}

// Called when the execution context is destroyed, by its thread alone. Handlers may do anything as
// they go, also let go of us; so nothing is touched after the state says that all is over.
void agent_core::evict()
{
    const auto keep = shared_from_this();
    state_ = state::closed;
    pump.evict();
    const auto last = std::exchange(current_, nullptr);
    unaccepted_.reset();
    show(nullptr);
    files_.clear();
    leaving_.abandon();
    registering_.abandon();
    registration_watchers_.abandon();
    unregistering_.abandon();
    accepting_.abandon();
    (void)std::exchange(asking_, {});
    (void)std::exchange(requests_, {});
    request_takers_.abandon();
    transfer_takers_.abandon();
    wanted_.reset();
    const auto never = std::exchange(next_, nullptr);
    if (last) last->abandon();
    if (never) never->abandon();
}

// ---- sound files

// Files are read and written between the ticks, when the packet is out.
void agent_core::serve_soon()
{
    if (std::exchange(serving_, true)) return;
    post(
        [self = shared_from_this()]
        {
            self->serving_ = false;
            self->serve();
        });
}

void agent_core::serve()
{
    std::erase_if(files_,
                  [this](const auto& work)
                  {
                      const bool more = work->service();
                      if (const auto bad = more ? std::nullopt : work->problem())
                      {
                          log(log_level::error, bad->text);
                          // The call goes on without it.
                          if (current_ && current_->recording == work)
                              on_recorded(*current_, bad->code);
                      }
                      return !more;
                  });
}

} // namespace solosip::detail
