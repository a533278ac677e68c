// Recording, and what is heard handed to the program.
#include "net/core.hpp"

#include <algorithm>
#include <variant>

namespace solosip::detail
{

void record(const call_ptr& c, handler<> h, audio_sink to)
{
    if (!c) return h.post(errc::no_such_call);
    c->core->post([c, h = std::move(h), to = std::move(to)]() mutable
                  { c->core->record(*c, std::move(h), to); });
}

void wait_recording(const call_ptr& c, handler<> h)
{
    if (!c) return h.post(errc::no_such_call);
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_wait_recording(*it, op);
                                   });
    c->core->post([c, id, h = std::move(h)]() mutable
                  { c->core->wait_recording(*c, id, std::move(h)); });
}

void read_audio(const call_ptr& c, handler<std::size_t> h, std::span<std::int16_t> to)
{
    if (!c) return h.post(errc::no_such_call, 0);
    const auto id = c->core->watch(h,
                                   [weak = std::weak_ptr(c)](auto op)
                                   {
                                       if (const auto it = weak.lock())
                                           it->core->cancel_read_audio(*it, op);
                                   });
    c->core->post(
        [c, id, h = std::move(h), to]() mutable {
            c->core->read_audio(*c, {id, std::move(h), to});
        });
}

// ---- recording

void agent_core::record(call_state& c, handler<> h, const audio_sink& to)
{
    if (const auto ec = refusal(c); ec) return h.post(ec);
    auto opened = audio::open(to);
    if (const auto* bad = std::get_if<audio::failure>(&opened))
    {
        log(log_level::error, bad->text);
        return h.post(bad->code);
    }
    auto& [ear, mouth, work] = std::get<audio::opened_sink>(opened);
    const auto done = pump.engine().record(c.id, std::move(ear), net::present(), std::move(mouth));
    if (!done) return h.post(done.code());
    finish_recording(c); // the one before
    c.recording = work;
    c.records = true;
    if (work) files_.push_back(work);
    serve_soon();
    pump.drain();
    h.post({});
}

void agent_core::stop_recording(call_state& c)
{
    if (c.over) return;
    (void)pump.engine().record(c.id, nullptr, net::present());
    finish_recording(c);
    pump.drain();
}

// The engine has let go of it: its file is closed now.
void agent_core::finish_recording(call_state& c)
{
    if (!c.records) return;
    serve();
    if (!c.records) return; // it has failed with its last words
    const auto bad = c.recording ? c.recording->problem() : std::nullopt;
    on_recorded(c, bad ? make_error_code(bad->code) : std::error_code());
}

void agent_core::on_recorded(call_state& c, std::error_code how)
{
    c.records = false;
    c.recording.reset();
    c.recorded = how;
    c.recording_watchers.complete_all(how);
}

void agent_core::wait_recording(call_state& c, net::operation id, handler<> h)
{
    if (!c.records) return h.post(c.recorded);
    c.recording_watchers.add(id, std::move(h));
}

void agent_core::cancel_wait_recording(call_state& c, net::operation id)
{
    if (auto h = c.recording_watchers.take(id)) h->post(asio::error::operation_aborted);
}

// ---- the program hears

void agent_core::read_audio(call_state& c, audio_reader r)
{
    if (!c.heard && !refusal(c))
    {
        c.heard = std::make_shared<heard_audio>();
        const auto rate = pump.pcm_rate();
        c.heard->ring.resize(static_cast<std::size_t>(rate) * limits::unread_audio_ms / 1000);
        const auto to = pcm_sink([heard = c.heard](std::span<const std::int16_t> samples)
                                 { heard->put(samples); },
                                 rate);
        auto opened = audio::open(to);
        auto& ear = std::get<audio::opened_sink>(opened).ear;
        (void)pump.engine().listen(c.id, std::move(ear), net::present());
    }
    c.audio_readers.push_back(std::move(r));
    feed_audio_readers(c);
    // What was said before the end may still be read.
    if (const auto ec = refusal(c); ec) end_audio_readers(c, ec);
}

void agent_core::feed_audio_readers(call_state& c)
{
    while (!c.audio_readers.empty())
    {
        audio_reader& r = c.audio_readers.front();
        const auto n = c.heard ? c.heard->ring.pop(r.to) : 0;
        if (n == 0 && !r.to.empty()) return;
        r.h.post({}, n);
        c.audio_readers.pop_front();
    }
}

void agent_core::end_audio_readers(call_state& c, std::error_code ec)
{
    for (auto& each : std::exchange(c.audio_readers, {}))
        each.h.post(ec, 0);
}

void agent_core::cancel_read_audio(call_state& c, net::operation id)
{
    const auto it = std::find_if(c.audio_readers.begin(), c.audio_readers.end(),
                                 [&](const audio_reader& r) { return r.id == id; });
    if (it == c.audio_readers.end()) return;
    auto h = std::move(it->h);
    c.audio_readers.erase(it);
    h.post(asio::error::operation_aborted, 0);
}

void heard_audio::put(std::span<const std::int16_t> samples)
{
    if (samples.size() > ring.capacity()) samples = samples.last(ring.capacity());
    if (samples.size() > ring.space())
    {
        const auto old = samples.size() - ring.space();
        dropped += old;
        ring.drop(old);
    }
    ring.push(samples);
}

} // namespace solosip::detail
