#include "solosip/trace/summary.hpp"

#include "support/catch.hpp"

using namespace solosip;

namespace
{

const endpoint peer{ip_address::v4(192, 0, 2, 7), 5060};

} // namespace

TEST_CASE("one line for a message, whatever it is")
{
    CHECK(trace::summary("OPTIONS sip:me:pw@host SIP/2.0\r\nCSeq: 7 OPTIONS\r\n\r\n", false,
                         peer) == "received OPTIONS sip:me@host from 192.0.2.7:5060 (CSeq 7)");
    CHECK(trace::summary("SIP/2.0 180 Ringing\r\nCSeq: 7 INVITE\r\n\r\n", true, peer) ==
          "sent 180 Ringing to 192.0.2.7:5060 (CSeq 7 INVITE)");
    CHECK(trace::summary("SIP/2.0 200 \x1b[2J\r\n\r\n", true, peer) ==
          "sent 200 \\x1b[2J to 192.0.2.7:5060");
}

TEST_CASE("what is no SIP is shown escaped and cut")
{
    const std::string line =
        trace::summary(std::string("\0\r\n\xff", 4) + std::string(100, 'a'), false, peer);
    CHECK(line.find("received 104 bytes from 192.0.2.7:5060 that are no SIP (") == 0);
    CHECK(line.find("\\x00\\r\\n\\xff" + std::string(60, 'a') + "...") != std::string::npos);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(trace::escaped("a\\b\tc") == "a\\\\b\\tc");
    CHECK(trace::escaped("abcd", 3) == "abc...");
}

TEST_CASE("secrets are hidden and everything else stays")
{
    struct row
    {
        std::string_view in, out;
    };
    const row rows[] = {
        {"", ""},
        {"Authorization: Digest username=\"a\", nonce=\"n\", response=\"secret\", cnonce=\"c\"\r\n",
         "Authorization: Digest username=\"a\", nonce=\"n\", response=***, cnonce=***\r\n"},
        {"proxy-authorization : Digest RESPONSE = \"se\\\"cret\" ,qop=auth\n",
         "proxy-authorization : Digest RESPONSE = *** ,qop=auth\n"},
        {"Authorization: Digest a=b,\r\n response=\"secret\"\r\nVia: x\r\n",
         "Authorization: Digest a=b,\r\n response=***\r\nVia: x\r\n"},
        {"Authorization: Digest response=\"secr", "Authorization: Digest response=***"},
        {"Authorization: Digest response=", "Authorization: Digest response="},
        {"X-Other: response=\"seen\"\r\n", "X-Other: response=\"seen\"\r\n"},
        {"Authorization: Digest myresponse=\"seen\"\r\n",
         "Authorization: Digest myresponse=\"seen\"\r\n"},
        {"INVITE sip:me:secret@host SIP/2.0\r\nFrom: <sips:a:b@c>;tag=1\r\nTo: sip:host:5060\r\n",
         "INVITE sip:me:***@host SIP/2.0\r\nFrom: <sips:a:***@c>;tag=1\r\nTo: sip:host:5060\r\n"},
        {"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20\r\n",
         "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\r\n"},
        {"A=Crypto:1 X Inline:c2VjcmV0|1:4;inline:bW9yZQ== FEC_KEY=inline:YW5k KDR=1\r\n",
         "A=Crypto:1 X Inline:***;inline:*** FEC_KEY=inline:*** KDR=1\r\n"},
        {"a=crypto:1 X inline:\r\n", "a=crypto:1 X inline:***\r\n"},
    };
    for (const auto& r : rows)
    {
        CAPTURE(r.in);
        CHECK(trace::redacted(r.in) == r.out);
    }
}
