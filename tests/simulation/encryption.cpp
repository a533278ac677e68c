// SRTP with keys in the session description (RFC 4568, RFC 8643), in calls.
#include "simulation/scenario.hpp"
#include "support/toy_srtp.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

constexpr auto off = srtp_policy::off;
constexpr auto preferred = srtp_policy::preferred;
constexpr auto required = srtp_policy::required;

ua::settings with(srtp_policy policy, const support::toy_srtp& toy)
{
    auto s = node::usual();
    s.encryption = policy;
    s.srtp = &toy;
    return s;
}

const std::string key_a = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const std::string key_b = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
std::string crypto(const std::string& key, const std::string& tag = "1",
                   const std::string& suite = "AES_CM_128_HMAC_SHA1_80")
{
    return "a=crypto:" + tag + ' ' + suite + " inline:" + key + "\r\n";
}
std::string secured(std::string sdp)
{
    sdp.replace(sdp.find("RTP/AVP"), 7, "RTP/SAVP");
    return sdp;
}

/// The lines of that kind in a message.
std::vector<std::string> crypto_lines(const sip::message& m)
{
    std::vector<std::string> all;
    const std::string body(m->body());
    for (auto at = body.find("a=crypto:"); at != body.npos; at = body.find("a=crypto:", at + 1))
        all.push_back(body.substr(at, body.find('\r', at) - at));
    return all;
}

std::uint64_t refused_at(const node& n)
{
    return const_cast<node&>(n).engine().media_statistics().unauthentic_packets;
}

/// The caller presses keys; they come only where each side can read the other.
bool hear_each_other(two_agents& s)
{
    s.alice.seen.digits.clear();
    s.bob.seen.digits.clear();
    if (!s.alice.press("12") || !s.bob.press("34")) return false;
    s.w.run_for(seconds(2));
    return s.bob.seen.digits == "12" && s.alice.seen.digits == "34" && refused_at(s.alice) == 0 &&
           refused_at(s.bob) == 0;
}

} // namespace

TEST_CASE("each policy with each other one")
{
    const struct
    {
        srtp_policy caller, callee;
        bool comes_about, encrypted;
    } rows[] = {
        {off, off, true, false},
        {off, preferred, true, false},
        {off, required, false, false},
        {preferred, off, true, false},
        {preferred, preferred, true, true},
        {preferred, required, true, true},
        {required, off, false, false},
        {required, preferred, true, true},
        {required, required, true, true},
    };
    for (const auto& row : rows)
    {
        const support::toy_srtp toy;
        two_agents s(with(row.caller, toy), with(row.callee, toy));
        std::size_t longest = 0;
        s.w.on_arrival = [&](const datagram& d)
        {
            if (!d.is_sip() && d.to.port % 2 == 0) longest = std::max(longest, d.bytes.size());
        };
        CAPTURE(static_cast<int>(row.caller), static_cast<int>(row.callee), s.w.log());
        const bool connected = s.connect();
        CHECK(connected == row.comes_about);
        if (!connected)
        {
            REQUIRE(s.alice.seen.endings.size() == 1);
            CHECK(s.alice.seen.endings[0].status == 488);
            CHECK(s.alice.seen.endings[0].why ==
                  (row.caller == required ? errc::srtp_required : errc::no_common_codec));
            CHECK(s.bob.seen.incoming.empty());
            CHECK(s.all_over());
            continue;
        }
        CHECK(hear_each_other(s));
        CHECK(longest == 172 + (row.encrypted ? support::toy_srtp::tag_bytes : 0));
        for (const auto* n : {&s.alice, &s.bob})
        {
            REQUIRE(n->seen.media.size() == 1);
            CHECK(n->seen.media[0].srtp.has_value() == row.encrypted);
        }
        REQUIRE(s.alice.hang_up());
        CHECK(s.all_over());
    }
}

