// The verbs register, call and answer: one agent, driven by coroutines.
#pragma once

#include "options.hpp"
#include "report.hpp"

#include "solosip/agent.hpp"
#include "solosip/trace/ladder.hpp"

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace solosip::program
{

/// What is done in a call, whoever began it.
struct conversation
{
    std::vector<std::string> play;
    milliseconds after{0};
    std::string record;
    side recorded = side::far;
    std::string digits;
    std::optional<double> hold_after, resume_after, hang_up_after; ///< seconds
    bool until_played = false;
    bool echo = false;
    std::string transfer_to;
};

class phone
{
public:
    explicit phone(const options& o);
    ~phone();

    /// Does what the options ask for, and returns the exit status. Throws `mistake`.
    int run();

private:
    class tracer; // hands the agent's messages to the log and the ladder

    void prepare_output();
    void listen();
    void on_signal();
    void write_ladder() const;

    void check_plan() const;
    void tell_end(const ending& how);
    void tell_media(const call& c);

    asio::awaitable<void> serve();
    asio::awaitable<void> close();
    asio::awaitable<void> log_in();
    asio::awaitable<void> watch_registration();
    asio::awaitable<void> stay();
    asio::awaitable<void> place_call();
    asio::awaitable<void> take_calls();
    asio::awaitable<void> take(invitation i);
    asio::awaitable<void> play_early(invitation i, std::string path);

    // requests.cpp
    asio::awaitable<void> send_request();
    asio::awaitable<void> transfer(solosip::call c, std::string to);
    asio::awaitable<void> follow_transfers();
    asio::awaitable<void> rest_of_transfer(ending how);

    // conversation.cpp
    asio::awaitable<ending> converse(solosip::call c, const conversation& plan);
    asio::awaitable<void> read_digits(solosip::call c);
    asio::awaitable<void> speak(solosip::call c, conversation plan);
    void on_played(const solosip::call& c, const std::string& path, std::error_code ec,
                   bool until_played);
    asio::awaitable<void> limit(solosip::call c, double seconds_after_answer);
    asio::awaitable<void> change_hold(solosip::call c, double seconds_after_answer, bool hold);
    asio::awaitable<void> watch_hold(solosip::call c);
    void fail_in_call(const solosip::call& c, std::string why);

    const options& options_;
    report report_;
    trace::ladder ladder_;
    asio::io_context io_;
    std::shared_ptr<tracer> tracer_;
    std::unique_ptr<agent> agent_;
    asio::signal_set signals_;
    asio::steady_timer waiting_;             // for the end of `register`, and for ringing
    asio::steady_timer limit_;               // for the end of a call
    asio::steady_timer hold_, resume_;       // for ours in a call
    asio::steady_timer followed_;            // for the end of the call that came of a transfer
    asio::cancellation_signal stop_waiting_; // for a registration, a call, a farewell
    std::optional<solosip::call> talking_;
    std::optional<invitation> ringing_; // while nobody has answered it
    std::size_t to_say_ = 0;            // sounds of this call that are not finished
    std::string failed_;                // why, where something went wrong within a call
    bool following_ = false;            // a call goes on as another one
    bool registered_ = false;
    bool stopping_ = false;
};

/// The completion token of our coroutines: await it, and find the error in `ec`.
inline auto by(std::error_code& ec)
{
    return asio::redirect_error(asio::use_awaitable, ec);
}

/// One sentence that says what went wrong with `whom`, and what to do.
std::string explain(std::error_code ec, const std::string& whom);

} // namespace solosip::program
