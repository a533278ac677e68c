// Whatever is played and recorded: in the tick nothing asks for memory, and nothing locks.
#include "audio/signal.hpp"
#include "media/rig.hpp"
#include "solosip/codecs/g722.hpp"
#include "support/allocations.hpp"
#include "support/locks.hpp"

#include <mutex>

using namespace solosip;
using namespace solosip::audio::test;
using namespace std::chrono_literals;

namespace
{

/// Memory and locks asked for while `f` runs.
template <class F>
std::pair<std::size_t, std::size_t> asked(F f)
{
    const auto memory = support::allocations(), locks = support::locks();
    f();
    return {support::allocations() - memory, support::locks() - locks};
}

struct studio
{
    explicit studio(const media::codec& codec) : session(random)
    {
        how.codec = &codec;
        how.send_payload_type = how.receive_payload_type = 9;
    }

    seeded_random random{1};
    media::session session;
    media::stream how;
    std::vector<std::shared_ptr<audio::background>> works;

    void play(const audio_source& what)
    {
        auto s = opened(what);
        if (s.work) works.push_back(s.work);
        REQUIRE(session.play(std::move(s.sound)));
    }
};

} // namespace

TEST_CASE("the counters count")
{
    std::mutex m;
    const auto [memory, locks] = asked(
        [&]
        {
            // Not `new`, which the compiler may leave out where it sees what becomes of it.
            ::operator delete(::operator new(support::locks() % 2 + 8));
            const std::lock_guard lock(m);
        });
    CHECK(memory >= 1);
    if (support::locks_are_counted()) CHECK(locks >= 1);
}

TEST_CASE("all sources, both sides recorded and the program listening: nothing is asked for")
{
    const auto* const codec = GENERATE(&codecs::pcma(), &codecs::g722());
    CAPTURE(codec->info().name);
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 44100, 2, 0.5), 44100, 2);
    studio s(*codec);
    const samples tune(11025, 1000);
    pcm_feed feed(32000, 400ms);
    s.play(tone(440, 500ms));
    s.play(with_gain(memory(tune, 11025), -6));
    s.play(with_gain(dir / "a.wav", 3));
    s.play(cadence({{400, 100ms, 16, 450}, {0, 50ms}}, false));
    s.play(memory(tune, 8000));
    s.play(pcm([left = 50](std::span<std::int16_t> to) mutable
               { return left-- > 0 ? to.size() : 0; },
               22050));
    s.play(feed);
    auto file = opened(file_sink(dir / "both.wav", side::both));
    s.works.push_back(file.work);
    s.session.record(std::move(file.ear), std::move(file.mouth));
    std::size_t listened = 0;
    auto ear = opened(
        pcm_sink([&](std::span<const std::int16_t> some) { listened += some.size(); }, 48000));
    s.session.listen(std::move(ear.ear));
    time_point now{seconds(1)};
    s.session.start(s.how, now);
    REQUIRE(s.session.send_digits("1").code() == errc::bad_config); // not agreed: only sounds here

    std::array<std::uint8_t, limits::rtp_packet_bytes> buffer{};
    const samples said(640, 500);
    std::size_t packets = 0, ends = 0, memory = 0, locks = 0;
    for (int tick = 0; tick < 500; ++tick)
    {
        const auto [m, l] = asked(
            [&]
            {
                now += 20ms;
                s.session.handle_timeout(now);
                while (const auto n = s.session.poll_packet(buffer))
                {
                    ++packets;
                    s.session.receive({buffer.data(), n}, now); // hears itself
                }
                while (const auto e = s.session.poll_event())
                    ends += std::holds_alternative<media::play_finished>(*e);
                feed.write(said);
            });
        memory += m;
        locks += l;
        std::erase_if(s.works, [](const auto& work) { return !work->service(); });
        if (tick == 400) feed.close();
    }
    CHECK(memory == 0);
    CHECK(locks == 0);
    CHECK(packets == 501);
    CHECK(ends == 7);
    CHECK(listened >= 470'000);
    s.session.stop();
    CHECK_FALSE(file.work->service());
    CHECK(read_file(dir / "both.wav").sound.size() > 150'000);
}
