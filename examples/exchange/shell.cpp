#include "shell.hpp"

#include <asio/buffer.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>

namespace solosip::examples
{
namespace
{

using asio::ip::udp;

time_point present()
{
    return time_point(
        std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

endpoint from_asio(const udp::endpoint& e)
{
    endpoint out;
    out.port = e.port();
    out.address.is_v6 = e.address().is_v6();
    const auto copy = [&](const auto& bytes)
    { std::copy(bytes.begin(), bytes.end(), out.address.bytes.begin()); };
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

} // namespace

shell::shell(asio::io_context& io, const udp::endpoint& listen, std::size_t calls,
             exchange_settings settings)
    : io_(io), sip_{udp::socket(io, listen)}, timer_(io), farewell_(io)
{
    sip_.socket.non_blocking(true);
    for (std::size_t i = 0; i < calls; ++i)
    {
        auto p = std::make_unique<port>(port{udp::socket(io, {listen.address(), 0})});
        p->socket.non_blocking(true);
        p->number = p->socket.local_endpoint().port();
        settings.media_ports.push_back(p->number);
        media_.push_back(std::move(p));
    }
    exchange_ = std::make_unique<exchange>(std::move(settings), random_);
}

void shell::start()
{
    listen_to(sip_);
    for (auto& p : media_)
        listen_to(*p);
}

void shell::listen_to(port& p)
{
    p.socket.async_receive_from(asio::buffer(p.buffer), p.source,
                                [this, &p](std::error_code ec, std::size_t size)
                                {
                                    if (ec == asio::error::operation_aborted) return;
                                    // Other errors are ICMP's echo of something sent before.
                                    if (!ec) on_datagram(p, size);
                                    listen_to(p);
                                });
}

void shell::on_datagram(port& p, std::size_t size)
{
    const endpoint source = from_asio(p.source);
    const std::span<const std::uint8_t> bytes(p.buffer.data(), size);
    if (&p == &sip_)
    {
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), size);
        exchange_->receive(text, source, local_towards(source), present());
    }
    else
        exchange_->receive_media(p.number, bytes, source, present());
    flush();
}

// Where we listen on all addresses, the routing table knows which of them a peer can reach.
endpoint shell::local_towards(const endpoint& peer) const
{
    endpoint local = from_asio(address());
    if (!local.address.is_unspecified()) return local;
    std::error_code ec;
    udp::socket probe(io_);
    probe.connect(to_asio(peer), ec);
    if (!ec)
        if (const auto bound = probe.local_endpoint(ec); !ec)
            local.address = from_asio(bound).address;
    return local;
}

void shell::flush()
{
    while (const auto t = exchange_->poll_transmit())
    {
        std::error_code ec;
        sip_.socket.send_to(asio::buffer(t->bytes), to_asio(t->to), 0, ec);
        if (ec) exchange_->transport_error(t->to, present());
    }
    std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
    while (const auto m = exchange_->poll_media(packet))
    {
        std::error_code lost; // as any packet may be
        for (auto& p : media_)
            if (p->number == m->from_port && m->to.port != 0)
                p->socket.send_to(asio::buffer(packet.data(), m->size), to_asio(m->to), 0, lost);
    }
    while (const auto e = exchange_->poll_event())
        std::cout << e->to_string() << std::endl;
    arm();
}

void shell::arm()
{
    const auto next = exchange_->next_timeout();
    if (stopping_ && exchange_->calls() == 0)
    {
        io_.stop();
        return;
    }
    if (!next)
    {
        timer_.cancel();
        return;
    }
    const std::chrono::steady_clock::time_point at(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(next->time_since_epoch()));
    timer_.expires_at(at);
    timer_.async_wait(
        [this](std::error_code ec)
        {
            if (ec) return;
            exchange_->handle_timeout(present());
            flush();
        });
}

void shell::stop()
{
    stopping_ = true;
    farewell_.expires_after(std::chrono::seconds(1));
    farewell_.async_wait(
        [this](std::error_code ec)
        {
            if (!ec) io_.stop();
        });
    exchange_->hang_up_all(present());
    flush();
}

} // namespace solosip::examples
