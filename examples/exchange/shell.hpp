// The exchange's sockets, timer and console: everything of it that waits.
#pragma once

#include "exchange.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace solosip::examples
{

class shell
{
public:
    /// Opens the SIP socket on `listen` (port 0: a free one) and one RTP socket for each of
    /// `calls`. Throws std::system_error where that fails.
    shell(asio::io_context& io, const asio::ip::udp::endpoint& listen, std::size_t calls,
          exchange_settings settings);

    asio::ip::udp::endpoint address() const { return sip_.socket.local_endpoint(); }
    void start();
    /// Hangs up what is still going on and lets the farewells out for a moment, then stops `io`.
    void stop();

private:
    struct port
    {
        asio::ip::udp::socket socket;
        std::uint16_t number = 0;
        asio::ip::udp::endpoint source{};
        std::array<std::uint8_t, limits::message_bytes> buffer{};
    };

    void listen_to(port& p);
    void on_datagram(port& p, std::size_t size);
    endpoint local_towards(const endpoint& peer) const;
    void flush();
    void arm();

    asio::io_context& io_;
    port sip_;
    std::vector<std::unique_ptr<port>> media_;
    asio::steady_timer timer_, farewell_;
    system_random random_;
    std::unique_ptr<exchange> exchange_;
    bool stopping_ = false;
};

} // namespace solosip::examples
