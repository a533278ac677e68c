// The non-INVITE server transaction.
#pragma once

#include "solosip/transaction/transaction.hpp"

namespace solosip::transaction
{

/// RFC 3261 section 17.2.2 (figure 8). An arrow to the right with no box is done without a change
/// of state. "user:" marks what our side answers.
///
///                     | request delivered
///                     v
///            +----------------+
///            |     trying     |---> request: absorbed
///            +----------------+
///               |      | user: 1xx: sent
///               |      v
///            +----------------+---> user: 1xx: sent
///            |   proceeding   |---> request: last response sent again
///            +----------------+
///                     | user: 200-699: sent (out of both)
///                     v
///            +----------------+
///            |   completed    |---> request: last response sent again
///            +----------------+
///                     | J
///                     v
///            +----------------+
///            |   terminated   |
///            +----------------+
///
/// As in `invite_server`, errors of the network say nothing here. One addition: a user who never
/// answers would keep the machine for ever, so it fails after 64*T1, when the other side's Timer F
/// has given up as well.
class non_invite_server
{
public:
    enum class state : std::uint8_t
    {
        trying,
        proceeding,
        completed,
        terminated,
    };

    non_invite_server(id self, const destination& to, const timing& times);

    void start(time_point now);
    /// The request once more.
    void on_request(const sip::message_view& request, const endpoint& source, time_point now,
                    actions& out);
    result<void> respond(const sip::message& response, time_point now, actions& out);
    void on_timeout(time_point now, actions& out);

    state current() const { return state_; }
    bool is_over() const { return state_ == state::terminated; }
    std::optional<time_point> next_timeout() const { return timers_.next(); }

private:
    enum class timer : std::uint8_t
    {
        j,          ///< absorbs repeated requests
        unanswered, ///< our own user has forgotten it
        count
    };

    void terminate();

    id self_;
    state state_ = state::trying;
    destination to_;
    std::string last_response_;
    timing times_;
    timer_table<timer> timers_;
};

} // namespace solosip::transaction
