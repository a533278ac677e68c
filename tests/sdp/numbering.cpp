// Payload numbers of our offers within a session (RFC 3264 section 8.3.2).
#include "sdp/sides.hpp"
#include "solosip/sdp/offer_answer.hpp"

using namespace solosip;
using namespace solosip::sdp;

TEST_CASE("a number that meant a codec does not come to mean events")
{
    agreement agreed;
    agreed.codec = {101, "PCMA", 8000, 1, ""};
    auto before = make_offer(ours());
    before.media[0].formats = {{101, "PCMA", 8000, 1, ""}};
    const auto offer = make_next_offer(before, agreed, ours());
    CHECK(offer.media[0].format_tokens == std::vector<std::string>{"101", "0", "102"});
}

TEST_CASE("in our next offer a payload number means what it meant (RFC 3264 section 8.3.2)")
{
    const codec_choice pcma{"PCMA", 8000, 1, 8, ""}, opus{"opus", 48000, 2, 102, ""},
        opus_later{"opus", 48000, 2, 103, ""}, l16{"L16", 16000, 1, 102, ""},
        l16_later{"L16", 16000, 1, 103, ""};
    const std::string opus_102 = "a=rtpmap:102 opus/48000/2\r\n";
    const struct
    {
        std::vector<codec_choice> codecs;
        description offer;
        std::vector<std::string> tokens, meanings; // of our next offer
    } rows[] = {
        {{l16, opus_later},
         theirs("102", opus_102),
         {"103", "102", "101", "104"},
         {"L16", "opus", "telephone-event", "telephone-event"}},
        {{opus, l16_later},
         theirs("102 103", opus_102 + "a=rtpmap:103 telephone-event/48000\r\n"),
         {"102", "104", "103", "101"},
         {"opus", "L16", "telephone-event", "telephone-event"}},
        {{pcma, opus},
         theirs("8 102", "a=rtpmap:102 telephone-event/8000\r\n"),
         {"8", "103", "102", "101"},
         {"PCMA", "opus", "telephone-event", "telephone-event"}},
        // A static number that they use for something else.
        {{pcma, opus},
         theirs("8", "a=rtpmap:8 opus/48000/2\r\n"),
         {"96", "8", "101", "102"},
         {"PCMA", "opus", "telephone-event", "telephone-event"}},
    };
    for (const auto& row : rows)
    {
        auto local = ours();
        local.codecs = row.codecs;
        CAPTURE(print(row.offer));
        const auto a = make_answer(row.offer, local);
        REQUIRE(a.has_value());
        const auto next = make_next_offer(a->text, a->agreed, local).media.at(0);
        CHECK(next.format_tokens == row.tokens);
        std::vector<std::string> meanings;
        for (const auto& f : next.formats)
            meanings.push_back(f.name);
        CHECK(meanings == row.meanings);
    }
}

TEST_CASE("events of each rate keep their number from offer to offer")
{
    auto local = ours();
    local.codecs = {{"PCMA", 8000, 1, 8, ""}, {"opus", 48000, 2, 102, ""}};
    auto offer = make_offer(local);
    const auto first = offer.media.at(0).formats;
    const auto answer =
        theirs("102 103", "a=rtpmap:102 opus/48000/2\r\na=rtpmap:103 telephone-event/48000\r\n");
    for (int i = 0; i < 3; ++i)
    {
        const auto agreed = read_answer(offer, answer, local);
        REQUIRE(agreed.has_value());
        CHECK(agreed->receive_events == 103);
        offer = make_next_offer(offer, *agreed, local);
        CHECK(offer.media.at(0).formats == first);
    }
}

TEST_CASE("what each side has said of its numbers is remembered, the last meaning of each")
{
    std::vector<format> numbers;
    remember(numbers, theirs("8 96 97", "a=rtpmap:96 opus/48000/2\r\n" // 97 means nothing
                                        "m=video 5002 RTP/AVP 98\r\na=rtpmap:98 H264/90000\r\n"));
    const auto meanings = [&]
    {
        std::string all;
        for (const format& f : numbers)
            all += std::to_string(f.payload_type) + ' ' + f.name + '/' +
                   std::to_string(f.clock_rate) + ' ';
        return all;
    };
    CHECK(meanings() == "8 PCMA/8000 96 opus/48000 ");
    remember(numbers, theirs("96 97", "a=rtpmap:96 L16/16000\r\na=rtpmap:97 opus/48000/2\r\n"));
    CHECK(meanings() == "8 PCMA/8000 96 L16/16000 97 opus/48000 ");
    remember(numbers, theirs("96", "a=rtpmap:96 L16/16000\r\n"));
    CHECK(numbers.size() == 3);
}

TEST_CASE("what there is no number for is not offered")
{
    auto local = ours();
    local.codecs = {{"PCMA", 8000, 1, 8, ""}, {"opus", 48000, 2, 102, ""}};
    agreement agreed;
    agreed.codec = {8, "PCMA", 8000, 1, ""};
    auto before = make_offer(local);
    before.media[0].formats = {{8, "PCMA", 8000, 1, ""}};
    payload_numbers taken;
    for (std::uint8_t n = 96; n < 127; ++n)
        taken.theirs.push_back({n, "X", 8000, 1, ""});
    const auto tokens = [&]
    { return make_next_offer(before, agreed, local, taken).media.at(0).format_tokens; };
    CHECK(tokens() == std::vector<std::string>{"8", "127"});
    taken.theirs.push_back({127, "X", 8000, 1, ""});
    CHECK(tokens() == std::vector<std::string>{"8"});
}
