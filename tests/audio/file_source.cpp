#include "audio/file_source.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include <sndfile.h>

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;

// libsndfile 1.2.0 forgets libvorbis's state when it refuses a damaged Ogg file.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:vorbis_info_init\n";
}

namespace
{

failure refused(const std::filesystem::path& path)
{
    auto made = open(file(path));
    const auto* bad = std::get_if<failure>(&made);
    REQUIRE(bad != nullptr);
    CHECK(bad->text.find(path.string()) != std::string::npos);
    return *bad;
}

} // namespace

TEST_CASE("a sine of any rate and channel count comes out as it went in")
{
    const scratch dir;
    const auto rate = GENERATE(8000u, 11025u, 16000u, 22050u, 32000u, 44100u, 48000u, 96000u);
    const auto channels = GENERATE(1, 2, 6);
    const auto call_rate = GENERATE(8000u, 16000u, 48000u);
    CAPTURE(rate, channels, call_rate);
    write_wav(dir / "a.wav", sine(1000, rate, 1.5, 0.5), rate, channels);
    const auto sound = play(opened(file(dir / "a.wav"), call_rate), call_rate);
    CHECK(std::abs(static_cast<double>(sound.size()) - 1.5 * call_rate) <= 2);
    const auto m = measure(sound, call_rate, 1000);
    CHECK(m.hz == Approx(1000).margin(0.5));
    CHECK(m.level == Approx(-6.02).margin(0.1));
    CHECK(m.residue > 60);
}

TEST_CASE("what a call cannot carry is filtered out, not folded back")
{
    const scratch dir;
    const auto hz = GENERATE(4600.0, 5000.0, 6000.0, 7000.0, 7900.0, 9000.0, 15000.0);
    const auto rate = GENERATE(22050u, 44100u, 48000u);
    if (hz > rate / 2.0) return;
    CAPTURE(hz, rate);
    write_wav(dir / "a.wav", sine(hz, rate, 1, 0.9), rate);
    auto sound = play(opened(file(dir / "a.wav")), 8000);
    // The edges of a sine that begins and ends suddenly belong to every frequency.
    REQUIRE(sound.size() > 2000);
    sound.assign(sound.begin() + 800, sound.end() - 800);
    CHECK(level(sound) < -60);
}

TEST_CASE("the band of a telephone is kept")
{
    const scratch dir;
    const auto hz = GENERATE(50.0, 300.0, 2000.0, 3000.0, 3400.0);
    CAPTURE(hz);
    write_wav(dir / "a.wav", sine(hz, 44100, 1.5, 0.5), 44100);
    const auto m = measure(play(opened(file(dir / "a.wav")), 8000), 8000, hz);
    CHECK(m.level == Approx(-6.02).margin(0.5));
    CHECK(m.residue > 50);
}

TEST_CASE("the call's own rate passes bit by bit")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(440, 8000, 2.01, 1.0), 8000);
    CHECK(play(opened(file(dir / "a.wav")), 8000) == read_file(dir / "a.wav").sound);
}

