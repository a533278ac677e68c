// Requests without a call, and calls that go on elsewhere.
#include "phone.hpp"

#include "solosip/trace/summary.hpp"

#include <asio/bind_cancellation_slot.hpp>

namespace solosip::program
{

asio::awaitable<void> phone::send_request()
{
    const auto& a = options_.request;
    request r;
    r.method = options_.verb == verb::message ? "MESSAGE" : "OPTIONS";
    r.target = a.target;
    r.body = a.text;
    if (!r.body.empty()) r.content_type = "text/plain;charset=UTF-8";
    std::error_code ec;
    const auto answer = co_await agent_->async_request(
        r, asio::bind_cancellation_slot(stop_waiting_.slot(), by(ec)));
    if (answer.status != 0)
    {
        nlohmann::ordered_json members = {{"status", answer.status}, {"reason", answer.reason}};
        for (const auto& h : answer.headers)
            if (h.name == "Allow" || h.name == "User-Agent" || h.name == "Server")
                members[h.name] = h.value;
        report_.event("response", members);
    }
    if (!ec || stopping_) co_return;
    std::string why = r.method + " to " + a.target + " failed: " + explain(ec, a.target);
    if (answer.status != 0)
        why += " (" + std::to_string(answer.status) + ' ' + trace::escaped(answer.reason) + ')';
    throw mistake(exit_failed, why);
}

asio::awaitable<void> phone::transfer(solosip::call c, std::string to)
{
    report_.event("transferring", {{"target", to}});
    std::error_code ec;
    const auto told = co_await c.async_transfer(
        to,
        [this](const progress& p) {
            report_.event("transfer_progress", {{"status", p.status}, {"reason", p.reason}});
        },
        by(ec));
    if (!ec)
        report_.event("transferred", {{"status", told.status}, {"reason", told.reason}});
    else if (ec != errc::call_ended)
        fail_in_call(c, "the transfer to " + to + " failed: " + explain(ec, to));
}

// Each call that comes of a transfer is another conversation, without what has been played.
asio::awaitable<void> phone::follow_transfers()
{
    while (!stopping_)
    {
        std::error_code ec;
        const auto t = co_await agent_->async_next_transfer(by(ec));
        if (ec) co_return;
        following_ = true;
        report_.event("referred", {{"target", t.target()}, {"by", t.referred_by()}});
        const auto next = co_await t.async_accept(by(ec));
        try
        {
            conversation plan;
            plan.hang_up_after = options_.verb == verb::call ? options_.call.hang_up_after
                                                             : options_.answer.hang_up_after;
            if (ec)
                report_.event("transfer_failed", {{"error", ec.message()}});
            else
                (void)co_await converse(next, plan);
        }
        catch (const mistake&)
        {
            // `failed_` has the words; whoever waits for us says them.
        }
        following_ = false;
        followed_.cancel();
    }
}

asio::awaitable<void> phone::rest_of_transfer(ending how)
{
    while (following_)
    {
        followed_.expires_at(asio::steady_timer::time_point::max());
        std::error_code ec;
        co_await followed_.async_wait(by(ec));
    }
    // An INVITE with Replaces has taken the place of the call.
    if (how.why != errc::transferred) co_return;
    const conversation plain;
    if (const auto next = agent_->current_call()) (void)co_await converse(next, plain);
}

} // namespace solosip::program
