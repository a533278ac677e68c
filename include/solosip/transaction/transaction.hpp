// The four machines of RFC 3261 section 17, with RFC 6026, and the table that owns them. No I/O:
// each event appends what is to be done to `actions`.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/time.hpp"
#include "solosip/base/timer_table.hpp"
#include "solosip/sip/message.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace solosip::transaction
{

/// RFC 3261 table 4.
struct timing
{
    duration t1 = milliseconds(500);
    duration t2 = seconds(4);
    duration t4 = seconds(5);
};

/// Names one transaction for its user; never used twice.
enum class id : std::uint64_t
{
};

/// Where a message goes; `reliable` is TCP or TLS, which need no retransmission.
struct destination
{
    endpoint remote{};
    bool reliable = false;

    friend bool operator==(const destination&, const destination&) = default;
};

// ---- what a machine wants done ------------------------------------------------------------------

/// Send these bytes.
struct send
{
    destination to;
    std::string bytes;
};
/// Hand this response to the transaction's user. Provisional ones too; a 2xx to INVITE each time it
/// comes (RFC 6026 section 7.2).
struct deliver
{
    id transaction;
    sip::message response;
};
/// A request that begins a server transaction, or (INVITE answered with 2xx) its ACK, which has
/// none: then `transaction` is nothing.
struct deliver_request
{
    std::optional<id> transaction;
    sip::message request;
    endpoint source;
};
/// A CANCEL for the INVITE server transaction `invite`; it has been answered already with 200.
struct cancelled
{
    id invite;
    sip::message cancel;
};
enum class failure : std::uint8_t
{
    timeout,   ///< Timer B or F: nobody answered; Timer H: no ACK came
    transport, ///< the network refused
};
struct failed
{
    id transaction;
    failure why;
};
/// The machine is gone; its id will not be heard of again.
struct terminated
{
    id transaction;
};
/// A response that belongs to no transaction: a 2xx to an INVITE long settled (the dialog sends ACK
/// again), anything else is for the log. A 2xx that comes behind a refusal is a late fork's: then
/// `invite` is what it answers, so that the dialog can be made and ended (RFC 3261 section
/// 13.2.2.4).
struct stray_response
{
    sip::message response;
    endpoint source;
    sip::message invite{};
};
using action =
    std::variant<send, deliver, deliver_request, cancelled, failed, terminated, stray_response>;
using actions = std::vector<action>;

// ---- the table ----------------------------------------------------------------------------------

/// All transactions of one agent. Each id that it hands out is heard of in one `terminated` at its
/// end, and in at most one `failed` before that.
class table
{
public:
    explicit table(timing t = {});
    ~table();
    table(table&&) noexcept;
    table& operator=(table&&) noexcept;

    // -- client side

    /// Sends `request`, whose top Via has a fresh branch with the cookie (a CANCEL: its INVITE's).
    /// Not for ACK. Errors: too_many (`limits::transactions`), missing_header and bad_syntax for a
    /// request without a usable Via or CSeq.
    result<id> start(const sip::message& request, const destination& to, time_point now,
                     actions& out);
    /// The request that `start` was given; nothing once the machine is gone.
    const sip::message* request_of(id t) const;

    /// Forgets a client transaction whose answer nobody waits for any more (a cancelled INVITE
    /// without a final response, RFC 3261 section 9.1); `terminated` follows.
    void abandon(id t, actions& out);

    // -- server side

    /// Sends a response to a request that was delivered. A final one may be sent once, but for a
    /// 2xx to INVITE, which the dialog repeats until it is acknowledged (RFC 3261 section 13.3.1.4)
    /// or the transaction is gone after 64*T1. INVITE hears 100 by itself after 200 ms. Error:
    /// call_ended where the transaction is gone or has answered.
    result<void> respond(id t, const sip::message& response, time_point now, actions& out);

    // -- events

    /// A datagram that parsed and passed `sip::validate`; `reliable` where it came by TCP or TLS.
    /// Beyond `limits::transactions` new requests are answered 503 without a transaction, and
    /// before that where strangers would take up the room of our own. Responses go to where the
    /// request came from, by RFC 3581 or to the port of its Via (RFC 3261 section 18.2.2); `maddr`
    /// is not followed, as that would let a stranger aim our answers at others.
    void receive(const sip::message_view& m, const endpoint& source, time_point now, actions& out,
                 bool reliable = false);
    /// Whether that is a request once more that has a transaction.
    bool knows(const sip::message_view& request) const;
    /// A final answer to a request that begins no transaction, such as one that `sip::validate`
    /// refuses; where it goes is as for `receive`. Repetitions get the same answer, To tag included
    /// (RFC 3261 section 8.2.7).
    void refuse(const sip::message_view& request, int status, std::string_view reason,
                const endpoint& source, actions& out, bool reliable = false) const;
    /// The edge could not send to `to` (ICMP, no route), or the connection to it is lost: client
    /// transactions that wait for an answer by that transport from there fail.
    void transport_error(const destination& to, time_point now, actions& out);
    /// Cheap: ask after each event.
    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now, actions& out);

    std::size_t size() const;

private:
    struct state;
    std::unique_ptr<state> s_;
};

} // namespace solosip::transaction