TEST_CASE("formats that libsndfile reads")
{
    const scratch dir;
    const struct
    {
        const char* name;
        int format;
    } rows[] = {
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
        {"b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8},
        {"c.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24},
        {"d.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
        {"e.wav", SF_FORMAT_WAV | SF_FORMAT_ALAW},
        {"f.au", SF_FORMAT_AU | SF_FORMAT_ULAW},
        {"g.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
        {"h.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
        {"i.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
        {"j.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.name);
        write_file(dir / row.name, sine(1000, 16000, 1, 0.5), 16000, 2, row.format);
        const auto sound = play(opened(file(dir / row.name)), 8000);
        CHECK(sound.size() >= 7998);
        const auto m = measure(sound, 8000, 1000);
        CHECK(m.hz == Approx(1000).margin(0.5));
        CHECK(m.level == Approx(-6.02).margin(0.5));
    }
}

TEST_CASE("channels are averaged, so that none can clip another")
{
    const scratch dir;
    SF_INFO info{};
    info.samplerate = 8000;
    info.channels = 2;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    SNDFILE* f = sf_open((dir / "a.wav").c_str(), SFM_WRITE, &info);
    const short frames[] = {100, 300, -100, -300, 32767, 32767, -32768, -32768, 32767, -32767};
    sf_writef_short(f, frames, 5);
    sf_close(f);
    CHECK(play(opened(file(dir / "a.wav")), 8000) == samples{200, -200, 32767, -32768, 0});
}

TEST_CASE("a float file may hold anything")
{
    const scratch dir;
    auto sound = sine(1000, 16000, 1, 0.5);
    sound[3000] = std::numeric_limits<float>::infinity();
    sound[3001] = std::numeric_limits<float>::quiet_NaN();
    sound[3002] = -1e30f;
    write_file(dir / "a.wav", sound, 16000, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    const auto heard = play(opened(file(dir / "a.wav")), 8000);
    REQUIRE(heard.size() > 7000);
    CHECK(measure({heard.begin() + 3000, heard.end()}, 8000, 1000).residue > 50);
    // What is bad does not silence what is good around it.
    std::size_t silent = 0;
    for (std::size_t i = 1400; i < 1600; ++i)
        silent += heard[i] == 0;
    CHECK(silent < 60);
}

TEST_CASE("a file that is played in a loop has no end and no seam")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 16000, 0.1, 0.5), 16000); // whole periods
    const auto heard = play(opened(file(dir / "a.wav", true)), 8000, 100);
    CHECK(heard.size() == 16000);
    const auto m = measure(heard, 8000, 1000);
    CHECK(m.hz == Approx(1000).margin(0.5));
    CHECK(m.residue > 50);
}

TEST_CASE("a file without samples ends at once, also in a loop")
{
    const scratch dir;
    write_wav(dir / "a.wav", {}, 8000);
    CHECK(play(opened(file(dir / "a.wav")), 8000).empty());
    auto looped = opened(file(dir / "a.wav", true));
    looped.sound->prepare(8000);
    CHECK(looped.sound->finished());
}

TEST_CASE("the first samples are ready when it is opened, and a second is kept ready")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 44100, 5, 0.5), 44100);
    const auto s = opened(file(dir / "a.wav"));
    s.sound->prepare(8000);
    samples tick(160);
    for (int i = 0; i < 12; ++i)
        CHECK(s.sound->read(tick) == 160);
    for (int i = 0; i < 10; ++i)
        CHECK(s.work->service());
    samples all(16000);
    const auto ahead = s.sound->read(all);
    CHECK(ahead >= 6000);
    CHECK(ahead <= 8000);
    // Late is not finished.
    CHECK(s.sound->read(tick) == 0);
    CHECK(!s.sound->finished());
}

TEST_CASE("a call of another rate than expected starts one service later")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 8000, 1, 0.5), 8000);
    const auto s = opened(file(dir / "a.wav"), 8000);
    s.sound->prepare(16000);
    samples tick(320);
    CHECK(s.sound->read(tick) == 0);
    CHECK(!s.sound->finished());
    CHECK(s.work->service());
    CHECK(s.sound->read(tick) == 320);
    CHECK(measure(play(opened(file(dir / "a.wav"), 8000), 16000), 16000, 1000).level ==
          Approx(-6.02).margin(0.1));
}

TEST_CASE("a file goes on where it is when another codec is agreed")
{
    const scratch dir;
    // A ramp tells the place.
    std::vector<float> ramp(44'100 * 3);
    for (std::size_t i = 0; i < ramp.size(); ++i)
        ramp[i] = static_cast<float>(i % 88'200) / 88'200.0f;
    write_wav(dir / "a.wav", ramp, 44'100);
    for (const bool loop : {false, true})
    {
        CAPTURE(loop);
        const auto s = opened(file(dir / "a.wav", loop), 8000);
        s.sound->prepare(8000);
        const auto listen = [&](std::size_t tick, int ticks)
        {
            samples last(tick);
            for (int i = 0; i < ticks; ++i)
            {
                CHECK(s.work->service());
                REQUIRE(s.sound->read(last) == tick);
            }
            return static_cast<double>(last.back()) / 32767 * 2; // seconds
        };
        CHECK(listen(160, 50) == Approx(1).margin(0.01));
        s.sound->prepare(16'000);
        CHECK(listen(320, 30) == Approx(1.6).margin(0.01));
        s.sound->prepare(48'000);
        CHECK(listen(960, 50) == Approx(0.6).margin(0.01)); // 2.6 s
        if (!loop) continue;
        CHECK(listen(960, 40) == Approx(0.4).margin(0.01)); // 3.4 s
        s.sound->prepare(8000);
        CHECK(listen(160, 50) == Approx(1.4).margin(0.01));
    }
}

TEST_CASE("another codec in the last second, when all has been read, does not leave it unfinished")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 8000, 0.5, 0.5), 8000);
    const auto s = opened(file(dir / "a.wav"));
    s.sound->prepare(8000);
    samples tick(1600);
    CHECK(s.work->service());
    CHECK(s.sound->read(tick) == 1600);
    CHECK(s.work->service());
    s.sound->prepare(16'000);
    CHECK(s.work->service());
    CHECK(s.work->service());
    tick.resize(16'000);
    CHECK(s.sound->read(tick) == 4800);
    CHECK(s.sound->finished());
    CHECK(!s.work->service());
}

TEST_CASE("the work is over when all is read or nobody listens any more")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 8000, 0.1, 0.5), 8000);
    auto s = opened(file(dir / "a.wav"));
    CHECK(s.work->service()); // a restart is still possible
    s.sound->prepare(8000);
    CHECK(s.work->service());
    samples all(800);
    CHECK(s.sound->read(all) == 800);
    CHECK(!s.work->service());

    write_wav(dir / "b.wav", sine(1000, 8000, 9, 0.5), 8000);
    auto t = opened(file(dir / "b.wav"));
    CHECK(t.work->service());
    t.sound.reset();
    CHECK(!t.work->service());
    // And the other way round: the sound outlives its work.
    auto u = opened(file(dir / "b.wav"));
    u.work.reset();
    u.sound->prepare(8000);
    samples tick(160);
    CHECK(u.sound->read(tick) == 160);
}

TEST_CASE("each time it is played it starts from the beginning")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 8000, 0.2, 0.5), 8000);
    const audio_source twice = (dir / "a.wav").string();
    const auto first = play(opened(twice), 8000);
    CHECK(first.size() == 1600);
    CHECK(play(opened(twice), 8000) == first);
}

