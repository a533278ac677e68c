// What is associated with a handler survives that its type is forgotten.
#include "solosip/any_handler.hpp"
#include "support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

#include <asio/bind_allocator.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/io_context.hpp>

namespace
{

template <class T>
struct counting_allocator
{
    using value_type = T;
    explicit counting_allocator(int* live_blocks) : live(live_blocks) {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) : live(other.live)
    {
    }
    T* allocate(std::size_t n)
    {
        ++*live;
        return std::allocator<T>().allocate(n);
    }
    void deallocate(T* p, std::size_t n)
    {
        --*live;
        std::allocator<T>().deallocate(p, n);
    }
    friend bool operator==(const counting_allocator&, const counting_allocator&) = default;
    int* live;
};

} // namespace

TEST_CASE("a handler runs on its executor, once, and not from within")
{
    asio::io_context mine, other;
    std::string got;
    solosip::handler<std::string> h(
        asio::bind_executor(
            mine, [&, once = std::make_unique<int>()](std::error_code, std::string s) { got = s; }),
        other.get_executor());
    CHECK(h);
    solosip::handler<std::string> moved = std::move(h);
    CHECK_FALSE(h);
    CHECK(other.run() == 0);
    moved.post({}, "news");
    CHECK_FALSE(moved);
    CHECK(got.empty());
    CHECK(mine.run() == 1);
    CHECK(got == "news");
}

TEST_CASE("a handler without an executor gets the other one, and keeps it busy")
{
    asio::io_context io;
    bool done = false;
    {
        solosip::handler<> h([&](std::error_code) { done = true; }, io.get_executor());
        CHECK(io.poll() == 0);
        CHECK_FALSE(io.stopped()); // there is work
        h.post({});
    }
    io.run();
    CHECK(done);
    io.restart();
    {
        const solosip::handler<> dropped([&](std::error_code) {}, io.get_executor());
    }
    CHECK(io.run() == 0);
    CHECK(io.stopped());
}

TEST_CASE("its memory comes from its allocator and goes back before it runs")
{
    asio::io_context io;
    int live = 0, live_inside = -1;
    // Asio's any_io_executor takes its own memory for what it is given; a true executor does not.
    const auto handler = asio::bind_executor(io, [&](std::error_code) { live_inside = live; });
    solosip::handler<> h(asio::bind_allocator(counting_allocator<int>(&live), handler),
                         io.get_executor());
    CHECK(live == 1);
    h.post({});
    CHECK(live == 1); // what was posted
    io.run();
    CHECK(live_inside == 0);
    CHECK(live == 0);
}

TEST_CASE("its cancellation slot can be reached")
{
    asio::io_context io;
    asio::cancellation_signal signal;
    solosip::handler<> h(asio::bind_cancellation_slot(signal.slot(), [](std::error_code) {}),
                         io.get_executor());
    bool told = false;
    REQUIRE(h.slot().is_connected());
    h.slot().assign([&](asio::cancellation_type) { told = true; });
    signal.emit(asio::cancellation_type::terminal);
    CHECK(told);
    const solosip::handler<> plain([](std::error_code) {}, io.get_executor());
    CHECK_FALSE(plain.slot().is_connected());
}
