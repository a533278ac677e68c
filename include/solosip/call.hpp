// A call, as a handle.
#pragma once

#include "solosip/audio.hpp"
#include "solosip/config.hpp"
#include "solosip/detail/operation.hpp"

#include <any>
#include <cstddef>
#include <memory>
#include <string>

namespace solosip
{

namespace detail
{
class agent_impl;
class call_impl;
} // namespace detail

/// One call: a cheap copy that may outlive it and its agent. Dropping it hangs nothing up. Every
/// member may be called from any thread and inside any handler; after the end each operation
/// completes with `errc::call_ended`.
///
/// Every `async_` member takes a completion token and without one returns an awaitable. Cancelling
/// an operation ends the waiting (`asio::error::operation_aborted`) and what it began.
class call
{
public:
    call() = default; ///< no call: every operation completes with `errc::no_such_call`

    explicit operator bool() const noexcept { return impl_ != nullptr; }

    std::string remote_uri() const;
    bool ended() const;

    /// A value of the application's own, shared by all copies of the handle. Not synchronised.
    std::any& user_data() const;

    /// Appends to the play queue; completes when the last sample has been sent.
    /// Errors: no_such_file, unsupported_audio_file, too_many; cancelled where it was cleared.
    template <class Token = asio::use_awaitable_t<>>
    auto async_play(audio_source sound, Token&& token = Token()) const
    {
        return async_play_after(milliseconds(0), std::move(sound), std::forward<Token>(token));
    }

    /// The same behind `gap` of silence.
    template <class Token = asio::use_awaitable_t<>>
    auto async_play_after(milliseconds gap, audio_source sound, Token&& token = Token()) const
    {
        return detail::initiate<>(
            executor_, std::forward<Token>(token),
            [impl = impl_, gap, sound = std::move(sound)](detail::any_handler<> h) mutable
            { start_play(impl, gap, std::move(sound), std::move(h)); });
    }

    /// Stops what plays and empties the queue: each item completes with `errc::cancelled`.
    void clear_playback() const;

    /// What the other end says goes there from now on, in place of a sink before; completes when
    /// the recording has begun. Errors: no_such_file where it cannot be created.
    template <class Token = asio::use_awaitable_t<>>
    auto async_record(audio_sink to, Token&& token = Token()) const
    {
        return detail::initiate<>(
            executor_, std::forward<Token>(token),
            [impl = impl_, to = std::move(to)](detail::any_handler<> h) mutable
            { start_record(impl, std::move(to), std::move(h)); });
    }
    void stop_recording() const;

    /// The next key press, by RFC 4733 or INFO; up to `limits::digits` wait to be read.
    template <class Token = asio::use_awaitable_t<>>
    auto async_read_digit(Token&& token = Token()) const
    {
        return detail::initiate<digit>(executor_, std::forward<Token>(token),
                                       [impl = impl_](detail::any_handler<digit> h) mutable
                                       { start_read_digit(impl, std::move(h)); });
    }

    /// Keys up to `most`, up to `terminator` (which is not among them; '\0': none), or until none
    /// comes for `idle`. An ended call gives what it has, or `errc::call_ended` where that is
    /// nothing.
    template <class Token = asio::use_awaitable_t<>>
    auto async_read_digits(std::size_t most, char terminator, milliseconds idle,
                           Token&& token = Token()) const
    {
        return detail::initiate<std::string>(
            executor_, std::forward<Token>(token),
            [impl = impl_, most, terminator, idle](detail::any_handler<std::string> h) mutable
            { start_read_digits(impl, most, terminator, idle, std::move(h)); });
    }

    /// Presses keys; completes when the last one has been sent.
    /// Errors: bad_digit, too_many, bad_config (RFC 4733 asked for, but not agreed).
    template <class Token = asio::use_awaitable_t<>>
    auto async_send_digits(std::string keys, dtmf_via via = dtmf_via::automatic,
                           Token&& token = Token()) const
    {
        return detail::initiate<>(
            executor_, std::forward<Token>(token),
            [impl = impl_, keys = std::move(keys), via](detail::any_handler<> h) mutable
            { start_send_digits(impl, std::move(keys), via, std::move(h)); });
    }

    /// How it ended; at once where it has. Never fails but by cancellation.
    template <class Token = asio::use_awaitable_t<>>
    auto async_wait_end(Token&& token = Token()) const
    {
        return detail::initiate<ending>(executor_, std::forward<Token>(token),
                                        [impl = impl_](detail::any_handler<ending> h) mutable
                                        { start_wait_end(impl, false, std::move(h)); });
    }

    /// CANCEL, BYE or a refusal: what the state asks for. Completes when the call has ended.
    template <class Token = asio::use_awaitable_t<>>
    auto async_hang_up(Token&& token = Token()) const
    {
        return detail::initiate<ending>(executor_, std::forward<Token>(token),
                                        [impl = impl_](detail::any_handler<ending> h) mutable
                                        { start_wait_end(impl, true, std::move(h)); });
    }
    void hang_up() const;

    /// Packets sent, received, lost and late so far.
    template <class Token = asio::use_awaitable_t<>>
    auto async_statistics(Token&& token = Token()) const
    {
        return detail::initiate<media::statistics>(
            executor_, std::forward<Token>(token),
            [impl = impl_](detail::any_handler<media::statistics> h) mutable
            { start_statistics(impl, std::move(h)); });
    }

    friend bool operator==(const call& a, const call& b) { return a.impl_ == b.impl_; }

private:
    friend class detail::agent_impl;
    friend class invitation;
    using impl_ptr = std::shared_ptr<detail::call_impl>;

    call(impl_ptr impl, asio::any_io_executor executor)
        : impl_(std::move(impl)), executor_(std::move(executor))
    {
    }

    static void start_play(const impl_ptr&, milliseconds, audio_source, detail::any_handler<>);
    static void start_record(const impl_ptr&, audio_sink, detail::any_handler<>);
    static void start_read_digit(const impl_ptr&, detail::any_handler<digit>);
    static void start_read_digits(const impl_ptr&, std::size_t, char, milliseconds,
                                  detail::any_handler<std::string>);
    static void start_send_digits(const impl_ptr&, std::string, dtmf_via, detail::any_handler<>);
    static void start_wait_end(const impl_ptr&, bool hang_up, detail::any_handler<ending>);
    static void start_statistics(const impl_ptr&, detail::any_handler<media::statistics>);

    impl_ptr impl_;
    asio::any_io_executor executor_;
};

} // namespace solosip
