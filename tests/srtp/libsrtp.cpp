// SRTP as libsrtp2 does it behind our interface: known packets, suites, counters, attacks.
#include "solosip/srtp/libsrtp.hpp"
#include "media/rig.hpp"

#include <algorithm>
#include <string_view>

using namespace solosip;

namespace
{

using packet = std::vector<std::uint8_t>;

packet hex(std::string_view text)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    packet bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) * 16 + digit(text[i + 1])));
    return bytes;
}

constexpr srtp_suite suites[] = {
    srtp_suite::aes_cm_128_hmac_sha1_80, srtp_suite::aes_cm_128_hmac_sha1_32,
    srtp_suite::aes_256_cm_hmac_sha1_80, srtp_suite::aes_256_cm_hmac_sha1_32};

srtp_key key(srtp_suite suite = srtp_suite::aes_cm_128_hmac_sha1_80, std::uint8_t fill = 1)
{
    srtp_key k;
    k.suite = suite;
    std::fill_n(k.bytes.begin(), srtp_key_bytes(suite), fill);
    return k;
}

const media::srtp_transform& transform()
{
    REQUIRE(srtp::libsrtp() != nullptr);
    return *srtp::libsrtp();
}

constexpr std::uint32_t ssrc = 0xCAFE; // far_end's

/// Sealed; empty where it was refused.
packet sealed(media::sealer& s, packet p, bool report = false)
{
    const auto size = p.size();
    p.resize(size + media::srtp_overhead);
    p.resize(report ? s.seal_report(p, size) : s.seal(p, size));
    return p;
}
std::size_t opened(media::opener& o, packet& p)
{
    const auto size = o.open(p);
    p.resize(size);
    return size;
}

} // namespace

