// Rings a telephone, plays a sound, and hangs up when somebody there presses '#':
//     doorbell sip:bell@192.0.2.7 SECRET bob bell.wav
#include "solosip/solosip.hpp"

#include <exception>
#include <iostream>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

asio::awaitable<void> ring(solosip::agent& phone, char** argument)
{
    const solosip::account us{.uri = argument[1], .password = argument[2]};
    const solosip::call_options options{.subject = "Door bell"};
    co_await phone.async_register(us);
    const auto call = co_await phone.async_call(argument[3], options);
    call.async_play(argument[4], asio::detached);
    while ((co_await call.async_read_digit()).key != '#')
        std::cout << "that was not '#'\n";
    co_await call.async_hang_up();
}

int main(int argc, char** argv)
try
{
    if (argc != 5) return std::cerr << "usage: doorbell URI PASSWORD WHOM SOUND\n", 2;
    asio::io_context io;
    solosip::agent phone(io);
    std::exception_ptr failure;
    asio::co_spawn(io, ring(phone, argv),
                   [&](std::exception_ptr e)
                   { failure = e, phone.async_shutdown(solosip::seconds(2), asio::detached); });
    io.run();
    if (failure) std::rethrow_exception(failure);
}
catch (const std::exception& e)
{
    return std::cerr << e.what() << '\n', 1;
}
