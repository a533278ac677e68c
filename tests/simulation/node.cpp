#include "simulation/node.hpp"

#include "solosip/codecs/g711.hpp"

#include <array>

namespace solosip::simulation
{

ua::settings node::usual()
{
    ua::settings s;
    s.codecs = {&codecs::pcma(), &codecs::pcmu()};
    return s;
}

node::node(world& w, std::string name, ip_address address, ua::settings s)
    : participant(w, std::move(name), address), random_(w.next_seed()),
      engine_(std::make_unique<ua::engine>(std::move(s), random_))
{
}

// ---- commands

result<ua::call_id> node::call(const std::string& to, ua::call_options o)
{
    o.media_port = fresh_port();
    auto id = engine_->call(to, std::move(o), world_.now());
    if (id)
    {
        current_ = made_ = *id;
        media_port_ = first_port_ = last_port_;
        ++seen.calls;
        world_.note(name(), "calls " + to);
    }
    drain();
    return id;
}

result<void> node::early_media()
{
    if (!current_) return errc::no_such_call;
    ua::answer_options o;
    const bool again = early_ == current_;
    o.media_port = again ? media_port_ : fresh_port();
    auto done = engine_->early_media(*current_, o, world_.now());
    if (done)
    {
        early_ = current_;
        if (!again) media_port_ = first_port_ = o.media_port;
    }
    drain();
    return done;
}

result<void> node::answer()
{
    if (!current_) return errc::no_such_call;
    ua::answer_options o;
    const bool known = early_ == current_;
    o.media_port = known ? media_port_ : fresh_port();
    auto done = engine_->answer(*current_, o, world_.now());
    if (done && !known) media_port_ = first_port_ = o.media_port;
    drain();
    return done;
}

result<void> node::reject(int status)
{
    if (!current_) return errc::no_such_call;
    auto done = engine_->reject(*current_, status, {}, world_.now());
    drain();
    return done;
}

result<void> node::hang_up()
{
    if (!current_) return errc::no_such_call;
    auto done = engine_->hang_up(*current_, world_.now());
    world_.note(name(), "hangs up");
    drain();
    return done;
}

result<ua::change_id> node::modify(ua::change what)
{
    if (!current_) return errc::no_such_call;
    auto id = engine_->modify(*current_, what, world_.now());
    if (id)
    {
        ++seen.wishes;
        if (what.media_port) moves_[{*current_, *id}] = *what.media_port;
    }
    drain();
    return id;
}

result<ua::change_id> node::hold(bool on)
{
    ua::change what;
    what.hold = on;
    world_.note(name(), on ? "holds" : "resumes");
    return modify(what);
}

result<media::digits_id> node::press(const std::string& keys, std::optional<ua::digit_method> via)
{
    if (!current_) return errc::no_such_call;
    auto id = engine_->send_digits(*current_, keys, world_.now(), via);
    if (id) world_.note(name(), "presses " + keys);
    drain();
    return id;
}

result<void> node::transfer(const std::string& to)
{
    if (!current_) return errc::no_such_call;
    auto done = engine_->transfer(*current_, to, world_.now());
    drain();
    return done;
}

result<ua::call_id> node::follow(ua::call_options o)
{
    if (seen.wanted.empty()) return errc::no_such_call;
    auto id = engine_->accept_transfer(seen.wanted.back().call, world_.now(), std::move(o));
    if (id)
    {
        ++seen.calls;
        made_ = *id;
    }
    drain();
    return id;
}

result<ua::request_id> node::request(ua::request r)
{
    auto id = engine_->send_request(std::move(r), world_.now());
    drain();
    return id;
}

result<ua::request_id> node::request_in_call(ua::request r)
{
    if (!current_) return errc::no_such_call;
    auto id = engine_->send_request(*current_, std::move(r), world_.now());
    drain();
    return id;
}

result<void> node::respond(ua::incoming_id id, ua::response r)
{
    auto done = engine_->respond(id, r, world_.now());
    drain();
    return done;
}

void node::register_as(ua::account a)
{
    if (!engine_->register_account(std::move(a), world_.now()))
        world_.note(name(), "has a bad account");
    drain();
}

void node::unregister()
{
    engine_->unregister(world_.now());
    drain();
}

// ---- what comes in

void node::on_datagram(const datagram& d)
{
    if (d.to.port == sip().port)
        engine_->receive(d.bytes, d.from, sip(), world_.now());
    else if (d.to.port >= first_port_ && d.to.port <= last_port_ + 1)
        engine_->receive_media(
            {reinterpret_cast<const std::uint8_t*>(d.bytes.data()), d.bytes.size()}, d.from,
            world_.now());
    drain();
}

void node::on_unreachable(const endpoint& to)
{
    engine_->transport_error(to, world_.now());
    drain();
}

void node::handle_timeout()
{
    engine_->handle_timeout(world_.now());
    drain();
}

// ---- what goes out

void node::drain()
{
    if (draining_) return; // commanded from inside an event: the outer loop goes on
    draining_ = true;
    std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
    for (bool more = true; more;)
    {
        more = false;
        while (auto t = engine_->poll_transmit())
        {
            more = true;
            note_dialled(t->bytes);
            world_.send(sip(), t->to, t->bytes);
        }
        while (const auto n = engine_->poll_media_report(packet))
        {
            ++seen.media_reports;
            world_.send(media_rtcp_, media_remote_rtcp_,
                        {reinterpret_cast<const char*>(packet.data()), n});
        }
        while (const auto n = engine_->poll_media(packet))
        {
            more = true;
            ++seen.media_packets;
            world_.send(media(), media_remote_, {reinterpret_cast<const char*>(packet.data()), n});
        }
        while (auto e = engine_->poll_event())
        {
            more = true;
            take(*e);
        }
    }
    draining_ = false;
    next_ = engine_->next_timeout();
}

void node::note_dialled(const std::string& bytes)
{
    if (!bytes.starts_with("INVITE ")) return;
    const auto m = sip::message::parse(bytes);
    const auto to = m ? (*m)->to() : result<sip::name_addr>(errc::bad_syntax);
    if (!to || !to->tag().empty() || !made_) return;
    const std::string name((*m)->call_id());
    for (const auto& [call, known] : names_)
        if (known == name) return; // again, maybe of a call before this one
    names_[*made_] = name;
}

// The port moves when both sides know.
void node::take_change(const ua::change_done& done)
{
    const auto move = moves_.extract(std::pair(done.call, done.change));
    if (!move.empty() && done.why == errc{}) media_port_ = move.mapped();
    seen.changes.push_back(done);
}

void node::take(const ua::event& e)
{
    describe(e);
    if (const auto* wanted = std::get_if<ua::lookup_wanted>(&e)) return look_up(*wanted);
    if (const auto* incoming = std::get_if<ua::incoming_call>(&e))
    {
        ++seen.calls;
        seen.incoming.push_back(*incoming);
        current_ = incoming->call;
        names_[incoming->call] = incoming->invite->call_id();
        greet(incoming->call);
    }
    else if (const auto* changed = std::get_if<ua::registration_changed>(&e))
        seen.registrations.push_back(*changed);
    else if (const auto* progress = std::get_if<ua::call_progress>(&e))
        seen.progress.push_back(progress->status);
    else if (const auto* answered = std::get_if<ua::call_answered>(&e))
    {
        ++seen.answered;
        answered_ = answered->call;
    }
    else if (const auto* started = std::get_if<ua::media_started>(&e))
    {
        media_remote_ = started->remote;
        media_remote_rtcp_ = started->remote_rtcp;
        media_rtcp_ = media();
        if (!started->rtcp_mux) ++media_rtcp_.port;
        seen.media.push_back(*started);
    }
    else if (const auto* d = std::get_if<ua::digit>(&e))
    {
        seen.digits += d->key;
        seen.presses.push_back(*d);
    }
    else if (const auto* sent = std::get_if<ua::digits_sent>(&e))
        seen.sent.push_back(*sent);
    else if (const auto* held = std::get_if<ua::hold_changed>(&e))
        seen.holds.push_back(*held);
    else if (const auto* change = std::get_if<ua::change_done>(&e))
        take_change(*change);
    else if (const auto* moved = std::get_if<ua::transfer_done>(&e))
        seen.transfers.push_back(*moved);
    else if (const auto* moving = std::get_if<ua::transfer_progress>(&e))
        seen.transfer_progress.push_back(moving->status);
    else if (const auto* wish = std::get_if<ua::transfer_wanted>(&e))
        seen.wanted.push_back(*wish);
    else if (const auto* by = std::get_if<ua::call_replaced>(&e))
    {
        seen.replaced.push_back(*by);
        if (!by->invite.empty())
        {
            ++seen.calls;
            names_[by->by] = by->invite->call_id();
        }
        current_ = by->by;
    }
    else if (const auto* done = std::get_if<ua::request_done>(&e))
        seen.done.push_back(*done);
    else if (const auto* request = std::get_if<ua::incoming_request>(&e))
        seen.requests.push_back(*request);
    else if (const auto* ended = std::get_if<ua::call_ended>(&e))
    {
        seen.endings.push_back(ended->how);
        // Of a transfer that is followed the new call goes on alone.
        if (ended->call == current_) current_ = engine_->current_call().value_or(ended->call);
    }
    if (on_event) on_event(e);
}

void node::greet(ua::call_id id)
{
    if (how.reject_with != 0)
    {
        (void)engine_->reject(id, how.reject_with, {}, world_.now());
        return;
    }
    if (how.ring) (void)engine_->ring(id, world_.now());
    if (how.answer_after)
        world_.after(*how.answer_after,
                     [this, id]
                     {
                         if (engine_->current_call() == id) (void)answer();
                     });
}

void node::look_up(const ua::lookup_wanted& wanted)
{
    ++seen.lookups;
    std::vector<ua::target> found;
    for (const auto& e : world_.find_host(wanted.host, wanted.port))
        found.push_back({e, sip()});
    world_.after(milliseconds(1),
                 [this, id = wanted.id, found]
                 {
                     if (found.empty())
                         engine_->on_lookup(id, errc::dns_failed, world_.now());
                     else
                         engine_->on_lookup(id, found, world_.now());
                     drain();
                 });
}

// ---- the record

void node::describe(const ua::event& e)
{
    struct
    {
        std::string operator()(const ua::lookup_wanted& x) { return "looks up " + x.host; }
        std::string operator()(const ua::registration_changed& x)
        {
            constexpr const char* words[] = {"is registered", "failed to register", "unregistered"};
            return words[static_cast<int>(x.state)] + (' ' + std::to_string(x.status)) + ' ' +
                   std::to_string(x.granted.count()) + " s";
        }
        std::string operator()(const ua::incoming_call& x) { return "is called by " + x.from_uri; }
        std::string operator()(const ua::call_progress& x)
        {
            return "hears " + std::to_string(x.status);
        }
        std::string operator()(const ua::call_answered&) { return "is in the call"; }
        std::string operator()(const ua::media_started& x)
        {
            return "has media " + x.codec + ' ' + x.remote.to_string();
        }
        std::string operator()(const ua::digit& x) { return std::string("heard key ") + x.key; }
        std::string operator()(const ua::played&) { return "has played"; }
        std::string operator()(const ua::digits_sent& x)
        {
            return x.why == errc{} ? "has pressed" : "could not press";
        }
        std::string operator()(const ua::hold_changed& x)
        {
            return std::string("is ") + (x.by_us ? "holding" : "not holding") + " and " +
                   (x.by_peer ? "held" : "not held");
        }
        std::string operator()(const ua::change_done& x)
        {
            return x.why == errc{} ? "has changed the call" : "could not change the call";
        }
        std::string operator()(const ua::transfer_progress& x)
        {
            return "hears that they hear " + std::to_string(x.status);
        }
        std::string operator()(const ua::transfer_done& x)
        {
            return "has transferred: " + std::to_string(x.status);
        }
        std::string operator()(const ua::transfer_wanted& x)
        {
            return "is referred to " + x.target;
        }
        std::string operator()(const ua::call_replaced&) { return "goes on with another call"; }
        std::string operator()(const ua::request_done& x)
        {
            return "hears " + std::to_string(x.answer.status) + " to its request";
        }
        std::string operator()(const ua::incoming_request& x)
        {
            return "has a request " + std::string(x.request->method_text());
        }
        std::string operator()(const ua::call_ended& x)
        {
            return "ended by " + std::string(to_string(x.how.who)) + ' ' +
                   std::to_string(x.how.status) + ' ' + x.how.reason;
        }
    } words;
    world_.note(name(), std::visit(words, e));
}

bool node::nothing_left() const
{
    return engine_->live_objects() == 0 && engine_->settled() &&
           seen.endings.size() == static_cast<std::size_t>(seen.calls);
}

std::optional<ua::call_id> node::established() const
{
    const auto now = engine_->current_call();
    return now == answered_ ? now : std::nullopt;
}

std::string node::call_id_text(ua::call_id c) const
{
    const auto at = names_.find(c);
    return at == names_.end() ? std::string() : at->second;
}

const ua::media_started* node::audio_of(ua::call_id c) const
{
    for (auto m = seen.media.rbegin(); m != seen.media.rend(); ++m)
        if (m->call == c) return &*m;
    return nullptr;
}

std::string node::held() const
{
    if (seen.holds.empty() || seen.holds.back().call != current_) return "none";
    const auto& h = seen.holds.back();
    if (h.by_us) return h.by_peer ? "both" : "us";
    return h.by_peer ? "peer" : "none";
}

std::string node::last_ending() const
{
    if (seen.endings.empty()) return "none";
    const auto& e = seen.endings.back();
    std::string text(to_string(e.who));
    text += ' ';
    text += std::to_string(e.status);
    if (e.why != errc{}) text += std::string(", ") + solosip::describe(e.why);
    return text;
}

} // namespace solosip::simulation
