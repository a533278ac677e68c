// What stands behind the public values: how to make the sound, again for each time it is played.
#pragma once

#include "audio/access.hpp"

namespace solosip::audio
{

class source_plan
{
public:
    virtual ~source_plan() = default;
    virtual std::variant<opened_source, failure> open(std::uint32_t rate) const = 0;
};

class sink_plan
{
public:
    virtual ~sink_plan() = default;
    virtual std::variant<opened_sink, failure> open(std::uint32_t rate) const = 0;
};

} // namespace solosip::audio
