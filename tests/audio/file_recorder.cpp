#include "audio/file_recorder.hpp"

#include "audio/signal.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sndfile.h>

using namespace solosip;
using namespace solosip::audio;
using namespace solosip::audio::test;

namespace
{

// As a call does: 20 ms a tick, `service` between ticks.
void hear(opened_sink& s, const samples& sound, std::uint32_t rate)
{
    s.ear->prepare(rate);
    const std::size_t tick = rate / 50;
    for (std::size_t i = 0; i < sound.size(); i += tick)
    {
        s.ear->write({sound.data() + i, std::min(tick, sound.size() - i)});
        if (s.work) s.work->service();
    }
}

failure refused(const std::filesystem::path& path)
{
    auto made = open(file_sink(path));
    const auto* bad = std::get_if<failure>(&made);
    REQUIRE(bad != nullptr);
    CHECK(bad->text.find(path.string()) != std::string::npos);
    return *bad;
}

} // namespace

TEST_CASE("a recording holds every sample that was heard")
{
    const scratch dir;
    const auto sound = tone_samples(8000, 3.013);
    auto s = opened(file_sink(dir / "a.wav"));
    hear(s, sound, 8000);
    s.ear.reset();
    CHECK(!s.work->service());
    CHECK(!s.work->problem());
    const auto c = read_file(dir / "a.wav");
    CHECK(c.rate == 8000);
    CHECK(c.channels == 1);
    CHECK(c.format == (SF_FORMAT_WAV | SF_FORMAT_PCM_16));
    CHECK(c.sound == sound);
}

TEST_CASE("a recording is complete when its last owner lets go, in whatever order")
{
    const scratch dir;
    const auto sound = tone_samples(8000, 0.53);
    {
        auto s = opened(file_sink(dir / "a.wav"));
        hear(s, sound, 8000);
        s.work.reset();
        s.ear.reset();
    }
    CHECK(read_file(dir / "a.wav").sound == sound);
    {
        auto s = opened(file_sink(dir / "b.wav"));
        hear(s, sound, 8000);
        s.ear.reset();
        s.work.reset();
    }
    CHECK(read_file(dir / "b.wav").sound == sound);
}

TEST_CASE("one side is recorded, or both, each on a channel of its own")
{
    const scratch dir;
    samples theirs(4000, 100), ours(4000, -200);
    const auto record = [&](const std::string& name, side whose, const samples& near)
    {
        auto s = opened(file_sink(dir / name, whose));
        for (auto* each : {s.ear.get(), s.mouth.get()})
            if (each) each->prepare(8000);
        for (std::size_t i = 0; i < theirs.size(); i += 160)
        {
            if (s.ear) s.ear->write({theirs.data() + i, 160});
            if (s.mouth && i < near.size()) s.mouth->write({near.data() + i, 160});
            s.work->service();
        }
        CHECK((s.ear == nullptr) == (whose == side::near));
        CHECK((s.mouth == nullptr) == (whose == side::far));
        s.ear.reset();
        if (s.mouth) CHECK(s.work->service());
        s.mouth.reset();
        CHECK_FALSE(s.work->service());
        return read_file(dir / name);
    };
    CHECK(record("far.wav", side::far, ours).sound == theirs);
    CHECK(record("near.wav", side::near, ours).sound == ours);
    const auto both = record("both.wav", side::both, ours);
    CHECK(both.channels == 2);
    REQUIRE(both.sound.size() == 8000);
    for (std::size_t i = 0; i < 8000; i += 2)
    {
        REQUIRE(both.sound[i] == 100);
        REQUIRE(both.sound[i + 1] == -200);
    }
    // Who is heard for less is silent for the rest.
    ours.resize(1600);
    const auto short_one = record("short.flac", side::both, ours);
    REQUIRE(short_one.sound.size() == 8000);
    CHECK(short_one.sound[3199] == -200);
    CHECK(short_one.sound[3201] == 0);
    CHECK(short_one.sound[7998] == 100);
}

