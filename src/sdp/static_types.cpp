#include "sdp/static_types.hpp"

#include <algorithm>
#include <array>

namespace solosip::sdp
{

namespace
{

// By payload type; nothing where it is reserved or unassigned.
constexpr std::array<static_type, 35> table{{
    {"PCMU", 8000},
    {},
    {},
    {"GSM", 8000},
    {"G723", 8000},
    {"DVI4", 8000},
    {"DVI4", 16000},
    {"LPC", 8000},
    {"PCMA", 8000},
    {"G722", 8000}, // sampled at 16000: RFC 3551 section 4.5.2
    {"L16", 44100, 2},
    {"L16", 44100, 1},
    {"QCELP", 8000},
    {"CN", 8000},
    {"MPA", 90000},
    {"G728", 8000},
    {"DVI4", 11025},
    {"DVI4", 22050},
    {"G729", 8000},
    {},
    {},
    {},
    {},
    {},
    {},
    {"CelB", 90000},
    {"JPEG", 90000},
    {},
    {"nv", 90000},
    {},
    {},
    {"H261", 90000},
    {"MPV", 90000},
    {"MP2T", 90000},
    {"H263", 90000},
}};

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

static_type static_type_of(std::uint8_t payload_type)
{
    return payload_type < table.size() ? table[payload_type] : static_type{};
}

bool same_name(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace solosip::sdp
