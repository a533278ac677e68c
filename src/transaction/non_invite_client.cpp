#include "transaction/non_invite_client.hpp"

#include <algorithm>
#include <utility>

namespace solosip::transaction
{

non_invite_client::non_invite_client(id self, sip::message request, const destination& to,
                                     const timing& times)
    : self_(self), request_(std::move(request)), to_(to), times_(times), interval_(times.t1)
{
}

void non_invite_client::start(time_point now, actions& out)
{
    out.push_back(send{to_, request_.bytes()});
    if (!to_.reliable) timers_.set(timer::e, now + interval_);
    timers_.set(timer::f, now + 64 * times_.t1);
}

void non_invite_client::on_response(const sip::message_view& response, const endpoint&,
                                    time_point now, actions& out)
{
    switch (state_)
    {
    case state::trying:
    case state::proceeding:
        out.push_back(deliver{self_, sip::message(response)});
        if (response.status() < 200)
        {
            state_ = state::proceeding; // E and F run on
            return;
        }
        timers_.stop_all();
        if (to_.reliable) return terminate(); // Timer K is zero
        state_ = state::completed;
        timers_.set(timer::k, now + times_.t4);
        return;
    case state::completed:
    case state::terminated: return;
    }
}

void non_invite_client::on_timeout(time_point now, actions& out)
{
    while (const auto due = timers_.take_expired(now))
    {
        switch (*due)
        {
        case timer::e:
            out.push_back(send{to_, request_.bytes()});
            // Section 17.1.2.2: doubled up to T2, and T2 at once when a 1xx has come.
            interval_ = state_ == state::proceeding ? times_.t2
                                                    : std::min<duration>(2 * interval_, times_.t2);
            timers_.set(timer::e, now + interval_);
            break;
        case timer::f: fail(failure::timeout, out); break;
        case timer::k: terminate(); break;
        case timer::count: break;
        }
    }
}

void non_invite_client::on_transport_error(actions& out)
{
    if (state_ == state::trying || state_ == state::proceeding) fail(failure::transport, out);
}

void non_invite_client::abandon()
{
    terminate();
}

void non_invite_client::fail(failure why, actions& out)
{
    out.push_back(failed{self_, why});
    terminate();
}

void non_invite_client::terminate()
{
    state_ = state::terminated;
    timers_.stop_all();
}

} // namespace solosip::transaction
