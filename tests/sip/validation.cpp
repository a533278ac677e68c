#include "solosip/sip/validation.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::sip;

namespace
{

const std::vector<std::string> good = {
    "OPTIONS sip:bob@h SIP/2.0", "Via: SIP/2.0/UDP h;branch=z9hG4bKa",
    "Max-Forwards: 70",          "From: <sip:a@h>;tag=1",
    "To: <sip:bob@h>",           "Call-ID: c1",
    "CSeq: 7 OPTIONS",           "Contact: <sip:a@192.0.2.1>",
    "Content-Type: text/plain",  "Content-Length: 3",
};

// `good` with the line of the same beginning replaced ("" takes it away), or `line` added.
verdict judge(const std::string& old, const std::string& line, demand what = demand::everything)
{
    std::string text;
    for (const auto& each : good)
    {
        const bool hit = !old.empty() && each.starts_with(old);
        if (hit && line.empty()) continue;
        text += hit ? line : each;
        text += "\r\n";
    }
    if (old.empty() && !line.empty()) text += line + "\r\n";
    text += "\r\nabc";
    message_view m;
    REQUIRE(m.parse(text));
    return validate(m, what);
}

} // namespace

TEST_CASE("a good request", "[sip][validation]")
{
    const verdict v = judge("", "");
    CHECK(v.ok());
    CHECK(v.status == 0);
    CHECK(v.why.empty());
    CHECK(judge("Max-Forwards", "").ok()); // RFC 2543 had none
    CHECK(judge("From", "From: <sip:a@h>").ok());
    CHECK(judge("Content-Length", "").ok());
    CHECK(judge("Content-Length", "Content-Length: 2").ok());
    CHECK(judge("Contact", "Contact: *").ok());
    CHECK(judge("", "X: ;;,,").ok());
}

TEST_CASE("rules that are broken, and their answer", "[sip][validation]")
{
    const struct
    {
        std::string old, line;
        int status;
        bool silent;
    } table[] = {
        {"From", "", 400, false},
        {"To", "", 400, false},
        {"Call-ID", "", 400, false},
        {"CSeq", "", 400, false},
        {"Via", "", 400, true},
        {"", "From: <sip:a@h>;tag=2", 400, false},
        {"", "t: <sip:a@h>", 400, false},
        {"", "i: c2", 400, false},
        {"", "CSeq: 7 OPTIONS", 400, false},
        {"", "l: 3", 400, false},
        {"", "Max-Forwards: 70", 400, false},
        {"From", "From: \"x <sip:a@h>", 400, false},
        {"From", "From: *", 400, false},
        {"To", "To: ", 400, false},
        {"To", "To: < sip:a@h >", 400, false},
        {"Call-ID", "Call-ID:", 400, false},
        {"CSeq", "CSeq: 7 INVITE", 400, false},
        {"CSeq", "CSeq: 7 options", 400, false},
        {"CSeq", "CSeq: 2147483648 OPTIONS", 400, false},
        {"CSeq", "CSeq: 36893488147419103232 OPTIONS", 400, false},
        {"Via", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,", 400, false},
        {"Via", "Via:", 400, true},
        {"OPTIONS", "OPTIONS sip:bob@h\tx SIP/2.0", 400, false},
        {"Via", "Via: SIP/2.0/UDP h, x", 400, false},
        {"Via", "Via: SIP/2.0/UDP h,", 400, false},
        {"Contact", "Contact: \"Joe\" <sip:joe@h>;;;;", 400, false},
        {"Contact", "Contact: sip:a@h?Route=%3Csip:h%3E", 400, false},
        {"Max-Forwards", "Max-Forwards: 300", 400, false},
        {"Max-Forwards", "Max-Forwards: x", 400, false},
        {"Content-Length", "Content-Length: 4", 400, false},
        {"Content-Length", "Content-Length: -3", 400, false},
        {"Content-Length", "Content-Length: 99999999999999999999999999", 400, false},
        {"Content-Length", "Content-Length: 3;x", 400, false},
        {"Content-Type", "Content-Type: sdp", 400, false},
        {"", "Expires: soon", 400, false},
        {"", "Record-Route: x", 400, false},
        {"OPTIONS", "OPTIONS sip:bob@h SIP/7.0", 505, false},
        {"OPTIONS", "OPTIONS  sip:bob@h SIP/2.0", 400, false},
        {"OPTIONS", "OPTIONS sip:bob@h SIP/2.0 ", 400, false},
        {"OPTIONS", "OPTIONS sip:bob@h; lr SIP/2.0", 400, false},
        {"OPTIONS", "OPTIONS <sip:bob@h> SIP/2.0", 400, false},
        {"OPTIONS", "OPTIONS sip:bob@h?Route=%3Csip:h%3E SIP/2.0", 400, false},
        {"OPTIONS", "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", 416, false},
        {"OPTIONS", "ACK sip:bob@h SIP/2.0", 400, true},
        {"OPTIONS", "SIP/2.0 200 OK", 0, false},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.old, each.line);
        const verdict v = judge(each.old, each.line);
        CHECK(v.status == each.status);
        CHECK(v.silent == each.silent);
        CHECK(v.why.empty() == (each.status == 0));
    }
}

