// A user agent in the simulated world: an engine, its sockets, and a record of what it was told.
#pragma once

#include "simulation/world.hpp"
#include "solosip/ua/engine.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace solosip::simulation
{

/// What it does with a call.
struct manners
{
    bool ring = true;
    std::optional<milliseconds> answer_after{}; ///< nothing: the test decides
    int reject_with = 0;                        ///< instead
};

class node final : public participant
{
public:
    node(world& w, std::string name, ip_address address, ua::settings s = usual());

    /// PCMA and PCMU, all else as the library has it.
    static ua::settings usual();

    ua::engine& engine() { return *engine_; }
    endpoint sip() const { return {address(), 5060}; }
    endpoint media() const { return {address(), media_port_}; }
    manners how{};
    /// After the record was made; may command the engine.
    std::function<void(const ua::event&)> on_event;

    // -- commands, each with a fresh media port and a drained engine afterwards

    result<ua::call_id> call(const std::string& to, ua::call_options o = {});
    result<void> early_media();
    result<void> answer();
    result<void> reject(int status);
    result<void> hang_up();
    result<ua::change_id> modify(ua::change what);
    result<ua::change_id> hold(bool on = true);
    result<media::digits_id> press(const std::string& keys,
                                   std::optional<ua::digit_method> via = {});
    result<void> transfer(const std::string& to);
    /// Follows the last transfer that was asked for.
    result<ua::call_id> follow(ua::call_options o = {});
    result<ua::request_id> request(ua::request r);
    /// Inside the present call.
    result<ua::request_id> request_in_call(ua::request r);
    result<void> respond(ua::incoming_id id, ua::response r);
    void register_as(ua::account a);
    void unregister();
    /// After commanding `engine()` directly.
    void drain();

    // -- the record

    struct record
    {
        int calls = 0; ///< that we made or were told of
        std::vector<ua::ending> endings;
        std::vector<ua::registration_changed> registrations;
        std::vector<ua::incoming_call> incoming;
        std::vector<int> progress;
        int answered = 0;
        std::vector<ua::media_started> media;
        std::string digits; ///< heard, in order
        std::vector<ua::digit> presses;
        std::vector<ua::digits_sent> sent;
        std::vector<ua::hold_changed> holds;
        std::vector<ua::change_done> changes;
        std::vector<ua::transfer_done> transfers; ///< that we asked for
        std::vector<int> transfer_progress;
        std::vector<ua::transfer_wanted> wanted; ///< that they asked for
        std::vector<ua::call_replaced> replaced;
        std::vector<ua::request_done> done;         ///< requests of ours
        std::vector<ua::incoming_request> requests; ///< theirs
        std::size_t wishes = 0;                     ///< changes that we asked for
        int lookups = 0;
        std::uint64_t media_packets = 0; ///< that we sent
        std::uint64_t media_reports = 0; ///< of RTCP that we sent
    };
    record seen;
    bool in_call() const { return engine_->current_call().has_value(); }
    /// Every call has ended once, and nothing is left of it.
    bool nothing_left() const;
    /// "answered" for a call that ended well, else who, status and words.
    std::string last_ending() const;
    /// "none", "us", "peer" or "both"; of the present call.
    std::string held() const;
    /// The last call that we made or were told of.
    std::optional<ua::call_id> last_call() const { return current_; }
    /// The call that the engine has now; nothing before it is answered.
    std::optional<ua::call_id> established() const;
    /// The Call-ID of a call; empty where its INVITE has not been sent.
    std::string call_id_text(ua::call_id c) const;
    /// What is agreed about its audio; nothing before that.
    const ua::media_started* audio_of(ua::call_id c) const;
    /// An RTP port that no call of ours has had.
    std::uint16_t fresh_port() { return last_port_ = static_cast<std::uint16_t>(last_port_ + 2); }

    // participant
    void on_datagram(const datagram& d) override;
    void on_unreachable(const endpoint& to) override;
    std::optional<time_point> next_timeout() const override { return next_; }
    void handle_timeout() override;

private:
    void note_dialled(const std::string& bytes);
    void take_change(const ua::change_done& done);
    void take(const ua::event& e);
    void look_up(const ua::lookup_wanted& wanted);
    void greet(ua::call_id id);
    void describe(const ua::event& e);

    seeded_random random_;
    std::unique_ptr<ua::engine> engine_;
    std::optional<ua::call_id> current_, early_;
    std::optional<ua::call_id> made_, answered_;                           // the last ones
    std::map<ua::call_id, std::string> names_;                             // Call-IDs
    std::map<std::pair<ua::call_id, ua::change_id>, std::uint16_t> moves_; // ports to be
    std::optional<time_point> next_;
    std::uint16_t media_port_ = 20'000, last_port_ = 20'000;
    std::uint16_t first_port_ = 20'000; // of the present call
    endpoint media_remote_{}, media_remote_rtcp_{}, media_rtcp_{};
    bool draining_ = false;
};

} // namespace solosip::simulation
