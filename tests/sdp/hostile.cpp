// Bytes that nobody would send on purpose: nothing breaks, and what is read can be printed and read
// again.
#include "sdp/texts.hpp"
#include "solosip/base/random.hpp"
#include "solosip/sdp/description.hpp"
#include "solosip/sdp/offer_answer.hpp"
#include "support/catch.hpp"

using namespace solosip;

namespace
{

void digest(const std::string& text)
{
    const auto d = sdp::parse(text);
    if (!d) return;
    const auto again = sdp::parse(sdp::print(*d));
    INFO(text);
    REQUIRE(again.has_value());
    REQUIRE(*again == *d);

    sdp::local_media local;
    local.rtp = {ip_address::v4(192, 0, 2, 1), 4000};
    local.codecs = {{"PCMA", 8000, 1, 8, ""}, {"PCMU", 8000, 1, 0, ""}};
    const auto answer = sdp::make_answer(*d, local);
    if (!answer) return;
    // RFC 3264 section 6: as many m= lines as the offer, in its order.
    REQUIRE(answer->text.media.size() == d->media.size());
    REQUIRE(sdp::read_answer(*d, answer->text, local).has_value());
}

} // namespace

TEST_CASE("changed session descriptions do no harm")
{
    seeded_random random(20);
    const char* const texts[] = {sdp::texts::router, sdp::texts::pbx, sdp::texts::softphone,
                                 sdp::texts::generator, sdp::texts::video_phone};
    static constexpr char bits[] = "\r\n =:/0123456789mcavstorp*.-\t\xff";
    for (int i = 0; i < 20'000; ++i)
    {
        std::string text = texts[random.below(5)];
        for (auto n = 1 + random.below(6); n > 0; --n)
        {
            const auto at = random.below(static_cast<std::uint32_t>(text.size()));
            switch (random.below(4))
            {
            case 0: text[at] = bits[random.below(sizeof bits - 1)]; break;
            case 1: text.erase(at, 1 + random.below(20)); break;
            case 2: text.insert(at, 1, bits[random.below(sizeof bits - 1)]); break;
            default: text.insert(at, text.substr(random.below(at + 1), random.below(80))); break;
            }
            if (text.empty()) text = "v";
        }
        digest(text);
    }
}

TEST_CASE("every beginning of a session description does no harm")
{
    const std::string text = sdp::texts::video_phone;
    for (std::size_t n = 0; n <= text.size(); ++n)
        digest(text.substr(0, n));
}

TEST_CASE("texts as large as a message, made of one thing only, are read in time that is linear")
{
    // A square of it would take minutes.
    for (const char* piece : {"\r", "\n", "\r\n", "a=\r", "a=x\n", "m", "=", "a=rtpmap:0 \n", " ",
                              "a=sendrecv\r", "c=IN IP4 \n"})
        for (const char* head :
             {"v=0\r\n", "v=0\nm=audio 5 RTP/AVP 0\n", "v=0\rm=audio 5 RTP/AVP "})
        {
            std::string text = head;
            while (text.size() < limits::message_bytes)
                text += piece;
            for (int i = 0; i < 20; ++i)
                digest(text);
        }
}