TEST_CASE("two channels of a call whose rate changes stay together")
{
    const scratch dir;
    auto s = opened(file_sink(dir / "a.wav", side::both));
    for (const std::uint32_t rate : {16000u, 8000u, 48000u})
    {
        s.ear->prepare(rate);
        s.mouth->prepare(rate);
        const auto sound = tone_samples(rate, 1);
        const std::size_t tick = rate / 50;
        for (std::size_t i = 0; i < sound.size(); i += tick)
        {
            s.ear->write({sound.data() + i, tick});
            s.mouth->write({sound.data() + i, tick});
            s.work->service();
        }
    }
    s = {};
    const auto c = read_file(dir / "a.wav");
    CHECK(c.rate == 16000);
    CHECK(std::abs(static_cast<double>(c.sound.size()) - 96'000) < 400);
    for (std::size_t i = 0; i + 1 < c.sound.size(); i += 2)
        REQUIRE(c.sound[i] == c.sound[i + 1]);
}

TEST_CASE("the format follows the ending")
{
    const scratch dir;
    const struct
    {
        const char* name;
        int format;
    } rows[] = {
        {"none", SF_FORMAT_WAV},    {"a.wav", SF_FORMAT_WAV}, {"a.WAV", SF_FORMAT_WAV},
        {"a.flac", SF_FORMAT_FLAC}, {"a.ogg", SF_FORMAT_OGG}, {"a.au", SF_FORMAT_AU},
        {"a.aiff", SF_FORMAT_AIFF}, {"a.caf", SF_FORMAT_CAF}, {"a.w64", SF_FORMAT_W64},
    };
    for (const auto& row : rows)
    {
        CAPTURE(row.name);
        auto s = opened(file_sink(dir / row.name));
        hear(s, tone_samples(8000, 1), 8000);
        s = {};
        const auto c = read_file(dir / row.name);
        CHECK((c.format & SF_FORMAT_TYPEMASK) == row.format);
        CHECK(measure(c.sound, 8000, 1000).level == Approx(-6.02).margin(0.5));
    }
}

TEST_CASE("the file has the rate of the call")
{
    const scratch dir;
    auto s = opened(file_sink(dir / "a.wav"), 8000);
    hear(s, tone_samples(16000, 1), 16000);
    s = {};
    const auto c = read_file(dir / "a.wav");
    CHECK(c.rate == 16000);
    CHECK(c.sound == tone_samples(16000, 1));
}

TEST_CASE("a rate that changes in the middle of a call is converted")
{
    const scratch dir;
    auto s = opened(file_sink(dir / "a.wav"));
    hear(s, tone_samples(8000, 1), 8000);
    hear(s, tone_samples(16000, 1), 16000);
    hear(s, tone_samples(8000, 1), 8000);
    s = {};
    const auto c = read_file(dir / "a.wav");
    CHECK(c.rate == 8000);
    CHECK(std::abs(static_cast<double>(c.sound.size()) - 24000) < 200);
    const samples middle(c.sound.begin() + 8500, c.sound.begin() + 15500);
    const auto m = measure(middle, 8000, 1000);
    CHECK(m.hz == Approx(1000).margin(0.5));
    CHECK(m.level == Approx(-6.02).margin(0.1));
}

TEST_CASE("an old file is replaced, and a recording of nothing is a valid file")
{
    const scratch dir;
    write_text(dir / "a.wav", std::string(100'000, 'x'));
    auto s = opened(file_sink(dir / "a.wav"));
    CHECK(read_file(dir / "a.wav").sound.empty()); // from the beginning
    s = {};
    CHECK(read_file(dir / "a.wav").sound.empty());
}

TEST_CASE("a process that is killed leaves what it has heard")
{
    const scratch dir;
    const auto path = dir / "a.wav";
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0)
    {
        auto made = open(file_sink(path));
        if (auto* s = std::get_if<opened_sink>(&made)) hear(*s, tone_samples(8000, 3), 8000);
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    // Readers differ in what they make of a wrong length, so it has to be right.
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    REQUIRE(bytes.size() > 44);
    std::size_t length = 0;
    for (std::size_t i = 44; i > 40; --i) // the size of the data chunk, little-endian
        length = length << 8 | static_cast<unsigned char>(bytes[i - 1]);
    CHECK(length >= 2 * 2 * 8000);
    CHECK(length <= bytes.size() - 44);
    const auto c = read_file(path);
    CHECK(measure(c.sound, 8000, 1000).level == Approx(-6.02).margin(0.1));
}

TEST_CASE("a full disk ends the recording with an error and leaves what is there")
{
    const scratch dir;
    const auto path = dir / "a.wav";
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = old;
    small.rlim_cur = 20'000;
    setrlimit(RLIMIT_FSIZE, &small);

    auto s = opened(file_sink(path));
    hear(s, tone_samples(8000, 5), 8000);
    const bool goes_on = s.work->service();
    const auto problem = s.work->problem();
    s.ear->write(tone_samples(8000, 0.02)); // the call does not notice
    s = {};

    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, old_handler);
    CHECK(!goes_on);
    REQUIRE(problem.has_value());
    CHECK(problem->code == errc::write_failed);
    CHECK(problem->text.find(path.string()) != std::string::npos);
    CHECK(problem->text.find("file too large") != std::string::npos);
    CHECK(std::filesystem::file_size(path) <= 20'000);
    CHECK(read_file(path).sound.size() > 8000);
}

TEST_CASE("a disk that is full from the beginning")
{
    const scratch dir;
    if (!std::filesystem::exists("/dev/full")) return;
    // Not .ogg: libsndfile leaks what it has made of such a file.
    for (const char* name : {"a.wav", "a.flac", "a.au"})
    {
        CAPTURE(name);
        std::filesystem::create_symlink("/dev/full", dir / name);
        auto made = open(file_sink(dir / name, side::both));
        // Some formats write nothing yet.
        if (const auto* bad = std::get_if<failure>(&made))
        {
            CHECK(bad->code == errc::no_such_file);
            continue;
        }
        auto& s = std::get<opened_sink>(made);
        s.mouth.reset();
        hear(s, tone_samples(8000, 5), 8000);
        s.ear.reset();
        CHECK_FALSE(s.work->service());
        REQUIRE(s.work->problem());
        CHECK(s.work->problem()->code == errc::write_failed);
    }
}

TEST_CASE("nobody who serves: memory is bounded, what is lost is counted")
{
    const scratch dir;
    auto made = file_writer::open(dir / "a.wav", 8000);
    auto writer = std::get<0>(std::move(made));
    writer->prepare(8000);
    for (int i = 0; i < 500; ++i)
        writer->write(0, samples(160));
    CHECK(writer->dropped() == 80'000 - 16'000);
    writer->flush();
    writer.reset();
    CHECK(read_file(dir / "a.wav").sound.size() == 16'000);
}

TEST_CASE("places that cannot be written are refused with a sentence")
{
    const scratch dir;
    const auto missing = refused(dir / "no-directory/a.wav");
    CHECK(missing.code == errc::no_such_file);
    CHECK(missing.text.find("no such file or directory") != std::string::npos);
    CHECK(refused(dir / "").code == errc::no_such_file);
    CHECK(refused("").code == errc::no_such_file);

    const auto ending = refused(dir / "a.txt");
    CHECK(ending.code == errc::unsupported_audio_file);
    CHECK(!std::filesystem::exists(dir / "a.txt"));
}
