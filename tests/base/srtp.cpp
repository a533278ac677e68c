#include "solosip/base/srtp.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>

using namespace solosip;

TEST_CASE("the suites have the names and key lengths of RFC 4568 and RFC 6188")
{
    const struct
    {
        srtp_suite suite;
        const char* name;
        std::size_t bytes;
    } rows[] = {
        {srtp_suite::aes_cm_128_hmac_sha1_80, "AES_CM_128_HMAC_SHA1_80", 30},
        {srtp_suite::aes_cm_128_hmac_sha1_32, "AES_CM_128_HMAC_SHA1_32", 30},
        {srtp_suite::aes_256_cm_hmac_sha1_80, "AES_256_CM_HMAC_SHA1_80", 46},
        {srtp_suite::aes_256_cm_hmac_sha1_32, "AES_256_CM_HMAC_SHA1_32", 46},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.name);
        CHECK(to_string(row.suite) == row.name);
        CHECK(srtp_suite_named(row.name) == row.suite);
        CHECK(srtp_key_bytes(row.suite) == row.bytes);
    }
    CHECK(srtp_suite_named("aes_cm_128_hmac_sha1_80") == srtp_suite::aes_cm_128_hmac_sha1_80);
    CHECK(!srtp_suite_named("AEAD_AES_128_GCM"));
    CHECK(!srtp_suite_named("AES_CM_128_HMAC_SHA1_8"));
    CHECK(!srtp_suite_named(""));
}

TEST_CASE("a key compares by all that it is, and uses what its suite needs")
{
    srtp_key a;
    a.bytes.fill(7);
    srtp_key b = a;
    CHECK(a == b);
    CHECK(a.used().size() == 30);
    b.suite = srtp_suite::aes_256_cm_hmac_sha1_80;
    CHECK(a != b);
    CHECK(b.used().size() == 46);
    b = a;
    b.mki_bytes = 1;
    CHECK(a != b);
}

TEST_CASE("a key leaves nothing behind")
{
    std::array<std::uint8_t, 46> secret;
    secret.fill(0xA5);
    srtp_key::wipe(secret);
    CHECK(std::all_of(secret.begin(), secret.end(), [](std::uint8_t b) { return b == 0; }));
}
