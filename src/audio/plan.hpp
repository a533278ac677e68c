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

/// The only way to what is behind the public values.
struct access
{
    static const std::shared_ptr<const source_plan>& plan(const audio_source& s) { return s.plan_; }
    static const std::shared_ptr<const sink_plan>& plan(const audio_sink& s) { return s.plan_; }
};

/// 0 for what is negative.
constexpr std::uint32_t rate_of(int rate)
{
    return rate > 0 ? static_cast<std::uint32_t>(rate) : 0;
}

class sink_plan
{
public:
    virtual ~sink_plan() = default;
    virtual std::variant<opened_sink, failure> open(std::uint32_t rate) const = 0;
};

} // namespace solosip::audio
