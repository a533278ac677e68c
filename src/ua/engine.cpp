// Wiring only: whose message is it, whose answer, whose deadline?
#include "solosip/ua/engine.hpp"

#include "ua/engine_impl.hpp"
#include "ua/options.hpp"
#include "ua/salvage.hpp"

#include <algorithm>

namespace solosip::ua
{

ua::call* engine::impl::present()
{
    return find_if([](const ua::call& c) { return !c.ended(); });
}

ua::call* engine::impl::find(call_id id)
{
    return find_if([&](const ua::call& c) { return c.id() == id && !c.ended(); });
}

// What the transactions want done may make somebody want more.
void engine::impl::carry_out(time_point now)
{
    while (!ctx.actions.empty())
    {
        auto batch = std::exchange(ctx.actions, {});
        for (auto& a : batch)
            std::visit([&](auto& each) { on_action(each, now); }, a);
    }
    if (ua::call* c = present()) c->come_to_front();
    drop_finished();
}

void engine::impl::drop_finished()
{
    std::erase_if(calls, [](const auto& c) { return c->ended() && c->done(); });
    std::erase_if(sent, [](const outgoing_request& r) { return r.done(); });
}

void engine::impl::on_action(transaction::send& a, time_point)
{
    ctx.send(a.to.remote, std::move(a.bytes));
}

void engine::impl::on_action(transaction::deliver& a, time_point now)
{
    if (registration.owns(a.transaction))
        registration.on_response(*a.response, now);
    else if (ua::call* c = find_if([&](const ua::call& each) { return each.owns(a.transaction); }))
        c->on_response(a.transaction, *a.response, now);
    else if (outgoing_request* r = find_sent(a.transaction))
        r->on_response(*a.response, now);
}

void engine::impl::on_action(transaction::failed& a, time_point now)
{
    if (registration.owns(a.transaction))
        registration.on_failure(a.why, now);
    else if (ua::call* c = find_if([&](const ua::call& each) { return each.owns(a.transaction); }))
        c->on_failure(a.transaction, a.why, now);
    else if (outgoing_request* r = find_sent(a.transaction))
        r->on_failure(a.why, now);
}

void engine::impl::on_action(transaction::terminated& a, time_point now)
{
    if (ua::call* c = find_if([&](const ua::call& each) { return each.owns(a.transaction); }))
        c->on_terminated(a.transaction, now);
}

void engine::impl::on_action(transaction::cancelled& a, time_point now)
{
    if (ua::call* c = find_if([&](const ua::call& each) { return each.owns(a.invite); }))
        c->on_cancel(*a.cancel, now);
}

void engine::impl::on_action(transaction::stray_response& a, time_point now)
{
    if (a.response->status() / 100 != 2) return;
    const auto cseq = a.response->cseq();
    if (!cseq || cseq->method != sip::method::invite) return;
    for (const auto& c : calls)
        if (c->is_merged(*a.response) && c->on_stray_success(*a.response)) return;
    // A fork that has answered too late (section 13.2.2.4), one of a few.
    if (a.invite.empty() || calls.size() >= limits::early_dialogs) return;
    calls.push_back(std::make_unique<ua::call>(ctx, static_cast<call_id>(++last_call)));
    calls.back()->give_back(std::move(a.invite), *a.response, a.source, now);
}

void engine::impl::on_action(transaction::deliver_request& a, time_point now)
{
    const incoming in{a.request, a.transaction, a.source, local};
    const sip::message_view& m = *a.request;
    if (ua::call* c = find_if([&](const ua::call& each) { return each.has_dialog_for(m); }))
    {
        if (m.method() == sip::method::ack)
            c->on_ack(m, now);
        else if (!refuse_unsupported(ctx, in, now))
            c->on_request(in, now);
        return;
    }
    if (m.method() == sip::method::ack) return; // it acknowledges nothing of ours
    // RFC 3891 section 3: in an INVITE only.
    if (ctx.config.allow_transfers && m.method() != sip::method::invite &&
        m.has(sip::header_id::replaces))
    {
        ctx.respond(in, {400, "Replaces Without INVITE"}, now);
        return;
    }
    if (refuse_unsupported(ctx, in, now)) return;
    if (requests.expects(m))
    {
        requests.take_expected(in, now);
        return;
    }
    const auto to = m.to();
    const bool in_dialog = to && !to->tag().empty();
    const bool only_in_dialog = m.method() == sip::method::bye || m.method() == sip::method::info ||
                                m.method() == sip::method::update ||
                                m.method() == sip::method::prack;
    if (in_dialog || only_in_dialog)
        ctx.respond(in, {481}, now); // RFC 3261 section 12.2.2
    else
        on_initial_request(in, now);
}

void engine::impl::on_initial_request(const incoming& in, time_point now)
{
    if (in.request->method() == sip::method::options)
        on_options(ctx, in, present() != nullptr, now);
    else if (in.request->method() == sip::method::invite)
        on_new_invite(in, now);
    else if (in.request->method() == sip::method::refer)
        // Outside a call nobody may make us ring others (RFC 3515 section 5.1).
        ctx.respond(in, {ctx.config.allow_transfers ? 403 : 405, {}, {}, {{"Allow", ctx.allow()}}},
                    now);
    else
        requests.offer(in, std::nullopt, {}, now);
}

void engine::impl::on_new_invite(const incoming& in, time_point now)
{
    if (find_if([&](const ua::call& each) { return each.is_merged(*in.request); }))
    {
        ctx.respond(in, {482}, now); // section 8.2.2.2
        return;
    }
    if (on_replacing_invite(in, now)) return;
    if (present())
    {
        ctx.respond(in, {486}, now);
        return;
    }
    auto c = std::make_unique<ua::call>(ctx, static_cast<call_id>(++last_call));
    if (c->on_invite(in, now)) calls.push_back(std::move(c));
}

// ---- the public face

engine::engine(settings s, random_source& random)
    : impl_(std::make_unique<impl>(std::move(s), random))
{
}
engine::~engine() = default;

void engine::receive(std::string_view datagram, const endpoint& source, const endpoint& local,
                     time_point now)
{
    sip::message_view m;
    std::string room;
    const auto verdict = read_message(datagram, m, room);
    if (!verdict)
    {
        impl_->ctx.log(log_level::debug, "dropped a datagram that is no SIP message");
        return;
    }
    impl_->local = local;
    if (verdict->silent || (!verdict->ok() && (m.is_response() || m.method() == sip::method::ack)))
    {
        impl_->ctx.log(log_level::debug, "dropped a malformed message");
        return;
    }
    if (!verdict->ok())
    {
        // Answered without a transaction (RFC 3261 section 8.2.7): repetitions are answered alike.
        impl_->ctx.transactions.refuse(m, verdict->status, verdict->why, source,
                                       impl_->ctx.actions);
        impl_->carry_out(now);
        return;
    }
    if (m.is_response() || (!impl_->refuse_stranger(m, source) && !impl_->refuse_lost(m, source)))
        impl_->ctx.transactions.receive(m, source, now, impl_->ctx.actions);
    impl_->carry_out(now);
}

void engine::receive_media(std::span<const std::uint8_t> packet, const endpoint& source,
                           time_point now)
{
    if (ua::call* c = impl_->present()) c->audio().receive(packet, now, source);
}

void engine::on_lookup(lookup_id id, const result<std::vector<target>>& targets, time_point now)
{
    if (impl_->registration.owns(id))
        impl_->registration.on_targets(targets, now);
    else if (ua::call* c = impl_->find_if([&](const ua::call& each) { return each.owns(id); }))
        c->on_targets(id, targets, now);
    else if (outgoing_request* r = impl_->find_sent(id))
        r->on_targets(targets, now);
    impl_->carry_out(now);
}

void engine::transport_error(const endpoint& to, time_point now)
{
    impl_->ctx.transactions.transport_error({to, false}, now, impl_->ctx.actions);
    impl_->carry_out(now);
}

void engine::network_changed(time_point now)
{
    impl_->registration.on_network_changed();
    for (std::size_t i = 0; i < impl_->calls.size(); ++i)
        impl_->calls[i]->on_network_changed(now);
    impl_->carry_out(now);
}

std::optional<time_point> engine::next_timeout() const
{
    auto next = earlier(impl_->ctx.transactions.next_timeout(), impl_->registration.next_timeout());
    for (const auto& c : impl_->calls)
        next = earlier(next, c->next_timeout());
    return earlier(next, impl_->requests.next_timeout());
}

void engine::handle_timeout(time_point now)
{
    impl_->ctx.transactions.handle_timeout(now, impl_->ctx.actions);
    impl_->registration.handle_timeout(now);
    for (std::size_t i = 0; i < impl_->calls.size(); ++i)
        impl_->calls[i]->handle_timeout(now);
    impl_->requests.handle_timeout(now);
    impl_->carry_out(now);
}

std::optional<transmit> engine::poll_transmit()
{
    if (impl_->ctx.outbox.empty()) return std::nullopt;
    transmit next = std::move(impl_->ctx.outbox.front());
    impl_->ctx.outbox.pop_front();
    return next;
}

std::optional<event> engine::poll_event()
{
    if (impl_->ctx.events.empty())
        if (ua::call* c = impl_->present()) c->report_audio();
    if (impl_->ctx.events.empty()) return std::nullopt;
    event next = std::move(impl_->ctx.events.front());
    impl_->ctx.events.pop_front();
    return next;
}

std::size_t engine::poll_media(std::span<std::uint8_t> to)
{
    ua::call* c = impl_->present();
    return c ? c->audio().poll_packet(to) : 0;
}

std::size_t engine::poll_media_report(std::span<std::uint8_t> to)
{
    std::size_t size = 0;
    const ua::call* present = impl_->present();
    for (const auto& c : impl_->calls)
        if (size == 0 && (c.get() == present || c->ended())) size = c->audio().poll_report(to);
    return size;
}

result<void> engine::set_account(account a)
{
    auto who = understand(std::move(a));
    if (!who) return who.error();
    impl_->registration.keep_account();
    impl_->ctx.credentials.clear();
    if (!who->given.password.empty() || !who->given.ha1.empty())
        impl_->ctx.credentials.set_credentials(credentials_of(who->given));
    impl_->ctx.who = std::move(*who);
    if (impl_->registration.idle()) impl_->ctx.registers = false;
    return {};
}

result<void> engine::register_account(account a, time_point now)
{
    if (const auto set = set_account(std::move(a)); !set) return set.error();
    impl_->ctx.registers = true;
    impl_->registration.start();
    impl_->carry_out(now);
    return {};
}

void engine::unregister(time_point now)
{
    impl_->registration.stop(now);
    impl_->carry_out(now);
}

bool engine::registered() const
{
    return impl_->registration.registered();
}

result<call_id> engine::call(std::string_view to, call_options options, time_point now)
{
    if (impl_->present()) return errc::call_in_progress;
    if (const auto good = check_options(options); !good) return good.error();
    auto target = complete_target(to, impl_->ctx.who ? &*impl_->ctx.who : nullptr);
    if (!target) return target.error();
    const auto id = static_cast<call_id>(++impl_->last_call);
    impl_->calls.push_back(std::make_unique<ua::call>(impl_->ctx, id));
    impl_->calls.back()->start(std::move(*target), std::move(options), now);
    return id;
}

result<void> engine::ring(call_id c, time_point now, std::vector<header> headers)
{
    return impl_->command(c, now, [&](ua::call& it) { return it.ring(headers, now); });
}

result<void> engine::early_media(call_id c, answer_options options, time_point now)
{
    return impl_->command(c, now, [&](ua::call& it) { return it.early_media(options, now); });
}

result<void> engine::answer(call_id c, answer_options options, time_point now)
{
    return impl_->command(c, now, [&](ua::call& it) { return it.answer(options, now); });
}

result<void> engine::reject(call_id c, int status, std::string_view reason, time_point now,
                            std::vector<header> headers)
{
    return impl_->command(c, now,
                          [&](ua::call& it) { return it.reject(status, reason, headers, now); });
}

result<change_id> engine::modify(call_id c, change what, time_point now)
{
    return impl_->command(c, now, [&](ua::call& it) { return it.modify(what, now); });
}

result<change_id> engine::hold(call_id c, time_point now)
{
    change what;
    what.hold = true;
    return modify(c, what, now);
}

result<change_id> engine::resume(call_id c, time_point now)
{
    change what;
    what.hold = false;
    return modify(c, what, now);
}

result<void> engine::hang_up(call_id c, time_point now)
{
    return impl_->command(c, now,
                          [&](ua::call& it)
                          {
                              it.hang_up(now);
                              return result<void>();
                          });
}

std::optional<call_id> engine::current_call() const
{
    const ua::call* it = impl_->present();
    return it ? std::optional(it->id()) : std::nullopt;
}

result<media::play_id> engine::play(call_id c, std::unique_ptr<media::source> sound,
                                    milliseconds after, time_point)
{
    ua::call* it = impl_->find(c);
    if (!it) return errc::call_ended;
    return it->audio().play(std::move(sound), after);
}

result<void> engine::clear_playback(call_id c, time_point)
{
    ua::call* it = impl_->find(c);
    if (!it) return errc::call_ended;
    it->audio().clear();
    return {};
}

result<void> engine::record(call_id c, std::unique_ptr<media::sink> far, time_point,
                            std::unique_ptr<media::sink> near)
{
    ua::call* it = impl_->find(c);
    if (!it) return errc::call_ended;
    it->audio().record(std::move(far), std::move(near));
    return {};
}

result<void> engine::listen(call_id c, std::unique_ptr<media::sink> to, time_point)
{
    ua::call* it = impl_->find(c);
    if (!it) return errc::call_ended;
    it->audio().listen(std::move(to));
    return {};
}

result<media::digits_id> engine::send_digits(call_id c, std::string_view keys, time_point now,
                                             std::optional<digit_method> via)
{
    return impl_->command(c, now, [&](ua::call& it) { return it.send_digits(keys, via, now); });
}

media::statistics engine::media_statistics() const
{
    const ua::call* it = impl_->present();
    return it ? it->audio().stats() : media::statistics{};
}

bool engine::settled() const
{
    return impl_->registration.settled() && impl_->sent.empty() &&
           std::all_of(impl_->calls.begin(), impl_->calls.end(),
                       [](const auto& c) { return c->settled(); });
}

std::size_t engine::live_objects() const
{
    return impl_->ctx.transactions.size() + impl_->calls.size() + impl_->ctx.outbox.size() +
           impl_->ctx.events.size() + impl_->sent.size() + impl_->requests.size();
}

} // namespace solosip::ua
