#include "net/addresses.hpp"

#include <algorithm>

namespace solosip::net
{

using asio::ip::udp;

endpoint from_asio(const udp::endpoint& e)
{
    endpoint out;
    out.port = e.port();
    const auto copy = [&](const auto& bytes)
    { std::copy(bytes.begin(), bytes.end(), out.address.bytes.begin()); };
    out.address.is_v6 = e.address().is_v6();
    if (out.address.is_v6)
        copy(e.address().to_v6().to_bytes());
    else
        copy(e.address().to_v4().to_bytes());
    return out;
}

udp::endpoint to_asio(const endpoint& e)
{
    if (e.address.is_v6) return {asio::ip::address_v6(e.address.bytes), e.port};
    asio::ip::address_v4::bytes_type bytes;
    std::copy_n(e.address.bytes.begin(), bytes.size(), bytes.begin());
    return {asio::ip::address_v4(bytes), e.port};
}

namespace
{

// Long enough that a flood of datagrams from one place costs nothing, short enough that a machine
// that has moved to another network says so in its next request.
constexpr seconds route_life{5};

// Connecting a datagram socket sends nothing: it only looks up the route. A connected socket keeps
// its address for ever, so each question takes a new one.
std::optional<ip_address> ask(const ip_address& peer, const asio::any_io_executor& executor)
{
    constexpr std::uint16_t any_port = 5060;
    std::error_code ec;
    udp::socket probe(executor);
    const udp::endpoint to = to_asio({peer, any_port});
    probe.open(to.protocol(), ec);
    if (ec) return std::nullopt;
    probe.connect(to, ec);
    if (ec) return std::nullopt;
    const auto bound = probe.local_endpoint(ec);
    if (ec) return std::nullopt;
    return from_asio(bound).address;
}

} // namespace

std::optional<ip_address> routes::local_towards(const ip_address& peer, time_point now,
                                                const asio::any_io_executor& executor)
{
    for (const route& r : known_)
        if (r.peer == peer && r.until > now) return r.local;
    const auto local = ask(peer, executor);
    if (local)
    {
        known_[next_] = {peer, *local, now + route_life};
        next_ = (next_ + 1) % known_.size();
    }
    return local;
}

} // namespace solosip::net
