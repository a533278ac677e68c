// What a caller hears while it rings, by country.
#pragma once

#include "solosip/media/sources.hpp"

#include <string_view>
#include <vector>

namespace solosip::audio
{

/// One period of it, pauses included. ITU-T E.180 supplement 2; an unknown country has the cadence
/// of most of Europe.
std::vector<media::tone> ringback_period(std::string_view country);

} // namespace solosip::audio
