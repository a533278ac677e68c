// One binding at one registrar (RFC 3261 section 10.2), kept alive until we no longer want it.
#pragma once

#include "solosip/auth/digest.hpp"
#include "solosip/base/timer_table.hpp"
#include "ua/context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace solosip::ua
{

/// When to refresh a binding that lives for `granted`: early enough for a REGISTER that needs all
/// of its 64*T1 (32 s) and one more, but never before half of it is over.
seconds refresh_after(seconds granted);

/// How long to wait before attempt `failures` + 1: doubled each time from `least` to `most`, and
/// drawn from the upper half of that (RFC 5626 section 4.5).
milliseconds back_off(int failures, milliseconds least, milliseconds most, random_source& random);

/*
                 start                 answer of the edge
     [ idle ] ----------> [ resolving ] ------------> [ requesting ] <---- 401, 423, 200 that
        ^                   ^   ^   ^                   |        |         shows another address,
        |  200 to Expires: 0|   |   |  time to refresh  | 200    |         or comes while we want
        +-------------------|---|---|-------------------+        |         to leave: again
                            |   |   +-- [ registered ] <         |
        another address     |   |             | stop: requesting | anything else
        (from any but idle) |   |                                v
        --------------------+   +------------------------ [ waiting ]
                                        back-off over
*/
class registration
{
public:
    explicit registration(context& ctx) : ctx_(ctx) {}

    /// Registers `ctx.who` from now on, as a new binding.
    void start();
    /// Our address may be another one: registers again at once, and takes the old binding away.
    void on_network_changed();
    /// Before `ctx` gets another account: the binding stays that of the present one.
    void keep_account()
    {
        if (!idle() && !own_) own_ = ctx_.credentials;
    }
    /// Removes the binding; `registration_changed{unregistered}` follows in any case.
    void stop(time_point now);

    bool registered() const { return registered_; }
    bool idle() const { return state_ == state::idle; }
    /// Nothing is under way: neither a request nor the wish to leave.
    bool settled() const;

    bool owns(transaction::id t) const { return transaction_ == t; }
    bool owns(lookup_id l) const { return looking_ == l; }
    void on_targets(const result<std::vector<target>>& targets, time_point now);
    void on_response(const sip::message_view& response, time_point now);
    void on_failure(transaction::failure why, time_point now);

    std::optional<time_point> next_timeout() const { return timers_.next(); }
    void handle_timeout(time_point now);

private:
    enum class state : std::uint8_t
    {
        idle,
        resolving,
        requesting,
        registered,
        waiting,
    };
    enum class timer : std::uint8_t
    {
        again, ///< refresh, or the next try
        count
    };

    void resolve();
    void leave_contact();
    void request(time_point now);
    void next_target_or_fail(errc why, int status, time_point now);
    void on_success(const sip::message_view& response, time_point now);
    void on_interval_too_brief(const sip::message_view& response, time_point now);
    void fail(int status, std::string reason, errc why, std::optional<seconds> retry_after,
              time_point now);
    void finish_leaving(int status, std::string reason, errc why);
    seconds granted_to_us(const sip::message_view& response) const;
    bool learn_contact(const sip::message_view& response);

    auth::client& credentials() { return own_ ? *own_ : ctx_.credentials; }

    context& ctx_;
    std::optional<auth::client> own_; ///< where `ctx` has those of another account
    identity who_; ///< whom do we register? A later `set_account` does not change it.
    state state_ = state::idle;
    bool leaving_ = false;       ///< do we want to be gone?
    bool removing_ = false;      ///< does the REGISTER under way remove the binding?
    bool registered_ = false;    ///< does the registrar hold our binding, as far as we know?
    time_point bound_until_{};   ///< how long may the registrar hold it, even if a refresh failed?
    bool announced_ = false;     ///< has the user been told that we are registered?
    bool ever_accepted_ = false; ///< have our credentials been good once?

    std::optional<lookup_id> looking_;
    std::vector<target> targets_;
    std::size_t target_ = 0;
    std::optional<transaction::id> transaction_;
    auth::client::attempt attempt_;

    std::string call_id_, from_tag_;
    std::uint32_t cseq_ = 0;
    std::string contact_;             ///< our binding's URI
    std::string told_contact_;        ///< which one does the user know?
    std::vector<std::string> former_; ///< bindings of ours that the next REGISTER removes
    bool learned_ = false;            ///< has this refresh taught us another address already?
    seconds asked_{0};
    int failures_ = 0; ///< in a row
    int brief_ = 0;    ///< how often was the interval too brief, one after the other?
    timer_table<timer> timers_;
};

} // namespace solosip::ua
