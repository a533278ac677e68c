#include "audio/formats.hpp"

#include <algorithm>
#include <string>

#include <sndfile.h>

namespace solosip::audio
{

namespace
{

constexpr int ogg_opus = 0x200000 | 0x64;   // SF_FORMAT_OGG | SF_FORMAT_OPUS, since 1.0.29
constexpr int mpeg_iii = 0x230000 | 0x0082; // SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, since 1.1

constexpr struct
{
    const char* ending;
    int format;
} endings[] = {
    {"", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
    {".wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
    {".wave", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
    {".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
    {".ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
    {".oga", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
    {".opus", ogg_opus},
    {".mp3", mpeg_iii},
    {".au", SF_FORMAT_AU | SF_FORMAT_PCM_16},
    {".snd", SF_FORMAT_AU | SF_FORMAT_PCM_16},
    {".aif", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
    {".aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
    {".caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16},
    {".w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16},
    {".rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16},
};

} // namespace

std::optional<int> format_by_ending(const std::filesystem::path& path, int rate, int channels)
{
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c)
                   { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (const auto& e : endings)
        if (ending == e.ending)
        {
            SF_INFO info{};
            info.samplerate = rate;
            info.channels = channels;
            info.format = e.format;
            if (sf_format_check(&info) != 0) return e.format;
        }
    return std::nullopt;
}

} // namespace solosip::audio
