// The test lines: what answers when a number without a person behind it is called.
#pragma once

#include "sounds.hpp"

#include "solosip/base/timer_table.hpp"
#include "solosip/ua/engine.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::examples
{

enum class line : std::uint8_t
{
    echo,    ///< says again what it hears, presses again what is pressed
    digits,  ///< answers, presses 1590*#, hangs up
    menu,    ///< three notes; then 1: a tone, 2: a press in return, 3: echo, 0: the notes again,
             ///< 9: hangs up, also from the echo; anything else: two low notes
    tone,    ///< 1000 Hz for `line_settings::tone_for`, then hangs up
    busy,    ///< 486
    decline, ///< 603
    silent,  ///< rings and never answers
    status,  ///< "status-404": that answer, 300-699
};

/// A line with the status it answers with, where it only refuses.
struct line_number
{
    line which;
    int status = 0;
};
/// The line of that number; nothing where there is none.
std::optional<line_number> find_line(std::string_view user);

struct line_settings
{
    milliseconds answer_after{200};
    milliseconds tone_for{seconds(5)};
    seconds longest_call{600};
    std::string keys = "1590*#"; ///< of `line::digits`
};

/// For the log: what happened, to whom.
struct event
{
    enum class kind : std::uint8_t
    {
        registered,
        unregistered,
        refused, ///< a request; `detail` says which and why
        called,  ///< a line, or one user by another
        answered,
        digit, ///< heard from the caller
        ended,
    };
    kind what;
    std::string who;    ///< "alice", "call 3 (menu)"
    std::string detail; ///< "sip:alice@192.0.2.1:5060", "1", "486 Busy Here"

    std::string to_string() const;
    friend bool operator==(const event&, const event&) = default;
};

/// One call to a line: its user agent, and what the line does with it. Used like the engine inside.
class line_call
{
public:
    struct options
    {
        line_number number;
        std::string name; ///< "call 3 (menu)"
        std::uint16_t media_port = 0;
        line_settings behaviour{};
        std::unique_ptr<media::sink> recorder{}; ///< hears the caller; may be null
    };
    line_call(options o, ua::settings agent, random_source& random);

    ua::engine& engine() { return engine_; }
    std::uint16_t media_port() const { return options_.media_port; }
    /// Where our audio goes; port 0 as long as that is not known.
    const endpoint& media_remote() const { return media_remote_; }
    /// Whether RTCP goes there too (RFC 5761).
    bool rtcp_mux() const { return rtcp_mux_; }

    void receive(std::string_view datagram, const endpoint& source, const endpoint& local,
                 time_point now);
    std::optional<time_point> next_timeout() const
    {
        return earlier(engine_.next_timeout(), timers_.next());
    }
    void handle_timeout(time_point now);
    /// Acts on what the engine has to tell; after every input.
    void drain(time_point now, std::vector<event>& log);

    /// Ended, and nothing of it lives any more.
    bool over() const { return ended() && engine_.live_objects() == 0; }
    /// Also where the engine has refused the INVITE by itself.
    bool ended() const { return ended_ || !call_; }

private:
    enum class timer : std::uint8_t
    {
        answer,
        press, ///< the digits line begins
        hang_up,
        longest,
        count
    };

    void on(const ua::lookup_wanted& e, time_point now, std::vector<event>& log);
    void on(const ua::incoming_call& e, time_point now, std::vector<event>& log);
    void on(const ua::call_answered& e, time_point now, std::vector<event>& log);
    void on(const ua::media_started& e, time_point now, std::vector<event>& log);
    void on(const ua::digit& e, time_point now, std::vector<event>& log);
    void on(const ua::played& e, time_point now, std::vector<event>& log);
    void on(const ua::hold_changed&, time_point, std::vector<event>&) {}
    void on(const ua::change_done&, time_point, std::vector<event>&) {}
    void on(const ua::digits_sent& e, time_point now, std::vector<event>& log);
    void on(const ua::call_ended& e, time_point now, std::vector<event>& log);
    template <class Other>
    void on(const Other&, time_point, std::vector<event>&)
    {
    }

    void begin(time_point now);
    void say(std::vector<note> notes, time_point now);
    void start_echo(time_point now);
    void choose(char key, time_point now);

    options options_;
    ua::engine engine_;
    std::optional<ua::call_id> call_;
    endpoint local_{}; // our address towards the caller
    endpoint media_remote_{};
    bool rtcp_mux_ = false;
    std::shared_ptr<echo_buffer> heard_ = std::make_shared<echo_buffer>();
    bool echoing_ = false;
    bool ended_ = false;
    timer_table<timer> timers_;
};

} // namespace solosip::examples
