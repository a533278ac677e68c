// The exchange and a few telephones in one process, in virtual time, over wires that lose nothing.
#pragma once

#include "exchange/exchange.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace village
{

using namespace solosip;

/// Keeps what it hears.
struct tape
{
    std::vector<media::sample> samples;
    /// How much of `hz` there is between two times, as an amplitude; 8192 for a full melody.
    double level(double hz, milliseconds from, milliseconds to) const;
};

struct telephone
{
    telephone(ua::settings s, random_source& random, endpoint at)
        : engine(std::move(s), random), sip(at)
    {
    }

    ua::engine engine;
    endpoint sip;
    endpoint media_to{};
    bool rtcp_mux = false;
    bool answers = false; ///< takes calls at once
    std::optional<ua::call_id> call;
    std::vector<ua::event> events;
    std::shared_ptr<tape> heard = std::make_shared<tape>();

    std::uint16_t media_port() const { return static_cast<std::uint16_t>(sip.port + 2); }
    template <class E>
    std::vector<E> all() const
    {
        std::vector<E> out;
        for (const auto& e : events)
            if (const auto* found = std::get_if<E>(&e)) out.push_back(*found);
        return out;
    }
    std::string keys() const;
};

class world
{
public:
    explicit world(examples::exchange_settings s);

    examples::exchange& exchange() { return exchange_; }
    const endpoint& exchange_address() const { return exchange_at_; }
    /// With the account `name` and `password`; not yet registered.
    telephone& add(const std::string& name, const std::string& password);
    ua::account account(const std::string& name, const std::string& password) const;
    /// Calls a line or a user, and records what is heard.
    void call(telephone& t, const std::string& whom);

    /// Lets everything happen that happens within that time.
    void run(milliseconds duration);
    time_point now() const { return now_; }

    /// "alice registered: sip:..." in order.
    std::vector<std::string> log;
    /// Start lines of all SIP datagrams, in order.
    std::vector<std::string> traffic;
    std::size_t count(std::string_view prefix) const;

private:
    struct packet
    {
        endpoint from, to;
        std::string bytes;
        bool media;
    };

    void collect();
    void collect(telephone& t);
    void on_event(telephone& t, const ua::event& e);
    void deliver(const packet& p);
    bool step(time_point until);

    time_point now_{seconds(1)};
    seeded_random random_{1};
    endpoint exchange_at_{ip_address::v4(192, 0, 2, 7), 5060};
    examples::exchange exchange_;
    std::vector<std::unique_ptr<telephone>> telephones_;
    std::deque<packet> wire_;
};

examples::exchange_settings usual_settings();

} // namespace village
