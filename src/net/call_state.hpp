// What stands behind the handles `call` and `invitation`.
#pragma once

#include "audio/access.hpp"
#include "audio/ring.hpp"
#include "net/published.hpp"
#include "net/waiting.hpp"
#include "solosip/call.hpp"
#include "solosip/sip/message.hpp"

#include <any>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace solosip::detail
{

class agent_core;

/// Waits for one key, or for several.
struct digit_reader
{
    net::operation id;
    handler<digit> one{};
    handler<std::string> many{}; ///< where `one` is empty
    std::size_t most = 1;
    char terminator = 0;
    milliseconds idle{0};
    std::optional<time_point> deadline{};
    std::deque<digit> taken{};

    std::string keys() const;
};

/// Who waits for the end of a sound, and whether the key is wanted that ended it.
struct sound_waiter
{
    handler<> plain{};
    handler<char> keyed{};
    std::string keys{}; ///< that end it; empty: any, where `keyed`

    explicit operator bool() const { return plain || keyed; }
    bool ends_with(char key) const
    {
        return keyed && (keys.empty() || keys.find(key) != std::string::npos);
    }
    void post(std::error_code ec, char key = '\0')
    {
        if (keyed)
            keyed.post(ec, key);
        else if (plain)
            plain.post(ec);
    }
};

/// A sound in the queue, and who waits for its end; nobody where the wait was cancelled.
struct sound
{
    media::play_id item;
    net::operation id;
    sound_waiter h;
    std::shared_ptr<bool> stopped;
    std::shared_ptr<audio::background> work;
    bool cut = false; ///< it ended early; why is not known yet
};

/// What was heard and not yet read.
struct heard_audio
{
    audio::ring ring{};
    std::uint64_t dropped = 0;

    void put(std::span<const std::int16_t> samples);
};
struct audio_reader
{
    net::operation id;
    handler<std::size_t> h;
    std::span<std::int16_t> to;
};

struct pressing
{
    media::digits_id item;
    net::operation id;
    handler<> h;
    bool cut = false;
};

/// The first of that name, in any case, long or short.
std::optional<std::string> find_header(const std::vector<header>& headers, std::string_view name);

/// A wish to hold or to resume, and who waits for it.
struct changing
{
    ua::change_id item;
    net::operation id;
    handler<> h;
};

struct call_state : std::enable_shared_from_this<call_state>
{
    explicit call_state(std::shared_ptr<agent_core> a) : core(std::move(a)) {}

    // Never changes once a handle exists.
    const std::shared_ptr<agent_core> core;
    ua::call_id id{};
    bool incoming = false;
    std::string from{}, to{}, display_name{};
    sip::message invite{}; ///< theirs

    // For the handles, on any thread.
    mutable std::mutex mutex{};
    std::string remote_uri{};         ///< guarded
    std::optional<ending> outcome{};  ///< guarded
    std::vector<header> answer{};     ///< guarded: the headers of their 2xx
    std::any user_data{};             ///< guarded
    hold_state held{};                ///< guarded
    std::optional<srtp_suite> srtp{}; ///< guarded: how the audio is encrypted
    net::published<solosip::statistics> stats{};

    // On the strand.
    bool answered = false, over = false;
    bool early = false; ///< is it heard before it is answered?
    std::function<void(const progress&)> on_progress{};
    net::waiting<call> connecting{};
    net::waiting<ending> ends{};
    net::waiting<response> transfers{};
    std::function<void(const progress&)> on_transfer_progress{};
    std::deque<digit> digits{};
    std::deque<digit_reader> readers{};
    std::vector<sound> sounds{};
    std::vector<pressing> presses{};
    bool records = false;                           ///< does a recording go on?
    std::shared_ptr<audio::background> recording{}; ///< what writes it; null for a function
    std::error_code recorded{};                     ///< what became of the last one
    net::waiting<> recording_watchers{};
    std::shared_ptr<heard_audio> heard{}; ///< since somebody reads what is heard
    std::deque<audio_reader> audio_readers{};
    std::vector<changing> changes{};
    net::waiting<hold_state> hold_watchers{};
    std::deque<hold_state> hold_news{};

    /// Destroys all handlers without calling them.
    void abandon();
};

} // namespace solosip::detail
