// A call: what can be done while two people, or a person and a machine, are connected.
#pragma once

#include "solosip/audio.hpp"
#include "solosip/config.hpp"
#include "solosip/operation.hpp"

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace solosip
{
namespace detail
{

struct call_state;
using call_ptr = std::shared_ptr<call_state>;

void play(const call_ptr& c, handler<> h, audio_source what, milliseconds after);
void play_until_key(const call_ptr& c, handler<char> h, audio_source what, std::string keys,
                    milliseconds after);
void record(const call_ptr& c, handler<> h, audio_sink to);
void wait_recording(const call_ptr& c, handler<> h);
void read_audio(const call_ptr& c, handler<std::size_t> h, std::span<std::int16_t> to);
void read_digit(const call_ptr& c, handler<digit> h);
void read_digits(const call_ptr& c, handler<std::string> h, std::size_t most, char terminator,
                 milliseconds idle);
void send_digits(const call_ptr& c, handler<> h, std::string keys, dtmf_via via);
void change_hold(const call_ptr& c, handler<> h, bool hold);
void wait_hold(const call_ptr& c, handler<hold_state> h);
void wait_end(const call_ptr& c, handler<ending> h);
void end_call(const call_ptr& c, handler<ending> h);
void transfer(const call_ptr& c, handler<response> h, std::string to,
              std::function<void(const progress&)> on_progress);
void send_request(const call_ptr& c, handler<response> h, request r);

} // namespace detail

/// A handle, cheap to copy; the agent owns the call itself, so dropping a handle hangs nothing up.
/// It may outlive the call and the agent: each operation then completes with `errc::call_ended`, or
/// with `errc::shut_down` where the agent has gone. Every member may be called from any thread and
/// from inside any handler; handlers are never called from within a member.
class call
{
public:
    using executor_type = asio::any_io_executor;

    /// No call: operations on it complete with `errc::no_such_call`.
    call() = default;
    explicit operator bool() const noexcept { return state_ != nullptr; }
    executor_type get_executor() const noexcept { return executor_; }
    friend bool operator==(const call& a, const call& b) { return a.state_ == b.state_; }

    /// The other side's address of record, "sip:bob@example.com".
    std::string remote_uri() const;
    bool ended() const { return outcome().has_value(); }
    /// How it ended; nothing while it goes on.
    std::optional<ending> outcome() const;
    /// The first header of that name in the INVITE that called us, or in the answer to our own; in
    /// any case, long or short.
    std::optional<std::string> header(std::string_view name) const;
    /// What `call_options::user_data` or `set_user_data` gave it: a reference of yours.
    std::any user_data() const;
    void set_user_data(std::any data) const;
    /// How the audio is encrypted, as it was last agreed; nothing where it is not.
    std::optional<srtp_suite> srtp() const;
    /// As of the last packet; of the whole call once it has ended.
    statistics stats() const;

    /// Appends to the queue of sounds; completes when the last sample has been sent. Cancelling
    /// stops this sound only. Errors: no_such_file, unsupported_audio_file, too_many, cancelled
    /// where the queue was cleared, call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_play(audio_source what, Token&& token = Token()) const
    {
        return async_play_after(milliseconds(0), std::move(what), std::forward<Token>(token));
    }

    /// The same after a gap of silence, counted from the end of what plays before it.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_play_after(milliseconds gap, audio_source what, Token&& token = Token()) const
    {
        return detail::initiate<>(std::forward<Token>(token), state_, executor_, &detail::play,
                                  std::move(what), gap);
    }

    /// The same, but a press of one of `keys` (empty: of any key) after this call ends the sound,
    /// also while it waits in the queue; then the result is that key, else '\0'. The key stays to
    /// be read by `async_read_digit`. Several sounds played so in a row all end with one press.
    /// Also bad_digit for what is no key.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, char)) Token = default_token>
    auto async_play_until_key(audio_source what, std::string keys, milliseconds gap,
                              Token&& token = Token()) const
    {
        return detail::initiate<char>(std::forward<Token>(token), state_, executor_,
                                      &detail::play_until_key, std::move(what), std::move(keys),
                                      gap);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, char)) Token = default_token>
    auto async_play_until_key(audio_source what, std::string keys = {},
                              Token&& token = Token()) const
    {
        return async_play_until_key(std::move(what), std::move(keys), milliseconds(0),
                                    std::forward<Token>(token));
    }

    /// Empties the queue and stops what plays.
    void clear_playback() const;

    /// Writes what is said from now on, instead of to a sink given before; completes when it has
    /// begun. It lasts until `stop_recording` or the end of the call; when `async_wait_end`
    /// completes, the file is whole. Errors: no_such_file (it cannot be written),
    /// unsupported_audio_file, call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_record(audio_sink to, Token&& token = Token()) const
    {
        return detail::initiate<>(std::forward<Token>(token), state_, executor_, &detail::record,
                                  std::move(to));
    }
    void stop_recording() const;
    /// Completes when the recording is over and its file is whole; at once where nothing is
    /// recorded, with what became of the last one. Cancelling ends only the wait. Errors:
    /// write_failed where the file could not be written to its end, a full disk for instance (the
    /// call goes on).
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_wait_recording(Token&& token = Token()) const
    {
        return detail::initiate<>(std::forward<Token>(token), state_, executor_,
                                  &detail::wait_recording);
    }

    /// What the other side says, beside any recording: `media_options::pcm_rate` samples a second,
    /// silence included. Completes as soon as there is something, with how many samples were
    /// written to `to`, which has to live until then. Hearing begins with the first read; a second
    /// of it is kept, then the oldest is dropped and counted (`statistics::unread_samples`).
    /// Cancelling loses nothing. Errors: call_ended, when all has been read.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, std::size_t)) Token = default_token>
    auto async_read_audio(std::span<std::int16_t> to, Token&& token = Token()) const
    {
        return detail::initiate<std::size_t>(std::forward<Token>(token), state_, executor_,
                                             &detail::read_audio, to);
    }

    /// The next key that is pressed at the other end. Keys wait until they are read, also those
    /// pressed before the call ended; `limits::digits` of them, then the oldest is dropped.
    /// Cancelling ends the wait and loses nothing. Errors: call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, digit)) Token = default_token>
    auto async_read_digit(Token&& token = Token()) const
    {
        return detail::initiate<digit>(std::forward<Token>(token), state_, executor_,
                                       &detail::read_digit);
    }

    /// Keys up to `most` of them (256 at most), or to `terminator` (which is not part of them;
    /// '\0': none), or until nothing was pressed for `idle` (0: for ever), so they may be none.
    /// Where the call ends, the error comes with the keys read before; cancelling loses nothing.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, std::string)) Token = default_token>
    auto async_read_digits(std::size_t most, char terminator, milliseconds idle,
                           Token&& token = Token()) const
    {
        return detail::initiate<std::string>(std::forward<Token>(token), state_, executor_,
                                             &detail::read_digits, most, terminator, idle);
    }

    /// Presses keys, one after the other; completes when the last has gone out. Cancelling ends
    /// only the wait. Errors: bad_digit (also for a key by RFC 4733 that their fmtp lacks, often
    /// the flash; `automatic` sends that by INFO), too_many, bad_config where RFC 4733 was asked
    /// for but not agreed, call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_send_digits(std::string keys, dtmf_via via, Token&& token = Token()) const
    {
        return detail::initiate<>(std::forward<Token>(token), state_, executor_,
                                  &detail::send_digits, std::move(keys), via);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_send_digits(std::string keys, Token&& token = Token()) const
    {
        return async_send_digits(std::move(keys), dtmf_via::automatic, std::forward<Token>(token));
    }

    /// Puts the other side on hold: we hear it no more, and what is played goes on being heard
    /// there. Completes when both sides know. Cancelling ends only the wait. Errors: what the other
    /// side refused with (all stays as it was then), too_many, call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_hold(Token&& token = Token()) const
    {
        return detail::initiate<>(std::forward<Token>(token), state_, executor_,
                                  &detail::change_hold, true);
    }
    /// Ends our hold; theirs, if there is one, stays. As `async_hold`.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code)) Token = default_token>
    auto async_resume(Token&& token = Token()) const
    {
        return detail::initiate<>(std::forward<Token>(token), state_, executor_,
                                  &detail::change_hold, false);
    }
    /// Who holds now. While the other side does, nothing of ours is heard there: sounds wait.
    hold_state held() const;
    /// The next change of that, by whomever. Changes that nobody waits for are kept, the latest
    /// few. Cancelling loses nothing. Errors: call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, hold_state)) Token = default_token>
    auto async_wait_hold(Token&& token = Token()) const
    {
        return detail::initiate<hold_state>(std::forward<Token>(token), state_, executor_,
                                            &detail::wait_hold);
    }

    /// Completes when the call has ended, by whomever, or at once where it has.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, ending)) Token = default_token>
    auto async_wait_end(Token&& token = Token()) const
    {
        return detail::initiate<ending>(std::forward<Token>(token), state_, executor_,
                                        &detail::wait_end);
    }

    /// Hangs up (CANCEL, BYE or 603, as the state asks for) and completes with how the call ended;
    /// that is no error where the other side was faster.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, ending)) Token = default_token>
    auto async_hang_up(Token&& token = Token()) const
    {
        return detail::initiate<ending>(std::forward<Token>(token), state_, executor_,
                                        &detail::end_call);
    }
    /// The same for those who need not know.
    void hang_up() const;

    /// Asks the other side to call `to` (a SIP URI, or a user of our domain) instead of talking to
    /// us. Completes with what became of that: status and reason; where it worked, the call ends,
    /// otherwise it goes on. `on_progress` hears of provisional answers there, on the agent's
    /// executor. Cancelling ends only the wait. Errors: as of `agent::async_call` for the other
    /// side's call; forbidden, rejected... where it does not want to; timed_out where it never
    /// tells; bad_uri, call_in_progress, call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, response)) Token = default_token>
    auto async_transfer(std::string to, std::function<void(const progress&)> on_progress,
                        Token&& token = Token()) const
    {
        return detail::initiate<response>(std::forward<Token>(token), state_, executor_,
                                          &detail::transfer, std::move(to), std::move(on_progress));
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, response)) Token = default_token>
    auto async_transfer(std::string to, Token&& token = Token()) const
    {
        return async_transfer(std::move(to), std::function<void(const progress&)>(),
                              std::forward<Token>(token));
    }

    /// A request of any method inside the call's dialog: INFO, MESSAGE, one of your own. Completes
    /// with its answer, also where that is a refusal (an error, then). Cancelling ends only the
    /// wait. Errors: bad_header; bad_config for a method that calls own, or an UPDATE with a
    /// session description; too_many; timed_out; as for the status of a refusal; call_ended.
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, response)) Token = default_token>
    auto async_request(const request& r, Token&& token = Token()) const
    {
        return detail::initiate<response>(
            std::forward<Token>(token), state_, executor_,
            static_cast<void (*)(const detail::call_ptr&, handler<response>, request)>(
                &detail::send_request),
            r);
    }
    template <ASIO_COMPLETION_TOKEN_FOR(void(std::error_code, response)) Token = default_token>
    auto async_request(request&& r, Token&& token = Token()) const
    {
        detail::check_temporary<decltype(async_request(r, std::forward<Token>(token)))>();
        return async_request(r, std::forward<Token>(token));
    }

    explicit call(detail::call_ptr state);

private:
    detail::call_ptr state_;
    executor_type executor_;
};

} // namespace solosip
