// Calling and answering.
#include "phone.hpp"

#include "solosip/trace/summary.hpp"

#include <asio/bind_cancellation_slot.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace solosip::program
{
namespace
{

template <class Arguments>
conversation plan_from(const Arguments& a)
{
    conversation p;
    p.play = a.play;
    p.after = milliseconds(a.after_ms);
    p.record = a.record;
    if (a.record_side == "near") p.recorded = side::near;
    if (a.record_side == "both") p.recorded = side::both;
    p.digits = a.digits;
    p.hold_after = a.hold_after;
    p.resume_after = a.resume_after;
    p.hang_up_after = a.hang_up_after;
    p.until_played = a.until_played;
    p.transfer_to = a.transfer.to;
    return p;
}

// Nobody shall be called, or called back, to hear that a file is missing.
void check_files(const conversation& p)
{
    for (const auto& path : p.play)
    {
        errno = 0;
        std::ifstream file(path, std::ios::binary);
        if (!file || file.peek() == std::ifstream::traits_type::eof())
            throw mistake(exit_failed, "cannot play '" + path + "': " +
                                           (errno != 0 ? std::strerror(errno) : "it is empty") +
                                           "; give another file to --play");
    }
    if (p.record.empty()) return;
    const bool there = std::filesystem::exists(p.record);
    errno = 0;
    if (!std::ofstream(p.record, std::ios::binary | std::ios::app))
        throw mistake(exit_failed, "cannot record into '" + p.record + "': " +
                                       std::strerror(errno) + "; give another file to --record");
    std::error_code left_behind; // an empty file then, which does no harm
    if (!there) std::filesystem::remove(p.record, left_behind);
}

} // namespace

asio::awaitable<void> phone::place_call()
{
    const auto& a = options_.call;
    const conversation plan = plan_from(a);

    call_options o;
    o.subject = a.subject;
    o.display_name = options_.account.display_name;
    o.ring_for = seconds(a.ring_for);
    o.follow_redirects = a.follow_redirects;
    o.late_offer = a.late_offer;
    o.on_progress = [this](const progress& p) {
        // The refusals on the way to the next address are no ringing.
        report_.event(p.status < 200 ? "ringing" : "redirected",
                      {{"status", p.status}, {"reason", p.reason}});
    };
    report_.event("calling", {{"target", a.target}});
    std::error_code ec;
    const auto c = co_await agent_->async_call(a.target, o, by(ec));
    if (!ec)
    {
        const auto how = co_await converse(c, plan);
        co_await rest_of_transfer(how);
        const bool as_wished = how.why == errc{} || how.why == errc::transferred ||
                               how.why == errc::duration_limit || stopping_;
        if (as_wished) co_return;
        throw mistake(exit_failed,
                      "the call to " + a.target + " broke off: " + explain(how.why, a.target));
    }
    std::string why = "the call to " + a.target + " failed: " + explain(ec, a.target);
    if (c)
    {
        std::error_code none;
        const auto how = co_await c.async_wait_end(by(none));
        tell_end(how);
        if (how.status != 0 && how.who != ended_by::us)
            why += " (" + std::to_string(how.status) + ' ' + trace::escaped(how.reason) + ')';
    }
    throw mistake(exit_failed, why);
}

asio::awaitable<void> phone::take_calls()
{
    const auto& a = options_.answer;
    for (unsigned taken = 0; !stopping_ && (a.count == 0 || taken < a.count); ++taken)
    {
        std::error_code ec;
        const auto i = co_await agent_->async_accept(
            asio::bind_cancellation_slot(stop_waiting_.slot(), by(ec)));
        if (ec) break;
        report_.event("incoming", {{"from", i.from()}, {"to", i.to()}, {"name", i.display_name()}});
        co_await take(i);
    }
}

asio::awaitable<void> phone::take(invitation i)
{
    const auto& a = options_.answer;
    if (a.reject)
        i.reject(*a.reject);
    else
    {
        ringing_ = i;
        i.ring();
        report_.event("ringing", {{"from", i.from()}});
        if (a.ring > 0)
        {
            // Until the time is over or the caller gives up; then answering tells.
            i.async_wait_cancel([this](std::error_code, const ending&) { waiting_.cancel(); });
            waiting_.expires_after(milliseconds(static_cast<std::int64_t>(a.ring * 1000)));
            std::error_code none;
            co_await waiting_.async_wait(by(none));
        }
        if (!a.early.empty()) co_await play_early(i, a.early);
        ringing_.reset();
        std::error_code ec;
        const auto c = co_await i.async_answer(by(ec));
        if (!ec)
        {
            conversation plan = plan_from(a);
            plan.echo = a.echo;
            const auto how = co_await converse(c, plan);
            co_await rest_of_transfer(how);
            co_return;
        }
    }
    std::error_code ec;
    const auto how = co_await i.async_wait_cancel(by(ec));
    tell_end(how);
}

// Who gives up meanwhile is heard of by answering.
asio::awaitable<void> phone::play_early(invitation i, std::string path)
{
    std::error_code ec;
    const auto c = co_await i.async_early_media(by(ec));
    if (!ec) co_await c.async_play(file(path), by(ec));
    if (ec != errc::call_ended) report_.event("played", {{"file", path}, {"complete", !ec}});
}

void phone::check_plan() const
{
    if (options_.verb == verb::call) check_files(plan_from(options_.call));
    if (options_.verb != verb::answer) return;
    conversation plan = plan_from(options_.answer);
    if (!options_.answer.early.empty()) plan.play.push_back(options_.answer.early);
    check_files(plan);
}

} // namespace solosip::program