TEST_CASE("files that cannot be played are refused with a sentence")
{
    const scratch dir;
    const auto missing = refused(dir / "missing.wav");
    CHECK(missing.code == errc::no_such_file);
    CHECK(missing.text.find("no such file or directory") != std::string::npos);

    CHECK(refused(dir / "").code == errc::no_such_file);
    CHECK(refused(dir / "no-directory/a.wav").code == errc::no_such_file);
    CHECK(refused("/dev/null").code == errc::no_such_file);
    CHECK(refused("").code == errc::no_such_file);

    write_text(dir / "empty.wav", "");
    const auto empty = refused(dir / "empty.wav");
    CHECK(empty.code == errc::unsupported_audio_file);
    CHECK(empty.text.find("empty") != std::string::npos);

    write_text(dir / "text.wav", "this is no sound\n");
    CHECK(refused(dir / "text.wav").code == errc::unsupported_audio_file);

    write_text(dir / "riff.wav", "RIFF");
    CHECK(refused(dir / "riff.wav").code == errc::unsupported_audio_file);
}

TEST_CASE("a file that cannot be read is refused")
{
    const scratch dir;
    write_wav(dir / "a.wav", sine(1000, 8000, 0.2, 0.5), 8000);
    std::filesystem::permissions(dir / "a.wav", std::filesystem::perms::none);
    if (std::ifstream(dir / "a.wav").good()) return; // root may read everything
    const auto bad = refused(dir / "a.wav");
    CHECK(bad.code == errc::no_such_file);
    CHECK(bad.text.find("permission denied") != std::string::npos);
}

TEST_CASE("damaged files never do more harm than to end early")
{
    const scratch dir;
    write_wav(dir / "good.wav", sine(1000, 16000, 1, 0.5), 16000, 2);
    write_file(dir / "good.flac", sine(1000, 16000, 1, 0.5), 16000, 2,
               SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
    write_file(dir / "good.ogg", sine(1000, 16000, 1, 0.5), 16000, 2,
               SF_FORMAT_OGG | SF_FORMAT_VORBIS);
    for (const char* name : {"good.wav", "good.flac", "good.ogg"})
    {
        std::ifstream in(dir / name, std::ios::binary);
        const std::string whole((std::istreambuf_iterator<char>(in)), {});
        for (const std::size_t part : {4u, 20u, 43u, 44u, 45u, 100u, 1000u, 3000u})
        {
            CAPTURE(name, part);
            write_text(dir / "cut", whole.substr(0, part));
            auto cut = open(file(dir / "cut"));
            if (auto* s = std::get_if<opened_source>(&cut))
                CHECK(play(std::move(*s), 8000, 1000).size() <= 8000);
            auto broken = whole;
            for (std::size_t i = part; i < broken.size(); i += 97)
                broken[i] = static_cast<char>(broken[i] ^ 0x5a);
            write_text(dir / "broken", broken);
            auto b = open(file(dir / "broken"));
            if (auto* s = std::get_if<opened_source>(&b)) play(std::move(*s), 8000, 1000);
        }
    }
}
