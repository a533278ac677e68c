// How the edge turns the public `audio_source` and `audio_sink` into what a call plays and fills,
// and what it has to serve between ticks.
#pragma once

#include "solosip/audio.hpp"
#include "solosip/base/error.hpp"
#include "solosip/media/audio.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace solosip::audio
{

/// Why a file cannot be played or written, with a sentence that names the file.
struct failure
{
    errc code;
    std::string text; ///< "cannot open 'bell.wav': no such file or directory"
};

/// The part of a source or sink that touches a file, shared with the `media::source` or
/// `media::sink` that the call owns.
class background
{
public:
    virtual ~background() = default;

    /// Reads ahead or writes out a bounded piece: call it from the io loop outside the 20 ms tick,
    /// at least every 200 ms (after each tick is well: it does nothing while enough is ready).
    /// False: nothing will ever be left to do, let it go.
    virtual bool service() = 0;

    /// What has gone wrong on the way: the sound or the recording has ended early then.
    virtual std::optional<failure> problem() const = 0;
};

/// Keep `work` (null where there is none) in a list and serve it until it returns false. To let go
/// of it earlier is safe: a recording is written out and closed with its last owner.
struct opened_source
{
    std::unique_ptr<media::source> sound;
    std::shared_ptr<background> work;
};
struct opened_sink
{
    std::unique_ptr<media::sink> ear;   ///< hears them; null where they are not recorded
    std::unique_ptr<media::sink> mouth; ///< hears us; null where we are not recorded
    std::shared_ptr<background> work;
};

/// Opens it and makes the first samples ready. `expected_rate` (Hz) is a guess of what the call
/// will use; when `prepare` says otherwise it starts one `service` later.
std::variant<opened_source, failure> open(const audio_source& what,
                                          std::uint32_t expected_rate = 8000);
std::variant<opened_sink, failure> open(const audio_sink& what, std::uint32_t expected_rate = 8000);

} // namespace solosip::audio
