#include "transaction/invite_client.hpp"

#include <algorithm>
#include <utility>

namespace solosip::transaction
{

invite_client::invite_client(id self, sip::message request, const destination& to,
                             const timing& times)
    : self_(self), request_(std::move(request)), to_(to), times_(times), interval_(times.t1)
{
}

void invite_client::start(time_point now, actions& out)
{
    out.push_back(send{to_, request_.bytes()});
    if (!to_.reliable) timers_.set(timer::a, now + interval_);
    timers_.set(timer::b, now + 64 * times_.t1);
}

void invite_client::on_response(const sip::message_view& response, const endpoint& source,
                                time_point now, actions& out)
{
    const int status = response.status();
    switch (state_)
    {
    case state::calling:
    case state::proceeding:
        timers_.stop_all(); // any response ends retransmission, and Timer B is for Calling only
        if (status < 200)
        {
            state_ = state::proceeding;
            out.push_back(deliver{self_, sip::message(response)});
        }
        else if (status < 300)
            on_2xx(response, now, out);
        else
            on_rejection(response, now, out);
        return;
    case state::completed:
        if (status >= 300)
            acknowledge(response, out);
        else if (status >= 200)
            out.push_back(stray_response{sip::message(response), source, request_});
        return;
    case state::accepted:
        if (status / 100 == 2) out.push_back(deliver{self_, sip::message(response)});
        return;
    case state::terminated: return;
    }
}

void invite_client::on_2xx(const sip::message_view& response, time_point now, actions& out)
{
    state_ = state::accepted;
    timers_.set(timer::m, now + 64 * times_.t1);
    out.push_back(deliver{self_, sip::message(response)});
}

void invite_client::on_rejection(const sip::message_view& response, time_point now, actions& out)
{
    acknowledge(response, out);
    out.push_back(deliver{self_, sip::message(response)});
    if (to_.reliable) return terminate(); // Timer D is zero
    state_ = state::completed;
    // Longer than the server repeats its response, which is 64*T1 of its own T1 (section 17.1.1.2).
    timers_.set(timer::d, now + std::max<duration>(seconds(32), 64 * times_.t1));
}

void invite_client::acknowledge(const sip::message_view& response, actions& out) const
{
    if (const auto ack = sip::make_ack(*request_, response))
        out.push_back(send{to_, ack.value().bytes()});
}

void invite_client::on_timeout(time_point now, actions& out)
{
    while (const auto due = timers_.take_expired(now))
    {
        switch (*due)
        {
        case timer::a:
            out.push_back(send{to_, request_.bytes()});
            interval_ *= 2;
            timers_.set(timer::a, now + interval_);
            break;
        case timer::b: fail(failure::timeout, out); break;
        case timer::d:
        case timer::m: terminate(); break;
        case timer::count: break;
        }
    }
}

void invite_client::on_transport_error(actions& out)
{
    if (state_ == state::calling || state_ == state::proceeding) fail(failure::transport, out);
}

void invite_client::abandon()
{
    terminate();
}

void invite_client::fail(failure why, actions& out)
{
    out.push_back(failed{self_, why});
    terminate();
}

void invite_client::terminate()
{
    state_ = state::terminated;
    timers_.stop_all();
}

} // namespace solosip::transaction
