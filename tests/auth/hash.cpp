#include "auth/hash.hpp"

#include "auth/support.hpp"

using namespace test;

TEST_CASE("hashes of known texts")
{
    CHECK(hex_digest(algorithm::md5, "") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(hex_digest(algorithm::md5_sess, "abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hex_digest(algorithm::sha256, "abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex_digest(algorithm::sha512_256, "abc") ==
          "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
    for (int i = 0; i < 6; ++i)
        CHECK(available(static_cast<algorithm>(i)));
}

TEST_CASE("the keyed hash is HMAC-SHA-256") // RFC 4231 section 4.3
{
    CHECK(keyed_hash("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("comparison of secrets")
{
    CHECK(equal_secrets("", ""));
    CHECK(equal_secrets("abc", "abc"));
    CHECK(!equal_secrets("abc", "abd"));
    CHECK(!equal_secrets("abc", "ab"));
    CHECK(!equal_secrets("", "a"));
}

TEST_CASE("nonce counts are eight lower-case hex digits")
{
    CHECK(nonce_count_text(1) == "00000001");
    CHECK(nonce_count_text(10) == "0000000a");
    CHECK(nonce_count_text(0xdeadbeef) == "deadbeef");
    CHECK(hex_number(0x1234, 2) == "34");
}
