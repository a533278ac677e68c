// a=crypto: the examples of RFC 4568, what is good, what is not ours, and what is wrong.
#include "sdp/crypto_attribute.hpp"
#include "support/catch.hpp"

#include <string>

using namespace solosip;
using namespace solosip::sdp;

namespace
{

const std::string key_30 = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"; // section 9.1's
const std::string key_46 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==";

std::string crypto(const std::string& key_params, const std::string& more = "",
                   const std::string& suite = "AES_CM_128_HMAC_SHA1_80",
                   const std::string& tag = "1")
{
    return "crypto:" + tag + ' ' + suite + ' ' + key_params + more;
}

} // namespace

TEST_CASE("a=crypto is told from other attributes")
{
    CHECK(is_crypto("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"));
    CHECK(is_crypto("crypto:"));
    CHECK(!is_crypto("crypto"));
    CHECK(!is_crypto("cryptography:1"));
    CHECK(!is_crypto(""));
}

TEST_CASE("the examples of RFC 4568 and RFC 6188")
{
    const struct
    {
        std::string text;
        std::uint32_t tag;
        srtp_suite suite;
        std::uint8_t first, last;
        std::uint64_t mki;
        std::uint8_t mki_bytes;
    } rows[] = {
        // Section 4.1 and 9.1: "wDfvg&T+)xG7@fb5jU,RaA}\|p0%*#".
        {"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30 + "|2^20|1:4", 1,
         srtp_suite::aes_cm_128_hmac_sha1_80, 0x77, 0x23, 1, 4},
        // Section 5.1.3.
        {"crypto:1 AES_CM_128_HMAC_SHA1_80 "
         "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32",
         1, srtp_suite::aes_cm_128_hmac_sha1_80, 0x3D, 0x51, 1, 32},
        {"crypto:2 AES_CM_128_HMAC_SHA1_32 "
         "inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32",
         2, srtp_suite::aes_cm_128_hmac_sha1_32, 0x37, 0x63, 1, 32},
        // As most telephones write it.
        {crypto("inline:" + key_30), 1, srtp_suite::aes_cm_128_hmac_sha1_80, 0x77, 0x23, 0, 0},
        {crypto("inline:" + key_30 + "|2^48"), 1, srtp_suite::aes_cm_128_hmac_sha1_80, 0x77, 0x23,
         0, 0},
        {crypto("inline:" + key_30 + "|1048576"), 1, srtp_suite::aes_cm_128_hmac_sha1_80, 0x77,
         0x23, 0, 0},
        {crypto("inline:" + key_30 + "|4294967295:4"), 1, srtp_suite::aes_cm_128_hmac_sha1_80, 0x77,
         0x23, 4294967295, 4},
        {crypto("inline:" + key_30, " WSH=1024 -unheard-of"), 1,
         srtp_suite::aes_cm_128_hmac_sha1_80, 0x77, 0x23, 0, 0},
        {"CRYPTO:1   aes_cm_128_hmac_sha1_80\tINLINE:" + key_30, 1,
         srtp_suite::aes_cm_128_hmac_sha1_80, 0x77, 0x23, 0, 0},
        // RFC 6188: the key is longer; the padding may be there or not (RFC 4568 section 6.1).
        {crypto("inline:" + key_46, "", "AES_256_CM_HMAC_SHA1_80", "999999999"), 999'999'999,
         srtp_suite::aes_256_cm_hmac_sha1_80, 0, 45, 0, 0},
        {crypto("inline:" + key_46.substr(0, 62), "", "AES_256_CM_HMAC_SHA1_32", "0"), 0,
         srtp_suite::aes_256_cm_hmac_sha1_32, 0, 45, 0, 0},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.text);
        const auto read = parse_crypto(row.text);
        REQUIRE(read.has_value());
        REQUIRE(read->has_value());
        const crypto_attribute& a = **read;
        CHECK(a.tag == row.tag);
        CHECK(a.key.suite == row.suite);
        CHECK(a.key.used().front() == row.first);
        CHECK(a.key.used().back() == row.last);
        CHECK(a.key.mki == row.mki);
        CHECK(a.key.mki_bytes == row.mki_bytes);
        const auto again = parse_crypto(print(a));
        REQUIRE(again.has_value());
        CHECK(*again == *read);
    }
}

