// Where our audio goes when theirs comes from another place than they said (RFC 4961).
#include "simulation/scenario.hpp"

#include "solosip/rtp/packet.hpp"

#include <array>

using namespace solosip;
using namespace solosip::simulation;

namespace
{

struct talk
{
    agent_and_peer s;
    std::uint16_t sequence = 1;
    int heard_at_nat = 0, heard_elsewhere = 0;
    endpoint nat{peer_address, 45'678};
    endpoint announced{peer_address, 7000};
    endpoint thief{carol_address, 6'666};

    explicit talk(std::optional<std::string> connection = {})
    {
        if (connection)
        {
            REQUIRE(s.alice.call(peer_uri));
            s.w.run_for(milliseconds(100));
            s.answer_invite("200 OK", s.peer.contact(),
                            "v=0\r\ns=-\r\n" + *connection + "t=0 0\r\nm=audio 7000 RTP/AVP 8\r\n");
        }
        else
            s.connect_out();
        s.w.lets_pass = [this](const datagram& d)
        {
            if (d.is_sip() || d.from != s.alice.media()) return true;
            ++(d.to == nat ? heard_at_nat : heard_elsewhere);
            return false;
        };
    }
    void say(const endpoint& from, std::uint32_t ssrc)
    {
        std::array<std::uint8_t, 172> packet{};
        rtp::print_header({8, false, sequence, sequence * 160u, ssrc}, packet);
        s.w.send(from, s.alice.media(),
                 {reinterpret_cast<const char*>(packet.data()), packet.size()});
    }
    void say_for(int packets, const endpoint& from, std::uint32_t ssrc = 7)
    {
        for (int i = 0; i < packets; ++i, ++sequence)
        {
            say(from, ssrc);
            s.w.run_for(milliseconds(20));
        }
    }
};

} // namespace

TEST_CASE("behind a NAT the other side hears us where it speaks from")
{
    talk t;
    t.say_for(20, t.nat);
    INFO(t.s.w.log());
    CHECK(t.heard_at_nat > 15);
    CHECK(t.s.alice.seen.media.back().remote == t.nat);
}

TEST_CASE("who says a host's name in c=, or no address at all, hears us when heard (RFC 8866 5.7)")
{
    for (const std::string c : {"c=IN IP4 pbx.example.com\r\n", "c=IN IP4 300.1.1.1\r\n", ""})
    {
        CAPTURE(c);
        talk t(c);
        t.s.w.run_for(milliseconds(200));
        CHECK(t.heard_at_nat + t.heard_elsewhere == 0);
        CHECK(t.s.alice.held() == "none");
        t.say_for(20, t.nat);
        INFO(t.s.w.log());
        CHECK(t.heard_at_nat > 15);
        CHECK(t.heard_elsewhere == 0);
        CHECK(t.s.alice.seen.media.back().remote == t.nat);
    }
}

TEST_CASE("an answer that we cannot send to ends the call (RFC 6157, RFC 3264 6.2)")
{
    for (const std::string c : {"c=IN IP6 2001:db8::1\r\n", "c=IN IP4 224.2.0.1/127\r\n"})
    {
        CAPTURE(c);
        agent_and_peer s;
        REQUIRE(s.alice.call(peer_uri));
        s.w.run_for(milliseconds(100));
        s.answer_invite("200 OK", s.peer.contact(), s.peer.sdp("8", c));
        INFO(s.w.log());
        CHECK(s.peer.count(sip::method::ack) == 1);
        CHECK(s.peer.count(sip::method::bye) == 1);
        REQUIRE(s.alice.seen.endings.size() == 1);
        CHECK(s.alice.seen.endings[0].why == errc::no_common_codec);
    }
}

TEST_CASE("a stranger turns our audio to nowhere while the other side speaks")
{
    talk t;
    for (int i = 0; i < 100; ++i)
    {
        t.say(t.thief, 7);
        t.say(t.thief, 8);
        t.say_for(1, t.announced);
    }
    CHECK(t.s.alice.seen.media.size() == 1);
    CHECK(t.heard_at_nat == 0);
}

TEST_CASE("who was heard and announces another place is answered there (RFC 3264 section 8.3.1)")
{
    talk t;
    t.say_for(20, t.announced);
    simulation::peer other(t.s.w, "other", carol_address);
    t.s.peer.request("INVITE", {}, other.sdp());
    t.say_for(10, t.announced); // on its way still
    t.s.peer.acknowledge();
    t.s.w.run_for(seconds(2));
    INFO(t.s.w.log());
    REQUIRE(t.s.alice.seen.media.size() == 2);
    CHECK(t.s.alice.seen.media[1].remote == endpoint{carol_address, 7000});
    t.s.peer.request("BYE");
    CHECK(t.s.all_over());
}

TEST_CASE("early media from one place, the answer from another (RFC 3264 section 8.3.1)")
{
    agent_and_peer s;
    simulation::peer other(s.w, "other", carol_address);
    REQUIRE(s.alice.call(peer_uri));
    s.w.run_for(milliseconds(50));
    const auto invite = s.peer.last(sip::method::invite);
    s.peer.tag = "early";
    s.peer.answer(invite, "183 Session Progress", s.peer.contact(), s.peer.sdp());
    s.w.run_for(milliseconds(50));
    for (std::uint16_t n = 0; n < 20; ++n)
    {
        std::array<std::uint8_t, 172> packet{};
        rtp::print_header({8, false, n, n * 160u, 7}, packet);
        s.peer.say_media(s.alice.media(),
                         {reinterpret_cast<const char*>(packet.data()), packet.size()});
        s.w.run_for(milliseconds(20));
    }
    s.peer.tag = "answer";
    s.peer.answer(invite, "200 OK", s.peer.contact(), other.sdp());
    s.w.run_for(milliseconds(100));
    const auto before = s.peer.media_packets;
    s.w.run_for(seconds(1));
    INFO(s.w.log());
    CHECK(s.peer.media_packets == before);
    CHECK(other.media_packets >= 45);
    CHECK(s.alice.seen.media.back().remote == endpoint{carol_address, 7000});
}
