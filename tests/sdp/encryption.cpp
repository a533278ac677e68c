// SRTP in offers and answers (RFC 4568 section 5, RFC 8643): each policy against each kind of peer.
#include "sdp/encryption.hpp"
#include "solosip/sdp/offer_answer.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>

using namespace solosip;
using namespace solosip::sdp;

namespace
{

constexpr auto off = srtp_policy::off;
constexpr auto preferred = srtp_policy::preferred;
constexpr auto required = srtp_policy::required;

const std::string their_key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const std::string their_long_key =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ==";

local_media ours(srtp_policy policy)
{
    local_media l;
    l.rtp = {ip_address::v4(192, 0, 2, 1), 4000};
    l.codecs = {{"PCMA", 8000, 1, 8, ""}, {"PCMU", 8000, 1, 0, ""}};
    l.encryption = policy;
    if (policy == off) return l;
    std::uint8_t fill = 1;
    for (const auto suite :
         {srtp_suite::aes_cm_128_hmac_sha1_80, srtp_suite::aes_256_cm_hmac_sha1_80,
          srtp_suite::aes_cm_128_hmac_sha1_32, srtp_suite::aes_256_cm_hmac_sha1_32})
    {
        l.keys.emplace_back().suite = suite;
        std::fill_n(l.keys.back().bytes.begin(), srtp_key_bytes(suite), fill++);
    }
    return l;
}

description parsed(const std::string& text)
{
    const auto d = parse(text);
    REQUIRE(d.has_value());
    return *d;
}

std::string line(const std::string& protocol, const std::string& more,
                 const std::string& port = "5000", const std::string& formats = "8")
{
    return "m=audio " + port + ' ' + protocol + ' ' + formats + "\r\n" + more;
}
const std::string head =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n";

std::string crypto(const std::string& tag = "1",
                   const std::string& suite = "AES_CM_128_HMAC_SHA1_80",
                   const std::string& key = their_key)
{
    return "a=crypto:" + tag + ' ' + suite + " inline:" + key + "\r\n";
}

std::vector<std::string> crypto_lines(const description& d, std::size_t index = 0)
{
    std::vector<std::string> all;
    for (const auto& a : d.media.at(index).attributes)
        if (is_crypto(a)) all.push_back(a.substr(0, a.find(" inline:")));
    return all;
}

} // namespace

TEST_CASE("what we offer, by policy")
{
    CHECK(make_offer(ours(off)).media.at(0).protocol == "RTP/AVP");
    CHECK(crypto_lines(make_offer(ours(off))).empty());
    const std::vector<std::string> three = {"crypto:1 AES_CM_128_HMAC_SHA1_80",
                                            "crypto:2 AES_256_CM_HMAC_SHA1_80",
                                            "crypto:3 AES_CM_128_HMAC_SHA1_32"};
    CHECK(make_offer(ours(preferred)).media.at(0).protocol == "RTP/AVP"); // RFC 8643 section 3.1
    CHECK(crypto_lines(make_offer(ours(preferred))) == three);
    CHECK(make_offer(ours(required)).media.at(0).protocol == "RTP/SAVP");
    CHECK(crypto_lines(make_offer(ours(required))) == three);
    CHECK(parsed(print(make_offer(ours(required)))) == make_offer(ours(required)));
}

