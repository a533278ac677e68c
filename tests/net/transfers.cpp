// Transfers and redirections, through the public API: three agents on loopback.
#include "net/support.hpp"

using namespace solosip;
using namespace solosip::test;

namespace
{

config willing()
{
    config c;
    c.allow_transfers = true;
    return c;
}

struct three : pair
{
    three() : pair(willing())
    {
        REQUIRE(!carol.listen(transport::udp, loopback()));
        carol_uri = "sip:carol@127.0.0.1:" + std::to_string(carol.local_endpoint().port());
    }
    agent carol{io};
    std::string carol_uri;
};

} // namespace

TEST_CASE("a transfer: asked for, followed, and told of")
{
    three p;
    std::vector<int> progress_heard;
    std::optional<call> at_carol, followed;
    p.carol.async_accept(
        [&](std::error_code, const invitation& i)
        {
            CHECK(i.header("X-Queue") == "7");
            i.async_answer([&](std::error_code, call c) { at_carol = c; });
        });
    p.bob->async_next_transfer(
        [&](std::error_code, incoming_transfer t)
        {
            CHECK(t.target() == p.carol_uri);
            CHECK(t.call());
            call_options options;
            options.headers = {{"X-Queue", "7"}};
            options.user_data = 8;
            t.async_accept(options,
                           [&](std::error_code ec, call c)
                           {
                               CHECK_FALSE(ec);
                               followed = c;
                           });
        });
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [a, b] = co_await p.connect();
            const auto told = co_await a.async_transfer(p.carol_uri, [&](const progress& x)
                                                        { progress_heard.push_back(x.status); });
            CHECK(told.status == 200);
            const auto how = co_await b.async_wait_end();
            CHECK(how.why == errc::transferred);
            (void)co_await a.async_wait_end();
            while (!followed || !at_carol)
                co_await asio::post(p.io, asio::use_awaitable);
            CHECK(p.bob->current_call() == *followed);
            CHECK(std::any_cast<int>(followed->user_data()) == 8);
            CHECK_FALSE(p.alice->current_call());
            // They hear each other.
            while (followed->stats().received_packets == 0 ||
                   at_carol->stats().received_packets == 0)
                co_await wait(5ms);
            const auto end = co_await followed->async_hang_up();
            CHECK(end.who == ended_by::us);
            (void)co_await at_carol->async_wait_end();
        });
    CHECK(!progress_heard.empty());
}

TEST_CASE("a transfer that is refused leaves the call as it was")
{
    three p;
    p.carol.async_accept([](std::error_code, const invitation& i) { i.reject(486); });
    std::error_code accepted;
    p.bob->async_next_transfer(
        [&](std::error_code, const incoming_transfer& t)
        { t.async_accept([&](std::error_code ec, call) { accepted = ec; }); });
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto [a, b] = co_await p.connect();
            std::error_code ec;
            const auto told = co_await a.async_transfer(p.carol_uri, by(ec));
            CHECK(ec == errc::busy);
            CHECK(told.status == 486);
            CHECK(accepted == errc::busy);
            CHECK_FALSE(a.ended());
            CHECK_FALSE(b.ended());
            // Who was not asked to, does not follow.
            (void)co_await b.async_transfer(p.carol_uri, by(ec));
            CHECK(ec == errc::rejected);
            p.bob->async_next_transfer([](std::error_code, const incoming_transfer& t)
                                       { t.reject(); });
            (void)co_await a.async_transfer(p.carol_uri, by(ec));
            CHECK(ec == errc::declined);
            (void)co_await a.async_transfer("sip:", by(ec));
            CHECK(ec == errc::bad_uri);
            co_await a.async_hang_up();
            (void)co_await a.async_transfer(p.carol_uri, by(ec));
            CHECK(ec == errc::call_ended);
        });
}

TEST_CASE("a redirection is an error with its Contact, or is followed")
{
    three p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const auto send_on = [&]
            {
                p.bob->async_accept(
                    [&](std::error_code, const invitation& i) {
                        i.reject(302, {}, {{"Contact", "<" + p.carol_uri + ">"}});
                    });
            };
            send_on();
            std::error_code ec;
            const auto c = co_await p.alice->async_call(p.bob_uri, by(ec));
            CHECK(ec == errc::redirected);
            REQUIRE(c.outcome());
            CHECK_FALSE(c.outcome()->headers.empty());
            send_on();
            p.carol.async_accept([](std::error_code, const invitation& i)
                                 { i.async_answer([](std::error_code, call) {}); });
            call_options o;
            o.follow_redirects = true;
            const auto d = co_await p.alice->async_call(p.bob_uri, o, by(ec));
            CHECK_FALSE(ec);
            co_await d.async_hang_up();
        });
}
