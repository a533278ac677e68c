#include "transaction/non_invite_server.hpp"

#include <cassert>

namespace solosip::transaction
{

non_invite_server::non_invite_server(id self, const destination& to, const timing& times)
    : self_(self), to_(to), times_(times)
{
}

void non_invite_server::start(time_point now)
{
    timers_.set(timer::unanswered, now + 64 * times_.t1);
}

void non_invite_server::on_request(const sip::message_view&, const endpoint&, time_point,
                                   actions& out)
{
    switch (state_)
    {
    case state::proceeding:
    case state::completed: out.push_back(send{to_, last_response_}); return;
    case state::trying:
    case state::terminated: return;
    }
}

result<void> non_invite_server::respond(const sip::message& response, time_point now, actions& out)
{
    assert(response->is_response());
    if (state_ == state::completed || state_ == state::terminated) return errc::call_ended;
    last_response_ = response.bytes();
    out.push_back(send{to_, last_response_});
    if (response->status() < 200)
    {
        state_ = state::proceeding;
        return {};
    }
    timers_.stop_all();
    if (to_.reliable)
    {
        terminate(); // Timer J is zero
        return {};
    }
    state_ = state::completed;
    timers_.set(timer::j, now + 64 * times_.t1);
    return {};
}

void non_invite_server::on_timeout(time_point now, actions& out)
{
    while (const auto due = timers_.take_expired(now))
    {
        if (*due == timer::unanswered) out.push_back(failed{self_, failure::timeout});
        terminate();
    }
}

void non_invite_server::terminate()
{
    state_ = state::terminated;
    timers_.stop_all();
}

} // namespace solosip::transaction
