#include "sdp/static_types.hpp"

#include <algorithm>

namespace solosip::sdp
{

namespace
{

struct row
{
    std::uint8_t payload_type;
    const char* name;
    std::uint32_t clock_rate;
    std::uint8_t channels;
};

constexpr row table[] = {
    {0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},
    {5, "DVI4", 8000, 1},   {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},
    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1}, // sampled at 16000: RFC 3551 section 4.5.2
    {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1},
    {13, "CN", 8000, 1},    {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},
    {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1}, {18, "G729", 8000, 1},
    {25, "CelB", 90000, 1}, {26, "JPEG", 90000, 1}, {28, "nv", 90000, 1},
    {31, "H261", 90000, 1}, {32, "MPV", 90000, 1},  {33, "MP2T", 90000, 1},
    {34, "H263", 90000, 1},
};

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

format static_format(std::uint8_t payload_type)
{
    format f;
    f.payload_type = payload_type;
    for (const row& r : table)
        if (r.payload_type == payload_type)
        {
            f.name = r.name;
            f.clock_rate = r.clock_rate;
            f.channels = r.channels;
        }
    return f;
}

bool same_name(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace solosip::sdp
