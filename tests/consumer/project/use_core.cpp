// A user agent without I/O: it answers OPTIONS.
#include "solosip/base/random.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/ua/engine.hpp"

#include <cstdio>

using namespace solosip;

int main()
{
    seeded_random random(1);
    ua::settings settings;
    settings.codecs = {&codecs::pcma(), &codecs::pcmu()};
    ua::engine engine(settings, random);

    const endpoint peer{ip_address::v4(192, 0, 2, 1), 5060};
    const endpoint here{ip_address::v4(192, 0, 2, 2), 5060};
    engine.receive("OPTIONS sip:192.0.2.2 SIP/2.0\r\n"
                   "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
                   "Max-Forwards: 70\r\n"
                   "From: <sip:alice@example.com>;tag=1\r\n"
                   "To: <sip:192.0.2.2>\r\n"
                   "Call-ID: one\r\n"
                   "CSeq: 1 OPTIONS\r\n\r\n",
                   peer, here, time_point{});
    const auto answer = engine.poll_transmit();
    if (!answer) return 1;
    std::printf("%.14s\n", answer->bytes.c_str());
    return answer->bytes.rfind("SIP/2.0 200", 0) == 0 ? 0 : 1;
}
