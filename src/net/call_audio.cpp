// Playing.
#include "net/core.hpp"
#include "net/played_sound.hpp"

#include <algorithm>
#include <cstring>
#include <variant>

namespace solosip::detail
{

namespace
{

auto cancel_of(const call_ptr& c)
{
    return [weak = std::weak_ptr(c)](net::operation op)
    {
        if (const auto it = weak.lock()) it->core->cancel_play(*it, op);
    };
}

void start_play(const call_ptr& c, net::operation id, sound_waiter h, audio_source what,
                milliseconds after)
{
    c->core->post([c, id, h = std::move(h), what = std::move(what), after]() mutable
                  { c->core->play(*c, id, std::move(h), what, after); });
}

bool are_keys(const std::string& keys)
{
    return std::all_of(keys.begin(), keys.end(),
                       [](char key)
                       { return std::strchr("0123456789*#ABCD!", key) != nullptr && key != 0; });
}

} // namespace

void play(const call_ptr& c, handler<> h, audio_source what, milliseconds after)
{
    if (!c) return h.post(errc::no_such_call);
    const auto id = c->core->watch(h, cancel_of(c));
    start_play(c, id, {std::move(h)}, std::move(what), after);
}

void play_until_key(const call_ptr& c, handler<char> h, audio_source what, std::string keys,
                    milliseconds after)
{
    if (!c) return h.post(errc::no_such_call, '\0');
    if (!are_keys(keys)) return h.post(errc::bad_digit, '\0');
    const auto id = c->core->watch(h, cancel_of(c));
    start_play(c, id, {{}, std::move(h), std::move(keys)}, std::move(what), after);
}

void agent_core::play(call_state& c, net::operation id, sound_waiter h, const audio_source& what,
                      milliseconds gap)
{
    if (const auto ec = refusal(c); ec) return h.post(ec);
    auto opened = audio::open(what);
    if (const auto* bad = std::get_if<audio::failure>(&opened))
    {
        log(log_level::error, bad->text);
        return h.post(bad->code);
    }
    auto& [source, work] = std::get<audio::opened_source>(opened);
    const auto stopped = std::make_shared<bool>(false);
    const auto item = pump.engine().play(
        c.id, std::make_unique<net::played_sound>(std::move(source), gap, stopped), milliseconds(0),
        net::present());
    if (!item) return h.post(item.code());
    c.sounds.push_back({*item, id, std::move(h), stopped, work});
    if (work)
    {
        files_.push_back(work);
        serve_soon();
    }
    pump.drain();
}

void agent_core::cancel_play(call_state& c, net::operation id)
{
    const auto it =
        std::find_if(c.sounds.begin(), c.sounds.end(), [&](const sound& s) { return s.id == id; });
    if (it == c.sounds.end() || !it->h) return;
    *it->stopped = true; // the queue drops it with the next tick
    it->h.post(asio::error::operation_aborted);
}

// The queue drops them with the next tick; who waits hears of it now.
void agent_core::cut_sounds(call_state& c, char key)
{
    for (sound& s : c.sounds)
        if (s.h.ends_with(key))
        {
            *s.stopped = true;
            s.h.post({}, key);
        }
}

void agent_core::clear_playback(call_state& c)
{
    if (c.over) return;
    (void)pump.engine().clear_playback(c.id, net::present());
    pump.drain();
}

void agent_core::on(ua::played& e)
{
    if (!current_ || current_->id != e.call) return;
    auto& sounds = current_->sounds;
    const auto it = std::find_if(sounds.begin(), sounds.end(),
                                 [&](const sound& s) { return s.item == e.item; });
    if (it == sounds.end()) return;
    if (!e.complete)
    {
        it->cut = true;
        return;
    }
    sound done = std::move(*it);
    sounds.erase(it);
    if (!done.h) return;
    const auto bad = done.work ? done.work->problem() : std::nullopt;
    done.h.post(bad ? make_error_code(bad->code) : std::error_code());
}

// What ended early has been cleared, unless the end of the call is the reason: then it has been
// told so by now.
void agent_core::complete_cut(call_state& c)
{
    const auto finish = [](auto& each)
    {
        if (each.cut && each.h) each.h.post(errc::cancelled);
        return each.cut;
    };
    std::erase_if(c.sounds, finish);
    std::erase_if(c.presses, finish);
}

} // namespace solosip::detail
