#include "transaction/invite_server.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace solosip::transaction
{

// RFC 3261 section 17.2.1.
constexpr duration patience_before_trying = milliseconds(200);

invite_server::invite_server(id self, const destination& to, std::string trying,
                             const timing& times)
    : self_(self), to_(to), trying_(std::move(trying)), times_(times), interval_(times.t1)
{
}

void invite_server::start(time_point now)
{
    timers_.set(timer::trying, now + patience_before_trying);
}

void invite_server::on_request(const sip::message_view& request, const endpoint& source,
                               time_point now, actions& out)
{
    if (request.method() == sip::method::ack) return on_ack(request, source, now, out);
    switch (state_)
    {
    case state::proceeding:
    case state::completed:
        if (!last_response_.empty()) out.push_back(send{to_, last_response_});
        return;
    case state::confirmed:
    case state::accepted: // RFC 6026 section 7.1: the user repeats the 2xx, not we
    case state::terminated: return;
    }
}

void invite_server::on_ack(const sip::message_view& ack, const endpoint& source, time_point now,
                           actions& out)
{
    switch (state_)
    {
    case state::completed:
        timers_.stop_all();
        if (to_.reliable) return terminate(); // Timer I is zero
        state_ = state::confirmed;
        timers_.set(timer::i, now + times_.t4);
        return;
    case state::accepted:
        out.push_back(deliver_request{std::nullopt, sip::message(ack), source});
        return;
    case state::proceeding:
    case state::confirmed:
    case state::terminated: return;
    }
}

result<void> invite_server::respond(const sip::message& response, time_point now, actions& out)
{
    assert(response->is_response());
    const int status = response->status();
    const bool repeated_2xx = state_ == state::accepted && status / 100 == 2;
    if (state_ != state::proceeding && !repeated_2xx) return errc::call_ended;

    if (const auto to = response->to(); to && !to->tag().empty()) to_tag_ = to->tag();
    last_response_ = response.bytes();
    out.push_back(send{to_, last_response_});
    if (repeated_2xx) return {};
    timers_.stop(timer::trying);
    trying_.clear();
    if (status < 200) return {};
    if (status >= 300)
    {
        begin_completed(now);
        return {};
    }
    state_ = state::accepted;
    timers_.set(timer::l, now + 64 * times_.t1);
    return {};
}

void invite_server::begin_completed(time_point now)
{
    state_ = state::completed;
    if (!to_.reliable) timers_.set(timer::g, now + interval_);
    timers_.set(timer::h, now + 64 * times_.t1);
}

void invite_server::on_timeout(time_point now, actions& out)
{
    while (const auto due = timers_.take_expired(now))
    {
        switch (*due)
        {
        case timer::trying:
            last_response_ = std::move(trying_);
            if (!last_response_.empty()) out.push_back(send{to_, last_response_});
            break;
        case timer::g:
            out.push_back(send{to_, last_response_});
            interval_ = std::min<duration>(2 * interval_, times_.t2);
            timers_.set(timer::g, now + interval_);
            break;
        case timer::h:
            out.push_back(failed{self_, failure::timeout});
            terminate();
            break;
        case timer::i:
        case timer::l: terminate(); break;
        case timer::count: break;
        }
    }
}

void invite_server::terminate()
{
    state_ = state::terminated;
    timers_.stop_all();
}

} // namespace solosip::transaction
