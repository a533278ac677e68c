// A session that records what it hears, and the far end that it hears.
#pragma once

#include "media/rig.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

namespace rig
{

/// A running session with a recorder; codes are distinct, so each 20 ms of the recording shows
/// which packet it came from.
struct listener
{
    rig::session s;
    rig::far_end peer;
    std::shared_ptr<rig::recording> tape = std::make_shared<rig::recording>();

    listener()
    {
        s.media.record(std::make_unique<rig::recorder>(tape));
        s.start();
    }
    void hear(const std::vector<std::uint8_t>& datagram) { s.media.receive(datagram, s.now); }
    /// The far end's packets with codes `from` to `to`, on time.
    void talk(int from, int to)
    {
        for (int i = from; i <= to; ++i)
        {
            hear(peer.audio(static_cast<std::uint8_t>(i)));
            s.run(milliseconds(20));
        }
    }

    /// The recording as one number for each 20 ms: the code heard, -1 for silence, -2 for a
    /// mixture.
    std::vector<int> frames() const
    {
        std::vector<int> all;
        for (std::size_t i = 0; i + 160 <= tape->pcm.size(); i += 160)
        {
            const auto frame = std::span(tape->pcm).subspan(i, 160);
            const bool same = std::all_of(frame.begin(), frame.end(),
                                          [&](media::sample x) { return x == frame[0]; });
            all.push_back(!same ? -2 : frame[0] == 0 ? -1 : codecs::linear_to_alaw(frame[0]));
        }
        return all;
    }
    /// `frames` without the silence before and behind.
    std::vector<int> heard() const
    {
        std::vector<int> all = frames();
        while (!all.empty() && all.back() == -1)
            all.pop_back();
        const auto first = std::find_if(all.begin(), all.end(), [](int f) { return f != -1; });
        all.erase(all.begin(), first);
        return all;
    }
    media::statistics stats() const { return s.media.stats(); }
};

using list = std::vector<int>;

/// Numbers `from` to `to`.
inline list range(int from, int to)
{
    list all;
    for (int i = from; i <= to; ++i)
        all.push_back(i);
    return all;
}

inline std::uint8_t code(int n)
{
    return static_cast<std::uint8_t>(n);
}

} // namespace rig
