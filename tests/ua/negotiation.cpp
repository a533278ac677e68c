// Whose turn it is to speak, and what is agreed (RFC 3264 sections 4, 8; RFC 6337 section 2).
#include "ua/negotiation.hpp"

#include "support/catch.hpp"

using namespace solosip;
using ua::negotiation;
using state = ua::negotiation::state;

namespace
{

sdp::local_media ours(sdp::direction d = sdp::direction::sendrecv)
{
    sdp::local_media m;
    m.rtp = {ip_address::v4(192, 0, 2, 1), 4000};
    m.codecs = {{"PCMA", 8000, 1, 8, {}}, {"PCMU", 8000, 1, 0, {}}};
    m.direction = d;
    m.session_id = 7;
    m.version = 10;
    return m;
}

std::string theirs(const std::string& formats = "8 101", const std::string& more = {})
{
    return "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 "
           "RTP/AVP " +
           formats + "\r\na=rtpmap:101 telephone-event/8000\r\n" + more;
}

std::uint64_t version_of(const std::string& text)
{
    return sdp::parse(text)->version;
}

} // namespace

TEST_CASE("an offer of ours and its answer")
{
    negotiation n;
    CHECK(n.stable());
    CHECK(!n.agreed());
    CHECK(version_of(n.make_offer(ours())) == 10);
    CHECK(n.current() == state::local_offer);
    REQUIRE(n.on_answer(theirs(), ours()));
    CHECK(n.stable());
    CHECK(n.agreed()->codec.name == "PCMA");
    CHECK_FALSE(n.held_by_peer());
}

TEST_CASE("an offer of theirs and our answer")
{
    negotiation n;
    REQUIRE(n.consider(theirs(), ours()));
    CHECK(n.current() == state::remote_offer);
    CHECK_FALSE(n.agreed());
    const auto text = n.make_answer(ours());
    REQUIRE(text);
    CHECK(n.stable());
    CHECK(n.agreed()->remote.port == 5000);
    CHECK_FALSE(n.make_answer(ours())); // there is nothing to be answered
}

TEST_CASE("what cannot be taken leaves all as it was")
{
    negotiation n;
    REQUIRE(n.consider(theirs(), ours()));
    REQUIRE(n.make_answer(ours()));
    CHECK(n.consider(theirs("18"), ours()).code() == errc::no_common_codec);
    CHECK(n.consider("hello", ours()).code() == errc::bad_syntax);
    CHECK(n.stable());
    CHECK(n.agreed()->codec.name == "PCMA");
}

TEST_CASE("a refused offer is void, and the next one has a version of its own (RFC 3264 8)")
{
    negotiation n;
    (void)n.make_offer(ours());
    REQUIRE(n.on_answer(theirs(), ours()));
    CHECK(version_of(n.make_offer(ours(sdp::direction::sendonly))) == 11);
    n.withdraw();
    CHECK(n.stable());
    CHECK(n.agreed()->direction == sdp::direction::sendrecv);
    CHECK(version_of(n.make_offer(ours(sdp::direction::inactive))) == 12);
    // The answer belongs to the last offer.
    REQUIRE(n.on_answer(theirs("8", "a=inactive\r\n"), ours()));
    CHECK(n.agreed()->direction == sdp::direction::inactive);
}

TEST_CASE("an offer that changes nothing has the same version (RFC 4028 section 7.4)")
{
    negotiation n;
    const auto first = n.make_offer(ours());
    REQUIRE(n.on_answer(theirs(), ours()));
    CHECK(n.repeat_offer(ours()) == first);
    CHECK(n.current() == state::local_offer);
    REQUIRE(n.on_answer(theirs(), ours()));

    negotiation callee;
    REQUIRE(callee.consider(theirs(), ours()));
    const auto answer = callee.make_answer(ours());
    CHECK(callee.repeat_offer(ours()) == *answer);
    callee.withdraw();
    REQUIRE(callee.consider(theirs(), ours()));
    CHECK(*callee.make_answer(ours()) == *answer);
}

TEST_CASE("holding, by them and by both (RFC 3264 section 8.4)")
{
    negotiation n;
    REQUIRE(n.consider(theirs("8 101", "a=sendonly\r\n"), ours()));
    REQUIRE(n.make_answer(ours()));
    CHECK(n.held_by_peer());
    // We hold too, and they cannot say any more whether they do.
    (void)n.make_offer(ours(sdp::direction::inactive));
    REQUIRE(n.on_answer(theirs("8 101", "a=inactive\r\n"), ours()));
    CHECK(n.held_by_peer());
    // We resume, and they still hold.
    (void)n.make_offer(ours());
    REQUIRE(n.on_answer(theirs("8 101", "a=sendonly\r\n"), ours()));
    CHECK(n.held_by_peer());
    CHECK(n.agreed()->direction == sdp::direction::recvonly);
    (void)n.make_offer(ours());
    REQUIRE(n.on_answer(theirs(), ours()));
    CHECK_FALSE(n.held_by_peer());
}

TEST_CASE("another answer to the same offer counts (the 2xx after an unreliable 183)")
{
    negotiation n;
    (void)n.make_offer(ours());
    REQUIRE(n.on_answer(theirs("8"), ours()));
    REQUIRE(n.on_answer(theirs("0"), ours()));
    CHECK(n.agreed()->codec.name == "PCMU");
}

TEST_CASE("the answer that takes nothing (RFC 3264 section 6)")
{
    negotiation n;
    const auto text = n.refuse(theirs("18") + "m=video 6000 RTP/AVP 31\r\n", ours());
    const auto d = sdp::parse(text);
    REQUIRE(d);
    REQUIRE(d->media.size() == 2);
    CHECK(d->media[0].port == 0);
    CHECK(d->media[1].port == 0);
    CHECK(n.stable());
    CHECK_FALSE(n.agreed());
}