TEST_CASE("what we answer: each policy against each kind of offer")
{
    const struct
    {
        const char* what;
        srtp_policy policy;
        std::string lines;
        errc why;             // 0: taken
        std::size_t index;    // which line
        const char* answered; // the tag and suite; empty: not encrypted
    } rows[] = {
        {"plain", off, line("RTP/AVP", ""), errc{}, 0, ""},
        {"plain", preferred, line("RTP/AVP", ""), errc{}, 0, ""},
        {"plain", required, line("RTP/AVP", ""), errc::srtp_required, 0, ""},
        {"opportunistic", off, line("RTP/AVP", crypto()), errc{}, 0, ""},
        {"opportunistic", preferred, line("RTP/AVP", crypto()), errc{}, 0,
         "crypto:1 AES_CM_128_HMAC_SHA1_80"},
        {"opportunistic", required, line("RTP/AVPF", crypto()), errc{}, 0,
         "crypto:1 AES_CM_128_HMAC_SHA1_80"},
        {"secured", off, line("RTP/SAVP", crypto()), errc::no_common_codec, 0, ""},
        {"secured", preferred, line("RTP/SAVP", crypto("7")), errc{}, 0,
         "crypto:7 AES_CM_128_HMAC_SHA1_80"},
        {"secured", required, line("RTP/SAVPF", crypto("7")), errc{}, 0,
         "crypto:7 AES_CM_128_HMAC_SHA1_80"},
        {"secured, no key", preferred, line("RTP/SAVP", ""), errc::srtp_required, 0, ""},
        {"secured, no key of use", preferred,
         line("RTP/SAVP", crypto("1", "AEAD_AES_128_GCM", their_key.substr(4))),
         errc::srtp_required, 0, ""},
        {"secured, broken key", required,
         line("RTP/SAVP", crypto("1", "AES_CM_128_HMAC_SHA1_80", "AAAA")), errc::srtp_required, 0,
         ""},
        {"opportunistic, no key of use", preferred,
         line("RTP/AVP", crypto("1", "F8_128_HMAC_SHA1_80")), errc{}, 0, ""},
        {"their order counts", preferred,
         line("RTP/SAVP", crypto("1", "F8_128_HMAC_SHA1_80") +
                              crypto("2", "AES_256_CM_HMAC_SHA1_32", their_long_key) + crypto("3")),
         errc{}, 0, "crypto:2 AES_256_CM_HMAC_SHA1_32"},
        {"no codec", preferred, line("RTP/SAVP", crypto(), "5000", "18"), errc::no_common_codec, 0,
         ""},
        {"DTLS", off, line("UDP/TLS/RTP/SAVP", "a=fingerprint:sha-256 00\r\n"),
         errc::no_common_codec, 0, ""},
        {"DTLS", preferred, line("UDP/TLS/RTP/SAVPF", "a=fingerprint:sha-256 00\r\n"),
         errc::no_common_codec, 0, ""},
        {"one of each, plain first", off, line("RTP/AVP", "") + line("RTP/SAVP", crypto(), "5002"),
         errc{}, 0, ""},
        {"one of each, plain first", preferred,
         line("RTP/AVP", "") + line("RTP/SAVP", crypto(), "5002"), errc{}, 1,
         "crypto:1 AES_CM_128_HMAC_SHA1_80"},
        {"one of each, secured first", off,
         line("RTP/SAVP", crypto(), "5002") + line("RTP/AVP", ""), errc{}, 1, ""},
        {"one of each, plain first", required,
         line("RTP/AVP", "") + line("RTP/SAVP", crypto(), "5002"), errc{}, 1,
         "crypto:1 AES_CM_128_HMAC_SHA1_80"},
        {"switched off", required, line("RTP/SAVP", crypto(), "0"), errc::no_common_codec, 0, ""},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.what, static_cast<int>(row.policy));
        const auto offer = parsed(head + row.lines);
        const auto local = ours(row.policy);
        const auto a = make_answer(offer, local);
        CHECK((a ? errc{} : a.code()) == row.why);
        if (!a) continue;
        CHECK(a->agreed.media_index == row.index);
        const media& m = a->text.media.at(row.index);
        CHECK(m.protocol == offer.media.at(row.index).protocol);
        CHECK(m.port == 4000);
        const std::string answered = row.answered;
        CHECK(a->agreed.srtp.has_value() == !answered.empty());
        if (answered.empty())
        {
            CHECK(crypto_lines(a->text, row.index).empty());
            continue;
        }
        CHECK(crypto_lines(a->text, row.index) == std::vector<std::string>{answered});
        // Each side has the other's key, and neither the same one.
        const auto reread = read_crypto(
            offer.media[row.index], parsed(print(a->text)).media[row.index], srtp_policy::required);
        REQUIRE(reread.has_value());
        REQUIRE(reread->has_value());
        CHECK((*reread)->send == a->agreed.srtp->receive);
        CHECK((*reread)->receive == a->agreed.srtp->send);
        CHECK(a->agreed.srtp->send != a->agreed.srtp->receive);
        CHECK(std::count(local.keys.begin(), local.keys.end(), a->agreed.srtp->send) == 1);
    }
}

