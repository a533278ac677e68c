// A scripted SIP peer: it says what the test writes, and keeps what it hears. It has no machines of
// its own, so it can do what no proper peer would.
#pragma once

#include "simulation/world.hpp"
#include "solosip/sip/message.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace solosip::simulation
{

class peer : public participant
{
public:
    peer(world& w, std::string name, ip_address address);

    endpoint sip() const { return {address(), 5060}; }
    /// "192.0.2.9:5060"
    std::string host() const { return sip().to_string(); }
    /// An offer or answer of ours: PCMA and events, RTP at port 7000.
    std::string sdp(const std::string& formats = "8 101", const std::string& more = {}) const;

    // -- what it has heard

    struct heard
    {
        time_point at;
        endpoint from;
        sip::message message;
    };
    std::vector<heard> inbox;
    /// What to do with each message; it is in the inbox already.
    std::function<void(const sip::message&)> on_message;
    /// The last one of this method, or response to it with this status; the test fails without.
    const sip::message& last(sip::method m) const;
    const sip::message& last(int status) const;
    int count(sip::method m) const;
    int count(int status) const;
    std::size_t media_packets = 0;
    int payload_type = -1; ///< of the last one that came
    std::size_t payload_bytes = 0;

    // -- what it says

    /// Answers `request`: the headers that RFC 3261 section 8.2.6 wants, with our tag; `more` are
    /// lines "Name: value\n". A body is a session description unless `more` has a Content-Type.
    void answer(const sip::message& request, const std::string& status_and_reason,
                const std::string& more = {}, const std::string& body = {});
    /// The usual good answer to an INVITE.
    void accept(const sip::message& invite) { answer(invite, "200 OK", contact(), sdp()); }
    std::string contact() const { return "Contact: <sip:" + name() + "@" + host() + ">\n"; }
    /// The tag in our answers; another one is another fork, empty is none.
    std::string tag = "peer";

    /// Text with "\n" for line ends, to `to`. `{name}` is replaced: {via} a Via with a fresh
    /// branch, {via-invite} the one of our last INVITE, {target} {from} {to} {call-id} {route} of
    /// the dialog, {cseq} the next number, {cseq-invite} the last INVITE's, {host}. Content-Length
    /// is added.
    void say(const endpoint& to, const std::string& text, const std::string& body = {});
    /// The last thing said, once more.
    void say_again();

    // -- a dialog that we keep, as a caller or as one who was called

    struct dialog
    {
        endpoint at;        ///< of the other side
        std::string target; ///< its Contact or what we call
        std::string from, to, call_id;
        unsigned cseq = 0, invite_cseq = 0;
        std::string invite_branch;
    };
    dialog with;
    /// INVITE with an offer; `more` as in `answer`.
    void invite(const endpoint& at, const std::string& target, const std::string& more = {},
                std::optional<std::string> body = {});
    /// For the 2xx in the inbox: takes its Contact and tag.
    void acknowledge(const std::string& body = {});
    /// For a refusal.
    void acknowledge_refusal(const sip::message& response);
    void cancel();
    /// Remembers the dialog of an INVITE that we answered.
    void adopt(const sip::message& invite, const endpoint& at);
    /// BYE, INFO, another INVITE... in the dialog.
    void request(const std::string& method, const std::string& more = {},
                 const std::string& body = {});

    /// A datagram of a test's own making from our media port.
    void say_media(const endpoint& to, std::string_view bytes);

    void on_datagram(const datagram& d) override;

private:
    std::string fill(const std::string& text);
    void transmit(const endpoint& to, const std::string& head, const std::string& body);

    std::string fresh_branch();
    unsigned branches_ = 0;
    endpoint last_to_{};
    std::string last_said_;
};

/// Lines of `m` with that header, joined by ", ": for expectations.
std::string header_of(const sip::message& m, std::string_view name);

} // namespace solosip::simulation
