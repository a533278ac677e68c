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

    talk()
    {
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
