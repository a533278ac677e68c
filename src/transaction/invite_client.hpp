// The INVITE client transaction.
#pragma once

#include "solosip/transaction/transaction.hpp"

namespace solosip::transaction
{

/// RFC 3261 section 17.1.1.2 (figure 5) with the state `accepted` of RFC 6026 section 7.2. An arrow
/// to the right with no box is done without a change of state.
///
///                     | INVITE sent
///                     v
///            +----------------+
///      +-----|    calling     |---> A: INVITE sent again
///      |     +----------------+
///      |              | 1xx: deliver
///      |              v
///      |     +----------------+
///      |<----|   proceeding   |---> 1xx: deliver
///      |     +----------------+
///      |        |           |       (out of both)
///      |        | 300-699   | 2xx
///      |        | ACK sent, | deliver
///      |        | deliver   |
///      |        v           v
///      | +-----------+ +----------+
///      | | completed | | accepted |---> 2xx: deliver
///      | +-----------+ +----------+
///      |    |  |            |
///      |    |  +-> 300-699: | M
///      |    | D    ACK sent |
///      v    v               v
///   +-----------------------------+
///   |         terminated          |
///   +-----------------------------+
///   (far left: B, in calling only, or an error of the network: failed)
///
/// Three things differ from the RFC on purpose. An error of the network fails `proceeding` too, as
/// nobody is there any more who could answer. It does not end `completed`, which has its answer and
/// only absorbs repetitions. And a 2xx in `completed` (a late fork) becomes a `stray_response`, so
/// that somebody can end that dialog.
class invite_client
{
public:
    enum class state : std::uint8_t
    {
        calling,
        proceeding,
        completed,
        accepted,
        terminated,
    };

    invite_client(id self, sip::message request, const destination& to, const timing& times);

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
        a, ///< sends the INVITE again
        b, ///< nobody answers
        d, ///< waits for repeated final responses
        m, ///< waits for repeated and forked 2xx
        count
    };

    void terminate();
    void fail(failure why, actions& out);
    void on_2xx(const sip::message_view& response, time_point now, actions& out);
    void on_rejection(const sip::message_view& response, time_point now, actions& out);
    void acknowledge(const sip::message_view& response, actions& out) const;

    id self_;
    state state_ = state::calling;
    sip::message request_;
    destination to_;
    timing times_;
    duration interval_; // of timer A
    timer_table<timer> timers_;
};

} // namespace solosip::transaction
