// What stands behind `agent`: operations that wait, matched with what the engine reports.
#pragma once

#include "net/call_state.hpp"
#include "net/pump.hpp"
#include "net/request_state.hpp"
#include "net/service.hpp"
#include "net/waiting.hpp"
#include "solosip/agent.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <asio/cancellation_type.hpp>

namespace solosip::detail
{

/// Everything here happens on the pump's strand, but for the members that say "any thread". The
/// order is always: change the state, tell the engine, let the pump drain it; handlers are posted
/// and run later.
class agent_core final : public net::tenant,
                         public net::pump::user,
                         public std::enable_shared_from_this<agent_core>
{
public:
    /// Throws std::system_error (bad_config).
    static agent_ptr make(const asio::any_io_executor& executor, const config& c);
    agent_core(const asio::any_io_executor& executor, const config& c);

    net::pump pump;

    // ---- any thread

    template <class F>
    void post(F f)
    {
        pump.post(std::move(f));
    }
    /// Lets `h` be cancelled: `cancel(operation)` runs on the strand then, if this still lives.
    template <class Cancel, class... Results>
    net::operation watch(handler<Results...>& h, Cancel cancel);
    call_ptr shown_call() const;

    // ---- the agent's operations

    void register_account(net::operation id, handler<registration> h, account who);
    void cancel_register(net::operation id);
    void wait_registration(net::operation id, handler<registration> h);
    void cancel_wait_registration(net::operation id);
    void unregister(net::operation id, handler<> h);
    void cancel_unregister(net::operation id);
    void start_call(net::operation id, handler<call> h, const std::string& to, call_options o);
    void accept(net::operation id, handler<invitation> h);
    void cancel_accept(net::operation id);
    void send_request(net::operation id, handler<response> h, request r);
    void cancel_request(net::operation id);
    void next_request(net::operation id, handler<incoming_request> h);
    void cancel_next_request(net::operation id);
    void next_transfer(net::operation id, handler<incoming_transfer> h);
    void cancel_next_transfer(net::operation id);
    void respond(request_state& r, const response& answer);
    void shut_down(handler<> h, milliseconds grace);

    // ---- a call's operations

    void answer(const call_ptr& c, net::operation id, handler<call> h, std::vector<header> headers);
    void early_media(const call_ptr& c, handler<call> h);
    void ring(call_state& c, std::vector<header> headers);
    void reject(call_state& c, int status, const std::string& reason, std::vector<header> headers);
    void hang_up(call_state& c);
    void cancel_connecting(const call_ptr& c, net::operation id);
    void wait_end(call_state& c, net::operation id, handler<ending> h, bool hang_up);
    void cancel_wait_end(call_state& c, net::operation id);
    void play(call_state& c, net::operation id, sound_waiter h, const audio_source& what,
              milliseconds gap);
    void cancel_play(call_state& c, net::operation id);
    void transfer(call_state& c, net::operation id, handler<response> h, const std::string& to,
                  std::function<void(const progress&)> on_progress);
    void cancel_transfer(call_state& c, net::operation id);
    void accept_transfer(transfer_state& t, net::operation id, handler<call> h, call_options o);
    void cancel_accept_transfer(net::operation id);
    void reject_transfer(transfer_state& t, int status);
    void send_request(call_state& c, net::operation id, handler<response> h, request r);
    void clear_playback(call_state& c);
    void record(call_state& c, handler<> h, const audio_sink& to);
    void stop_recording(call_state& c);
    void wait_recording(call_state& c, net::operation id, handler<> h);
    void cancel_wait_recording(call_state& c, net::operation id);
    void read_audio(call_state& c, audio_reader r);
    void cancel_read_audio(call_state& c, net::operation id);
    void read_digits(call_state& c, digit_reader r);
    void cancel_read(call_state& c, net::operation id);
    void send_digits(call_state& c, net::operation id, handler<> h, const std::string& keys,
                     dtmf_via via);
    void cancel_send(call_state& c, net::operation id);
    void change_hold(call_state& c, net::operation id, handler<> h, bool hold);
    void cancel_change(call_state& c, net::operation id);
    void wait_hold(call_state& c, net::operation id, handler<hold_state> h);
    void cancel_wait_hold(call_state& c, net::operation id);

    /// Says goodbye in one datagram, closes everything, completes all that waits; the shutdown
    /// itself with `how`.
    void close(std::error_code how);

private:
    void leave(const call_state& c, time_point now);
    static ua::call_options engine_options(call_options& o);

    // net::pump::user, net::tenant
    void on_event(ua::event& e) override;
    std::optional<time_point> next_deadline() const override;
    void on_deadline(time_point now) override;
    void on_quiet() override;
    std::shared_ptr<user> self() override { return shared_from_this(); }
    void evict() override;

    void on(ua::registration_changed& e);
    void on(ua::incoming_call& e);
    void on(ua::call_progress& e);
    void on(ua::call_answered& e);
    void on(ua::media_started& e);
    void on(ua::digit& e);
    void on(ua::played& e);
    void on(ua::digits_sent& e);
    void on(ua::hold_changed& e);
    void on(ua::change_done& e);
    void on(ua::call_ended& e);
    void on(ua::request_done& e);
    void on(ua::transfer_progress& e);
    void on(ua::transfer_done& e);
    void on(ua::transfer_wanted& e);
    void on(ua::call_replaced& e);
    void on(ua::incoming_request& e);
    void on(ua::lookup_wanted&) {} // the pump's

    std::error_code ready();
    std::error_code refusal(const call_state& c) const;
    void show(const call_ptr& c);
    void end_waiting(call_state& c);
    void complete_cut(call_state& c);
    void end_requests();
    call_ptr known(ua::call_id id) const;
    void end_next(const ending& how);
    void feed_readers(call_state& c, time_point now);
    static void cut_sounds(call_state& c, char key);
    void finish_recording(call_state& c);
    static void on_recorded(call_state& c, std::error_code how);
    static void feed_audio_readers(call_state& c);
    static void end_audio_readers(call_state& c, std::error_code ec);
    static void complete(digit_reader& r, std::error_code ec);
    void serve_soon();
    void serve();
    void log(log_level level, std::string_view text) const;

    enum class state : std::uint8_t
    {
        open,
        leaving, ///< `async_shutdown` waits for the others' answers
        closed,
    };
    state state_ = state::open;
    time_point leave_by_{};
    net::waiting<> leaving_;

    bool has_registration_ = false;
    net::waiting<registration> registering_, registration_watchers_;
    net::waiting<> unregistering_;
    std::deque<registration> registration_news_;

    net::waiting<invitation> accepting_;
    std::vector<asking> asking_;
    net::waiting<incoming_request> request_takers_;
    std::deque<incoming_request> requests_; ///< not fetched yet

    net::waiting<incoming_transfer> transfer_takers_;
    std::optional<incoming_transfer> wanted_; ///< not fetched yet

    call_ptr next_;       ///< takes the place of `current_` when that ends
    call_ptr current_;    ///< the call that has not ended
    call_ptr unaccepted_; ///< the same, while nobody has been handed the invitation
    mutable std::mutex mutex_;
    call_ptr shown_; ///< guarded: `current_` for other threads

    std::vector<std::shared_ptr<audio::background>> files_; ///< to be served between ticks
    bool serving_ = false, ticked_ = false;

    std::atomic<std::uint64_t> last_operation_ = 0;
};

template <class Cancel, class... Results>
net::operation agent_core::watch(handler<Results...>& h, Cancel cancel)
{
    const net::operation id{++last_operation_};
    if (auto slot = h.slot(); slot.is_connected())
        slot.assign(
            [weak = weak_from_this(), id, cancel](asio::cancellation_type type)
            {
                if (type == asio::cancellation_type::none) return;
                if (const auto self = weak.lock()) self->post([self, id, cancel] { cancel(id); });
            });
    return id;
}

} // namespace solosip::detail
