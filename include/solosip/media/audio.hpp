// What yields and what eats PCM.
#pragma once

#include "solosip/media/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace solosip::media
{

/// A sound to be played. `read` is called from the 20 ms tick: it must neither wait nor allocate;
/// a source that reads a file keeps samples ready.
class source
{
public:
    virtual ~source() = default;
    /// Called before the first `read`, with the rate that the call uses (Hz); again only if that
    /// changes (another codec was agreed).
    virtual void prepare(std::uint32_t sample_rate) = 0;
    /// Fills `to` from the front and says how much. Less than all of it, with `finished()` true:
    /// the sound has ended; with `finished()` false: it is late, silence is sent instead.
    virtual std::size_t read(std::span<sample> to) = 0;
    virtual bool finished() const = 0;
};

/// Something that hears. `write` is called from the 20 ms tick: it must neither wait nor allocate.
class sink
{
public:
    virtual ~sink() = default;
    /// As for `source`.
    virtual void prepare(std::uint32_t sample_rate) = 0;
    virtual void write(std::span<const sample> from) = 0;
};

} // namespace solosip::media