TEST_CASE("a packet of known bytes (AES_CM_128_HMAC_SHA1_80)")
{
    srtp_key k;
    const auto bytes = hex("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6");
    std::copy(bytes.begin(), bytes.end(), k.bytes.begin());
    const auto plain = hex("800f1234decafbadcafebabeabababababababababababababababab");
    const auto cipher = hex("800f1234decafbadcafebabe"
                            "4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
    const auto s = transform().make_sealer(k, 0xCAFEBABE);
    const auto o = transform().make_opener(k);
    REQUIRE((s && o));
    CHECK(sealed(*s, plain) == cipher);
    auto p = cipher;
    CHECK(opened(*o, p) == plain.size());
    CHECK(p == plain);
}

TEST_CASE("each suite goes through, with the length of its tag (RFC 4568 section 6.2)")
{
    for (const auto suite : suites)
    {
        CAPTURE(to_string(suite));
        const auto s = transform().make_sealer(key(suite), ssrc);
        const auto o = transform().make_opener(key(suite));
        REQUIRE((s && o));
        rig::far_end peer;
        const auto plain = peer.audio(0x2A);
        auto p = sealed(*s, plain);
        const bool short_tag = to_string(suite).ends_with("32");
        CHECK(p.size() == plain.size() + (short_tag ? 4u : 10u));
        CHECK(!std::equal(plain.begin() + 12, plain.end(), p.begin() + 12));
        CHECK(opened(*o, p) == plain.size());
        CHECK(p == plain);
        // RTCP: always the long tag, and its number of 32 bits.
        packet report = hex("80c900010000cafe");
        auto r = sealed(*s, report, true);
        CHECK(r.size() == report.size() + 14);
        r.resize(o->open_report(r));
        CHECK(r == report);
    }
}

TEST_CASE("forged, repeated, foreign and plain packets are refused, and cost nothing")
{
    const auto s = transform().make_sealer(key(), ssrc);
    const auto other = transform().make_sealer(key(suites[0], 2), ssrc);
    const auto o = transform().make_opener(key());
    rig::far_end peer;
    const auto plain = peer.audio(1);
    const auto good = sealed(*s, plain);
    for (const std::size_t at : {0u, 1u, 2u, 5u, 9u, 12u, 100u, 171u, 172u, 181u})
    {
        auto p = good;
        p[at] ^= 0x10;
        CHECK(opened(*o, p) == 0);
    }
    auto foreign = sealed(*other, plain), clear = plain, cut = good, nothing = packet();
    cut.pop_back();
    CHECK(opened(*o, foreign) == 0);
    CHECK(opened(*o, clear) == 0);
    CHECK(opened(*o, cut) == 0);
    CHECK(opened(*o, nothing) == 0);
    for (std::size_t size = 0; size < good.size(); ++size)
    {
        packet part(good.begin(), good.begin() + static_cast<int>(size));
        CHECK(opened(*o, part) == 0);
        part.assign(good.begin(), good.begin() + static_cast<int>(size));
        CHECK(o->open_report(part) == 0);
    }
    auto first = good, again = good;
    CHECK(opened(*o, first) == plain.size());
    CHECK(opened(*o, again) == 0);
}

TEST_CASE("packets may come in another order, but not from long ago")
{
    const auto s = transform().make_sealer(key(), ssrc);
    const auto o = transform().make_opener(key());
    rig::far_end peer;
    peer.sequence = 1000;
    std::vector<packet> all;
    for (int i = 0; i < 300; ++i)
        all.push_back(sealed(*s, peer.audio(1)));
    for (std::size_t i = 299; i > 299 - 100; --i)
        CHECK(opened(*o, all[i]) != 0);
    CHECK(opened(*o, all[20]) == 0);
}

TEST_CASE("the rollover counter: more packets than sequence numbers")
{
    const auto s = transform().make_sealer(key(), ssrc);
    const auto o = transform().make_opener(key());
    rig::far_end peer;
    peer.sequence = 0x7FFF;
    int heard = 0;
    for (int i = 0; i < 140'000; ++i)
    {
        auto p = sealed(*s, peer.audio(1, 1));
        if (i % 10 != 0 && opened(*o, p) != 0) ++heard;
    }
    CHECK(heard == 126'000);
}

TEST_CASE("a packet may lie anywhere in memory")
{
    const auto s = transform().make_sealer(key(), ssrc);
    const auto o = transform().make_opener(key());
    rig::far_end peer;
    alignas(8) std::array<std::uint8_t, 512> memory{};
    for (std::size_t shift = 0; shift < 8; ++shift)
    {
        const auto plain = peer.audio(1);
        const auto buffer = std::span(memory).subspan(shift);
        std::copy(plain.begin(), plain.end(), buffer.begin());
        const auto size = s->seal(buffer, plain.size());
        CHECK(size == plain.size() + 10);
        CHECK(o->open(buffer.first(size)) == plain.size());
        CHECK(std::equal(plain.begin(), plain.end(), buffer.begin()));
    }
}

TEST_CASE("no room, and a stream that is not ours")
{
    const auto s = transform().make_sealer(key(), ssrc);
    rig::far_end peer, other{0xBEEF, 1, 1, 8};
    auto p = peer.audio(1);
    CHECK(s->seal(p, p.size()) == 0);
    CHECK(sealed(*s, other.audio(1)).empty());
    CHECK(!sealed(*s, peer.audio(1)).empty());
}

TEST_CASE("packets that name their key (MKI, RFC 3711 section 3.1)")
{
    auto named = key();
    named.mki = 0x1234;
    named.mki_bytes = 4;
    const auto s = transform().make_sealer(key(), ssrc);
    const auto o = transform().make_opener(named);
    REQUIRE(o);
    rig::far_end peer;
    const auto plain = peer.audio(1);
    const auto with = [&](std::initializer_list<std::uint8_t> id)
    {
        auto p = sealed(*s, peer.audio(1));
        p.insert(p.end() - 10, id); // before the tag, and not under it
        return p;
    };
    auto good = with({0, 0, 0x12, 0x34}), wrong = with({0, 0, 0x12, 0x35});
    CHECK(opened(*o, good) == plain.size());
    CHECK(std::equal(plain.begin() + 12, plain.end(), good.begin() + 12));
    CHECK(opened(*o, wrong) == 0);
    auto without = sealed(*s, peer.audio(1));
    CHECK(opened(*o, without) == 0);
}

TEST_CASE("a sender that changes its SSRC again and again is heard, and takes up nothing more")
{
    const auto o = transform().make_opener(key());
    for (std::uint32_t i = 1; i <= 10 * limits::srtp_senders; ++i)
    {
        const auto s = transform().make_sealer(key(), i);
        rig::far_end peer;
        peer.ssrc = i;
        for (int n = 0; n < 3; ++n)
        {
            auto p = sealed(*s, peer.audio(1));
            CHECK(opened(*o, p) != 0);
        }
    }
    // The latest one is still known: what it has said may not come again.
    rig::far_end last;
    last.ssrc = 10 * limits::srtp_senders;
    auto repeated = sealed(*transform().make_sealer(key(), last.ssrc), last.audio(1));
    CHECK(opened(*o, repeated) == 0);
}

TEST_CASE("two sessions with each other's keys")
{
    for (const auto suite : suites)
    {
        rig::session a(1), b(2);
        auto how = rig::alaw_stream();
        how.transform = &transform();
        how.srtp = srtp_keys{key(suite, 1), key(suite, 2)};
        a.media.start(how, a.now);
        std::swap(how.srtp->send, how.srtp->receive);
        b.now = a.now;
        b.media.start(how, b.now);
        REQUIRE(a.media.send_digits("7"));
        std::array<std::uint8_t, limits::rtp_packet_bytes> buffer;
        for (int i = 0; i < 500; ++i)
        {
            while (const auto n = a.media.poll_packet(buffer))
                b.media.receive(std::span(buffer).first(n), b.now);
            if (const auto n = a.media.poll_report(buffer))
                b.media.receive(std::span(buffer).first(n), b.now);
            for (auto* s : {&a, &b})
                s->media.handle_timeout(s->now += milliseconds(20));
            while (const auto e = b.media.poll_event())
                b.events.push_back(*e);
        }
        CHECK(b.media.stats().received_packets == 500);
        CHECK(b.media.stats().received_reports >= 1);
        CHECK(b.media.stats().ignored_packets == 0);
        CHECK(b.digits() == "7");
    }
}
