// One call, from the wish or the INVITE to the last message that anybody may send about it. A
// product of small states; what each verb does stands in a file of its own: invite.cpp, answer.cpp,
// provisional.cpp, lasting.cpp, end.cpp, info.cpp, modify.cpp (changes that we want), reoffer.cpp
// (that they want); legs.cpp carries requests inside its dialogs.
#pragma once

#include "dialog/dialog.hpp"
#include "dtmf/merger.hpp"
#include "solosip/auth/digest.hpp"
#include "solosip/base/timer_table.hpp"
#include "solosip/sip/header_values.hpp"
#include "ua/call_media.hpp"
#include "ua/context.hpp"
#include "ua/negotiation.hpp"
#include "ua/request.hpp"
#include "ua/session_timer.hpp"
#include "ua/transfer.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace solosip::ua
{

// clang-format off
/// How far the INVITE has come (RFC 3261 sections 13.2 and 13.3).
///
///     caller:  resolving -> calling -> proceeding -> established
///                  ^           ^            |
///                  |           +------------+  401, 407, 421, 422, 503: once more (from calling, too)
///                  +------------------------+  3xx that is followed: another target
///     callee:  offered ----------------------------> established
///     each of them -> finished: refused for good, given up, or over
// clang-format on
enum class phase : std::uint8_t
{
    resolving,   ///< where does the INVITE go?
    calling,     ///< it is out, nothing has come back
    proceeding,  ///< 1xx: from here on it can be cancelled
    offered,     ///< theirs is here, we have not answered finally
    established, ///< 2xx
    finished,
};

/// What has been done about the wish to end the call.
enum class parting : std::uint8_t
{
    none,
    wanted, ///< but nothing may be sent yet: no 1xx, or no ACK
    sent,   ///< CANCEL, BYE or a refusal is out, or was received
};

class call
{
public:
    call(context& ctx, call_id id);

    call_id id() const { return id_; }
    bool ended() const { return ended_; }
    /// Nothing more will be sent or is waited for.
    bool done() const;
    /// As `done`, but for what merely absorbs repetitions.
    bool settled() const;

    // -- commands; the engine has checked that the call is the present one

    void start(std::string target, call_options options, time_point now);
    result<void> ring(const std::vector<header>& headers, time_point now);
    result<void> early_media(const answer_options& options, time_point now);
    result<void> answer(const answer_options& options, time_point now);
    result<void> reject(int status, std::string_view reason, const std::vector<header>& headers,
                        time_point now);
    result<change_id> modify(const change& what, time_point now);
    void hang_up(time_point now);
    void on_network_changed(time_point now);
    result<media::digits_id> send_digits(std::string_view keys, std::optional<digit_method> via,
                                         time_point now);
    /// A request of the application's own, which has been checked.
    result<void> send_request(request_id id, request r, time_point now);
    /// REFER; `target` is a URI.
    result<void> transfer(std::string target, time_point now);
    result<void> decline_refer(int status, time_point now);
    /// Accepts their REFER; fills what the new call needs, which then reports here.
    result<refer_target> follow_refer(call_options& options, time_point now);
    void set_referrer(call* c) { referrer_ = c; }
    /// What becomes of the call that came of their REFER.
    void on_referred_progress(int status, std::string_view reason, time_point now);
    void on_referred_answer(call_id by, time_point now);
    void on_referred_failure(int status, std::string_view reason, time_point now);
    /// Ends because `by` goes on instead; its INVITE where it came from outside.
    void give_way_to(call_id by, const sip::message& invite, time_point now);
    enum class replacing : std::uint8_t
    {
        unknown, ///< no dialog of this call, or one that may not be taken
        ended,
        answered, ///< but only an early one was meant
        yes,
    };
    replacing may_be_replaced(const sip::dialog_reference& r) const;
    /// Where it hears; of a change that is under way, where it was before.
    std::uint16_t media_port() const
    {
        const auto local = media_.local().rtp.port;
        return changes_.empty() ? local : changes_.front().port_before.value_or(local);
    }
    media::session& audio() { return media_.session(); }
    const media::session& audio() const { return media_.session(); }

    // -- what comes in

    /// The INVITE that begins a call towards us. False: it has been refused.
    bool on_invite(const incoming& in, time_point now, bool announce = true);
    /// A request whose tags name a dialog of this call.
    void on_request(const incoming& in, time_point now);
    void on_ack(const sip::message_view& ack, time_point now);
    void on_cancel(const sip::message_view& cancel, time_point now);
    void on_response(transaction::id t, const sip::message_view& response, time_point now);
    /// A 2xx whose transaction is gone already. False: it is of a dialog that this call does not
    /// know.
    bool on_stray_success(const sip::message_view& response);
    /// For a call that nobody has heard of: `invite` was refused or challenged, and `response`, a
    /// 2xx to it, has come afterwards. It is acknowledged and ended.
    void give_back(sip::message invite, const sip::message_view& response, const endpoint& from,
                   time_point now);
    /// From now on this is the call that is heard.
    void come_to_front()
    {
        if (std::exchange(announce_later_, false)) announce_media();
    }
    /// Is there another call under way, for a REFER that has come in this one?
    bool follows_refer() const { return followed_.has_value(); }
    void on_failure(transaction::id t, transaction::failure why, time_point now);
    void on_terminated(transaction::id t, time_point now);
    void on_targets(lookup_id l, const result<std::vector<target>>& targets, time_point now);

    std::optional<time_point> next_timeout() const;
    void handle_timeout(time_point now);
    /// Turns what the audio session has to tell into events.
    void report_audio();

    // -- whose is it?

    bool owns(transaction::id t) const;
    bool owns(lookup_id l) const;
    bool has_dialog_for(const sip::message_view& request) const;
    /// The same request by another path (RFC 3261 section 8.2.2.2).
    bool is_merged(const sip::message_view& request) const;

private:
    enum class timer : std::uint8_t
    {
        limit,             ///< rings for too long
        answer_again,      ///< our 2xx is repeated until its ACK comes (section 13.3.1.4)
        answer_limit,      ///< no ACK came
        cancel_limit,      ///< no final response came after our CANCEL (section 9.1)
        provisional_again, ///< our reliable 1xx is repeated until its PRACK comes (RFC 3262)
        provisional_limit, ///< no PRACK came
        ring_again,        ///< we still ring (section 13.3.1.1)
        session_refresh,   ///< half of the session's time is over (RFC 4028 section 10)
        session_end,       ///< it was not refreshed
        longest,           ///< it has lasted long enough
        change_again,      ///< a change that met one of theirs is tried again (section 14.1)
        change_limit,      ///< nobody answers our re-INVITE
        refer_limit,       ///< nobody says what has become of a transfer
        asked_limit,       ///< nobody decides about one
        keys_by_info,      ///< that can go by RFC 4733 no more: now
        count
    };

    /// A request inside a dialog, before it has a number and a Via.
    struct in_dialog
    {
        sip::method method = sip::method::bye;
        std::string method_text{}; ///< where `method` is unknown
        std::vector<std::pair<std::string, std::string>> headers{};
        std::string content_type{}, body{};
        std::optional<std::uint32_t> cseq{}; ///< of an ACK
        ip_address secrets_for{};            ///< and who may see the credentials in it
        auth::client::attempt attempt{};
        std::optional<request_id> user{}; ///< is it the application's own?
        bool told = false;                ///< does the application know its answer?
        bool again = false;               ///< has it been said before?
    };
    struct acknowledgement
    {
        std::uint32_t cseq; ///< of its INVITE
        transmit message;
    };
    /// So many changes within the 32 s in which a 2xx may come again are more than anyone makes.
    static constexpr std::size_t kept_acks = 4;
    /// A dialog of this call, and the way there. A caller may have several: one for each fork.
    struct leg
    {
        dialog::dialog dialog;
        std::optional<hop> heading{}; ///< which hop is `way` an address of?
        std::optional<target> way{};
        std::optional<lookup_id> looking{}; ///< which answer of the edge do we wait for?
        std::vector<in_dialog> waiting{};   ///< for that answer
        bool acknowledged = false;          ///< has its 2xx been seen?
        /// Of the last INVITEs, the newest behind; they go out again for each repeated 2xx, which
        /// may come when another change has long begun.
        std::vector<acknowledgement> acks{};
        negotiation talks{};
        bool allows_update = false;          ///< does the other side do UPDATE?
        std::optional<std::uint32_t> rseq{}; ///< of its last reliable response
        bool answered_reliably = false;      ///< then descriptions in later responses say nothing
        std::optional<ending> given_up{};    ///< by their BYE, before any 2xx was here
    };
    struct outstanding
    {
        transaction::id transaction;
        std::size_t leg;
        in_dialog request;
        endpoint to{};
    };
    /// A change of the call that we want.
    struct wish
    {
        change what;
        std::optional<change_id> id{};
        bool refresh = false; ///< of the session, with nothing changed
        bool moved = false;   ///< our own address is another one
        int tries = 0;
        std::optional<std::uint16_t> port_before{};
    };
    /// A re-INVITE of ours that has its 2xx, which may come again.
    struct accepted_invite
    {
        transaction::id transaction;
        std::size_t leg;
    };
    /// Our 2xx to an INVITE of theirs.
    struct success
    {
        transaction::id transaction;
        sip::message response;
        std::uint32_t cseq = 0;
        duration interval{0};
        bool awaits_answer = false; ///< was it an offer?
    };
    /// A provisional response of ours that waits for its PRACK.
    struct reliable_response
    {
        std::uint32_t number;
        sip::message response;
        bool describes; ///< has it a session description?
        bool offers;    ///< and that is an offer?
        duration interval;
    };
    /// Digits that go out by INFO, one after the other.
    struct info_job
    {
        media::digits_id id;
        std::string keys;
        std::size_t next = 0;
    };

    // invite.cpp
    void on_invite_targets(const result<std::vector<target>>& targets, time_point now);
    void send_invite(time_point now);
    void on_invite_response(const sip::message_view& response, time_point now);
    void on_success(const sip::message_view& response, time_point now);
    void on_refusal(const sip::message_view& response, time_point now);
    void on_invite_failure(transaction::failure why, time_point now);
    bool try_next_target(time_point now);
    result<void> take_final_description(leg& l, std::string_view text, std::string& answer);
    void repeat_ack(std::size_t leg_index, const sip::message_view& response);
    void establish(std::size_t leg_index, const sip::message_view& response, time_point now);
    void acknowledge(std::size_t leg_index, const sip::message_view& invite,
                     const endpoint& invited, std::string body, time_point now);

    // extensions.cpp
    bool refuse_extensions(const incoming& in, time_point now);
    bool can_do_required(const sip::message_view& refusal);
    std::string supported() const;

    // redirect.cpp
    void note_redirects(const sip::message_view& response);
    bool follow_redirect(const sip::message_view& response);

    // provisional.cpp
    void on_provisional(const sip::message_view& response, time_point now);
    bool take_provisional(std::size_t leg_index, const sip::message_view& response, time_point now);
    void send_provisional(reply r, bool reliable, time_point now);
    void repeat_provisional(time_point now);
    void give_up_on_prack(time_point now);
    void forget_provisionals();
    void on_prack(const incoming& in, time_point now);
    void go_on_ringing(time_point now);
    void ring_on(time_point now);

    // answer.cpp
    /// Whether the body is or must be an offer; one that may be ignored is none.
    static bool has_offer(const sip::message_view& m);
    bool read_offer(const incoming& in, leg& l, time_point now);
    result<void> consider(leg& l, std::string_view offer);
    reply with_contact(int status) const;
    void send_success(const incoming& in, const reply& r, bool awaits_answer, time_point now);
    void repeat_success(time_point now);
    void forget_success();
    void give_up_on_ack(time_point now);

    // modify.cpp
    bool may_change() const;
    bool reinvite_is_out() const;
    sdp::direction wished_direction(bool hold) const;
    void start_change(time_point now);
    bool find_place(leg& l);
    void try_refresh_again(bool was_refresh, time_point now);
    bool try_move_again(time_point now);
    void on_change_response(outstanding o, const sip::message_view& response, time_point now);
    std::optional<duration> pause_after(const sip::message_view& response);
    void on_change_accepted(const outstanding& o, const sip::message_view& response,
                            time_point now);
    result<void> take_offer(leg& l, std::string_view offer, bool hold, std::string& answer);
    void take_back_change();
    void on_change_done(errc why, int status, time_point now);
    void on_change_limit(time_point now);

    // reoffer.cpp
    bool refuse_overlap(const incoming& in, const leg& l, time_point now);
    void refuse_for_now(const incoming& in, time_point now);
    void on_reinvite(const incoming& in, time_point now);
    void on_update(const incoming& in, std::size_t leg_index, time_point now);

    // lasting.cpp
    seconds session_wish() const;
    seconds session_asked() const; ///< what our next request says
    void add_session_headers(std::vector<std::pair<std::string, std::string>>& headers) const;
    std::optional<session_grant> grant(const incoming& in, time_point now);
    void add_grant(reply& r, const session_grant& g);
    void run_session(const session_terms& terms, time_point now);
    void refresh_session(time_point now);
    void begin_lasting(time_point now);
    void on_session_end(time_point now);
    void on_longest(time_point now);
    void leave(time_point now);

    // end.cpp
    void on_bye(const incoming& in, time_point now);
    /// The final answer to their INVITE.
    void refuse_invite(int status, time_point now);
    void send_cancel(time_point now);
    void send_bye(std::size_t leg_index, time_point now);
    void end(ending how, time_point now);
    void give_up_resolving();
    void on_limit(time_point now);

    // info.cpp
    void on_info(const incoming& in, time_point now);
    void on_digits_finished(const media::digits_finished& sent);
    void send_next_info(time_point now);
    void on_info_done(errc why, time_point now);

    // transfer.cpp, referred.cpp
    void on_refer_response(const sip::message_view& response, time_point now);
    bool on_refer_notify(const incoming& in, time_point now);
    void finish_refer(errc why, time_point now);
    void on_refer_limit(time_point now);
    void on_asked_limit(time_point now);
    void on_refer(const incoming& in, time_point now);
    void tell_referrer(int status, std::string_view reason, bool final, time_point now);
    void on_notify_done(errc why);

    // legs.cpp
    std::optional<std::size_t> find_leg(std::string_view remote_tag) const;
    /// Nothing where there are too many or the response makes no dialog.
    std::optional<std::size_t> leg_for(const sip::message_view& response);
    void forget_legs();
    bool is_ours(const leg& l) const;
    static void note_abilities(leg& l, const sip::message_view& m);
    void send_in_dialog(std::size_t leg_index, in_dialog request, time_point now);
    void issue(std::size_t leg_index, in_dialog request, time_point now);
    bool waits_for_ack() const { return success_ && success_->transaction == invite_transaction_; }
    void send_waiting(leg& l, time_point now);
    void drop_waiting(bool bye_too, time_point now);
    void on_leg_targets(leg& l, const result<std::vector<target>>& targets, time_point now);
    void on_in_dialog_response(outstanding o, const sip::message_view& response, time_point now);
    /// `status` and `reason` where an answer is why.
    void on_in_dialog_done(const outstanding& o, errc why, time_point now, int status = 0,
                           std::string_view reason = {});
    /// Where the other side is, if its Contact leads nowhere.
    std::optional<target> last_way() const;

    // call.cpp
    /// How we end a call whose answer is of no use.
    static ending ending_for(const result<void>& agreed, int status);
    /// The session description in a body, also in a part of it; all of a body without a type.
    static std::string_view description_in(const sip::message_view& m);
    void report_press(char key, milliseconds length, digit_method via, time_point now);
    void give_up_on_media(time_point now);
    void announce_media();
    /// Audio runs by what is agreed in that dialog; tells what is new in it.
    void run_media(std::size_t leg_index, time_point now);
    std::string remote_uri() const;

    context& ctx_;
    call_id id_;
    phase phase_ = phase::resolving;
    parting parting_ = parting::none;
    bool ended_ = false;     ///< has the user been told the end?
    bool they_left_ = false; ///< by a BYE in the dialog that was chosen
    bool ours_ = false;      ///< does it go through servers of our account?
    timer_table<timer> timers_;
    std::optional<time_point> answered_at_;
    session_terms session_;
    seconds session_least_{0};    ///< what a 422 has asked for
    std::string required_{};      ///< extensions that a 421 has asked for
    bool timer_required_ = false; ///< session timers among them
    std::string bye_reason_;      ///< Reason of our BYE (RFC 3326)

    // caller
    std::string target_; ///< Request-URI
    std::string to_uri_; ///< whom the user called: To stays as it was when that changes
    std::deque<std::string> redirects_; ///< where else a 3xx has told us to try
    std::vector<std::string> tried_;    ///< never twice
    call_options options_;
    std::string local_uri_;    ///< From value without tag
    endpoint invited_{};       ///< where the last INVITE went
    std::string call_id_text_; ///< Call-ID
    std::uint32_t cseq_ = 0;
    int session_tries_ = 0;   ///< how often has it been refused for a session too short?
    std::string offer_;       ///< the body of our INVITE
    negotiation first_talks_; ///< that offer; each fork answers it by itself
    std::optional<hop> first_hop_;
    std::optional<lookup_id> looking_;
    std::vector<target> targets_;
    std::size_t target_index_ = 0;
    auth::client::attempt attempt_;
    std::optional<transaction::id> cancel_transaction_;

    // both
    sip::message invite_; ///< the first one, sent or received
    std::string local_tag_;
    std::optional<transaction::id> invite_transaction_; ///< client's or server's
    std::vector<leg> legs_;
    std::optional<std::size_t> chosen_; ///< which leg is the call?
    std::vector<outstanding> outstanding_;

    // callee
    endpoint source_, local_;
    bool late_offer_ = false;        ///< did their INVITE come without an offer?
    bool expires_ = false;           ///< does it say how long it is meant, and is that short?
    std::optional<success> success_; ///< which 2xx of ours waits for its ACK?
    bool knows_reliable_ = false,
         wants_reliable_ = false; ///< does the caller do 100rel, or insist?
    std::optional<reliable_response> unacknowledged_;
    std::deque<reply> provisionals_; ///< wait for the PRACK of the one before
    std::uint32_t last_rseq_ = 0;
    std::optional<answer_options> answer_waits_; ///< for the same
    bool early_ = false;                         ///< does a 183 of ours describe the session?
    bool answered_reliably_ = false;             ///< then the 2xx need not

    call_media media_;
    dtmf::merger merger_;
    std::optional<std::size_t> media_leg_; ///< whose agreement does the audio run by?
    bool announce_later_ = false;          ///< is another call heard while this one begins?
    std::deque<wish> changes_;             ///< the first one is under way or comes next
    bool change_out_ = false;              ///< is its request with the other side?
    bool moved_ = false;                   ///< has our address changed before it was established?
    bool change_cancelled_ = false;
    std::vector<accepted_invite> accepted_;
    std::uint32_t last_change_ = 0;
    bool held_ = false;                                  ///< do we hold?
    bool told_held_ = false, told_held_by_peer_ = false; ///< what does the user know?
    std::optional<our_refer> refer_out_;
    std::optional<asked_refer> asked_;
    std::optional<followed_refer> followed_;
    call* referrer_ = nullptr; ///< whose REFER began this call? It stays until we have told it.
    std::deque<info_job> info_jobs_;
    bool info_out_ = false; ///< is an INFO of ours unanswered?
    std::uint32_t info_count_ = 0;
};

} // namespace solosip::ua
