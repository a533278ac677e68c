// Between Asio's addresses and ours, and which of our own addresses a peer sees.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/time.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>

namespace solosip::net
{

endpoint from_asio(const asio::ip::udp::endpoint& e);
asio::ip::udp::endpoint to_asio(const endpoint& e);

/// Asks the kernel's routing table, and remembers the last few answers.
class routes
{
public:
    /// Our address towards `peer`; nothing where there is no way to it.
    std::optional<ip_address> local_towards(const ip_address& peer, time_point now,
                                            const asio::any_io_executor& executor);
    /// The next answers are the kernel's.
    void forget() { known_.fill({}); }

private:
    struct route
    {
        ip_address peer{}, local{};
        time_point until{};
    };
    std::array<route, 8> known_{};
    std::size_t next_ = 0;
};

} // namespace solosip::net
