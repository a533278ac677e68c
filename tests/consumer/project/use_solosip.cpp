// The whole library: an agent opens a socket and shuts down.
#include <solosip/solosip.hpp>

#include <asio/io_context.hpp>

#include <cstdio>
#include <system_error>

int main()
{
    asio::io_context io;
    solosip::agent phone(io);
    const auto error = phone.listen(solosip::transport::udp, asio::ip::make_address("127.0.0.1"));
    if (error || phone.local_endpoint().port() == 0) return 1;
    std::printf("port %u\n", static_cast<unsigned>(phone.local_endpoint().port()));
    bool done = false;
    phone.async_shutdown(solosip::seconds(1), [&](std::error_code e) { done = !e; });
    io.run();
    return done ? 0 : 1;
}
