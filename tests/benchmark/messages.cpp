#include "benchmark/messages.hpp"

namespace benchmark
{
namespace
{

const std::string sdp =
    "v=0\r\no=door 3951 3951 IN IP4 192.0.2.17\r\ns=-\r\nc=IN IP4 192.0.2.17\r\nt=0 0\r\n"
    "m=audio 40404 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

std::string routing(const std::string& method, int number)
{
    return "Via: SIP/2.0/UDP 192.0.2.17:5060;branch=z9hG4bK5d1c30aa93e7;rport\r\nMax-Forwards: "
           "70\r\n"
           "From: \"Front Door\" <sip:door@house.example.com>;tag=k3v90aa1\r\n"
           "To: <sip:kitchen@house.example.com>;tag=9a77e01\r\n"
           "Call-ID: 6f0d2c3b7e9a4458@192.0.2.17\r\nCSeq: " +
           std::to_string(number) + " " + method + "\r\n";
}

std::string request(const std::string& method, const std::string& more,
                    const std::string& body = {})
{
    return method + " sip:kitchen@house.example.com SIP/2.0\r\n" + routing(method, 4711) + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string response(const std::string& line, const std::string& method, const std::string& more,
                     const std::string& body = {})
{
    return "SIP/2.0 " + line + "\r\n" + routing(method, 4711) + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string contact = "Contact: <sip:door@192.0.2.17:5060;transport=udp>\r\n";
const std::string agent = "User-Agent: Doorman/3.1 (mips)\r\n";
const std::string type = "Content-Type: application/sdp\r\n";
const std::string allow =
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE\r\nSupported: timer, replaces\r\n";
const std::string digest =
    "Digest username=\"door\", realm=\"house.example.com\", nonce=\"b3f0a94c77d1e5\", "
    "uri=\"sip:house.example.com\", response=\"7587245234b3434cc3412213e5f113a5\", "
    "algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001\r\n";

// A request with `tail` as large as asked, made of `unit`s.
std::string repeated(const std::string& before, const std::string& unit, const std::string& after,
                     std::size_t bytes)
{
    std::string text =
        "OPTIONS sip:kitchen@house.example.com SIP/2.0\r\n" + routing("OPTIONS", 1) + before;
    while (text.size() + unit.size() + after.size() + 4 <= bytes)
        text += unit;
    return text + after + "\r\n\r\n";
}

} // namespace

std::vector<std::string> offers()
{
    return {
        sdp,
        "v=0\r\no=- 8210 2 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nb=AS:84\r\nt=0 "
        "0\r\n"
        "a=group:BUNDLE 0\r\nm=audio 31000 RTP/AVP 9 8 0 18 96 101 13\r\na=rtpmap:9 G722/8000\r\n"
        "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\n"
        "a=fmtp:18 annexb=no\r\na=rtpmap:96 opus/48000/2\r\n"
        "a=fmtp:96 maxplaybackrate=16000;useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n"
        "a=fmtp:101 0-15\r\na=rtpmap:13 CN/8000\r\na=ptime:20\r\na=maxptime:120\r\na=mid:0\r\n"
        "a=rtcp:31001 IN IP4 198.51.100.9\r\n"
        "a=candidate:1 1 UDP 2130706431 198.51.100.9 31000 typ host\r\na=sendrecv\r\n"};
}

std::vector<std::string> usual_messages()
{
    std::string large = request("INVITE", contact + allow, sdp);
    for (int i = 0; i < 6; ++i)
        large.insert(large.find("Max-Forwards"),
                     "Via: SIP/2.0/TCP proxy" + std::to_string(i) + ".example.com;branch=z9hG4bK" +
                         std::to_string(i) +
                         "77;received=198.51.100.1\r\nRecord-Route: <sip:proxy" +
                         std::to_string(i) + ".example.com;lr>\r\n");
    return {
        request("INVITE", contact + allow + agent + type, sdp),
        response("180 Ringing", "INVITE", contact),
        response("200 OK", "INVITE", contact + allow + type, sdp),
        request("ACK", contact),
        request("BYE", agent),
        request("REGISTER", contact + "Expires: 3600\r\n" + agent),
        response("401 Unauthorized", "REGISTER",
                 "WWW-Authenticate: Digest realm=\"house.example.com\", nonce=\"b3f0a94c77d1e5\", "
                 "qop=\"auth\"\r\n"),
        request("REGISTER", contact + "Authorization: " + digest + agent),
        request("OPTIONS", contact + "Accept: application/sdp\r\n"),
        request("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n"),
        large,
    };
}

std::vector<hostile_shape> hostile_shapes()
{
    return {
        {"parameters", [](std::size_t n) { return repeated("Contact: <sip:a@b>", ";p=1", "", n); }},
        {"semicolons", [](std::size_t n) { return repeated("Contact: <sip:a@b>", ";", "", n); }},
        {"commas", [](std::size_t n) { return repeated("Contact: ", ",", "", n); }},
        {"short list values", [](std::size_t n) { return repeated("Supported: a", ",a", "", n); }},
        {"folds", [](std::size_t n) { return repeated("Subject: a", "\r\n ", "b", n); }},
        {"folds in an address",
         [](std::size_t n) { return repeated("Contact:", "\r\n ", "<sip:a@b>", n); }},
        {"white space",
         [](std::size_t n) { return repeated("Contact: <sip:a@b>;", " ", "tag=1", n); }},
        {"quotes", [](std::size_t n) { return repeated("Contact: ", "\"", "", n); }},
        {"escaped quotes",
         [](std::size_t n) { return repeated("Contact: a,\"", "\\\"", ",b", n); }},
        {"open brackets", [](std::size_t n) { return repeated("Contact: a,", "<", ",b", n); }},
        {"display name",
         [](std::size_t n) { return repeated("Contact: ", "ab ", "<sip:a@b>", n); }},
        {"user part", [](std::size_t n) { return repeated("Contact: <sip:", "%41", "@b>", n); }},
        {"colons in a host",
         [](std::size_t n) { return repeated("Contact: <sip:a", ":1", ">", n); }},
        {"credentials",
         [](std::size_t n) { return repeated("Authorization: Digest a=b", ",a=b", "", n); }},
        {"one long value", [](std::size_t n) { return repeated("Subject: ", "x", "", n); }},
    };
}

} // namespace benchmark