TEST_CASE("hold, a repeated offer and resume keep keys and counters (RFC 4568 section 7.1.4)")
{
    const support::toy_srtp toy;
    two_agents s(with(required, toy), with(preferred, toy));
    REQUIRE(s.connect());
    CHECK((toy.sealers == 2 && toy.openers == 2)); // one pair each
    // More than 65,536 packets: the rollover counters are no longer zero.
    s.w.run_for(minutes(23));
    CHECK(s.alice.seen.media_packets > 65'536);
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(3));
    CHECK(s.bob.held() == "peer");
    REQUIRE(s.alice.hold(false));
    s.w.run_for(seconds(3));
    REQUIRE(s.bob.hold());
    s.w.run_for(seconds(3));
    REQUIRE(s.bob.hold(false));
    s.w.run_for(seconds(3));
    CHECK(s.alice.held() == "none");
    CHECK((toy.sealers == 2 && toy.openers == 2));
    CHECK(hear_each_other(s));
    REQUIRE(s.bob.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("who moves to another port encrypts by another key, and so does who answers it (7.1.4)")
{
    const support::toy_srtp toy;
    two_agents s(with(preferred, toy), with(preferred, toy));
    REQUIRE(s.connect());
    s.w.run_for(minutes(23));
    ua::change move;
    move.media_port = 30'000;
    std::string before, after;
    s.w.on_arrival = [&](const datagram& d)
    {
        if (const auto at = d.bytes.find("inline:"); d.is_sip() && at != d.bytes.npos)
            (before.empty() ? before : after) = d.bytes.substr(at, 47);
    };
    REQUIRE(s.alice.modify(move));
    s.w.run_for(seconds(1));
    REQUIRE(s.alice.seen.changes.size() == 1);
    CHECK(s.alice.seen.changes[0].why == errc{});
    CHECK(!before.empty());
    CHECK(!after.empty());
    CHECK(before != after);
    CHECK((toy.sealers == 4 && toy.openers == 4));
}

TEST_CASE("the same keys again change nothing; another one begins anew on both sides")
{
    const support::toy_srtp toy;
    agent_and_peer s(with(preferred, toy));
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {},
                  s.peer.sdp("8 101", crypto(key_a, "5")));
    s.w.run_for(milliseconds(300));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    const auto first = crypto_lines(s.peer.last(200));
    REQUIRE(first.size() == 1);
    CHECK(first[0].starts_with("a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:"));
    CHECK((toy.sealers == 1 && toy.openers == 1));
    const auto reinvite = [&](const std::string& offer)
    {
        s.peer.request("INVITE", {}, offer);
        s.w.run_for(milliseconds(200));
        s.peer.acknowledge();
        s.w.run_for(milliseconds(200));
        return crypto_lines(s.peer.last(200));
    };
    CHECK(reinvite(s.peer.sdp("8 101", crypto(key_a, "5") + "a=sendonly\r\n")) == first);
    CHECK((toy.sealers == 1 && toy.openers == 1));
    const auto second = reinvite(s.peer.sdp("8 101", crypto(key_b, "5")));
    REQUIRE(second.size() == 1);
    CHECK(second != first);
    CHECK((toy.sealers == 2 && toy.openers == 2));
    // Another codec, the same keys.
    CHECK(reinvite(s.peer.sdp("0 101", crypto(key_b, "5"))) == second);
    CHECK((toy.sealers == 2 && toy.openers == 2));
    CHECK(s.alice.seen.media.back().codec == "PCMU");
    // Another suite.
    const auto third = reinvite(s.peer.sdp("0 101", crypto(key_b, "6", "AES_CM_128_HMAC_SHA1_32")));
    REQUIRE(third.size() == 1);
    CHECK(third[0].starts_with("a=crypto:6 AES_CM_128_HMAC_SHA1_32 "));
    CHECK(s.alice.seen.media.back().srtp == srtp_suite::aes_cm_128_hmac_sha1_32);
    // The first suite again, and its old key would be counted from zero again: it is another one.
    const auto fourth = reinvite(s.peer.sdp("0 101", crypto(key_a, "5")));
    REQUIRE(fourth.size() == 1);
    CHECK(fourth != first);
    CHECK(fourth != second);
    // None at all: it goes on in the clear, and is told so.
    CHECK(reinvite(s.peer.sdp("0 101")).empty());
    CHECK(!s.alice.seen.media.back().srtp);
    CHECK(s.peer.payload_bytes == 160);
    // And back: the key that was given up would be counted from zero again.
    const auto fifth = reinvite(s.peer.sdp("0 101", crypto(key_a, "5")));
    REQUIRE(fifth.size() == 1);
    CHECK(fifth != fourth);
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("where it is required, an offer without keys changes nothing")
{
    const support::toy_srtp toy;
    agent_and_peer s(with(required, toy));
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {},
                  secured(s.peer.sdp("8 101", crypto(key_a))));
    s.w.run_for(milliseconds(300));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    s.peer.request("INVITE", {}, s.peer.sdp());
    s.w.run_for(milliseconds(200));
    CHECK(s.peer.count(488) == 1);
    s.peer.acknowledge_refusal(s.peer.last(488));
    s.w.run_for(seconds(1));
    CHECK(s.alice.in_call());
    CHECK(s.peer.payload_bytes == 160 + support::toy_srtp::tag_bytes);
    CHECK((toy.sealers == 1 && toy.openers == 1));
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("answers that are not what was required give the call back, with the reason")
{
    const struct
    {
        const char* what;
        std::string lines;
    } rows[] = {
        {"no key", ""},
        {"another tag", crypto(key_a, "2")},
        {"another suite", crypto(key_a, "1", "F8_128_HMAC_SHA1_80")},
        {"a broken key", crypto("AAAA")},
        {"two keys", crypto(key_a) + crypto(key_b, "3", "AES_CM_128_HMAC_SHA1_32")},
    };
    for (const auto& row : rows)
        for (const bool early : {false, true})
        {
            const support::toy_srtp toy;
            agent_and_peer s(with(required, toy));
            s.peer.on_message = [&](const sip::message& m)
            {
                const auto answer = secured(s.peer.sdp("8", row.lines));
                if (m->method() == sip::method::invite && early)
                    s.peer.answer(m, "183 Session Progress", s.peer.contact(), answer);
                if (m->method() == sip::method::invite)
                    s.peer.answer(m, "200 OK", s.peer.contact(), answer);
                if (m->method() == sip::method::bye) s.peer.answer(m, "200 OK");
            };
            REQUIRE(s.alice.call(peer_uri));
            REQUIRE(s.all_over());
            CAPTURE(row.what, s.w.log());
            CHECK(crypto_lines(s.peer.last(sip::method::invite)).size() == 3);
            CHECK(s.peer.count(sip::method::ack) == 1);
            CHECK(s.peer.count(sip::method::bye) == 1);
            CHECK(s.peer.media_packets == 0);
            REQUIRE(s.alice.seen.endings.size() == 1);
            CHECK(s.alice.seen.endings[0].why == errc::srtp_required);
        }
}

TEST_CASE("keys that nobody asked for are left alone, and DTLS is refused")
{
    const support::toy_srtp toy;
    agent_and_peer s(with(off, toy));
    s.alice.how.answer_after = milliseconds(0);
    s.peer.invite(s.alice.sip(), "sip:alice@192.0.2.1", {}, s.peer.sdp("8", crypto(key_a)));
    s.w.run_for(milliseconds(300));
    s.peer.acknowledge();
    s.w.run_for(milliseconds(300));
    INFO(s.w.log());
    CHECK(crypto_lines(s.peer.last(200)).empty());
    CHECK(s.peer.payload_bytes == 160);
    s.peer.request("BYE");
    REQUIRE(s.all_over());

    const auto policy = GENERATE(off, preferred, required);
    agent_and_peer t(with(policy, toy));
    auto offer = t.peer.sdp("8", "a=fingerprint:sha-256 00:11\r\na=setup:actpass\r\n");
    offer.replace(offer.find("RTP/AVP"), 7, "UDP/TLS/RTP/SAVP");
    t.peer.invite(t.alice.sip(), "sip:alice@192.0.2.1", {}, offer);
    t.w.run_for(milliseconds(200));
    CHECK(t.peer.count(488) == 1);
    CHECK(t.alice.seen.incoming.empty());
}

TEST_CASE("forks have keys of their own, and ours goes on from one to the other")
{
    const support::toy_srtp toy;
    agent_and_peer s(with(preferred, toy));
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.tag = "one";
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp("8", crypto(key_a)));
    s.w.run_for(milliseconds(500));
    CHECK((toy.sealers == 1 && toy.openers == 1));
    s.peer.tag = "two";
    s.peer.answer(invite, "200 OK", s.peer.contact(), s.peer.sdp("8", crypto(key_b)));
    s.w.run_for(milliseconds(500));
    INFO(s.w.log());
    CHECK(s.alice.seen.answered == 1);
    CHECK((toy.sealers == 1 && toy.openers == 2));
    CHECK(s.peer.payload_bytes == 160 + support::toy_srtp::tag_bytes);
    s.peer.adopt(invite, s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}

TEST_CASE("an INVITE without an offer, and a re-INVITE that asks for one")
{
    const support::toy_srtp toy;
    two_agents s(with(required, toy), with(required, toy));
    s.bob.how.answer_after = milliseconds(100);
    ua::call_options o;
    o.late_offer = true;
    REQUIRE(s.alice.call(bob_uri, o));
    s.w.run_for(seconds(2));
    INFO(s.w.log());
    REQUIRE(s.alice.seen.answered == 1);
    CHECK(hear_each_other(s));
    ua::change ask;
    ask.ask = true;
    REQUIRE(s.alice.modify(ask));
    s.w.run_for(seconds(1));
    ua::change update;
    update.hold = true;
    update.by_update = true;
    REQUIRE(s.bob.modify(update));
    s.w.run_for(seconds(1));
    update.hold = false;
    REQUIRE(s.bob.modify(update));
    s.w.run_for(seconds(1));
    CHECK((toy.sealers == 2 && toy.openers == 2));
    CHECK(hear_each_other(s));
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("each call has keys of its own, and no log line has one")
{
    const support::toy_srtp toy;
    std::vector<std::string> lines, keys;
    auto settings = with(required, toy);
    settings.log = [&](log_level, std::string_view line) { lines.emplace_back(line); };
    two_agents s(settings, settings);
    s.w.on_arrival = [&](const datagram& d)
    {
        for (auto at = d.bytes.find("inline:"); d.is_sip() && at != d.bytes.npos;
             at = d.bytes.find("inline:", at + 1))
            keys.emplace_back(d.bytes.substr(at + 7, 40));
    };
    for (int i = 0; i < 3; ++i)
    {
        REQUIRE(s.connect());
        s.w.run_for(seconds(1));
        REQUIRE(s.alice.hang_up());
        s.w.run_for(seconds(1));
    }
    CHECK(s.all_over());
    CHECK(keys.size() == 3 * 4); // three in each offer, one in each answer
    std::sort(keys.begin(), keys.end());
    CHECK(std::unique(keys.begin(), keys.end()) == keys.end());
    for (const auto& line : lines)
        for (const auto& key : keys)
            CHECK(line.find(key) == line.npos);
}

TEST_CASE("new keys and holds come through bad weather, and all is understood afterwards")
{
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 15)));
    const support::toy_srtp toy;
    two_agents s(
        with(preferred, toy), with(required, toy),
        {.loss = 0.1, .duplication = 0.2, .latency = milliseconds(30), .spread = milliseconds(60)},
        seed);
    REQUIRE(s.connect());
    ua::change move;
    move.media_port = 30'000;
    REQUIRE(s.alice.modify(move));
    REQUIRE(s.bob.hold());
    REQUIRE(s.bob.hold(false));
    REQUIRE(s.w.run_until(
        [&] { return !s.alice.seen.changes.empty() && s.bob.seen.changes.size() == 2; },
        minutes(3)));
    s.w.sky = {};
    s.w.run_for(seconds(5));
    INFO(s.w.log());
    REQUIRE(s.alice.in_call());
    s.alice.seen.digits.clear();
    REQUIRE(s.bob.press("7"));
    s.w.run_for(seconds(1));
    CHECK(s.alice.seen.media.back().srtp.has_value());
    REQUIRE(s.alice.hang_up());
    CHECK(s.all_over());
}

