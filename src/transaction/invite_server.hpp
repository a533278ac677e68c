// The INVITE server transaction.
#pragma once

#include "solosip/transaction/transaction.hpp"

namespace solosip::transaction
{

/// RFC 3261 section 17.2.1 (figure 7) with the state `accepted` of RFC 6026 section 7.1. An arrow
/// to the right with no box is done without a change of state. "user:" marks what our side answers.
///
///                     | INVITE delivered
///                     v
///            +----------------+---> user: 101-199: sent
///            |   proceeding   |---> 200 ms without an answer: 100 sent
///            +----------------+---> INVITE: last response sent again
///               |           |
///               | user:     | user:
///               | 300-699   | 2xx
///               | sent      | sent
///               v           v
///       +-----------+   +----------+---> user: 2xx: sent
///    +--| completed |   | accepted |---> INVITE: absorbed
///    |  +-----------+   +----------+---> ACK: delivered
///    |     |     |              |
///    |     |     +-> INVITE, G: | L
///    |     | ACK     last       |
///    | H   v         response   |
///    |  +-----------+ again     |
///    |  | confirmed |---> ACK:  |
///    |  +-----------+ absorbed  |
///    |        | I               |
///    v        v                 v
///   +------------------------------+
///   |          terminated          |
///   +------------------------------+
///
/// H: failed. Errors of the network say nothing here: UDP cannot tell which response they mean, and
/// Timer H notices a caller who is gone.
class invite_server
{
public:
    enum class state : std::uint8_t
    {
        proceeding,
        completed,
        confirmed,
        accepted,
        terminated,
    };

    /// `trying` is the 100 that is sent when the user says nothing for 200 ms.
    invite_server(id self, const destination& to, std::string trying, const timing& times);

    void start(time_point now);
    /// The INVITE once more, or an ACK.
    void on_request(const sip::message_view& request, const endpoint& source, time_point now,
                    actions& out);
    result<void> respond(const sip::message& response, time_point now, actions& out);
    void on_timeout(time_point now, actions& out);

    state current() const { return state_; }
    bool is_over() const { return state_ == state::terminated; }
    std::optional<time_point> next_timeout() const { return timers_.next(); }
    /// Of our responses so far; empty before the first that has one.
    const std::string& to_tag() const { return to_tag_; }

private:
    enum class timer : std::uint8_t
    {
        trying, ///< sends 100
        g,      ///< sends the final response again
        h,      ///< no ACK comes
        i,      ///< absorbs repeated ACKs
        l,      ///< absorbs repeated INVITEs after a 2xx
        count
    };

    void terminate();
    void on_ack(const sip::message_view& ack, const endpoint& source, time_point now, actions& out);
    void begin_completed(time_point now);

    id self_;
    state state_ = state::proceeding;
    destination to_;
    std::string trying_;
    std::string last_response_; // empty before the first
    std::string to_tag_;
    timing times_;
    duration interval_; // of timer G
    timer_table<timer> timers_;
};

} // namespace solosip::transaction
