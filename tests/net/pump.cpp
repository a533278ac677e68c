// What comes over the wire and is not what was expected; names; which address is ours; that an
// idle agent sleeps.
#include "net/addresses.hpp"
#include "net/clock.hpp"
#include "net/support.hpp"

#include <algorithm>
#include <random>

#include <asio/ip/udp.hpp>

using namespace solosip;
using namespace solosip::test;

namespace
{

class collector final : public trace_sink
{
public:
    void message(time_point, bool sent, const endpoint& local, const endpoint&,
                 std::string_view bytes) override
    {
        (sent ? sent_ : received_) += 1;
        if (bytes.find(" UPDATE\r\n") != std::string_view::npos) ++updates_;
        if (sent) last_local_ = local;
        if (bytes.find("m=audio ") != std::string_view::npos && !sent)
            audio_port_ = static_cast<std::uint16_t>(
                std::stoi(std::string(bytes.substr(bytes.find("m=audio ") + 8, 5))));
    }
    void note(time_point, std::string_view text) override { notes_.emplace_back(text); }

    int sent_ = 0, received_ = 0, updates_ = 0;
    std::uint16_t audio_port_ = 0;
    endpoint last_local_{};
    std::vector<std::string> notes_;
};

} // namespace

TEST_CASE("a flood of garbage on both ports does not disturb a call")
{
    pair p;
    const auto seen = std::make_shared<collector>();
    p.alice->add_trace(seen);
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            REQUIRE(seen->audio_port_ != 0);
            CHECK(seen->audio_port_ % 2 == 0);
            asio::ip::udp::socket stranger(p.io, {loopback(), 0});
            std::mt19937 random(2);
            std::string bytes(1400, '\0');
            std::string heard;
            for (int round = 0; round < 20; ++round)
            {
                for (int i = 0; i < 100; ++i)
                {
                    for (auto& b : bytes)
                        b = static_cast<char>(random());
                    const auto size = random() % bytes.size();
                    if (i % 3 == 0) bytes.replace(0, 18, "INVITE sip:x SIP/2");
                    if (i % 3 == 1) bytes[0] = '\x80'; // RTP, as it seems
                    const auto port =
                        i % 2 == 0 ? p.bob->local_endpoint().port() : seen->audio_port_;
                    std::error_code lost;
                    stranger.send_to(asio::buffer(bytes, size), {loopback(), port}, 0, lost);
                }
                if (round % 10 == 0) co_await c.async_send_digits(round == 0 ? "1" : "2");
                co_await wait(5ms);
            }
            const auto keys = co_await d.async_read_digits(2, 0, 2s);
            CHECK(keys == "12");
            CHECK_FALSE(c.ended());
            CHECK_FALSE(d.ended());
            co_await c.async_hang_up();
            const auto how = co_await d.async_wait_end();
            CHECK(how.who == ended_by::peer);
        });
    CHECK(std::count(seen->notes_.begin(), seen->notes_.end(), "answered") == 1);
}

TEST_CASE("a name is looked up, and one that is none is an error")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            const auto port = std::to_string(p.bob->local_endpoint().port());
            p.bob->async_accept([](std::error_code, invitation i) { i.reject(404); });
            (void)co_await p.alice->async_call("sip:bob@localhost:" + port, by(ec));
            CHECK(ec == errc::not_found);
            (void)co_await p.alice->async_call("sip:bob@no-such-host.invalid", by(ec));
            CHECK(ec == errc::dns_failed);
            (void)co_await p.alice->async_call("sip:bob@[::1]:5060", by(ec));
            CHECK(ec == errc::unreachable);
        });
}

TEST_CASE("the address that we give is the one by which the peer reaches us")
{
    asio::io_context io;
    net::routes routes;
    const auto now = net::present();
    const auto loop = ip_address::v4(127, 0, 0, 1);
    CHECK(routes.local_towards(loop, now, io.get_executor()) == loop);
    CHECK(routes.local_towards(ip_address::v4(127, 7, 7, 7), now, io.get_executor()));
    CHECK_FALSE(routes.local_towards(ip_address::v4(255, 255, 255, 255), now, io.get_executor()));

    // Listening everywhere, it still names one address.
    const auto seen = std::make_shared<collector>();
    agent everywhere(io);
    everywhere.add_trace(seen);
    asio::ip::udp::socket silent(io, {loopback(), 0});
    everywhere.async_call("sip:bob@127.0.0.1:" + std::to_string(silent.local_endpoint().port()), {},
                          [](std::error_code, call) {});
    REQUIRE(run_until(io, [&] { return seen->sent_ > 0; }));
    CHECK(seen->last_local_.address == loop);
    std::string text(2000, '\0');
    text.resize(silent.receive(asio::buffer(text)));
    CHECK(text.find("Via: SIP/2.0/UDP 127.0.0.1:") != std::string::npos);
    CHECK(text.find("c=IN IP4 127.0.0.1") != std::string::npos);
}

TEST_CASE("the network has changed: the other side of a call hears of it, and the call goes on")
{
    pair p;
    p.alice->network_changed(); // before there is anything
    const auto seen = std::make_shared<collector>();
    p.bob->add_trace(seen);
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [c, d] = co_await p.connect();
            p.alice->network_changed();
            for (int i = 0; i < 200 && seen->updates_ == 0; ++i)
                co_await wait(10ms);
            co_await c.async_send_digits("5");
            const auto keys = co_await d.async_read_digits(1, 0, 2s);
            CHECK(keys == "5");
            co_await c.async_hang_up();
        });
    CHECK(seen->updates_ == 2); // and its answer
}

TEST_CASE("ports for audio come from the range that was given")
{
    asio::io_context io;
    // Three ports in a row of which the even one is free, somewhere.
    const auto seen = std::make_shared<collector>();
    asio::ip::udp::socket holder(io, {loopback(), 0});
    const auto free_port = static_cast<std::uint16_t>(holder.local_endpoint().port() / 2 * 2);
    holder.close();
    config c;
    c.media.port_lo = free_port;
    c.media.port_hi = free_port;
    agent a(io, c), b(io);
    REQUIRE_FALSE(a.listen(transport::udp, loopback()));
    REQUIRE_FALSE(b.listen(transport::udp, loopback()));
    b.add_trace(seen);
    bool refused = false;
    b.async_accept([](std::error_code, invitation i) { i.reject(); });
    a.async_call("sip:b@127.0.0.1:" + std::to_string(b.local_endpoint().port()), {},
                 [&](std::error_code, call) { refused = true; });
    REQUIRE(run_until(io, [&] { return refused; }));
    CHECK(seen->audio_port_ == free_port);
}

TEST_CASE("an idle agent sleeps")
{
    pair p;
    run_ready(p.io);
    CHECK(p.io.run_for(60ms) == 0);
}