TEST_CASE("a refresh that offers keys anew does not repeat a hold that was refused (RFC 4028 7.4)")
{
    const support::toy_srtp toy;
    auto how = with(preferred, toy);
    how.session_expires = seconds(90);
    agent_and_peer s(how);
    s.peer.on_message = [&](const sip::message& m)
    {
        if (!m->is_request() || m->method() != sip::method::invite) return;
        if (m->body().find("a=sendonly") != std::string_view::npos)
            s.peer.answer(m, "488 Not Acceptable Here");
        else
            s.peer.answer(m, "200 OK", s.peer.contact() + "Session-Expires: 90;refresher=uac\n",
                          s.peer.sdp());
    };
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(seconds(10));
    REQUIRE(s.alice.hold());
    s.w.run_for(seconds(10));
    const int before = s.peer.count(sip::method::invite);
    s.w.run_for(seconds(40));
    INFO(s.w.log());
    CHECK(s.peer.count(sip::method::invite) == before + 1);
    CHECK(s.peer.last(sip::method::invite)->body().find("a=sendonly") == std::string_view::npos);
    CHECK(s.alice.held() == "none");
    s.peer.adopt(s.peer.last(sip::method::invite), s.alice.sip());
    s.peer.request("BYE");
    CHECK(s.all_over());
}
