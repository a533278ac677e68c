// What the parts of one engine share: configuration, transactions, credentials, and the outputs
// that wait to be polled.
#pragma once

#include "solosip/auth/digest.hpp"
#include "solosip/sip/message.hpp"
#include "solosip/transaction/transaction.hpp"
#include "solosip/ua/engine.hpp"
#include "ua/identity.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::ua
{

/// The methods that we do, for Allow (RFC 3261 section 20.5).
inline constexpr std::string_view allowed_methods =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY";

/// So often a refusal that names a longer interval (422, 423) is followed, one after the other: the
/// first names what is wanted, and whoever asks for more each time only wants to keep us busy.
inline constexpr int interval_tries = 2;

/// An incoming request with what is needed to answer it.
struct incoming
{
    const sip::message& request;
    std::optional<transaction::id> transaction; ///< nothing for an ACK
    endpoint source;
    endpoint local;
};

/// What goes into an answer beside what RFC 3261 section 8.2.6 copies.
struct reply
{
    int status = 200;
    std::string reason{};
    std::string to_tag{}; ///< empty: a fresh one where it must have one
    std::vector<header> headers{};
    std::string content_type{}, body{};
};

class inbox;

class context
{
public:
    context(settings s, random_source& r);

    settings config;
    random_source& random;
    transaction::table transactions;
    auth::client credentials;
    std::optional<identity> who; ///< whom do calls come from?
    bool registers = false; ///< do our credentials belong to a registrar? Else to whom we call.
    std::vector<ip_address> servers; ///< which addresses has our registrar?
    std::string instance;            ///< which device are we? "urn:uuid:..."
    std::optional<endpoint> seen_at; ///< where do our servers see us, if not where we are?
    endpoint seen_from{};            ///< and of which local address is that true?
    std::string contact_user;        ///< which user do our Contacts name? Nobody can guess it.
    bool takes_requests = false;     ///< does the application answer what we do not know?

    transaction::actions actions; ///< what do the transactions want done?
    std::deque<transmit> outbox;
    std::deque<event> events;
    inbox* requests = nullptr; ///< who takes what nobody here knows? The engine's.

    /// The extensions that we do, for Supported (RFC 3261 section 20.37).
    std::string supported() const;
    /// Whether that option is among them.
    bool supports(std::string_view option) const;
    /// The same, or it is only switched off: its usual writing. Empty: we cannot do it.
    std::string_view ability(std::string_view option) const;

    // -- outputs

    void emit(event e);
    void send(const endpoint& to, std::string bytes);
    void log(log_level level, std::string_view text) const;
    /// Asks the edge for the addresses of `where`.
    lookup_id look_up(const hop& where);

    // -- requests

    /// A Via value with a fresh branch, and rport (RFC 3581).
    std::string make_via(const endpoint& local);
    /// A Contact value without parameters; for our own servers it is where they see us.
    std::string make_contact(const endpoint& local, bool ours = false) const;
    /// An Allow value: what we do, and what the application does.
    std::string allow() const;
    /// "z9hG4bK" and randomness.
    std::string make_branch();
    /// Starts a client transaction; a request to our own servers gets the credentials that are
    /// known. A stranger gets none: he could try passwords on a digest at home. Without a
    /// registration each one gets what he has asked for (RFC 3261 section 22.1).
    result<transaction::id> start(sip::message& request, const endpoint& to, bool ours,
                                  time_point now);
    /// How a request outside any dialog of ours is refused because of who sends it; 0: it is not.
    int refusal_of(const sip::message_view& request, const endpoint& source) const;
    /// Whether a 401 or 407 of our own servers is worth another try.
    bool is_server(const ip_address& a) const;
    bool can_answer(const sip::message_view& challenge, const endpoint& from, bool ours,
                    auth::client::attempt& attempt);
    /// What a 2xx of our own servers says of credentials (RFC 7616 section 3.5).
    bool note_success(const sip::message_view& response, const endpoint& from, bool ours);

    // -- responses

    sip::message make_reply(const incoming& in, const reply& r);
    void respond(const incoming& in, const reply& r, time_point now);
    void respond(transaction::id t, const sip::message& response, time_point now);

private:
    std::string scope_of(const endpoint& to) const;
    std::uint32_t last_lookup_ = 0;
};

} // namespace solosip::ua
