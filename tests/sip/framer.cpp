#include "solosip/sip/framer.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;

namespace
{

std::string message(const std::string& headers, const std::string& body = {})
{
    return "OPTIONS sip:h SIP/2.0\r\n" + headers + "\r\n" + body;
}

const std::string first = message("CSeq: 1 OPTIONS\r\nContent-Length: 4\r\n", "a\r\n\r");
const std::string second = message("l : 0\r\nSubject: a\r\n folded\r\n");
const std::string third = "SIP/2.0 200 OK\nl:\n 3\n\nxyz";

// Everything that `bytes` gives when it comes in pieces of `size`: "<" before each message, "P"
// for a ping, "p" for a pong; then the error.
std::string frames(const std::string& bytes, std::size_t size,
                   std::size_t limit = limits::message_bytes)
{
    framer f(limit);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += size)
    {
        f.push(std::string_view(bytes).substr(at, size));
        for (;;)
        {
            const auto next = f.next();
            if (!next) return out + "!" + describe(next.code());
            if (!*next) break;
            if ((*next)->what == frame::kind::ping)
                out += "P";
            else if ((*next)->what == frame::kind::pong)
                out += "p";
            else
                out += "<" + std::string((*next)->bytes);
        }
    }
    return out + "+" + std::to_string(f.buffered());
}

} // namespace

TEST_CASE("messages in pieces of any size", "[sip][framer]")
{
    const std::string all = first + second + third + first;
    const std::string expected = "<" + first + "<" + second + "<" + third + "<" + first + "+0";
    for (std::size_t size = 1; size <= all.size(); ++size)
    {
        CAPTURE(size);
        CHECK(frames(all, size) == expected);
    }
}

TEST_CASE("an unfinished message waits", "[sip][framer]")
{
    for (std::size_t length = 0; length < first.size(); ++length)
        CHECK(frames(first.substr(0, length), 7) == "+" + std::to_string(length));
}

TEST_CASE("line ends between messages", "[sip][framer]")
{
    for (std::size_t size = 1; size <= 8; ++size)
    {
        CAPTURE(size);
        CHECK(frames("\n\n" + first, size) == "<" + first + "+0");
    }
    CHECK(frames("\r\n\r\n" + first, 100) == "P<" + first + "+0");
    CHECK(frames("\r\n" + first, 100) == "p<" + first + "+0");
    CHECK(frames(first + "\r\n\r\n", 1'000) == "<" + first + "P+0");
    CHECK(frames("\r\n\r\n\r\n\r\n", 8) == "PP+0");
    CHECK(frames("\r\n\r\n", 2) == "pP+0"); // the half of a ping looks like a pong at first
    CHECK(frames("\r\n\r\n", 3) == "P+0");
    CHECK(frames("\r\n\r\n\r\n\r\n", 2) == "pPpP+0");
    CHECK(frames("\r", 1) == "+1");
}

TEST_CASE("what ends a stream", "[sip][framer]")
{
    const struct
    {
        std::string bytes;
        errc code;
    } table[] = {
        {message("CSeq: 1 OPTIONS\r\n", "body"), errc::missing_header},
        {message("Content-Length: -1\r\n"), errc::bad_number},
        {message("Content-Length:\r\n"), errc::bad_number},
        {message("Content-Length: 1 2\r\n"), errc::bad_number},
        {message("Content-Length: 3\r\nl: 4\r\n", "abcd"), errc::bad_number},
        {message("Content-Length: 99999999999999999999\r\n"), errc::too_large},
        {message("Content-Length: 65535\r\n"), errc::too_large},
        {message("no colon\r\n"), errc::bad_syntax},
        {"GET / HTTP/1.1\r\n\r\n", errc::bad_start_line},
        {std::string(70'000, 'x'), errc::too_large},
        {first + "rest of a body that was longer than it said\r\n\r\n" + first,
         errc::bad_start_line},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.bytes.substr(0, 80));
        for (const std::size_t size : {std::size_t{1}, std::size_t{100'000}})
        {
            const std::string got = frames(each.bytes, size);
            CHECK(got.substr(got.find('!') + 1) == describe(each.code));
        }
    }
}

TEST_CASE("an error is final, and the message in question can be answered", "[sip][framer]")
{
    framer f;
    const std::string bad = message("CSeq: 1 OPTIONS\r\n");
    CHECK(f.rejected().empty());
    f.push(bad + first);
    CHECK(f.next().code() == errc::missing_header);
    f.push(first);
    CHECK(f.next().code() == errc::missing_header);
    CHECK(f.rejected() == bad);
}

TEST_CASE("equal lengths are one length", "[sip][framer]")
{
    const std::string twice = message("Content-Length: 2\r\nl: 2\r\n", "ab");
    CHECK(frames(twice + first, 5) == "<" + twice + "<" + first + "+0");
}

TEST_CASE("the limit is the whole message", "[sip][framer]")
{
    CHECK(frames(first, 10, first.size()) == "<" + first + "+0");
    CHECK(frames(first, 10, first.size() - 1).starts_with("!"));
    // However it comes, and whatever else is wrong with it.
    const std::string bad = message("no colon\r\n");
    for (const std::size_t size : {std::size_t{1}, bad.size()})
        CHECK(frames(bad, size, bad.size() - 1) == "!" + std::string(describe(errc::too_large)));
}

TEST_CASE("a message that drips in byte by byte", "[sip][framer]")
{
    // The square of this many bytes would be felt.
    std::string big =
        message("Content-Length: 30000\r\nSubject: " + std::string(30'000, 's') + "\r\n",
                std::string(30'000, 'b'));
    CHECK(frames(big, 1) == "<" + big + "+0");
}
