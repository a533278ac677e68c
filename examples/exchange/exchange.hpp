// A small telephone exchange for people without one: a registrar with passwords, test lines that
// one can call, and calls between those who are registered. No I/O, like the engine that it is made
// of.
#pragma once

#include "lines.hpp"
#include "proxy.hpp"
#include "registrar.hpp"

#include "solosip/auth/digest.hpp"
#include "solosip/transaction/transaction.hpp"
#include "solosip/ua/engine.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::examples
{

struct user
{
    std::string name, password;
};

struct exchange_settings
{
    std::vector<user> users{};
    std::string realm = "exchange";
    /// Challenges are sent for each of these, the strongest first.
    std::vector<auth::algorithm> algorithms{auth::algorithm::sha256, auth::algorithm::md5};
    bool challenge_calls = false; ///< INVITEs need a password too (407)
    registrar::limits_for_bindings bindings{};
    line_settings lines{};
    std::vector<const media::codec*> codecs{};
    /// One UDP port for each call that may be in progress at once; more callers hear 486.
    std::vector<std::uint16_t> media_ports{};
    transaction::timing timing{};
    /// Makes what records the caller of a line ("menu"), given the call's number; may be empty.
    std::function<std::unique_ptr<media::sink>(unsigned number, std::string_view line)> recorder{};
    log_sink log{}; ///< what the lines' engines note
};

/// The rule of using it is the engine's: after every input drain `poll_transmit`, `poll_media` and
/// `poll_event` until all are empty, then arm one timer for `next_timeout`.
///
/// `random` must outlive it.
class exchange
{
public:
    exchange(exchange_settings s, random_source& random);
    ~exchange();

    /// A datagram from the SIP socket; `local` is the address that we have towards `source`.
    void receive(std::string_view datagram, const endpoint& source, const endpoint& local,
                 time_point now);
    /// A datagram from the RTP socket of that port.
    void receive_media(std::uint16_t port, std::span<const std::uint8_t> packet,
                       const endpoint& source, time_point now);
    void transport_error(const endpoint& to, time_point now);

    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now);

    std::optional<ua::transmit> poll_transmit();

    struct media_packet
    {
        std::uint16_t from_port; ///< the RTP socket to send it with
        endpoint to;
        std::size_t size;
    };
    /// The next RTP or RTCP packet into `to` (at least `limits::rtp_packet_bytes`).
    std::optional<media_packet> poll_media(std::span<std::uint8_t> to);
    std::optional<event> poll_event();

    /// Hangs up every call to a line.
    void hang_up_all(time_point now);

    std::vector<binding> bindings_of(std::string_view name, time_point now) const
    {
        return registrar_.bindings_of(name, now);
    }
    std::size_t calls() const;
    /// Calls, transactions and queued outputs: 0 when nothing is left over.
    std::size_t live_objects() const;

private:
    struct held_call
    {
        std::string sip_call_id;
        std::unique_ptr<line_call> at_line;
        bool has_port = true; ///< until it has ended; then it only absorbs repetitions
    };

    std::optional<std::string> password_of(std::string_view name) const;
    auth::verifier::outcome judge(const sip::message_view& request, bool proxy, time_point now);
    bool is_for_table(const sip::message_view& m);
    held_call* find_call(std::string_view call_id);

    void receive_request(const sip::message_view& m, std::string_view datagram,
                         const endpoint& source, const endpoint& local, time_point now);
    bool begin_line_call(const sip::message_view& m, time_point now);
    bool pass_on(const sip::message_view& m, std::string_view callee, const endpoint& source,
                 const endpoint& local, time_point now);

    void act(transaction::actions& todo, time_point now);
    void on_request(transaction::id t, const sip::message& request, const endpoint& source,
                    time_point now, transaction::actions& out);
    void on_register(const sip::message_view& request, sip::message& response,
                     const endpoint& source, time_point now);
    int status_for(const sip::message_view& request, std::string_view callee, time_point now);
    sip::message answer_to(const sip::message_view& request, int status, const endpoint& source);
    void challenge(const sip::message_view& request, sip::message& response, bool proxy,
                   auth::verifier::outcome why, const endpoint& source, time_point now);

    void settle(time_point now);
    void note(event e);

    exchange_settings settings_;
    random_source* random_;
    auth::verifier verifier_;
    registrar registrar_;
    stateless_proxy proxy_;
    transaction::table table_;
    std::vector<held_call> calls_;
    std::vector<std::uint16_t> free_ports_;
    unsigned numbered_ = 0;
    // Branches of the INVITEs that the table answered: their ACKs belong there, although the same
    // Call-ID may by now be a call to a line.
    std::deque<std::string> answered_here_;
    std::deque<ua::transmit> out_;
    std::deque<event> events_;
};

} // namespace solosip::examples
