// The non-INVITE client transaction.
#pragma once

#include "solosip/transaction/transaction.hpp"

namespace solosip::transaction
{

/// RFC 3261 section 17.1.2.2 (figure 6). An arrow to the right with no box is done without a change
/// of state.
///
///                     | request sent
///                     v
///            +----------------+
///      +-----|     trying     |---> E: sent again after T1, 2*T1, ... T2
///      |     +----------------+
///      |        |      | 1xx: deliver
///      |        |      v
///      |     +----------------+
///      |<----|   proceeding   |---> 1xx: deliver; E: sent again each T2
///      |     +----------------+
///      |              | 200-699: deliver (out of both)
///      |              v
///      |     +----------------+
///      |     |   completed    |---> any response: absorbed
///      |     +----------------+
///      |              | K
///      v              v
///   +-------------------------+
///   |       terminated        |
///   +-------------------------+
///   (far left: F or an error of the network: failed)
class non_invite_client
{
public:
    enum class state : std::uint8_t
    {
        trying,
        proceeding,
        completed,
        terminated,
    };

    non_invite_client(id self, sip::message request, const destination& to, const timing& times);

    void start(time_point now, actions& out);
    void on_response(const sip::message_view& response, const endpoint& source, time_point now,
                     actions& out);
    void on_timeout(time_point now, actions& out);
    void on_transport_error(actions& out);
    void abandon();

    state current() const { return state_; }
    bool is_over() const { return state_ == state::terminated; }
    std::optional<time_point> next_timeout() const { return timers_.next(); }
    const sip::message& request() const { return request_; }
    const destination& to() const { return to_; }

private:
    enum class timer : std::uint8_t
    {
        e, ///< sends the request again
        f, ///< nobody answers
        k, ///< absorbs repeated responses
        count
    };

    void terminate();
    void fail(failure why, actions& out);

    id self_;
    state state_ = state::trying;
    sip::message request_;
    destination to_;
    timing times_;
    duration interval_; // of timer E
    timer_table<timer> timers_;
};

} // namespace solosip::transaction
