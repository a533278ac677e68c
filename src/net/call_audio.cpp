// Playing and recording.
#include "net/core.hpp"
#include "net/played_sound.hpp"

#include <algorithm>
#include <variant>

namespace solosip::detail
{

void play(const call_ptr& c, handler<> h, audio_source what, milliseconds after)
{
    if (!c) return h.post(errc::no_such_call);
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_play(*it, op);
                                   });
    c->core->post([c, id, h = std::move(h), what = std::move(what), after]() mutable
                  { c->core->play(*c, id, std::move(h), what, after); });
}

void record(const call_ptr& c, handler<> h, audio_sink to)
{
    if (!c) return h.post(errc::no_such_call);
    c->core->post([c, h = std::move(h), to = std::move(to)]() mutable
                  { c->core->record(*c, std::move(h), to); });
}

void agent_core::play(call_state& c, net::operation id, handler<> h, const audio_source& what,
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

void agent_core::record(call_state& c, handler<> h, const audio_sink& to)
{
    if (const auto ec = refusal(c); ec) return h.post(ec);
    auto opened = audio::open(to);
    if (const auto* bad = std::get_if<audio::failure>(&opened))
    {
        log(log_level::error, bad->text);
        return h.post(bad->code);
    }
    auto& [ear, work] = std::get<audio::opened_sink>(opened);
    const auto done = pump.engine().record(c.id, std::move(ear), net::present());
    if (!done) return h.post(done.code());
    if (work) files_.push_back(work);
    serve_soon();
    pump.drain();
    h.post({});
}

void agent_core::stop_recording(call_state& c)
{
    if (c.over) return;
    (void)pump.engine().record(c.id, nullptr, net::present());
    serve();
    pump.drain();
}

} // namespace solosip::detail
