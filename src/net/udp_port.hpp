// One UDP socket with its receiving loop.
#pragma once

#include "net/strand.hpp"
#include "solosip/base/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>

namespace solosip::net
{

/// All members but `open` and `local` belong on the strand that `start` was given.
class udp_port : public std::enable_shared_from_this<udp_port>
{
public:
    struct events
    {
        std::function<void(std::span<const std::uint8_t>, const endpoint& source)> datagram;
        /// The network says that nothing gets to `to`; empty: nobody wants to know.
        std::function<void(const endpoint& to)> unreachable;
    };

    /// The largest datagram that is kept is `most` bytes; longer ones are cut off.
    udp_port(const asio::any_io_executor& executor, std::size_t most);

    /// Binds to `where` (port 0: a free one); `dscp` marks what is sent, where the system lets us.
    std::error_code open(const asio::ip::udp::endpoint& where, int dscp);
    /// Has the kernel tell which destinations cannot be reached (ICMP), after `open`.
    void want_unreachable();
    endpoint local() const { return local_; }

    /// Until `close`, which the owner has to call: `e` may hold the owner.
    void start(const net::strand& s, events e);
    std::error_code send(std::span<const std::uint8_t> bytes, const endpoint& to);
    void close();

private:
    void receive();
    void on_received(std::error_code ec, std::size_t size);
    void drain_errors();

    asio::ip::udp::socket socket_;
    std::vector<std::uint8_t> buffer_;
    asio::ip::udp::endpoint source_;
    endpoint local_{};
    events events_{};
    std::unique_ptr<net::strand> strand_;
    unsigned failures_ = 0; ///< to receive, in a row
    bool wants_unreachable_ = false;
};

} // namespace solosip::net
