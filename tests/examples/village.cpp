#include "village.hpp"

#include "solosip/codecs/g711.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace village
{
namespace
{

class tape_sink final : public media::sink
{
public:
    explicit tape_sink(std::shared_ptr<tape> to) : to_(std::move(to)) {}
    void prepare(std::uint32_t) override {}
    void write(std::span<const media::sample> from) override
    {
        to_->samples.insert(to_->samples.end(), from.begin(), from.end());
    }

private:
    std::shared_ptr<tape> to_;
};

} // namespace

// Goertzel's question, asked the plain way: correlate with a sine and a cosine.
double tape::level(double hz, milliseconds from, milliseconds to) const
{
    const auto first = static_cast<std::size_t>(from.count() * 8);
    const auto last = std::min(samples.size(), static_cast<std::size_t>(to.count() * 8));
    if (first >= last) return 0;
    double s = 0, c = 0;
    for (std::size_t i = first; i < last; ++i)
    {
        const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / 8000;
        s += samples[i] * std::sin(phase);
        c += samples[i] * std::cos(phase);
    }
    return 2 * std::hypot(s, c) / static_cast<double>(last - first);
}

std::string telephone::keys() const
{
    std::string out;
    for (const auto& d : all<ua::digit>())
        out += d.key;
    return out;
}

examples::exchange_settings usual_settings()
{
    examples::exchange_settings s;
    s.users = {{"alice", "wonderland"}, {"bob", "builder"}};
    s.codecs = {&codecs::pcma(), &codecs::pcmu()};
    s.media_ports = {7000, 7002};
    return s;
}

world::world(examples::exchange_settings s) : exchange_(std::move(s), random_) {}

ua::account world::account(const std::string& name, const std::string& password) const
{
    ua::account a;
    a.uri = "sip:" + name + '@' + exchange_at_.to_string();
    a.password = password;
    return a;
}

telephone& world::add(const std::string& name, const std::string& password)
{
    ua::settings s;
    s.codecs = {&codecs::pcma(), &codecs::pcmu()};
    const auto port = static_cast<std::uint16_t>(5060 + 10 * telephones_.size());
    telephones_.push_back(
        std::make_unique<telephone>(s, random_, endpoint{ip_address::v4(192, 0, 2, 1), port}));
    telephone& t = *telephones_.back();
    REQUIRE(t.engine.set_account(account(name, password)));
    return t;
}

void world::call(telephone& t, const std::string& whom)
{
    ua::call_options o;
    o.media_port = t.media_port();
    const auto id = t.engine.call(whom, o, now_);
    REQUIRE(id);
    t.call = *id;
    t.heard = std::make_shared<tape>();
}

void world::on_event(telephone& t, const ua::event& e)
{
    t.events.push_back(e);
    if (const auto* l = std::get_if<ua::lookup_wanted>(&e))
    {
        const auto address = ip_address::parse(l->host);
        REQUIRE(address);
        const std::uint16_t port = l->port != 0 ? l->port : std::uint16_t{5060};
        t.engine.on_lookup(l->id, std::vector<ua::target>{{{*address, port}, t.sip}}, now_);
    }
    else if (const auto* in = std::get_if<ua::incoming_call>(&e))
    {
        t.call = in->call;
        if (t.answers)
            REQUIRE(t.engine.answer(in->call, {.media_port = t.media_port(), .headers = {}}, now_));
    }
    else if (const auto* m = std::get_if<ua::media_started>(&e))
    {
        t.media_to = m->remote;
        t.rtcp_mux = m->rtcp_mux;
    }
    else if (std::holds_alternative<ua::call_answered>(e))
        REQUIRE(t.engine.record(*t.call, std::make_unique<tape_sink>(t.heard), now_));
}

void world::collect(telephone& t)
{
    while (const auto e = t.engine.poll_event())
        on_event(t, *e);
    while (auto out = t.engine.poll_transmit())
        wire_.push_back({t.sip, out->to, std::move(out->bytes), false});
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    const auto send = [&](std::size_t n)
    {
        wire_.push_back({{t.sip.address, t.media_port()},
                         t.media_to,
                         std::string(buffer.begin(), buffer.begin() + static_cast<long>(n)),
                         true});
    };
    while (const std::size_t n = t.engine.poll_media(buffer))
        send(n);
    while (const std::size_t n = t.engine.poll_media_report(buffer))
        if (t.rtcp_mux) send(n);
}

void world::collect()
{
    for (auto& t : telephones_)
        collect(*t);
    while (auto out = exchange_.poll_transmit())
        wire_.push_back({exchange_at_, out->to, std::move(out->bytes), false});
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    while (const auto m = exchange_.poll_media(buffer))
        wire_.push_back({{exchange_at_.address, m->from_port},
                         m->to,
                         std::string(buffer.begin(), buffer.begin() + static_cast<long>(m->size)),
                         true});
    while (const auto e = exchange_.poll_event())
        log.push_back(e->to_string());
}

void world::deliver(const packet& p)
{
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(p.bytes.data()),
                                              p.bytes.size());
    if (!p.media) traffic.push_back(p.bytes.substr(0, p.bytes.find("\r\n")));
    if (p.to == exchange_at_)
        exchange_.receive(p.bytes, p.from, exchange_at_, now_);
    else if (p.to.address == exchange_at_.address)
        exchange_.receive_media(p.to.port, bytes, p.from, now_);
    for (auto& t : telephones_)
    {
        if (p.to == t->sip)
            t->engine.receive(p.bytes, p.from, t->sip, now_);
        else if (p.to == endpoint{t->sip.address, t->media_port()})
            t->engine.receive_media(bytes, p.from, now_);
    }
}

// One datagram, or else the next deadline that is not after `until`.
bool world::step(time_point until)
{
    collect();
    if (!wire_.empty())
    {
        const packet p = std::move(wire_.front());
        wire_.pop_front();
        deliver(p);
        return true;
    }
    auto next = exchange_.next_timeout();
    for (const auto& t : telephones_)
        next = earlier(next, t->engine.next_timeout());
    if (!next || *next > until) return false;
    now_ = std::max(now_, *next);
    exchange_.handle_timeout(now_);
    for (auto& t : telephones_)
        t->engine.handle_timeout(now_);
    return true;
}

void world::run(milliseconds duration)
{
    const time_point until = now_ + duration;
    while (step(until))
    {
    }
    now_ = until;
}

std::size_t world::count(std::string_view prefix) const
{
    return static_cast<std::size_t>(std::count_if(traffic.begin(), traffic.end(),
                                                  [&](const std::string& line)
                                                  { return line.starts_with(prefix); }));
}

} // namespace village
