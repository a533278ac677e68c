// What is done in a call: play, press, listen, hang up.
#include "phone.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <deque>

namespace solosip::program
{
namespace
{

milliseconds to_milliseconds(double s)
{
    return milliseconds(static_cast<std::int64_t>(s * 1000));
}

std::string_view to_string(dtmf_via via)
{
    return via == dtmf_via::info ? "info" : via == dtmf_via::tone ? "tone" : "rtp";
}

// What was heard until it is said again; never more than a second.
class echo
{
public:
    void hear(std::span<const std::int16_t> samples)
    {
        waiting_.insert(waiting_.end(), samples.begin(), samples.end());
        while (waiting_.size() > 8000)
            waiting_.pop_front();
    }
    // Silence while there is nothing: fewer samples than asked for would end the sound.
    std::size_t say(std::span<std::int16_t> to)
    {
        for (auto& s : to)
        {
            s = 0;
            if (waiting_.empty()) continue;
            s = waiting_.front();
            waiting_.pop_front();
        }
        return to.size();
    }

private:
    std::deque<std::int16_t> waiting_;
};

} // namespace

asio::awaitable<ending> phone::converse(solosip::call c, const conversation& plan)
{
    talking_ = c;
    to_say_ = 0;
    report_.event("answered", {{"remote", c.remote_uri()}});
    asio::co_spawn(io_, read_digits(c), asio::detached);
    asio::co_spawn(io_, watch_hold(c), asio::detached);
    if (plan.hold_after)
        asio::co_spawn(io_, change_hold(c, *plan.hold_after, true), asio::detached);
    if (plan.resume_after)
        asio::co_spawn(io_, change_hold(c, *plan.resume_after, false), asio::detached);
    if (plan.hang_up_after) asio::co_spawn(io_, limit(c, *plan.hang_up_after), asio::detached);
    if (!plan.record.empty())
    {
        std::error_code ec;
        co_await c.async_record(file_sink(plan.record, plan.recorded), by(ec));
        if (ec && ec != errc::call_ended)
            fail_in_call(c, "cannot record into '" + plan.record + "': " +
                                explain(ec, plan.record) + "; choose another file for --record");
    }
    if (plan.echo)
    {
        const auto shared = std::make_shared<echo>();
        c.async_record(pcm_sink([shared](auto heard) { shared->hear(heard); }, 8000),
                       asio::detached);
        c.async_play(pcm([shared](auto to) { return shared->say(to); }, 8000), asio::detached);
    }
    if (!plan.digits.empty() || !plan.play.empty())
        asio::co_spawn(io_, speak(c, plan), asio::detached);
    else if (plan.until_played)
        c.hang_up();

    if (!plan.transfer_to.empty())
        asio::co_spawn(io_, transfer(c, plan.transfer_to), asio::detached);

    std::error_code ec;
    const auto how = co_await c.async_wait_end(by(ec));
    limit_.cancel();
    hold_.cancel();
    resume_.cancel();
    talking_.reset();
    if (!plan.record.empty())
    {
        co_await c.async_wait_recording(by(ec));
        if (ec && failed_.empty())
            failed_ = "'" + plan.record + "' is not complete: " + ec.message();
    }
    tell_media(c);
    tell_end(how);
    if (!failed_.empty()) throw mistake(exit_failed, failed_);
    co_return how;
}

void phone::tell_media(const call& c)
{
    const statistics s = c.stats();
    nlohmann::ordered_json members = {{"sent", s.sent_packets},
                                      {"received", s.received_packets},
                                      {"lost", s.lost_packets},
                                      {"jitter_ms", s.jitter_ms},
                                      {"reports_heard", s.received_reports}};
    if (s.received_reports > 0)
    {
        members["remote_lost"] = s.remote_lost_packets;
        members["round_trip_ms"] = s.round_trip_ms;
    }
    if (s.mos > 0) members["mos"] = s.mos;
    if (const auto suite = c.srtp())
    {
        members["srtp"] = to_string(*suite);
        members["unauthentic"] = s.unauthentic_packets;
    }
    report_.event("media", members);
}

void phone::tell_end(const ending& how)
{
    nlohmann::ordered_json members = {
        {"who", ua::to_string(how.who)}, {"status", how.status}, {"reason", how.reason}};
    if (how.why != errc{}) members["error"] = describe(how.why);
    members["duration"] = static_cast<double>(how.duration.count()) / 1000;
    report_.event("ended", members);
}

asio::awaitable<void> phone::read_digits(solosip::call c)
{
    while (true)
    {
        std::error_code ec;
        const auto d = co_await c.async_read_digit(by(ec));
        if (ec) co_return;
        report_.event("digit", {{"key", std::string(1, d.key)},
                                {"length_ms", d.length.count()},
                                {"via", to_string(d.via)}});
    }
}

// Keys first, then the files as one queue, so that no gap is between them.
asio::awaitable<void> phone::speak(solosip::call c, conversation plan)
{
    if (!plan.digits.empty())
    {
        std::error_code ec;
        co_await c.async_send_digits(plan.digits, dtmf_via::automatic, by(ec));
        const bool over = ec == errc::call_ended || (ec == errc::cancelled && c.ended());
        if (over) co_return;
        if (ec) co_return fail_in_call(c, "cannot press '" + plan.digits + "': " + ec.message());
        report_.event("pressed", {{"digits", plan.digits}});
    }
    to_say_ = plan.play.size();
    if (to_say_ == 0 && plan.until_played) c.hang_up();
    milliseconds gap = plan.after;
    for (const auto& path : plan.play)
    {
        c.async_play_after(gap, file(path),
                           [this, c, path, last = plan.until_played](std::error_code ec)
                           { on_played(c, path, ec, last); });
        gap = milliseconds(0);
    }
}

void phone::on_played(const solosip::call& c, const std::string& path, std::error_code ec,
                      bool until_played)
{
    const bool over = ec == errc::call_ended || ec == errc::cancelled || ec == errc::shut_down;
    if (ec && !over)
    {
        fail_in_call(c, "cannot play '" + path + "': " + explain(ec, path));
        return;
    }
    report_.event("played", {{"file", path}, {"complete", !ec}});
    if (--to_say_ == 0 && until_played && !ec) c.hang_up();
}

asio::awaitable<void> phone::limit(solosip::call c, double seconds_after_answer)
{
    limit_.expires_after(to_milliseconds(seconds_after_answer));
    std::error_code ec;
    co_await limit_.async_wait(by(ec));
    if (!ec) c.hang_up();
}

asio::awaitable<void> phone::change_hold(solosip::call c, double seconds_after_answer, bool hold)
{
    auto& timer = hold ? hold_ : resume_;
    timer.expires_after(to_milliseconds(seconds_after_answer));
    std::error_code ec;
    co_await timer.async_wait(by(ec));
    if (ec) co_return;
    if (hold)
        co_await c.async_hold(by(ec));
    else
        co_await c.async_resume(by(ec));
    // The call goes on as it was.
    if (ec && ec != errc::call_ended)
        report_.event(hold ? "hold_failed" : "resume_failed", {{"error", ec.message()}});
}

asio::awaitable<void> phone::watch_hold(solosip::call c)
{
    while (true)
    {
        std::error_code ec;
        const auto now = co_await c.async_wait_hold(by(ec));
        if (ec) co_return;
        report_.event("hold", {{"by_us", now.by_us}, {"by_peer", now.by_peer}});
    }
}

void phone::fail_in_call(const solosip::call& c, std::string why)
{
    if (failed_.empty()) failed_ = std::move(why);
    c.hang_up();
}

} // namespace solosip::program