TEST_CASE("what answers to our offer mean: each policy against each kind of answer")
{
    const auto srtp = errc::srtp_required;
    const struct
    {
        const char* what;
        srtp_policy policy;
        std::string line;
        errc why;
        bool encrypted;
    } rows[] = {
        {"plain", off, line("RTP/AVP", ""), errc{}, false},
        {"plain", preferred, line("RTP/AVP", ""), errc{}, false},
        {"plain", required, line("RTP/AVP", ""), srtp, false},
        {"plain in name only", required, line("RTP/SAVP", ""), srtp, false},
        {"unasked", off, line("RTP/AVP", crypto()), errc{}, false},
        {"unasked", off, line("RTP/SAVP", crypto()), errc::no_common_codec, false},
        {"good", preferred, line("RTP/AVP", crypto()), errc{}, true},
        {"good", required, line("RTP/SAVP", crypto()), errc{}, true},
        {"the second one", preferred,
         line("RTP/AVP", crypto("2", "AES_256_CM_HMAC_SHA1_80", their_long_key)), errc{}, true},
        {"the third one", required, line("RTP/SAVP", crypto("3", "AES_CM_128_HMAC_SHA1_32")),
         errc{}, true},
        {"another profile, but a key", required, line("RTP/AVP", crypto()), errc{}, true},
        {"another profile, but a key", preferred, line("RTP/SAVP", crypto()), errc{}, true},
        {"another tag", required, line("RTP/SAVP", crypto("2")), srtp, false},
        {"a tag that was not offered", preferred, line("RTP/AVP", crypto("4")), srtp, false},
        {"a suite that was not offered", required,
         line("RTP/SAVP", crypto("1", "AES_256_CM_HMAC_SHA1_32", their_long_key)), srtp, false},
        {"an unknown suite", preferred, line("RTP/AVP", crypto("1", "F8_128_HMAC_SHA1_80")), srtp,
         false},
        {"a broken key", required, line("RTP/SAVP", crypto("1", "AES_CM_128_HMAC_SHA1_80", "AAAA")),
         srtp, false},
        {"two of them", required,
         line("RTP/SAVP", crypto() + crypto("3", "AES_CM_128_HMAC_SHA1_32")), srtp, false},
        {"refused", required, line("RTP/SAVP", "", "0"), srtp, false},
        {"refused", preferred, line("RTP/AVP", "", "0"), errc::no_common_codec, false},
        {"DTLS", required, line("UDP/TLS/RTP/SAVP", ""), srtp, false},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.what, static_cast<int>(row.policy), row.line);
        const auto local = ours(row.policy);
        const auto offer = make_offer(local);
        const auto a = read_answer(offer, parsed(head + row.line), local);
        CHECK((a ? errc{} : a.code()) == row.why);
        if (!a) continue;
        CHECK(a->srtp.has_value() == row.encrypted);
        if (!row.encrypted) continue;
        CHECK(a->srtp->send.suite == a->srtp->receive.suite);
        CHECK(std::count(local.keys.begin(), local.keys.end(), a->srtp->send) == 1);
        CHECK(std::count(local.keys.begin(), local.keys.end(), a->srtp->receive) == 0);
    }
}

TEST_CASE("what was agreed is offered again by its suite, tag and key (RFC 4568 section 7.1.4)")
{
    const auto local = ours(preferred);
    const auto first = make_offer(local);
    const auto agreed = read_answer(
        first,
        parsed(head + line("RTP/AVP", crypto("2", "AES_256_CM_HMAC_SHA1_80", their_long_key))),
        local);
    REQUIRE(agreed.has_value());
    const auto next = make_next_offer(first, *agreed, local);
    CHECK(next.media.at(0).protocol == "RTP/AVP");
    CHECK(next.media[0].attributes == std::vector<std::string>{first.media.at(0).attributes.at(1)});
    CHECK(make_next_offer(next, *agreed, local).media.at(0).attributes == next.media[0].attributes);

    auto renewed = local;
    for (auto& k : renewed.keys)
        k.bytes.fill(0x77);
    const auto other = make_next_offer(next, *agreed, renewed);
    CHECK(crypto_lines(other) == crypto_lines(next));
    CHECK(other != next);
}

TEST_CASE("after an answer of ours the offer keeps their tag and profile")
{
    const auto local = ours(required);
    const auto a = make_answer(parsed(head + line("RTP/SAVPF", crypto("42"))), local);
    REQUIRE(a.has_value());
    const auto next = make_next_offer(a->text, a->agreed, local);
    CHECK(next.media.at(0).protocol == "RTP/SAVPF");
    CHECK(crypto_lines(next) == std::vector<std::string>{"crypto:42 AES_CM_128_HMAC_SHA1_80"});
    CHECK(next.media[0].attributes == a->text.media.at(0).attributes);
}

TEST_CASE("a plain call that prefers encryption asks for it again")
{
    const auto local = ours(preferred);
    const auto a = make_answer(parsed(head + line("RTP/AVP", "")), local);
    REQUIRE(a.has_value());
    CHECK(crypto_lines(make_next_offer(a->text, a->agreed, local)).size() == 3);
}
