// Which of the senders that reach our port is the stream.
#pragma once

#include "solosip/base/limits.hpp"
#include "solosip/base/time.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <cstdint>

namespace solosip::rtp
{

/// Follows one SSRC. Another one takes over when two packets in sequence have come from it (RFC
/// 3550 appendix A.1) and the present one has been silent for `silence`: a stray packet changes
/// nothing, and two senders at once do not fight.
class source_filter
{
public:
    static constexpr duration silence = milliseconds(60);

    enum class verdict : std::uint8_t
    {
        current,
        changed, ///< from now on, this one is current
        stranger,
    };

    verdict on_packet(const header& h, time_point now);
    void reset() { *this = source_filter(); }

    std::uint32_t current() const { return current_; }
    /// The current one has sent two packets in sequence: it is no accident.
    bool proven() const { return proven_; }

private:
    struct candidate
    {
        bool used = false;
        std::uint32_t ssrc = 0;
        std::uint16_t next_sequence = 0;
        time_point last_seen{};
    };

    bool followed(const header& h, time_point now);
    void follow(const header& h, bool proven, time_point now);

    bool any_ = false, proven_ = false;
    std::uint32_t current_ = 0;
    std::uint16_t next_sequence_ = 0;
    time_point last_seen_{};
    std::array<candidate, limits::rtp_candidates> candidates_{};
};

} // namespace solosip::rtp
