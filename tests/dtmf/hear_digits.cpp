// hear_digits FILE...: prints the keys that are heard in sound files, WAV of 16 bits. A helper of
// talk_off.py.
#include "dtmf/detector.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

int main(int count, char** names)
{
    constexpr std::size_t header = 44;
    for (int n = 1; n < count; ++n)
    {
        std::ifstream file(names[n], std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        if (bytes.size() < header + 2) return 1;
        const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        const int rate = octet(24) | octet(25) << 8;
        std::vector<std::int16_t> pcm;
        // Speech programs write 22,050 Hz; of that, the detector's 8,000 are made by the nearest.
        const double step = rate / 8000.0;
        const double whole = static_cast<double>((bytes.size() - header) / 2 - 1);
        for (double at = 0; at < whole; at += step)
        {
            const std::size_t i = header + 2 * static_cast<std::size_t>(at);
            pcm.push_back(static_cast<std::int16_t>(octet(i) | octet(i + 1) << 8));
        }
        solosip::dtmf::detector d;
        d.configure(8000);
        d.hear(pcm);
        while (const auto p = d.poll())
            std::printf("%s: %c, %d ms\n", names[n], p->key, static_cast<int>(p->length.count()));
        std::printf("heard %.0f s\n", static_cast<double>(pcm.size()) / 8000);
    }
}