TEST_CASE("malformed responses are dropped", "[sip][validation]")
{
    for (const std::string text : {"SIP/2.0 200 OK\r\n\r\n",
                                   "SIP/7.0 200 OK\r\nVia: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: "
                                   "<sip:a@h>\r\ni: 1\r\nCSeq: 1 BYE\r\n\r\n",
                                   "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: "
                                   "<sip:a@h>\r\ni: 1\r\nCSeq: 9292394834772304023312 BYE\r\n\r\n"})
    {
        message_view m;
        REQUIRE(m.parse(text));
        CHECK(validate(m).silent);
    }
}

TEST_CASE("what nobody needs may be malformed (8.2.2)", "[sip][validation]")
{
    const struct
    {
        std::string old, line;
        int status; // of the answer where only what is necessary counts
    } table[] = {
        {"", "Expires: soon", 0},
        {"", "RSeq: x", 0},
        {"", "Min-Expires: x", 0},
        {"", "Route: x", 0},
        {"", "Record-Route: x", 0}, // an OPTIONS makes no dialog
        {"", "Session-Expires: 90\r\nSession-Expires: 90", 0},
        {"", "Refer-To: <sip:x@h>\r\nRefer-To: <sip:y@h>", 0},
        {"Contact", "Contact: \"Joe\" <sip:joe@h>;;;;", 0},
        {"Content-Type", "Content-Type: sdp", 400}, // there is a body
        {"Max-Forwards", "Max-Forwards: x", 400},
        {"", "l: 3", 400},
        {"From", "From: *", 400},
        {"CSeq", "", 400},
        {"Via", "Via: SIP/2.0/UDP h, x", 400},
    };
    for (const auto& each : table)
    {
        CAPTURE(each.old, each.line);
        CHECK(judge(each.old, each.line).status == 400);
        CHECK(judge(each.old, each.line, demand::necessary).status == each.status);
    }
    // The same headers, where they matter and where they do not.
    const auto message =
        [](const std::string& start, const std::string& method, const std::string& more)
    {
        message_view m;
        const std::string text =
            start + "\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\n" +
            "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 7 " + method + "\r\n" +
            more + "\r\n\r\n";
        REQUIRE(m.parse(text));
        CHECK_FALSE(validate(m).ok());
        return validate(m, demand::necessary).ok();
    };
    const auto request = [&](const std::string& method, const std::string& more)
    { return message(method + " sip:b@h SIP/2.0", method, more); };
    for (const std::string more : {"Contact: x", "Record-Route: x"})
    {
        for (const auto* method : {"INVITE", "UPDATE", "REFER", "SUBSCRIBE", "NOTIFY"})
            CHECK_FALSE(request(method, more));
        for (const auto* method : {"ACK", "BYE", "CANCEL", "INFO", "OPTIONS", "MESSAGE", "PRACK"})
            CHECK(request(method, more));
    }
    CHECK_FALSE(request("REGISTER", "Contact: x"));
    CHECK_FALSE(request("REFER", "Refer-To: <sip:x@h>\r\nRefer-To: <sip:y@h>"));
    CHECK_FALSE(request("INVITE", "Replaces: a\r\nReplaces: b"));
    CHECK(request("BYE", "Max-Forwards: x"));
    CHECK(
        message("SIP/2.0 200 OK", "REGISTER", "Contact: x\r\nMax-Forwards: x\r\nRecord-Route: x"));
    CHECK(message("SIP/2.0 486 Busy", "INVITE", "Record-Route: x"));
    CHECK_FALSE(message("SIP/2.0 200 OK", "INVITE", "Record-Route: x"));
    CHECK(message("SIP/2.0 200 OK", "INVITE", "l: 0\r\nl: 0"));
    CHECK_FALSE(message("SIP/2.0 200 OK", "INVITE", "l: 0\r\nl: 1"));
}
