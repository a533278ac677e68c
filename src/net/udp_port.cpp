#include "net/udp_port.hpp"

#include "net/addresses.hpp"

#include <array>
#include <cstring>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/errqueue.h>
#endif

namespace solosip::net
{
namespace
{

using asio::ip::udp;

// Datagrams taken in one go before others on the same loop have their turn.
constexpr int burst = 16;

// A socket that can only fail would otherwise spin for ever; a live one never fails so often
// without a datagram in between.
constexpr unsigned failures_most = 1'000;

} // namespace

udp_port::udp_port(const asio::any_io_executor& executor, std::size_t most)
    : socket_(executor), buffer_(most)
{
}

std::error_code udp_port::open(const udp::endpoint& where, int dscp)
{
    std::error_code ec;
    socket_.open(where.protocol(), ec);
    if (!ec) socket_.bind(where, ec);
    if (!ec) socket_.non_blocking(true, ec);
    udp::endpoint bound;
    if (!ec) bound = socket_.local_endpoint(ec);
    if (ec)
    {
        std::error_code ignored;
        socket_.close(ignored);
        return ec;
    }
    local_ = from_asio(bound);
    const int tos = dscp << 2; // RFC 2474 section 3: the upper six bits
    (void)::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    return {};
}

void udp_port::want_unreachable()
{
#ifdef __linux__
    const int on = 1;
    wants_unreachable_ =
        ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0;
#endif
}

void udp_port::start(const net::strand& s, events e)
{
    events_ = std::move(e);
    strand_ = std::make_unique<net::strand>(s);
    receive();
}

void udp_port::close()
{
    std::error_code ignored;
    socket_.close(ignored);
    strand_.reset();
}

void udp_port::receive()
{
    if (!socket_.is_open() || !strand_) return;
    strand_->bind(
        [self = shared_from_this()](std::error_code ec, std::size_t n)
        { self->on_received(ec, n); },
        [this](auto handler)
        { socket_.async_receive_from(asio::buffer(buffer_), source_, std::move(handler)); });
}

void udp_port::on_received(std::error_code ec, std::size_t size)
{
    // What was received may make the owner close this port.
    for (int left = burst; socket_.is_open() && ec != asio::error::operation_aborted; --left)
    {
        if (ec == asio::error::would_block || ec == asio::error::try_again)
        {
            failures_ = 0; // a socket that is broken never says that
            break;
        }
        if (ec)
        {
            if (++failures_ > failures_most) return;
            drain_errors();
        }
        else
        {
            failures_ = 0;
            if (events_.datagram) events_.datagram({buffer_.data(), size}, from_asio(source_));
        }
        if (left == 0 || !socket_.is_open()) break;
        size = socket_.receive_from(asio::buffer(buffer_), source_, 0, ec);
    }
    if (socket_.is_open())
        receive();
    else
        events_ = {}; // not in `close`, which one of them may have called
}

std::error_code udp_port::send(std::span<const std::uint8_t> bytes, const endpoint& to)
{
    const udp::endpoint there = to_asio(to);
    const auto attempt = [&]
    {
        std::error_code ec;
        socket_.send_to(asio::buffer(bytes.data(), bytes.size()), there, 0, ec);
        return ec;
    };
    auto ec = attempt();
    if (ec && wants_unreachable_)
    {
        // The error may be the fate of an earlier datagram; then this one has not been tried.
        drain_errors();
        if (socket_.is_open()) ec = attempt();
    }
    return ec;
}

// The kernel keeps the headers of those ICMP messages that concern us, with the address that could
// not be reached; recvfrom alone would only say that one could not.
void udp_port::drain_errors()
{
#ifdef __linux__
    if (!wants_unreachable_) return;
    for (int left = burst; left > 0 && socket_.is_open(); --left)
    {
        sockaddr_in to{};
        alignas(cmsghdr) std::array<char, 512> control;
        std::array<char, 64> data; // a piece of what was sent; not needed
        iovec piece{data.data(), data.size()};
        msghdr m{};
        m.msg_name = &to;
        m.msg_namelen = sizeof to;
        m.msg_iov = &piece;
        m.msg_iovlen = 1;
        m.msg_control = control.data();
        m.msg_controllen = control.size();
        if (::recvmsg(socket_.native_handle(), &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        for (cmsghdr* c = CMSG_FIRSTHDR(&m); c != nullptr; c = CMSG_NXTHDR(&m, c))
        {
            if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR) continue;
            sock_extended_err why;
            std::memcpy(&why, CMSG_DATA(c), sizeof why);
            constexpr std::uint8_t destination_unreachable = 3; // RFC 792
            constexpr std::uint8_t fragmentation_needed = 4;    // the next one is sent in pieces
            if (why.ee_origin == SO_EE_ORIGIN_ICMP && why.ee_type == destination_unreachable &&
                why.ee_code != fragmentation_needed && to.sin_family == AF_INET &&
                events_.unreachable)
                events_.unreachable(from_asio(udp::endpoint(
                    asio::ip::address_v4(ntohl(to.sin_addr.s_addr)), ntohs(to.sin_port))));
        }
    }
#endif
}

} // namespace solosip::net
