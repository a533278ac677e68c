// What is heard where nothing came: the voice goes on for a moment, and fades.
#pragma once

#include "solosip/media/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace solosip::media
{

/// In the manner of ITU-T G.711 appendix I, without its delay: the last period of the voice is
/// repeated, after 10 ms the last two and then the last three, so that it does not buzz; from 10 ms
/// on it gets quieter, and after 60 ms it is silent. What comes behind the gap is faded in.
///
///     past          gap                                    what comes
///     ..p1 p2 p3 |  p3  p2 p3  p1 p2 p3  p1 p2 p3 ...   |  x x x
///                   1.0 ------- 0.8 ------ 0.6 --- 0       fade
class concealer
{
public:
    /// May allocate.
    void configure(std::uint32_t rate);
    /// Nothing is concealed any more, and there is nothing to go on with.
    void reset();

    /// Samples of the past that `conceal` needs.
    std::size_t history() const { return history_.size(); }

    /// `past`: what was played, the last `history()` samples of it.
    void conceal(std::span<const sample> past, std::span<sample> to);
    /// The first samples behind a gap: fades into them. Call it for all of them until `active` is
    /// false.
    void resume(std::span<sample> fresh);

    bool active() const { return active_; }
    /// It has faded out: from now on it would only be silent.
    bool faded() const { return active_ && made_ >= fade_end_; }

private:
    void begin(std::span<const sample> past);
    void begin_segment();
    sample next();

    std::uint32_t rate_ = 8000;
    std::vector<sample> history_;
    std::size_t fade_begin_ = 0, fade_end_ = 0; ///< samples from the beginning of the gap
    bool active_ = false, resuming_ = false;
    std::size_t period_ = 0, periods_ = 1;
    std::size_t segment_ = 0, segment_at_ = 0, overlap_ = 0; ///< begin in `history_`; place in it
    std::size_t made_ = 0;
    std::size_t fade_in_ = 0, faded_in_ = 0;
};

} // namespace solosip::media
