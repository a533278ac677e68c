#include "simulation/world.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace solosip::simulation
{

namespace
{

// More events at one instant than this are a circle in which somebody runs.
constexpr std::uint64_t circle = 100'000;

std::string_view first_line(std::string_view text)
{
    return text.substr(0, text.find("\r\n"));
}

std::string_view header_line(std::string_view text, std::string_view name)
{
    const auto at = text.find(name);
    return at == std::string_view::npos ? std::string_view{} : first_line(text.substr(at + 2));
}

} // namespace

bool datagram::is_sip() const
{
    // RTP has version 2 in its first two bits (RFC 3550 section 5.1): never a letter.
    return !bytes.empty() && (bytes[0] & 0x80) == 0;
}

participant::participant(world& w, std::string name, ip_address address)
    : world_(w), name_(std::move(name)), address_(address), home_(address)
{
    world_.participants_.push_back(this);
}

participant::~participant()
{
    std::erase(world_.participants_, this);
}

world::world(std::uint64_t seed, weather w)
    : sky(w), seed_(seed), network_random_(seed * 3 + 1), script_random_(seed * 3 + 2),
      seeds_(seed * 3 + 3)
{
}

std::uint64_t world::next_seed()
{
    return seeds_.u64();
}

void world::set_host(std::string name, std::vector<endpoint> addresses)
{
    hosts_[std::move(name)] = std::move(addresses);
}

std::vector<endpoint> world::find_host(const std::string& name, std::uint16_t port) const
{
    std::string_view literal = name;
    if (literal.starts_with('[') && literal.ends_with(']'))
        literal = literal.substr(1, literal.size() - 2);
    if (const auto parsed = ip_address::parse(literal))
        return {{*parsed, port != 0 ? port : std::uint16_t{5060}}};
    const auto found = hosts_.find(name);
    if (found == hosts_.end()) return {};
    auto all = found->second;
    if (port != 0)
        for (auto& e : all)
            e.port = port;
    return all;
}

bool world::by_chance(double probability)
{
    if (probability <= 0) return false;
    return network_random_.u32() < probability * 4294967296.0;
}

std::size_t world::free_slot()
{
    if (free_.empty())
    {
        flights_.emplace_back();
        return flights_.size() - 1;
    }
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
}

void world::put(time_point at, flight&& f)
{
    const auto slot = free_slot();
    flights_[slot] = std::move(f);
    queue_.push({at, order_++, slot});
}

void world::schedule(const endpoint& from, const endpoint& to, std::string_view bytes)
{
    auto delay = std::chrono::duration_cast<duration>(sky.latency);
    if (sky.spread > milliseconds(0))
        delay += microseconds(
            network_random_.below(static_cast<std::uint32_t>(sky.spread.count() * 1000)));
    const auto slot = free_slot();
    flight& f = flights_[slot]; // its string keeps its memory from the datagram before
    f.from = from;
    f.to = to;
    f.bytes.assign(bytes);
    f.act = nullptr;
    f.unreachable = std::find(closed_.begin(), closed_.end(), to) != closed_.end();
    queue_.push({now_ + delay, order_++, slot});
}

void world::send(const endpoint& from, const endpoint& to, std::string_view bytes)
{
    const datagram d{from, to, bytes};
    if ((lets_pass && !lets_pass(d)) || is_cut(from, to) || by_chance(sky.loss))
    {
        trace(d, "lost");
        return;
    }
    trace(d, "");
    const endpoint seen = nats_.empty() ? from : seen_at(from);
    schedule(seen, to, bytes);
    if (by_chance(sky.duplication)) schedule(seen, to, bytes);
}

// ---- ways that are not there, and NATs

bool world::is_cut(const endpoint& from, const endpoint& to) const
{
    if (cuts_.empty()) return false;
    const auto there = behind(to).value_or(to).address;
    return std::find(cuts_.begin(), cuts_.end(), std::pair(from.address, there)) != cuts_.end();
}

void world::put_behind_nat(const ip_address& inside, const ip_address& outside)
{
    nats_.push_back({inside, outside});
}

void world::rebind(const ip_address& inside)
{
    for (nat& n : nats_)
        if (n.inside == inside) n.ports.clear();
}

bool world::has_nat(const ip_address& inside) const
{
    return std::any_of(nats_.begin(), nats_.end(),
                       [&](const nat& n) { return n.inside == inside; });
}

endpoint world::seen_at(const endpoint& inside)
{
    for (nat& n : nats_)
        if (n.inside == inside.address)
        {
            const auto [at, fresh] = n.ports.try_emplace(inside.port, n.next_port);
            if (fresh) ++n.next_port;
            return {n.outside, at->second};
        }
    return inside;
}

// Who a NAT hands a datagram to; nothing where there is no NAT, or no mapping.
std::optional<endpoint> world::behind(const endpoint& to) const
{
    for (const nat& n : nats_)
        for (const auto& [inside, outside] : n.ports)
            if (to == endpoint{n.outside, outside}) return endpoint{n.inside, inside};
    return std::nullopt;
}

void world::after(duration delay, std::function<void()> act)
{
    put(now_ + delay, {{}, {}, {}, std::move(act), false});
}

participant* world::at(const ip_address& a) const
{
    for (auto* p : participants_)
        if (p->address() == a) return p;
    return nullptr;
}

void world::arrive(flight& f)
{
    if (f.act) return f.act();
    if (f.unreachable)
    {
        if (auto* sender = at(f.from.address)) sender->on_unreachable(f.to);
        return;
    }
    endpoint to = f.to;
    if (!nats_.empty())
    {
        const auto inside = behind(to);
        if (!inside && has_nat(to.address)) return; // nobody outside knows that address
        to = inside.value_or(to);
    }
    auto* receiver = at(to.address);
    if (receiver == nullptr) return;
    const datagram d{f.from, to, f.bytes};
    if (on_arrival) on_arrival(d);
    receiver->on_datagram(d);
}

ip_address world::owner_of(const endpoint& e) const
{
    const auto there = behind(e).value_or(e).address;
    const auto* who = at(there);
    return who ? who->home() : there;
}

std::optional<time_point> world::next() const
{
    std::optional<time_point> earliest;
    if (!queue_.empty()) earliest = queue_.top().at;
    for (const auto* p : participants_)
        if (const auto t = p->next_timeout(); t && (!earliest || *t < *earliest)) earliest = t;
    return earliest;
}

bool world::step(time_point limit)
{
    const auto due_at = next();
    if (!due_at || *due_at > limit) return false;
    steps_now_ = *due_at > now_ ? 0 : steps_now_ + 1;
    if (steps_now_ > circle)
        throw std::runtime_error("time stands still, seed " + std::to_string(seed_) + "\n" + log_);
    now_ = std::max(now_, *due_at);
    if (!queue_.empty() && queue_.top().at <= now_)
    {
        const auto slot = queue_.top().slot;
        queue_.pop();
        flight f = std::move(flights_[slot]); // what happens now may send
        arrive(f);
        f.act = nullptr;
        flights_[slot] = std::move(f);
        free_.push_back(slot);
        return true;
    }
    for (auto* p : participants_)
        if (const auto t = p->next_timeout(); t && *t <= now_)
        {
            p->handle_timeout();
            return true;
        }
    return true;
}

void world::run_for(duration d)
{
    const auto limit = now_ + d;
    while (step(limit))
    {
    }
    now_ = limit;
}

bool world::run_until(const std::function<bool()>& done, duration limit)
{
    const auto end = now_ + limit;
    while (!done())
        if (!step(end)) return done();
    return true;
}

bool world::run_out(duration limit)
{
    const auto end = now_ + limit;
    while (step(end))
    {
    }
    return !next();
}

// FNV-1a, eight bytes at a time where it can: a campaign hashes a million packets.
void world::mix(std::string_view bytes)
{
    for (; bytes.size() >= 8; bytes.remove_prefix(8))
    {
        std::uint64_t eight;
        std::memcpy(&eight, bytes.data(), 8);
        digest_ = (digest_ ^ eight) * 0x100000001b3u;
        digest_ ^= digest_ >> 32; // what is on top has to come down
    }
    for (const char c : bytes)
        digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
}

void world::note(std::string_view who, std::string_view what)
{
    const auto begin = log_.size();
    const auto us = std::chrono::duration_cast<microseconds>(now_.time_since_epoch()).count();
    char digits[20]; // "12.345678"
    log_.append(digits, std::to_chars(digits, digits + sizeof digits, us / 1'000'000).ptr);
    *std::to_chars(digits, digits + sizeof digits, 1'000'000 + us % 1'000'000).ptr = ' ';
    digits[0] = '.';
    log_.append(digits, 8);
    log_ += who;
    log_ += ' ';
    log_ += what;
    log_ += '\n';
    mix(std::string_view(log_).substr(begin));
}

void world::trace(const datagram& d, std::string_view fate)
{
    if (!d.is_sip())
    {
        mix(d.bytes);
        mix(fate);
        return;
    }
    const auto* from = at(d.from.address);
    const auto* to = at(d.to.address);
    std::string line(from ? from->name() : d.from.to_string());
    line += " > ";
    line += to ? to->name() : d.to.to_string();
    std::string what(first_line(d.bytes));
    what += " | ";
    what += header_line(d.bytes, "\r\nCSeq:");
    if (!fate.empty()) what += " | ";
    what += fate;
    note(line, what);
    mix(d.bytes);
}

} // namespace solosip::simulation
