#include "solosip/trace/ladder.hpp"

#include "support/catch.hpp"

using namespace solosip;

namespace
{

const endpoint us{ip_address::v4(192, 0, 2, 1), 40000};
const endpoint registrar{ip_address::v4(192, 0, 2, 7), 5060};
const endpoint other{ip_address::v4(192, 0, 2, 9), 5070};

constexpr std::string_view invite =
    "INVITE sip:echo@192.0.2.7 SIP/2.0\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\n"
    "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

time_point at(int ms)
{
    return time_point(milliseconds(5000 + ms));
}

} // namespace

TEST_CASE("a ladder shows who said what when, and what came again")
{
    trace::ladder l;
    CHECK(l.text().empty());
    l.message(at(0), true, us, registrar, invite);
    l.message(at(500), true, us, registrar, invite);
    l.message(at(512), false, us, registrar, "SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n");
    l.note(at(1750), "digit 5");
    CHECK(l.text() ==
          "   seconds  192.0.2.1:40000                         192.0.2.7:5060\n"
          "    +0.000  |---- INVITE sip:echo@192.0.2.7 ------->|  CSeq 1; audio 4000: PCMA "
          "telephone-event\n"
          "    +0.500  |---- INVITE sip:echo@192.0.2.7 ------->|  CSeq 1; audio 4000: PCMA "
          "telephone-event (again)\n"
          "    +0.512  |<--- 180 Ringing ----------------------|  CSeq 1 INVITE\n"
          "    +1.750  |                                       |  * digit 5\n");
}

TEST_CASE("each peer has a column, and the arrows of the further ones cross the nearer")
{
    trace::ladder l;
    l.message(at(0), true, us, registrar, invite);
    l.message(at(1), false, us, other, "BYE sip:me@192.0.2.1 SIP/2.0\r\nCSeq: 9 BYE\r\n\r\n");
    const std::string text = l.text();
    CHECK(text.find("192.0.2.7:5060                          192.0.2.9:5070\n") !=
          std::string::npos);
    CHECK(
        text.find("|<--- BYE sip:me@192.0.2.1 -------------|---------------------------------------"
                  "|  CSeq 9\n") != std::string::npos);
    CHECK(text.find("------->|                                       |  CSeq 1") !=
          std::string::npos);
}

TEST_CASE("what went out is not taken for a repetition of what came in")
{
    trace::ladder l;
    l.message(at(0), true, us, registrar, invite);
    l.message(at(1), false, us, registrar, invite);
    l.message(at(2), true, us, other, invite);
    CHECK(l.text().find("(again)") == std::string::npos);
}

TEST_CASE("a ladder is bounded in entries and columns, and says so")
{
    trace::ladder l;
    for (std::size_t i = 0; i < trace::ladder::entry_limit + 7; ++i)
        l.message(at(static_cast<int>(i)), false, us,
                  {ip_address::v4(192, 0, 2, static_cast<std::uint8_t>(i % 250)), 5060}, "noise");
    CHECK(l.size() == trace::ladder::entry_limit);
    const std::string text = l.text();
    CHECK(text.find("(7 earlier ones left out)") != std::string::npos);
    CHECK(text.find("192.0.2.5:5060 and others\n") != std::string::npos);
    CHECK(text.find("192.0.2.6:5060") == std::string::npos);
    // Seconds still count from the first message of all.
    CHECK(text.find("+0.007") != std::string::npos);
    CHECK(text.find("+0.006 ") == std::string::npos);
}

TEST_CASE("neither secrets nor control characters get into a ladder")
{
    trace::ladder l;
    l.message(
        at(0), true, us, registrar,
        "REGISTER sip:me:hunter2@example.com SIP/2.0\r\nCSeq: 2 REGISTER\r\n"
        "Authorization: Digest username=\"a\\\"\x07\", response=\"cafe\", cnonce=\"babe\"\r\n\r\n");
    l.message(at(1), false, us, registrar, "SIP/2.0 200 \x1b[31mOK\r\nCSeq: 2 REGISTER\r\n\r\n");
    l.message(at(2), false, us, registrar, "\x1b]0;title\x07");
    l.note(at(3), "a\nb");
    const std::string text = l.text();
    for (const std::string_view secret : {"hunter2", "cafe", "babe", "\x1b", "\x07", "a\nb"})
    {
        CAPTURE(secret);
        CHECK(text.find(secret) == std::string::npos);
    }
    CHECK(text.find("a\\nb") != std::string::npos);
    CHECK(text.find("no SIP") != std::string::npos);
}

TEST_CASE("columns are as wide as the longest label, up to a limit")
{
    const auto width = [](std::size_t user_length)
    {
        trace::ladder l;
        l.message(at(0), true, us, registrar,
                  "OPTIONS sip:" + std::string(user_length, 'u') + "@h SIP/2.0\r\n\r\n");
        const std::string text = l.text();
        CAPTURE(text);
        CHECK((text.find("..") != std::string::npos) == (user_length > 40));
        return text.find("192.0.2.7:5060") - text.find("192.0.2.1:40000");
    };
    CHECK(width(3) == 40);
    CHECK(width(40) == 64);
    CHECK(width(30) == 54);
    CHECK(width(41) == 64);
}
