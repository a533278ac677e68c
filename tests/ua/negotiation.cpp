// Whose turn it is to speak, and what is agreed (RFC 3264 sections 4, 8; RFC 6337 section 2).
#include "ua/negotiation.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <random>

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

namespace
{

// A session in which the other side keeps to RFC 3264 section 8.3.2, and looks whether we do.
class numbering_watcher
{
public:
    explicit numbering_watcher(unsigned seed) : random_(seed)
    {
        std::uint8_t dynamic = 102;
        auto pool = codecs_;
        std::shuffle(pool.begin(), pool.end(), random_);
        pool.resize(1 + random_() % pool.size());
        us_.codecs.clear();
        for (const auto& f : pool)
            us_.codecs.push_back({f.name,
                                  f.clock_rate,
                                  f.channels,
                                  f.payload_type < 96 ? f.payload_type : dynamic++,
                                  {}});
    }

    void step()
    {
        if (random_() % 2 == 0)
            they_offer();
        else
            we_offer();
    }

private:
    using meaning = std::tuple<std::string, std::uint32_t, std::uint8_t>;
    static meaning of(const sdp::format& f) { return {f.name, f.clock_rate, f.channels}; }

    void we_offer()
    {
        const auto line = heard(us_to_them_.make_offer(us_));
        if (const auto& a = us_to_them_.agreed())
        {
            CHECK(offers(line, a->receive_payload_type, a->codec));
            if (a->receive_events)
                CHECK(offers(line, *a->receive_events,
                             {0, "telephone-event", a->event_clock_rate, 1, {}}));
        }
        if (random_() % 4 == 0) return us_to_them_.withdraw();
        // Any codec of ours, with or without events, under our numbers.
        std::vector<sdp::format> taken;
        for (const auto& f : line.formats)
            if (random_() % 2 == 0) taken.push_back(f);
        if (!us_to_them_.on_answer(text(taken), us_)) us_to_them_.withdraw();
    }

    void they_offer()
    {
        std::vector<sdp::format> line;
        auto pool = codecs_;
        std::shuffle(pool.begin(), pool.end(), random_);
        pool.resize(1 + random_() % pool.size());
        for (const auto rate : {8'000u, 16'000u, 48'000u})
            if (random_() % 2 == 0) pool.push_back({96, "telephone-event", rate, 1, {}});
        for (auto f : pool)
        {
            f.payload_type = number_of(f);
            line.push_back(f);
            meanings_[f.payload_type] = of(f);
        }
        if (!us_to_them_.consider(text(line), us_)) return;
        if (random_() % 4 == 0) return us_to_them_.withdraw();
        const auto answer = us_to_them_.make_answer(us_);
        REQUIRE(answer);
        heard(*answer);
    }

    std::uint8_t number_of(const sdp::format& f)
    {
        for (const auto& [number, what] : meanings_)
            if (what == of(f)) return number;
        if (f.payload_type < 96) return f.payload_type;
        auto number = static_cast<std::uint8_t>(96 + random_() % 32);
        while (meanings_.contains(number))
            number = static_cast<std::uint8_t>(96 + random_() % 32);
        return number;
    }

    sdp::media heard(const std::string& said)
    {
        INFO(said);
        const auto d = sdp::parse(said);
        REQUIRE(d);
        std::vector<std::uint8_t> seen;
        for (const auto& f : d->media.at(0).formats)
        {
            CHECK(std::find(seen.begin(), seen.end(), f.payload_type) == seen.end());
            seen.push_back(f.payload_type);
            CHECK(meanings_.try_emplace(f.payload_type, of(f)).first->second == of(f));
        }
        return d->media[0];
    }

    static bool offers(const sdp::media& line, std::uint8_t number, const sdp::format& what)
    {
        return std::any_of(line.formats.begin(), line.formats.end(),
                           [&](const sdp::format& f)
                           { return f.payload_type == number && of(f) == of(what); });
    }

    static std::string text(const std::vector<sdp::format>& formats)
    {
        std::string tokens, maps;
        for (const auto& f : formats)
        {
            const auto number = std::to_string(f.payload_type);
            tokens += (tokens.empty() ? "" : " ") + number;
            maps += "a=rtpmap:" + number + " " + f.name + "/" + std::to_string(f.clock_rate) +
                    (f.channels > 1 ? "/" + std::to_string(f.channels) : "") + "\r\n";
        }
        return "v=0\r\nc=IN IP4 192.0.2.2\r\nm=audio 5000 RTP/AVP " +
               (tokens.empty() ? "13" : tokens) + "\r\n" + maps;
    }

    std::mt19937 random_;
    const std::vector<sdp::format> codecs_{
        {8, "PCMA", 8'000, 1, {}},   {0, "PCMU", 8'000, 1, {}},  {9, "G722", 8'000, 1, {}},
        {96, "opus", 48'000, 2, {}}, {96, "L16", 16'000, 1, {}}, {96, "L16", 8'000, 1, {}},
    };
    sdp::local_media us_ = ours();
    negotiation us_to_them_;
    std::map<std::uint8_t, meaning> meanings_;
};

} // namespace

TEST_CASE("a payload number never changes its meaning in a session (RFC 3264 section 8.3.2)")
{
    for (unsigned seed = 0; seed < 500; ++seed)
    {
        CAPTURE(seed);
        numbering_watcher w(seed);
        for (int i = 0; i < 12; ++i)
            w.step();
    }
}
