// Requests of any method, through the public API.
#include "net/support.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <any>

using namespace solosip;
using namespace solosip::test;

namespace
{

request message_to(const std::string& to)
{
    request r;
    r.method = "MESSAGE";
    r.target = to;
    r.headers = {{"X-Own", "1"}};
    r.body = "hello";
    return r;
}

} // namespace

TEST_CASE("a MESSAGE and its answer; before anybody takes requests it is refused")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            const request r = message_to(p.bob_uri);
            std::error_code ec;
            auto answer = co_await p.alice->async_request(r, by(ec));
            CHECK(ec == errc::rejected);
            CHECK(answer.status == 405);

            std::optional<incoming_request> got;
            p.bob->async_next_request(
                [&](std::error_code bad, incoming_request in)
                {
                    CHECK_FALSE(bad);
                    got = in;
                    in.respond(200, {{"X-Answer", "yes"}}, "text/plain", "thanks");
                    in.respond(500); // too late
                });
            run_ready(p.io);
            answer = co_await p.alice->async_request(r, by(ec));
            CHECK_FALSE(ec);
            CHECK(answer.status == 200);
            CHECK(answer.body == "thanks");
            REQUIRE(got);
            CHECK((*got)->method == "MESSAGE");
            CHECK((*got)->body == "hello");
            CHECK(got->header("x-own") == "1");
            CHECK(got->header("i").has_value()); // Call-ID
            CHECK_FALSE(got->header("Subject"));
            CHECK_FALSE(got->call());
            CHECK(got->from().find("127.0.0.1") != std::string::npos);

            const request bad{.method = "INVITE", .target = p.bob_uri};
            (void)co_await p.alice->async_request(bad, by(ec));
            CHECK(ec == errc::bad_config);
        });
}

TEST_CASE("requests inside a call, its headers, and a reference of one's own")
{
    pair p;
    run(p.io,
        [&]() -> asio::awaitable<void>
        {
            std::optional<call> answered;
            std::string subject;
            p.bob->async_accept(
                [&](std::error_code, const invitation& i)
                {
                    subject = i.subject();
                    CHECK(i.headers().size() > 8);
                    i.async_answer({{"X-Desk", "7"}},
                                   [&](std::error_code, call c) { answered = c; });
                });
            call_options o;
            o.subject = "tea";
            o.user_data = 42;
            const call c = co_await p.alice->async_call(p.bob_uri, o);
            CHECK(subject == "tea");
            CHECK(c.header("x-desk") == "7");
            CHECK(std::any_cast<int>(c.user_data()) == 42);
            c.set_user_data(std::string("other"));
            CHECK(std::any_cast<std::string>(c.user_data()) == "other");
            CHECK_FALSE(call().user_data().has_value());

            p.bob->async_next_request([&](std::error_code, const incoming_request& in)
                                      { in.respond(in.call() == *answered ? 202 : 500); });
            run_ready(p.io);
            const request own{.method = "PRIVATECOMMAND", .body = "x"};
            const auto answer = co_await c.async_request(own);
            CHECK(answer.status == 202);
            CHECK(answered->header("Subject") == "tea");
            co_await c.async_hang_up();
            std::error_code ec;
            (void)co_await c.async_request(own, by(ec));
            CHECK(ec == errc::call_ended);
        });
}

TEST_CASE("waits for requests are cancelled, and end with the agent")
{
    asio::io_context io;
    asio::ip::udp::socket silent(io, {loopback(), 0});
    agent a(io);
    const request r =
        message_to("sip:x@127.0.0.1:" + std::to_string(silent.local_endpoint().port()));
    asio::cancellation_signal one, two;
    std::vector<std::error_code> ends;
    const auto note = [&](std::error_code ec, auto&&...) { ends.push_back(ec); };
    a.async_request(r, asio::bind_cancellation_slot(one.slot(), note));
    a.async_next_request(asio::bind_cancellation_slot(two.slot(), note));
    run_ready(io);
    one.emit(asio::cancellation_type::all);
    two.emit(asio::cancellation_type::all);
    run_ready(io);
    CHECK(ends == std::vector<std::error_code>(2, asio::error::operation_aborted));
    ends.clear();
    a.async_request(r, note);
    a.async_next_request(note);
    run(io,
        [&]() -> asio::awaitable<void>
        {
            std::error_code ec;
            co_await a.async_shutdown(30ms, by(ec));
            CHECK(ec == errc::timed_out); // the answer was still wanted
        });
    run_ready(io);
    CHECK(ends == std::vector<std::error_code>(2, errc::shut_down));
}
