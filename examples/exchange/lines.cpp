#include "lines.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace solosip::examples
{

std::optional<line_number> find_line(std::string_view user)
{
    static constexpr std::array<std::pair<std::string_view, line_number>, 7> lines = {{
        {"echo", {line::echo}},
        {"digits", {line::digits}},
        {"menu", {line::menu}},
        {"tone", {line::tone}},
        {"busy", {line::busy, 486}},
        {"decline", {line::decline, 603}},
        {"silent", {line::silent}},
    }};
    for (const auto& [name, number] : lines)
        if (name == user) return number;

    constexpr std::string_view prefix = "status-";
    if (!user.starts_with(prefix)) return std::nullopt;
    user.remove_prefix(prefix.size());
    int status = 0;
    const char* const end = user.data() + user.size();
    const auto [stop, failure] = std::from_chars(user.data(), end, status);
    if (failure != std::errc{} || stop != end || status < 300 || status > 699) return std::nullopt;
    return line_number{line::status, status};
}

std::string event::to_string() const
{
    static constexpr std::array<std::string_view, 7> verbs = {
        "registered", "unregistered", "refused", "called", "answered", "heard digit", "ended"};
    std::string text = who + ' ' + std::string(verbs[static_cast<std::size_t>(what)]);
    if (!detail.empty()) text += ": " + detail;
    return text;
}

line_call::line_call(options o, ua::settings agent, random_source& random)
    : options_(std::move(o)), engine_(std::move(agent), random)
{
}

void line_call::receive(std::string_view datagram, const endpoint& source, const endpoint& local,
                        time_point now)
{
    local_ = local;
    engine_.receive(datagram, source, local, now);
}

void line_call::handle_timeout(time_point now)
{
    engine_.handle_timeout(now);
    while (const auto t = timers_.take_expired(now))
    {
        if (!call_) return;
        switch (*t)
        {
        case timer::answer:
            (void)engine_.answer(*call_, {.media_port = options_.media_port}, now);
            break;
        case timer::press: (void)engine_.send_digits(*call_, options_.behaviour.keys, now); break;
        case timer::hang_up:
        case timer::longest: (void)engine_.hang_up(*call_, now); break;
        case timer::count: break;
        }
    }
}

void line_call::drain(time_point now, std::vector<event>& log)
{
    while (const auto e = engine_.poll_event())
        std::visit([&](const auto& what) { on(what, now, log); }, *e);
}

// Callers' contacts are addresses; who gives a name there is not called back.
void line_call::on(const ua::lookup_wanted& e, time_point now, std::vector<event>&)
{
    std::string_view host = e.host;
    if (host.size() > 1 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    const auto address = ip_address::parse(host);
    if (!address)
        engine_.on_lookup(e.id, errc::dns_failed, now);
    else
    {
        const std::uint16_t port = e.port != 0 ? e.port : std::uint16_t{5060};
        engine_.on_lookup(e.id, std::vector<ua::target>{{{*address, port}, local_}}, now);
    }
}

void line_call::on(const ua::incoming_call& e, time_point now, std::vector<event>& log)
{
    // A second INVITE hears 486 from the engine; only the first is ours.
    if (call_) return;
    call_ = e.call;
    log.push_back({event::kind::called, options_.name, "from " + e.from_uri});
    timers_.set(timer::longest, now + options_.behaviour.longest_call);
    if (options_.number.status != 0)
    {
        (void)engine_.reject(e.call, options_.number.status, {}, now);
        return;
    }
    (void)engine_.ring(e.call, now);
    if (options_.number.which != line::silent)
        timers_.set(timer::answer, now + options_.behaviour.answer_after);
}

void line_call::on(const ua::call_answered&, time_point now, std::vector<event>& log)
{
    log.push_back({event::kind::answered, options_.name, {}});
    begin(now);
}

void line_call::begin(time_point now)
{
    (void)engine_.record(*call_, std::make_unique<ear>(heard_, std::move(options_.recorder)), now);
    switch (options_.number.which)
    {
    case line::echo: start_echo(now); break;
    case line::digits: timers_.set(timer::press, now + milliseconds(500)); break;
    case line::menu: choose('0', now); break;
    case line::tone:
        say({{1000, static_cast<int>(options_.behaviour.tone_for.count())}}, now);
        break;
    default: break;
    }
}

void line_call::on(const ua::media_started& e, time_point, std::vector<event>&)
{
    media_remote_ = e.remote;
    rtcp_mux_ = e.rtcp_mux;
}

void line_call::on(const ua::digit& e, time_point now, std::vector<event>& log)
{
    log.push_back({event::kind::digit, options_.name, std::string(1, e.key)});
    const bool chosen = options_.number.which == line::menu && (!echoing_ || e.key == '9');
    if (chosen)
        choose(e.key, now);
    else if (echoing_)
        (void)engine_.send_digits(*call_, std::string(1, e.key), now);
}

// The keys of the menu; `line::menu` says what they do.
void line_call::choose(char key, time_point now)
{
    (void)engine_.clear_playback(*call_, now);
    switch (key)
    {
    case '0': say({{600, 200}, {800, 200}, {1000, 200}}, now); break;
    case '1': say({{440, 1000}}, now); break;
    case '2': (void)engine_.send_digits(*call_, "2", now); break;
    case '3': start_echo(now); break;
    case '9': timers_.set(timer::hang_up, now + milliseconds(100)); break;
    default: say({{200, 150}, {0, 100}, {200, 150}}, now); break;
    }
}

void line_call::say(std::vector<note> notes, time_point now)
{
    (void)engine_.play(*call_, std::make_unique<melody>(std::move(notes)), milliseconds(0), now);
}

void line_call::start_echo(time_point now)
{
    echoing_ = true;
    heard_->clear();
    (void)engine_.play(*call_, std::make_unique<echo_source>(heard_), milliseconds(0), now);
}

void line_call::on(const ua::played& e, time_point now, std::vector<event>&)
{
    if (e.complete && options_.number.which == line::tone) timers_.set(timer::hang_up, now);
}

void line_call::on(const ua::digits_sent&, time_point now, std::vector<event>&)
{
    if (options_.number.which == line::digits) timers_.set(timer::hang_up, now + milliseconds(200));
}

void line_call::on(const ua::call_ended& e, time_point, std::vector<event>& log)
{
    ended_ = true;
    timers_.stop_all();
    std::string how = "by " + std::string(ua::to_string(e.how.who));
    if (e.how.status != 0) how += ", " + std::to_string(e.how.status) + ' ' + e.how.reason;
    log.push_back({event::kind::ended, options_.name, how});
}

} // namespace solosip::examples