TEST_CASE("what we cannot do is no error, and not ours")
{
    for (const auto& text : {
             crypto("inline:" + key_30, "", "F8_128_HMAC_SHA1_80"),
             crypto("inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==", "", "AEAD_AES_128_GCM"),
             crypto("inline:" + key_30 + "|2^20|1:4;inline:" + key_30 + "|2^20|2:4"),
             crypto("inline:" + key_30, " UNENCRYPTED_SRTP"),
             crypto("inline:" + key_30, " UNENCRYPTED_SRTCP WSH=64"),
             crypto("inline:" + key_30, " UNAUTHENTICATED_SRTP"),
             crypto("inline:" + key_30, " KDR=1"),
             crypto("inline:" + key_30, " FEC_ORDER=FEC_SRTP"),
             crypto("inline:" + key_30, " FEC_KEY=inline:" + key_30),
             crypto("inline:" + key_30, " SOMETHING=new"),
         })
    {
        CAPTURE(text);
        const auto read = parse_crypto(text);
        REQUIRE(read.has_value());
        CHECK(!read->has_value());
    }
}

TEST_CASE("what is wrong")
{
    const struct
    {
        std::string text;
        errc why;
    } rows[] = {
        {"crypto:", errc::bad_number},
        {"crypto:x AES_CM_128_HMAC_SHA1_80 inline:" + key_30, errc::bad_number},
        {"crypto:1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key_30, errc::bad_number},
        {"crypto:-1 AES_CM_128_HMAC_SHA1_80 inline:" + key_30, errc::bad_number},
        {"crypto:1", errc::bad_syntax},
        {"crypto:1 AES_CM_128_HMAC_SHA1_80", errc::bad_syntax},
        {crypto(key_30), errc::bad_syntax},
        {crypto("inline:"), errc::bad_syntax},
        {crypto("inline"), errc::bad_syntax},
        {crypto("outline:" + key_30), errc::bad_syntax},
        {crypto("inline:" + key_30.substr(1)), errc::bad_syntax},
        {crypto("inline:A" + key_30), errc::bad_syntax},
        {crypto("inline:" + key_46), errc::bad_syntax},
        {crypto("inline:" + key_30, "", "AES_256_CM_HMAC_SHA1_80"), errc::bad_syntax},
        {crypto("inline:!" + key_30.substr(1)), errc::bad_syntax},
        {crypto("inline:=" + key_30.substr(1)), errc::bad_syntax},
        {crypto("inline:" + key_30 + "==="), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|0"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|2^49"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|2^"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|281474976710657"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|99999999999999999999"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|1:0"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|1:129"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|256:1"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|x:1"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|:"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|1:4|2^20"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|1:4|1:4"), errc::bad_syntax},
        {crypto("inline:" + key_30 + "|2^20|2^20"), errc::bad_syntax},
        {crypto("inline:" + key_30, " WSH=63"), errc::bad_number},
        {crypto("inline:" + key_30, " WSH="), errc::bad_number},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.text);
        const auto read = parse_crypto(row.text);
        REQUIRE(!read.has_value());
        CHECK(read.code() == row.why);
    }
}

TEST_CASE("a key is written as others write it")
{
    crypto_attribute a;
    a.tag = 3;
    a.key.suite = srtp_suite::aes_256_cm_hmac_sha1_80;
    for (std::size_t i = 0; i < a.key.bytes.size(); ++i)
        a.key.bytes[i] = static_cast<std::uint8_t>(i);
    CHECK(print(a) == "crypto:3 AES_256_CM_HMAC_SHA1_80 inline:" + key_46);
    a.key.suite = srtp_suite::aes_cm_128_hmac_sha1_32;
    a.key.mki = 7;
    a.key.mki_bytes = 2;
    CHECK(print(a) == "crypto:3 AES_CM_128_HMAC_SHA1_32 inline:" + key_46.substr(0, 40) + "|7:2");
}
