// Key presses into telephone-event packets, one for each packet time.
#pragma once

#include "dtmf/event.hpp"
#include "rtp/fixed_queue.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/result.hpp"
#include "solosip/base/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace solosip::dtmf
{

/// RFC 4733 section 2.5.1: a packet in each packet time, all with the timestamp of the press; the
/// duration is that of the time line, so the audio behind it continues where time has got to.
///
///     time line   0     160   320   480   640   800   960 ...
///     packet      M     .     E     E     E     audio audio
///     timestamp   0     0     0     0     0     800   960
///     duration    160   320   480   480   480
///                                   |<- gap ...       -> next key
///
/// While keys wait, `busy` is true in the gaps too: what plays should wait.
class sender
{
public:
    /// Shorter tones and pauses are not recognized everywhere (ITU-T Q.24).
    static constexpr milliseconds shortest{40};
    /// Strings of keys that may wait.
    static constexpr std::size_t most_items = 64;

    /// The clock of the stream and the ticks in a packet. Takes effect with the next packet.
    void configure(std::uint32_t clock_rate, std::uint32_t ticks_per_packet);

    /// Lengths below `shortest`, or longer than the duration field can say, are moved to the limit.
    /// Errors: bad_digit (also for no key at all), too_many.
    result<void> queue(std::uint32_t id, std::string_view keys, milliseconds length,
                       milliseconds gap);

    /// Keys are being sent or wait.
    bool busy() const { return !items_.empty(); }
    std::size_t items() const { return items_.size(); }

    struct packet
    {
        bool marker;
        std::uint32_t timestamp;
        std::array<std::uint8_t, payload_bytes> payload;
        std::optional<std::uint32_t> finished; ///< the item whose last packet this is
    };
    /// What goes out in the packet time that begins at `timestamp`; nothing where audio may.
    std::optional<packet> next(std::uint32_t timestamp);

    struct rest
    {
        std::uint32_t id;
        std::string keys; ///< that were not begun
    };
    /// The first item of the queue, taken out without being sent; for stopping.
    std::optional<rest> abandon();

private:
    static constexpr int end_packets = 3; ///< RFC 4733 section 2.5.1.4: the end is sent thrice

    enum class state : std::uint8_t
    {
        idle,  ///< no key is down
        down,  ///< updates go out
        ended, ///< the end is repeated
        gap,
    };
    struct item
    {
        std::uint32_t id = 0;
        std::size_t keys = 0; ///< how many of `codes_` are still to come
        milliseconds length{0}, gap{0};
    };

    void press(std::uint32_t timestamp);
    packet update(std::uint32_t timestamp);

    std::uint32_t clock_rate_ = 8000, ticks_per_packet_ = 160;
    rtp::fixed_queue<std::uint8_t, limits::digits_to_send> codes_;
    rtp::fixed_queue<item, most_items> items_;

    state state_ = state::idle;
    std::uint8_t code_ = 0;
    int ends_left_ = 0;
    std::uint32_t begin_ = 0;  ///< timestamp of the press
    std::uint32_t length_ = 0; ///< ticks, at least; the last packet rounds it up
    std::uint32_t gap_ = 0;
    std::uint32_t end_ = 0; ///< timestamp behind the press
    std::uint16_t duration_ = 0;
};

} // namespace solosip::dtmf
