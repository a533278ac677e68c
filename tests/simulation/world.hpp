// A world in virtual time: a network that loses, doubles, delays and reorders, and those who talk
// over it. The earliest event always comes first, and one seed gives one course of events.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/random.hpp"
#include "solosip/base/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace solosip::simulation
{

using std::chrono::hours;
using std::chrono::minutes;

/// How the network treats each datagram.
struct weather
{
    double loss = 0;        ///< probability, 0-1
    double duplication = 0; ///< the same
    milliseconds latency{10};
    milliseconds spread{0}; ///< up to this much more, by chance: reordering
};

/// A datagram on its way.
struct datagram
{
    endpoint from, to;
    std::string_view bytes;
    bool is_sip() const;
};

class world;

/// Somebody with an address of their own.
class participant
{
public:
    participant(world& w, std::string name, ip_address address);
    virtual ~participant();
    participant(const participant&) = delete;
    participant& operator=(const participant&) = delete;

    virtual void on_datagram(const datagram& d) = 0;
    /// A datagram of ours found nobody at `to`.
    virtual void on_unreachable(const endpoint& to) { (void)to; }
    virtual std::optional<time_point> next_timeout() const { return std::nullopt; }
    virtual void handle_timeout() {}

    const std::string& name() const { return name_; }
    ip_address address() const { return address_; }
    /// The first address: who it is, wherever it goes.
    ip_address home() const { return home_; }
    /// Has another address from now on; what goes to the old one arrives nowhere.
    void move_to(const ip_address& a) { address_ = a; }

protected:
    world& world_;

private:
    std::string name_;
    ip_address address_, home_;
};

class world
{
public:
    explicit world(std::uint64_t seed, weather w = {});

    time_point now() const { return now_; }
    std::uint64_t seed() const { return seed_; }
    /// For scripts; the network has its own.
    random_source& random() { return script_random_; }
    /// A fresh generator for one participant.
    std::uint64_t next_seed();

    // -- names

    void set_host(std::string name, std::vector<endpoint> addresses);
    /// Empty where the name is unknown. Literals need no entry.
    std::vector<endpoint> find_host(const std::string& name, std::uint16_t port) const;

    // -- the network

    weather sky;
    /// False: this datagram is lost, whatever the weather.
    std::function<bool(const datagram&)> lets_pass;
    /// Sees each datagram that arrives, just before its receiver.
    std::function<void(const datagram&)> on_arrival;

    void send(const endpoint& from, const endpoint& to, std::string_view bytes);
    /// Datagrams to there come back as unreachable.
    void close(const endpoint& at) { closed_.push_back(at); }
    void open(const endpoint& at) { std::erase(closed_, at); }
    /// Nothing passes from one to the other, as if there were no way; the other way is left alone.
    void cut(const ip_address& from, const ip_address& to) { cuts_.emplace_back(from, to); }
    /// All ways are there again.
    void mend() { cuts_.clear(); }

    /// From now on `inside` is private: the others see a port of `outside` for each of its own, and
    /// reach it only there (endpoint-independent mapping and filtering, RFC 4787).
    void put_behind_nat(const ip_address& inside, const ip_address& outside);
    /// The NAT forgets its mappings: the next datagram from inside opens a new one.
    void rebind(const ip_address& inside);
    bool has_nat(const ip_address& inside) const;
    /// Whose it is, by their first address; behind a NAT or not.
    ip_address owner_of(const endpoint& e) const;
    /// Where others see it; without a NAT where it is.
    endpoint seen_at(const endpoint& inside);

    // -- time

    void after(duration delay, std::function<void()> act);
    void run_for(duration d);
    /// Until `done` is true: then true; false after `limit`.
    bool run_until(const std::function<bool()>& done, duration limit = minutes(10));
    /// Until nobody has anything more to do; false after `limit`.
    bool run_out(duration limit = minutes(10));

    // -- what happened

    /// A line for the log, with the time in front.
    void note(std::string_view who, std::string_view what);
    const std::string& log() const { return log_; }
    /// Of everything, media packets included.
    std::uint64_t digest() const { return digest_; }

private:
    friend class participant;

    struct flight
    {
        endpoint from, to;
        std::string bytes;
        std::function<void()> act; // instead of a datagram
        bool unreachable = false;
    };
    struct due
    {
        time_point at;
        std::uint64_t order;
        std::size_t slot;
        bool operator<(const due& other) const // the queue's top is its greatest
        {
            return at != other.at ? at > other.at : order > other.order;
        }
    };

    struct nat
    {
        ip_address inside, outside;
        std::uint16_t next_port = 40'000;
        std::map<std::uint16_t, std::uint16_t> ports{}; // inside to outside
    };

    bool by_chance(double probability);
    bool is_cut(const endpoint& from, const endpoint& to) const;
    std::optional<endpoint> behind(const endpoint& to) const;
    void put(time_point at, flight&& f);
    std::size_t free_slot();
    void schedule(const endpoint& from, const endpoint& to, std::string_view bytes);
    std::optional<time_point> next() const;
    bool step(time_point limit);
    void arrive(flight& f);
    participant* at(const ip_address& a) const;
    void mix(std::string_view bytes);
    void trace(const datagram& d, std::string_view fate);

    std::uint64_t seed_;
    seeded_random network_random_, script_random_, seeds_;
    time_point now_{seconds(1)};
    std::map<std::string, std::vector<endpoint>> hosts_;
    std::vector<participant*> participants_;
    std::vector<endpoint> closed_;
    std::vector<std::pair<ip_address, ip_address>> cuts_;
    std::vector<nat> nats_;
    std::vector<flight> flights_;
    std::vector<std::size_t> free_;
    std::priority_queue<due> queue_;
    std::uint64_t order_ = 0;
    std::uint64_t steps_now_ = 0; // without time going on
    std::string log_;
    std::uint64_t digest_ = 0xcbf29ce484222325u;
};

} // namespace solosip::simulation
