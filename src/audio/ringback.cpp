#include "audio/ringback.hpp"

#include <array>

namespace solosip::audio
{

namespace
{

struct cadence
{
    std::string_view country;
    double hz, second_hz;
    std::array<int, 4> times; ///< ms: tone, pause, tone, pause
};

constexpr cadence usual{"", 425, 0, {1000, 4000, 0, 0}};

constexpr cadence others[] = {
    {"AT", 420, 0, {1000, 5000, 0, 0}},      {"AU", 400, 450, {400, 200, 400, 2000}},
    {"BE", 425, 0, {1000, 3000, 0, 0}},      {"CA", 440, 480, {2000, 4000, 0, 0}},
    {"CN", 450, 0, {1000, 4000, 0, 0}},      {"ES", 425, 0, {1500, 3000, 0, 0}},
    {"FR", 440, 0, {1500, 3500, 0, 0}},      {"GB", 400, 450, {400, 200, 400, 2000}},
    {"HU", 425, 0, {1250, 3750, 0, 0}},      {"IE", 400, 450, {400, 200, 400, 2000}},
    {"IL", 400, 0, {1000, 3000, 0, 0}},      {"NZ", 400, 450, {400, 200, 400, 2000}},
    {"PT", 425, 0, {1000, 5000, 0, 0}},      {"SE", 425, 0, {1000, 5000, 0, 0}},
    {"SG", 425, 0, {400, 200, 400, 2000}},   {"TR", 450, 0, {2000, 4000, 0, 0}},
    {"UK", 400, 450, {400, 200, 400, 2000}}, {"US", 440, 480, {2000, 4000, 0, 0}},
};

/// E.180 clause 7: -10 dBm0 in all, where full scale is a sine of 3.14 dBm0.
constexpr double one_sine = 13, each_of_two = 16;

bool same(std::string_view a, std::string_view b)
{
    const auto upper = [](char c)
    { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (upper(a[i]) != b[i]) return false;
    return true;
}

} // namespace

std::vector<media::tone> ringback_period(std::string_view country)
{
    cadence c = usual;
    for (const auto& other : others)
        if (same(country, other.country)) c = other;
    std::vector<media::tone> period;
    for (std::size_t i = 0; i < c.times.size(); i += 2)
    {
        if (c.times[i] == 0) continue;
        period.push_back({c.hz, milliseconds(c.times[i]), c.second_hz > 0 ? each_of_two : one_sine,
                          c.second_hz});
        period.push_back({0, milliseconds(c.times[i + 1])});
    }
    return period;
}

} // namespace solosip::audio
