// What is played is what arrives: sound files through whole calls, with each codec.
//     golden SINE.wav SPEECH.wav
// Prints the signal to noise ratio of each, and ends with status 1 where one is not what theory and
// experience say of the codec.
#include "audio/access.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/random.hpp"
#include "solosip/codecs/g711.hpp"
#include "solosip/codecs/g722.hpp"
#include "solosip/codecs/l16.hpp"
#include "solosip/media/session.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

using namespace solosip;
using namespace std::chrono_literals;

namespace
{

using pcm = std::vector<media::sample>;

class tape final : public media::sink
{
public:
    explicit tape(std::shared_ptr<pcm> to) : to_(std::move(to)) {}
    void prepare(std::uint32_t) override {}
    void write(std::span<const media::sample> from) override
    {
        to_->insert(to_->end(), from.begin(), from.end());
    }

private:
    std::shared_ptr<pcm> to_;
};

struct heard
{
    pcm said, came;
};

/// One side plays the file; both what it says and what the other side hears are kept.
heard call(const std::string& path, const media::codec& codec)
{
    auto opened = audio::open(audio_source(path), codec.info().sample_rate);
    auto* const source = std::get_if<audio::opened_source>(&opened);
    if (!source)
    {
        std::printf("%s\n", std::get<audio::failure>(opened).text.c_str());
        std::exit(2);
    }
    seeded_random random(1);
    media::session speaker(random), listener(random);
    media::stream how;
    how.codec = &codec;
    how.send_payload_type = how.receive_payload_type = 96;
    how.plain = true; // no clock is to be made up for here
    const auto said = std::make_shared<pcm>(), came = std::make_shared<pcm>();
    speaker.record(nullptr, std::make_unique<tape>(said));
    listener.record(std::make_unique<tape>(came));
    const auto item = speaker.play(std::move(source->sound));
    time_point now{seconds(1)};
    speaker.start(how, now);
    listener.start(how, now);
    std::array<std::uint8_t, limits::rtp_packet_bytes> packet;
    int after = 50;
    while (item && after > 0)
    {
        while (const auto n = speaker.poll_packet(packet))
            listener.receive({packet.data(), n}, now);
        while (listener.poll_packet(packet) != 0)
            ;
        if (!speaker.playing()) --after;
        source->work->service();
        now += 20ms;
        speaker.handle_timeout(now);
        listener.handle_timeout(now);
    }
    return {*said, *came};
}

/// dB, where `came` is `said` so many samples later; 200 for what is the same.
double ratio(const heard& h, std::size_t delay)
{
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < h.said.size() && i + delay < h.came.size(); ++i)
    {
        const double s = h.said[i], d = h.came[i + delay] - s;
        signal += s * s;
        noise += d * d;
    }
    return noise == 0 ? 200 : 10 * std::log10(signal / noise);
}

/// At the best delay up to 200 ms: the jitter buffer's, and that of G.722's filters.
double best_ratio(const heard& h, std::uint32_t rate)
{
    double best = -100;
    for (std::size_t delay = 0; delay < rate / 5; ++delay)
        best = std::max(best, ratio(h, delay));
    return best;
}

struct row
{
    const media::codec* codec;
    const char* name;
    const char* theory;
    double least_sine, most_sine, least_speech, most_speech;
};

/// "1 dB" or "the same".
std::string text(double db)
{
    char out[32];
    (void)std::snprintf(out, sizeof out, "%.1f dB", db);
    return db > 150 ? "the same" : out;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    const row rows[] = {
        // 6.02 * 8 + 4.77 - 20 lg(1 + ln 87.6) and 6.02 * 8 + 4.77 - 20 lg(ln 256).
        {&codecs::pcma(), "PCMA", "38.1 dB", 36.5, 40, 35, 40},
        {&codecs::pcmu(), "PCMU", "38.1 dB", 36.5, 40, 35, 40},
        // 6 bits for the lower half of the band: no formula, for the steps follow the voice.
        {&codecs::g722(), "G722", "-", 35, 60, 15, 40},
        {&codecs::l16_8000(), "L16/8000", "the same", 199, 201, 199, 201},
        {&codecs::l16_16000(), "L16", "the same", 199, 201, 199, 201},
    };
    std::printf("| codec | theory | sine | speech |\n|---|---|---|---|\n");
    bool good = true;
    for (const row& r : rows)
    {
        const auto rate = r.codec->info().sample_rate;
        const double sine = best_ratio(call(argv[1], *r.codec), rate);
        const double speech = best_ratio(call(argv[2], *r.codec), rate);
        const bool fits = sine >= r.least_sine && sine <= r.most_sine && speech >= r.least_speech &&
                          speech <= r.most_speech;
        std::printf("| %s | %s | %s | %s |%s\n", r.name, r.theory, text(sine).c_str(),
                    text(speech).c_str(), fits ? "" : " not as expected");
        good = good && fits;
    }
    return good ? 0 : 1;
}
