// The whole user agent without I/O: one account, one call. Datagrams, commands and the time go in;
// datagrams, events and the next deadline come out.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/error.hpp"
#include "solosip/base/log.hpp"
#include "solosip/base/random.hpp"
#include "solosip/base/result.hpp"
#include "solosip/base/time.hpp"
#include "solosip/media/session.hpp"
#include "solosip/media/srtp.hpp"
#include "solosip/sip/message.hpp"
#include "solosip/transaction/transaction.hpp"
#include "solosip/ua/request.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace solosip::ua
{

/// Whom we are, and where we say so.
struct account
{
    std::string uri;         ///< "sip:me@example.com": the address of record
    std::string registrar{}; ///< "host", "host:port" or a SIP URI; empty: the host of `uri`
    std::string login{};     ///< empty: the user of `uri`
    std::string password{};
    /// Instead of `password`: H(login:realm:password) in hex, with `realm`. 32 digits are MD5, 64
    /// are SHA-256; "SHA-512-256:" may stand before them.
    std::string ha1{};
    std::string display_name{};
    std::string outbound_proxy{}; ///< all requests go there first; empty: see `engine::call`
    /// Only this realm is answered; empty: any that comes by our own servers. Where it is known,
    /// name it: those whom we call through these servers can ask for one of their own.
    std::string realm{};
    seconds expires{600};          ///< asked for; 60 s to 1 day
    std::vector<header> headers{}; ///< on each REGISTER
};

struct settings
{
    std::string user_agent = "solosip"; ///< User-Agent and Server; empty: neither is sent
    transaction::timing timing{};
    std::vector<const media::codec*> codecs{}; ///< in order of preference; at least one
    /// Whether audio is encrypted (SDES, RFC 4568), by `srtp`, without which it has to be off.
    srtp_policy encryption = srtp_policy::off;
    const media::srtp_transform* srtp = nullptr;
    bool hear_tones = false;  ///< look for keys in the sound even where RFC 4733 was agreed
    seconds media_limit{0};   ///< a call in which nothing is heard for so long ends; 0: never
    milliseconds lead_in{0};  ///< silence before the first sound of a call; see `media::stream`
    seconds ring_limit{60};   ///< an unanswered incoming call hears 480 then
    seconds early_limit{180}; ///< an outgoing call without a final answer is cancelled then
    /// While we are registered, whoever is not our registrar or outbound proxy hears 403.
    bool only_registrar_may_call = true;
    bool allow_transfers = false; ///< follow REFER where the application agrees; take Replaces
    /// Names this device to its registrar for ever (RFC 5626 section 4.1), "urn:uuid:..."; empty: a
    /// new one for each engine.
    std::string instance{};
    bool learn_contact = true; ///< our Contact is where our registrar sees us (RFC 3581)
    seconds request_limit{10}; ///< a request that the application leaves alone hears 480 then
    seconds session_expires{
        1800};           ///< without a refresh it ends then (RFC 4028); 90 at least; 0: never
    seconds max_call{0}; ///< a call is hung up then, counted from its answer; 0: never
    /// Each 18x of ours is reliable (RFC 3262); a caller who cannot do that hears 421.
    bool require_reliable = false;
    milliseconds registration_retry_min{seconds(2)};
    milliseconds registration_retry_max{seconds(300)};
    log_sink log{};
};

enum class call_id : std::uint32_t
{
};
enum class lookup_id : std::uint32_t
{
};
enum class change_id : std::uint32_t
{
};

enum class ended_by : std::uint8_t
{
    us,
    peer,
    network, ///< no answer, no ACK, no route
};
std::string_view to_string(ended_by e);

/// How a call ended; one for each call, always.
struct ending
{
    ended_by who = ended_by::us;
    int status = 0;                ///< the SIP status that ended it; 0 for a BYE
    std::string reason{};          ///< reason phrase, or the text of a Reason header
    errc why{};                    ///< 0 for a call that was answered and hung up normally
    milliseconds duration{0};      ///< from the answer; 0 where there was none
    std::vector<header> headers{}; ///< of the message that ended it; none where none did
};

// ---- events
// ---------------------------------------------------------------------------------------

/// Find the addresses of `host` and answer with `engine::on_lookup`. `host` may be a literal.
struct lookup_wanted
{
    lookup_id id;
    std::string host;
    std::uint16_t port; ///< 0: 5060
};
enum class registration_state : std::uint8_t
{
    registered,
    failed,       ///< see `why`; tried again at `retry_in` unless that is nothing
    unregistered, ///< at our wish
};
struct registration_changed
{
    registration_state state;
    int status = 0; ///< of the answer; 0 where none came
    std::string reason{};
    errc why{};
    seconds granted{0};    ///< our binding's life, where registered
    std::string contact{}; ///< our binding
    std::optional<milliseconds> retry_in{};
};
/// An INVITE; 100 has been sent. `ring`, `answer` or `reject` it.
struct incoming_call
{
    call_id call;
    std::string from_uri, display_name, to_uri;
    sip::message invite;
};
/// A provisional answer to our INVITE (not 100), or a 3xx that is followed.
struct call_progress
{
    call_id call;
    int status;
    std::string reason;
    std::vector<header> headers{};
};
struct call_answered
{
    call_id call;
    std::string remote_uri;
    std::vector<header> headers{}; ///< of their 2xx; none where we answered
};
/// Audio goes to and comes from there from now on; given again when it moves, has
/// another codec, or is encrypted in another way.
struct media_started
{
    call_id call;
    endpoint remote;
    std::string codec;
    endpoint remote_rtcp{};           ///< where RTCP goes
    bool rtcp_mux = false;            ///< from and to the RTP port (RFC 5761)
    std::optional<srtp_suite> srtp{}; ///< how both are encrypted; nothing: they are not
};
enum class digit_method : std::uint8_t
{
    rtp,  ///< RFC 4733
    info, ///< SIP INFO
    tone, ///< in the sound; heard only
};
struct digit
{
    call_id call;
    char key;
    milliseconds length; ///< 0 where not known
    digit_method via;
};
struct played
{
    call_id call;
    media::play_id item;
    bool complete; ///< false: cleared, or the call ended
};
struct digits_sent
{
    call_id call;
    media::digits_id item;
    errc why{}; ///< 0: all went out
};
/// Who keeps the call on hold; given each time that it is another.
struct hold_changed
{
    call_id call;
    bool by_us, by_peer;
};
/// What has become of a wish to change the call; one for each, always.
struct change_done
{
    call_id call;
    change_id change;
    errc why{};     ///< 0: done; else all is as it was
    int status = 0; ///< of a refusal
};
struct call_ended
{
    call_id call;
    ending how;
};
/// What became of a request of ours: once for each.
struct request_done
{
    request_id request;
    errc why{};        ///< 0 for a 2xx
    response answer{}; ///< status 0 where none came
};
/// A request that the application has to `respond` to, within `settings::request_limit`.
struct incoming_request
{
    incoming_id id;
    std::optional<call_id> call; ///< in whose dialog; nothing: outside any
    sip::message request;
    endpoint source;
};
/// Of a transfer that we asked for.
struct transfer_progress
{
    call_id call;
    int status; ///< of their call, 100 to 199
    std::string reason;
};
/// Once for each `engine::transfer`. Where it has worked the call ends.
struct transfer_done
{
    call_id call;
    errc why{};     ///< 0: they have reached the target, or took the REFER and will not tell
    int status = 0; ///< of their call, or of their refusal; 0 where none came
    std::string reason{};
};
/// A REFER: the other side wants us to call `target` instead. `accept_transfer` or
/// `reject_transfer` within `settings::request_limit`.
struct transfer_wanted
{
    call_id call;
    std::string target;
    std::string referred_by{}; ///< a URI; empty: not told
    sip::message refer;
};
/// `call`, which ends now, goes on as `by`: a transfer that we followed, or an INVITE with Replaces
/// (then it is given), which has been answered by itself.
struct call_replaced
{
    call_id call;
    call_id by;
    sip::message invite{};
};
using event = std::variant<lookup_wanted, registration_changed, incoming_call, call_progress,
                           call_answered, media_started, digit, played, digits_sent, hold_changed,
                           change_done, call_ended, request_done, incoming_request,
                           transfer_progress, transfer_done, transfer_wanted, call_replaced>;

/// A datagram for the SIP socket.
struct transmit
{
    endpoint to;
    std::string bytes;
};

/// An address to send to, with the local address that the routing table gives for it.
struct target
{
    endpoint remote;
    endpoint local; ///< with the port of our SIP socket
};

struct call_options
{
    std::string subject{};
    std::string display_name{}; ///< of ours; empty: the account's
    std::string from{};         ///< a URI; empty: the account's, or the local address
    std::vector<header> headers{};
    seconds ring_for{0};          ///< give up with errc::no_answer; 0: `settings::early_limit`
    std::uint16_t media_port = 0; ///< of the RTP socket that the edge has opened
    /// Whether a 300, 301 or 302 is followed, at most `limits::redirects` times; otherwise the call
    /// ends with errc::redirected, and the Contacts are among the headers of its ending.
    bool follow_redirects = false;
    bool late_offer = false; ///< no offer in the INVITE: the other side makes one, we answer it
};

struct answer_options
{
    std::uint16_t media_port = 0;
    std::vector<header> headers{};
};

/// What is to be different in a call; what is left out stays as it is.
struct change
{
    std::optional<bool> hold{}; ///< true: they are not heard any more, and may still be played to
    std::optional<std::uint16_t> media_port{}; ///< our RTP moves there
    bool by_update = false; ///< UPDATE (RFC 3311) where the other side allows it, else re-INVITE
    bool ask = false;       ///< re-INVITE without an offer: the other side makes one
};

/// The rule of using it: after every input (a command, `receive`, `receive_media`, `on_lookup`,
/// `transport_error`, `handle_timeout`) drain `poll_transmit`, `poll_media` and `poll_event` until
/// all are empty, then arm one timer for `next_timeout`. Spurious calls do nothing.
///
/// `random` must outlive it.
class engine
{
public:
    engine(settings s, random_source& random);
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    // ---- the network

    /// A datagram from the SIP socket; `local` is the address that we have towards `source`.
    void receive(std::string_view datagram, const endpoint& source, const endpoint& local,
                 time_point now);
    /// A datagram from the RTP socket of the present call.
    void receive_media(std::span<const std::uint8_t> packet, const endpoint& source,
                       time_point now);
    void on_lookup(lookup_id id, const result<std::vector<target>>& targets, time_point now);
    /// The edge could not send to `to`.
    void transport_error(const endpoint& to, time_point now);

    /// The host's own addresses have changed: where we send from is looked up anew, we register
    /// again, and the other side of an answered call hears where we are by an UPDATE or re-INVITE.
    /// A call that is not answered yet is left alone. Nothing to say: nothing is sent.
    void network_changed(time_point now);

    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now);

    std::optional<transmit> poll_transmit();
    std::optional<event> poll_event();
    /// The next RTP packet into `to` (at least `limits::rtp_packet_bytes`); 0 where there is none.
    std::size_t poll_media(std::span<std::uint8_t> to);
    /// The same for RTCP, also once behind a call's end; best polled before the events.
    std::size_t poll_media_report(std::span<std::uint8_t> to);

    // ---- registration

    /// Registers, and keeps it so until `unregister`; `registration_changed` tells.
    /// Another account replaces the present one. Errors: bad_uri, bad_header, bad_config.
    result<void> register_account(account a, time_point now);
    /// Whom calls come from, without registering.
    result<void> set_account(account a);
    void unregister(time_point now);
    bool registered() const;

    // ---- calls

    /// Sends an INVITE with our offer. `to` is a SIP URI, or a user ("bob", "**9") of our account's
    /// domain. It goes to the account's outbound proxy; without one, to the account's registrar
    /// where the domain is ours, else to the URI's host.
    /// Errors: bad_uri, bad_header, call_in_progress.
    result<call_id> call(std::string_view to, call_options options, time_point now);
    /// 180, again if wanted.
    result<void> ring(call_id c, time_point now, std::vector<header> headers = {});
    /// 183 with our answer (to an INVITE without an offer: our offer): what is played from now on
    /// is heard before the call is answered, and `answer` keeps to this media port. Reliable
    /// (RFC 3262) where the other side knows that. Errors: call_ended, bad_header, and bad_config
    /// where an INVITE without an offer does not know it.
    result<void> early_media(call_id c, answer_options options, time_point now);
    result<void> answer(call_id c, answer_options options, time_point now);
    /// A final answer of 300-699.
    result<void> reject(call_id c, int status, std::string_view reason, time_point now,
                        std::vector<header> headers = {});
    /// A re-INVITE or UPDATE with these changes; `change_done` tells the outcome. One after the
    /// other; where the other side has the same idea at the same time (RFC 3261 section 14.1), it
    /// is tried again. Errors: call_ended (also where it is not answered yet), too_many,
    /// call_in_progress for another media port while a transfer is followed.
    result<change_id> modify(call_id c, change what, time_point now);
    result<change_id> hold(call_id c, time_point now);
    result<change_id> resume(call_id c, time_point now);
    /// CANCEL, BYE or 603: what the state asks for; remembered where none may be sent yet.
    result<void> hang_up(call_id c, time_point now);
    /// The call that is neither ended nor refused; nothing where there is none.
    std::optional<call_id> current_call() const;

    // ---- transfers

    /// Asks the other side to call `to` instead of talking to us (REFER, blind); `transfer_done`
    /// follows, and where it worked the end of the call. Errors: bad_uri, call_ended where the call
    /// is not established, call_in_progress while another one is under way.
    result<void> transfer(call_id c, std::string_view to, time_point now);
    /// Follows their REFER: the new call begins on the media port of the old one, which goes on
    /// until the new one is answered and then ends with errc::transferred; where it is refused the
    /// old one stays. Of `options` the media port is not looked at; Referred-By and Replaces are
    /// written by themselves. Errors: call_ended where there is no such wish any more; bad_uri and
    /// bad_header as in `call`, and call_in_progress while a change moves our media port: then the
    /// wish stays.
    result<call_id> accept_transfer(call_id c, time_point now, call_options options = {});
    /// 300 to 699. Errors: call_ended, bad_config.
    result<void> reject_transfer(call_id c, int status, time_point now);

    // ---- requests of any other method

    /// Sends a request outside any call; `request_done` tells its answer. It goes where a call to
    /// `r.target` would go, with challenges answered.
    /// Errors: bad_uri, bad_header, bad_config for a method that calls or registrations own
    /// (INVITE, ACK, CANCEL, BYE, PRACK, a REGISTER with a Contact), too_many (`limits::requests`).
    /// A REGISTER without one, to the account's domain, asks for the bindings. After a SUBSCRIBE
    /// or REFER each NOTIFY in its dialog is an `incoming_request`, until one says `terminated`.
    result<request_id> send_request(request r, time_point now);
    /// The same inside the dialog of an established call. Also call_ended; bad_config for REGISTER,
    /// and for an UPDATE with a session description.
    result<request_id> send_request(call_id c, request r, time_point now);
    /// Whether the application answers requests that nothing here knows: then each is an
    /// `incoming_request`. Otherwise, and at first, they hear 405, 481 or 501 by themselves.
    void take_requests(bool on);
    /// 100 to 699; a final one once. Errors: call_ended where it has been answered, bad_config,
    /// bad_header.
    result<void> respond(incoming_id id, const response& r, time_point now);

    // ---- audio and digits of the present call

    result<media::play_id> play(call_id c, std::unique_ptr<media::source> sound, milliseconds after,
                                time_point now);
    result<void> clear_playback(call_id c, time_point now);
    /// What they say goes to `far`, and what we say to `near`; null: nowhere.
    result<void> record(call_id c, std::unique_ptr<media::sink> far, time_point now,
                        std::unique_ptr<media::sink> near = {});
    /// What they say also goes there; null ends it.
    result<void> listen(call_id c, std::unique_ptr<media::sink> to, time_point now);
    /// By RFC 4733 where the other side takes all these keys so, else by INFO
    /// application/dtmf-relay. Error: bad_digit, also where RFC 4733 is asked for and a key is none
    /// of theirs.
    result<media::digits_id> send_digits(call_id c, std::string_view keys, time_point now,
                                         std::optional<digit_method> via = {});
    media::statistics media_statistics() const;

    /// Nothing more is to be said to anybody: no call, no BYE, CANCEL or REGISTER without its
    /// answer. What still lives then only absorbs repetitions; an edge that shuts down waits for
    /// this.
    bool settled() const;

    /// Transactions, dialogs and queued outputs that still live: 0 when nothing is left over.
    std::size_t live_objects() const;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace solosip::ua
