// Sees every SIP message that an agent sends or hears, keeps its own small model of each agent's
// dialogs, and writes down what an agent did that it may not: offers that overlap (RFC 3264 section
// 4, RFC 6337 table 1), requests that the state of the dialog forbids, a second answer to a
// request. Knows nothing of how the agents are made.
#pragma once

#include "simulation/world.hpp"
#include "solosip/sip/message.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace solosip::simulation
{

class watcher
{
public:
    explicit watcher(const world& w) : world_(w) {}

    /// Before anything is done to it on its way; `d.from` is the agent. Who calls themselves has
    /// two ends of one dialog, and is not looked at.
    void on_sent(const datagram& d);
    /// Before the agent sees it; `d.to` is the agent. Agents are named by their first addresses.
    void on_arrived(const datagram& d);

    /// What went wrong, a line each.
    const std::vector<std::string>& faults() const { return faults_; }
    /// Requests that an agent has never answered finally, a line each.
    std::vector<std::string> unanswered() const;
    /// Has the agent nothing open in this dialog: no request that waits for an answer, or an answer
    /// for its ACK, and no offer?
    bool at_rest(const ip_address& agent, const std::string& call_id) const;
    /// When an agent sent or heard something that was no repetition.
    time_point last_news(const ip_address& agent) const;
    /// What a 2xx of this dialog said last of its life (RFC 4028); 0: for ever.
    seconds session_of(const ip_address& agent, const std::string& call_id) const;
    /// For a Replaces header that is sent to the agent, by its own view; empty where it has none.
    std::string replaces_value(const ip_address& agent, const std::string& call_id) const;

private:
    using key = std::pair<std::uint32_t, sip::method>; // CSeq

    enum class talk : std::uint8_t
    {
        stable,
        local_offer,
        remote_offer,
    };
    /// A request of the agent's.
    struct sent
    {
        bool describes = false;
        bool provisional = false; ///< has it heard one?
        int final = 0;            ///< status; 0: none yet
        bool described = false;   ///< did a reliable response describe the session?
    };
    /// A request that it has heard.
    struct heard
    {
        bool describes = false;
        bool overlaps = false;  ///< it offers while an offer is open: to be refused
        int final = 0;          ///< the answer
        bool described = false; ///< by a reliable response before the 2xx
        bool acknowledged = false;
        time_point answered{};
    };
    /// A dialog, or what is to be one, as one agent sees it.
    struct view
    {
        bool is_caller = false;
        std::string local_tag;
        std::set<std::string, std::less<>> remote_tags{};
        std::string remote_tag{}; ///< of the one that is confirmed
        bool early = false, confirmed = false;
        bool bye_sent = false, bye_heard = false;
        std::optional<std::uint32_t> last_number{};
        std::map<key, sent> ours{};
        std::map<key, heard> theirs{};
        talk state = talk::stable;
        key opener{}; ///< whose body is the open offer?
        seconds session{0};
    };
    struct agent
    {
        std::map<std::string, view, std::less<>> views;
        time_point last_news{};
    };

    bool is_news(const datagram& d, const ip_address& who, char direction);
    void fault(const ip_address& who, const sip::message_view& m, std::string_view what);

    void request_sent(const ip_address& who, view& v, const sip::message_view& m, key k);
    void check_state(const ip_address& who, const view& v, const sip::message_view& m, key k);
    void check_ack(const ip_address& who, view& v, const sip::message_view& m, key k);
    void offer_sent(const ip_address& who, view& v, const sip::message_view& m, key k);
    void response_sent(const ip_address& who, view& v, const sip::message_view& m, key k);
    bool is_straggler(const view& v, const sip::message_view& m, const heard& h) const;
    static void start_anew(view& v, key k);
    void description_answered(const ip_address& who, view& v, const sip::message_view& m, key k,
                              heard& h);
    void request_heard(view& v, const sip::message_view& m, key k);
    void response_heard(view& v, const sip::message_view& m, key k);

    const world& world_;
    std::map<ip_address, agent> agents_;
    std::unordered_set<std::uint64_t> known_;
    std::vector<std::string> faults_;
};

} // namespace solosip::simulation
