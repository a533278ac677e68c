// The view says what the owned description says, and allocates nothing.
#include "solosip/sdp/description_view.hpp"
#include "sdp/texts.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

using namespace solosip;

TEST_CASE("a view tells what a description tells")
{
    for (const char* text : {sdp::texts::router, sdp::texts::pbx, sdp::texts::softphone,
                             sdp::texts::generator, sdp::texts::video_phone})
    {
        INFO(text);
        sdp::description_view v;
        REQUIRE(v.parse(text));
        const auto d = sdp::parse(text);
        REQUIRE(d.has_value());
        CHECK(v.session_id() == d->session_id);
        CHECK(v.version() == d->version);
        CHECK(v.origin() == d->origin);
        CHECK(v.address() == d->address);
        CHECK(v.direction() == d->direction);
        REQUIRE(v.media_count() == d->media.size());
        for (std::size_t i = 0; i < d->media.size(); ++i)
        {
            const auto seen = v.media(i);
            const sdp::media& owned = d->media[i];
            CHECK(seen.kind() == owned.kind);
            CHECK(seen.port() == owned.port);
            CHECK(seen.protocol() == owned.protocol);
            CHECK(seen.direction() == owned.direction);
            CHECK(seen.address() == owned.address);
            CHECK(seen.ptime() == owned.ptime);
            CHECK(seen.rtcp_port() == owned.rtcp_port);
            REQUIRE(seen.format_count() == owned.formats.size());
            for (std::size_t f = 0; f < owned.formats.size(); ++f)
            {
                CHECK(seen.format(f).name == owned.formats[f].name);
                CHECK(seen.format(f).clock_rate == owned.formats[f].clock_rate);
                CHECK(seen.format(f).fmtp == owned.formats[f].fmtp);
            }
        }
    }
}

TEST_CASE("a view can be used again, and remembers nothing")
{
    sdp::description_view v;
    REQUIRE(v.parse(sdp::texts::video_phone));
    REQUIRE(v.parse("v=0\nm=audio 9 RTP/AVP 0 8\na=ptime:30\n"));
    CHECK(v.media_count() == 1);
    CHECK(v.media(0).format_count() == 2);
    CHECK(v.media(0).format(1).name == "PCMA");
    CHECK(v.media(0).ptime() == 30);
    CHECK(v.username().empty());
    CHECK_FALSE(v.address());
    REQUIRE(v.parse("v=0\nm=audio 9 RTP/AVP 0\n"));
    CHECK_FALSE(v.media(0).ptime());
}

TEST_CASE("what is told elsewhere is no attribute, what does not count is one")
{
    sdp::description_view v;
    REQUIRE(v.parse("v=0\na=tool:x\na=sendonly\nm=audio 9 RTP/AVP 0 96\na=rtpmap:96 A/8000\n"
                    "a=rtpmap:96 B/8000\na=ptime:20\na=ptime:40\na=mid:1\na=\na=rtcp:9\n"));
    std::vector<std::string> found;
    v.for_each_attribute([&](std::string_view a) { found.emplace_back(a); });
    CHECK(found == std::vector<std::string>{"tool:x"});
    found.clear();
    v.media(0).for_each_attribute([&](std::string_view a) { found.emplace_back(a); });
    CHECK(found == std::vector<std::string>{"rtpmap:96 B/8000", "ptime:40", "mid:1"});
    CHECK(v.media(0).format(1).name == "A");
}

TEST_CASE("formats of all m= lines together are bounded, and so is the text")
{
    std::string text = "v=0\n";
    for (int i = 0; i < 8; ++i)
    {
        text += "m=audio 9 RTP/AVP";
        for (std::size_t f = 0; f < limits::sdp_formats; ++f)
            text += ' ' + std::to_string(f);
        text += '\n';
    }
    sdp::description_view v;
    REQUIRE(v.parse(text));
    std::size_t total = 0;
    for (std::size_t i = 0; i < v.media_count(); ++i)
        total += v.media(i).format_count();
    CHECK(total == limits::sdp_all_formats);
    CHECK(v.parse("v=0\n" + std::string(limits::sdp_bytes, 'x')).code() == errc::too_large);
}

TEST_CASE("looking at a description takes nothing from the heap")
{
    const std::string text = sdp::texts::video_phone;
    std::size_t sum = 0;
    const auto before = support::allocations();
    sdp::description_view v;
    if (v.parse(text))
        for (std::size_t i = 0; i < v.media_count(); ++i)
        {
            const auto m = v.media(i);
            sum += m.address() ? 1u : 0u;
            for (std::size_t f = 0; f < m.format_count(); ++f)
                sum += m.format(f).name.size();
            m.for_each_attribute([&](std::string_view a) { sum += a.size(); });
        }
    CHECK(support::allocations() == before);
    CHECK(sum > 0);
}

TEST_CASE("an address is told as it is written, too")
{
    sdp::description_view v;
    REQUIRE(v.parse("v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 media.example.com\r\nt=0 0\r\n"
                    "m=audio 4000 RTP/AVP 0\r\n"
                    "m=video 4002 RTP/AVP 31\r\nc=IN IP4 192.0.2.9/127\r\n"));
    REQUIRE(v.media_count() == 2);
    CHECK_FALSE(v.address());
    CHECK_FALSE(v.media(0).address());
    CHECK(v.media(0).address_text() == "media.example.com");
    CHECK(v.media(1).address_text().starts_with("192.0.2.9"));
}
