#include "solosip/sip/writer.hpp"

#include "solosip/sip/compose.hpp"
#include "support/catch.hpp"

#include <array>
#include <string>

using namespace solosip;
using namespace solosip::sip;

TEST_CASE("a request in the order of the calls", "[sip][writer]")
{
    std::array<char, 300> buffer;
    writer w(buffer);
    w.request(method::message, "sip:bob@example.com");
    w.header(header_id::via, {"SIP/2.0/UDP ", "192.0.2.1", ";branch=", "z9hG4bKx"});
    w.header(header_id::max_forwards, 70);
    w.header(header_id::expires, 4'294'967'295u);
    w.header("X-Strange", "");
    w.body("text/plain", "two\r\nlines");
    const auto text = w.finish();
    REQUIRE(text);
    CHECK(*text == "MESSAGE sip:bob@example.com SIP/2.0\r\n"
                   "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
                   "Max-Forwards: 70\r\n"
                   "Expires: 4294967295\r\n"
                   "X-Strange: \r\n"
                   "Content-Type: text/plain\r\n"
                   "Content-Length: 10\r\n"
                   "\r\n"
                   "two\r\nlines");
    CHECK(text->data() == buffer.data());
}

TEST_CASE("a response without a body", "[sip][writer]")
{
    std::array<char, 100> buffer;
    writer usual(buffer);
    usual.status(486);
    CHECK(usual.finish().value_or("") == "SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n");
    writer own(buffer);
    own.status(299, "Nearly");
    CHECK(own.finish().value_or("") == "SIP/2.0 299 Nearly\r\nContent-Length: 0\r\n\r\n");
    writer nothing(buffer);
    nothing.status(299);
    CHECK(nothing.finish().value_or("") == "SIP/2.0 299 \r\nContent-Length: 0\r\n\r\n");
    writer wrong(buffer);
    wrong.status(99);
    CHECK(wrong.finish().code() == errc::bad_number);
}

TEST_CASE("line breaks and NUL are refused everywhere", "[sip][writer]")
{
    for (const std::string_view evil :
         {std::string_view("a\rb"), std::string_view("a\nb"), std::string_view("a\0b", 3),
          std::string_view("a\r\nX: y"), std::string_view("\r\n")})
    {
        std::array<char, 500> buffer;
        const auto refused = [&](auto&& write)
        {
            writer w(buffer);
            w.status(200);
            w.header(header_id::subject, "x");
            write(w);
            w.header(header_id::subject, "y");
            const auto text = w.finish();
            return !text && text.code() == errc::bad_header && text.error().offset == 1;
        };
        CHECK(refused([&](writer& w) { w.header(header_id::subject, evil); }));
        CHECK(refused([&](writer& w) { w.header("X-A", evil); }));
        CHECK(refused([&](writer& w) { w.header(evil, "x"); }));
        CHECK(refused([&](writer& w) { w.header(header_id::subject, {"x", evil}); }));
        CHECK(refused([&](writer& w) { w.body(evil, "x"); }));
        CHECK(refused([&](writer& w) { w.status(200, evil); }));
        CHECK(refused([&](writer& w) { w.request(evil, "sip:h"); }));
        writer w(buffer);
        w.request(method::bye, evil);
        CHECK_FALSE(w.finish());
    }
    std::array<char, 500> buffer;
    for (const std::string_view name : {"", "X A", "X:", "X\xc3\xa4"})
    {
        writer w(buffer);
        w.status(200);
        w.header(name, "x");
        CHECK(w.finish().code() == errc::bad_header);
    }
    for (const std::string_view uri : {"", "sip:a b", "sip:h SIP/2.0"})
    {
        writer w(buffer);
        w.request(method::bye, uri);
        CHECK(w.finish().code() == errc::bad_uri);
    }
    writer w(buffer);
    w.status(200);
    w.header(header_id::other, "x");
    CHECK(w.finish().code() == errc::bad_header);
    writer unknown(buffer);
    unknown.request(method::unknown, "sip:h");
    CHECK(unknown.finish().code() == errc::bad_header);
}

TEST_CASE("every buffer that is too small is an error", "[sip][writer]")
{
    const auto write = [](writer& w)
    {
        w.request(method::options, "sip:h");
        w.header(header_id::call_id, "1");
        w.header(header_id::cseq, {"1", " ", "OPTIONS"});
        w.body("a/b", "x");
    };
    std::string buffer(200, '\0');
    writer whole(buffer);
    write(whole);
    const auto size = whole.finish()->size();
    for (std::size_t room = 0; room <= size; ++room)
    {
        CAPTURE(room);
        std::string exact(room, '\0');
        writer w(exact);
        write(w);
        const auto text = w.finish();
        CHECK(text.has_value() == (room == size));
        if (!text) CHECK(text.code() == errc::no_space);
    }
}

TEST_CASE("the first error is the one that is told", "[sip][writer]")
{
    std::array<char, 60> buffer;
    writer w(buffer);
    w.status(200);
    w.header(header_id::subject, "a\rb");
    w.header(header_id::subject, std::string(100, 'x'));
    CHECK(w.finish().code() == errc::bad_header);
}

TEST_CASE("compose makes room for a large message", "[sip][writer]")
{
    const std::string body(10'000, 'x');
    const auto m = compose(
        [&](writer& w)
        {
            w.request(method::message, "sip:h");
            w.body("text/plain", body);
        });
    REQUIRE(m);
    CHECK((*m)->body() == body);
    CHECK(compose(
              [&](writer& w)
              {
                  w.request(method::message, "sip:h");
                  w.body("text/plain", std::string(65'600, 'x'));
              })
              .code() == errc::too_large);
}
