// What a line says besides its codecs: events, packets, reports.
#include "sdp/sides.hpp"
#include "solosip/sdp/offer_answer.hpp"

using namespace solosip;
using namespace solosip::sdp;

namespace
{

const std::string events_101 = "a=rtpmap:101 telephone-event/8000\r\n";

} // namespace

TEST_CASE("the events that they take (RFC 4733 section 2.4.1)")
{
    const struct
    {
        std::string_view fmtp;
        std::uint32_t set;
    } rows[] = {
        {"", 0xFFFF},
        {"a=fmtp:101 0-15\r\n", 0xFFFF},
        {"a=fmtp:101 0-16\r\n", 0x1FFFF},
        {"a=fmtp:101 0-11,16,32-255\r\n", 0x10FFF},
        {"a=fmtp:101 0 - 11 , 16\r\n", 0x10FFF},
        {"a=fmtp:101 events=0-3\r\n", 0xF},
        {"a=fmtp:101 0-99999999999\r\n", 0xFFFF},
        {"a=fmtp:101 3-1\r\n", 0xFFFF},
        {"a=fmtp:101 16-31\r\n", 0xFFFF0000},
        {"a=fmtp:101 64\r\n", 0xFFFF}, // what the keys are to be sent as is not said
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.fmtp);
        const auto line = theirs("8 101", events_101 + std::string(row.fmtp));
        CHECK(make_answer(line, ours())->agreed.sendable_events == row.set);
        CHECK(read_answer(make_offer(ours()), line, ours())->sendable_events == row.set);
    }
    // Without an rtpmap the fmtp is still theirs, not ours.
    const auto bare = theirs("8 101", "a=fmtp:101 0-11\r\n");
    CHECK(read_answer(make_offer(ours()), bare, ours())->sendable_events == 0xFFF);
}

TEST_CASE("an answer may take several codecs, and each may come (RFC 3264 sections 5.1, 6.1)")
{
    auto local = ours();
    local.codecs.push_back({"L16", 16000, 1, 103, ""});
    const auto a =
        read_answer(make_offer(local),
                    theirs("0 110 3 8 101", "a=rtpmap:110 L16/16000\r\n" + events_101), local);
    REQUIRE(a);
    CHECK(a->codec.name == "PCMU");
    REQUIRE(a->further.size() == 2);
    CHECK(a->further[0] == format{103, "L16", 16000, 1, {}}); // as we announced it
    CHECK(a->further[1] == format{8, "PCMA", 8000, 1, {}});
    CHECK(make_answer(theirs("0 8", ""), local)->agreed.further.empty()); // we take one
}

TEST_CASE("an offer says how long a packet may be, for the longest codec (RFC 4566 section 6)")
{
    auto local = ours();
    CHECK(!make_offer(local).media.at(0).maxptime);
    local.codecs = {{"PCMA", 8000, 1, 8, "", 120},
                    {"opus", 48000, 2, 102, "", {}},
                    {"L16", 16000, 1, 103, "", 40}};
    const auto offer = make_offer(local);
    CHECK(offer.media.at(0).maxptime == 40);
    CHECK(print(offer).find("a=maxptime:40\r\n") != std::string::npos);
    // An answer has one codec.
    const auto answer = make_answer(theirs("8 103", "a=rtpmap:103 L16/16000\r\n"), local);
    CHECK(answer->text.media.at(0).maxptime == 120);
    CHECK(make_next_offer(answer->text, answer->agreed, local).media.at(0).maxptime == 40);
    local.codecs.erase(local.codecs.begin());
    local.codecs.pop_back();
    CHECK(!make_offer(local).media.at(0).maxptime);
}

TEST_CASE("VoIP metrics are asked for, and given to who asks (RFC 3611 section 5.1)")
{
    const std::string metrics = "a=rtcp-xr:voip-metrics\r\n";
    const struct
    {
        std::string session, line;
        bool asked;
    } rows[] = {
        {"", "", false},
        {"", metrics, true},
        {metrics, "", true},
        {"a=rtcp-xr:rcvr-rtt=all:100 voip-metrics\r\n", "", true},
        {metrics, "a=rtcp-xr:pkt-loss-rle\r\n", false}, // the line's own counts
        {metrics, "a=rtcp-xr\r\n", false},
        {"a=rtcp-xr:pkt-loss-rle\r\n", metrics, true},
        {"a=x-rtcp-xr:voip-metrics\r\n", "", false},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.session, row.line);
        const auto d = theirs("8", row.line, row.session);
        CHECK(make_answer(d, ours())->agreed.report_voip == row.asked);
        CHECK(read_answer(make_offer(ours()), d, ours())->report_voip == row.asked);
    }
    auto local = ours();
    CHECK(print(make_offer(local)).find("rtcp-xr") == std::string::npos);
    local.ask_voip_metrics = true;
    CHECK(print(make_offer(local)).find(metrics) != std::string::npos);
}
