// What a packet costs, beside what the kernel takes to send it: CPU time, the best of several
// rounds, all in one run. Not a test: the figures are for people.
#include "solosip/base/limits.hpp"
#include "solosip/base/random.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/media/session.hpp"
#include "solosip/media/sources.hpp"
#ifdef SOLOSIP_HAVE_SRTP
#include "solosip/srtp/libsrtp.hpp"
#endif

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <span>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace solosip;

namespace
{

constexpr int packets = 1000; // few enough to stay in the cache, as a packet just received is
using datagram = std::array<std::uint8_t, 172>;

/// Nanoseconds for each of `times` calls.
template <class F>
double cost(int times, F&& work)
{
    const std::clock_t begin = std::clock();
    for (int i = 0; i < times; ++i)
        work(i);
    return static_cast<double>(std::clock() - begin) * 1e9 / CLOCKS_PER_SEC / times;
}

media::stream alaw_stream()
{
    media::stream how;
    how.codec = &codecs::pcma();
    how.send_payload_type = how.receive_payload_type = 8;
    how.send_events = how.receive_events = 101;
    return how;
}

struct quiet_sink final : media::sink
{
    void prepare(std::uint32_t) override {}
    void write(std::span<const media::sample>) override {}
};

/// Tick, read, encode, print; the packets are kept.
double sending(std::vector<datagram>& out)
{
    seeded_random random(1);
    media::session s(random);
    const auto pcm = std::make_shared<std::vector<media::sample>>(160 * (packets + 10));
    random.fill({reinterpret_cast<std::uint8_t*>(pcm->data()), pcm->size() * 2});
    if (!s.play(std::make_unique<media::memory>(pcm, 8000))) return 0;
    time_point now{seconds(1)};
    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
    s.start(alaw_stream(), now);
    s.poll_packet(buffer);
    return cost(packets,
                [&](int i)
                {
                    now += milliseconds(20);
                    s.handle_timeout(now);
                    s.poll_packet(buffer);
                    std::copy_n(buffer.begin(), out[0].size(),
                                out[static_cast<std::size_t>(i)].begin());
                });
}

/// Parse, count, put in order, decode, write.
double hearing(const std::vector<datagram>& in)
{
    seeded_random random(2);
    media::session s(random);
    auto how = alaw_stream();
    how.send = false;
    s.record(std::make_unique<quiet_sink>());
    time_point now{seconds(1)};
    s.start(how, now);
    return cost(packets,
                [&](int i)
                {
                    now += milliseconds(20);
                    s.receive(in[static_cast<std::size_t>(i)], now);
                    s.handle_timeout(now);
                });
}

#ifdef SOLOSIP_HAVE_SRTP
/// What SRTP adds to a packet that is sent and to one that is received.
void print_srtp(const std::vector<datagram>& plain, srtp_suite suite, double kernel)
{
    std::vector<std::array<std::uint8_t, 172 + media::srtp_overhead>> sealed(packets);
    std::array<std::uint8_t, 172 + media::srtp_overhead> buffer;
    srtp_key key;
    key.suite = suite;
    const std::uint32_t ssrc = std::uint32_t{plain[0][8]} << 24 | std::uint32_t{plain[0][9]} << 16 |
                               std::uint32_t{plain[0][10]} << 8 | plain[0][11];
    double out = 1e9, in = 1e9;
    for (int round = 0; round < 50; ++round)
    {
        const auto sealer = srtp::libsrtp()->make_sealer(key, ssrc);
        const auto opener = srtp::libsrtp()->make_opener(key);
        std::size_t size = 0;
        const auto at = [](int i) { return static_cast<std::size_t>(i); };
        for (int i = 0; i < packets; ++i)
            std::copy(plain[at(i)].begin(), plain[at(i)].end(), sealed[at(i)].begin());
        out = std::min(out, cost(packets, [&](int i) { size = sealer->seal(sealed[at(i)], 172); }));
        in = std::min(in, cost(packets,
                               [&](int i)
                               {
                                   std::copy_n(sealed[at(i)].begin(), size, buffer.begin());
                                   if (opener->open(std::span(buffer).first(size)) == 0)
                                       std::puts("a packet was refused");
                               }));
    }
    std::printf("+ %-23s %5.0f ns  %4.1f %% to seal, %5.0f ns  %4.1f %% to open\n",
                to_string(suite).data(), out, 100 * out / kernel, in, 100 * in / kernel);
}
#endif

/// `send` on a connected socket to a receiver that is emptied outside the measurement.
double kernel_sending(const datagram& packet)
{
    const int to = socket(AF_INET, SOCK_DGRAM, 0), from = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    bool good = bind(to, any, length) == 0 && getsockname(to, any, &length) == 0 &&
                connect(from, any, length) == 0;
    double best = 1e9;
    for (int round = 0; round < 50 && good; ++round)
    {
        best = std::min(
            best, cost(128, [&](int) { good &= send(from, packet.data(), packet.size(), 0) > 0; }));
        datagram left;
        while (recv(to, left.data(), left.size(), MSG_DONTWAIT) > 0)
        {
        }
    }
    close(to);
    close(from);
    return best;
}

} // namespace

int main()
{
    std::vector<datagram> sent(packets);
    double out = 1e9, in = 1e9;
    for (int round = 0; round < 200; ++round)
    {
        out = std::min(out, sending(sent));
        in = std::min(in, hearing(sent));
    }
    const double kernel = kernel_sending(sent[0]);
    std::printf("a packet sent      %5.0f ns  %4.1f %% of send()\n", out, 100 * out / kernel);
    std::printf("a packet received  %5.0f ns  %4.1f %% of send()\n", in, 100 * in / kernel);
    std::printf("send()             %5.0f ns\n", kernel);
#ifdef SOLOSIP_HAVE_SRTP
    print_srtp(sent, srtp_suite::aes_cm_128_hmac_sha1_80, kernel);
    print_srtp(sent, srtp_suite::aes_256_cm_hmac_sha1_80, kernel);
#endif
}
