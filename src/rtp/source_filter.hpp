// Which of the senders that reach our port is the stream.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/limits.hpp"
#include "solosip/base/time.hpp"
#include "solosip/rtp/packet.hpp"

#include <array>
#include <cstdint>

namespace solosip::rtp
{

/// Follows one sender: an SSRC at a source address. Another one has to send packets in sequence
/// (RFC 3550 appendix A.1) before it takes over; how many, and when, depends on where it is:
///
///     the other one                                the present one          in sequence
///     where the other side announced to be         speaks from elsewhere     1
///     anybody                                      a single packet so far    2
///     there, or where the present one is           silent for `silence`      2
///     anywhere else                                silent for `long_silence` 5
///
/// So a stray packet changes nothing, two senders at once do not fight, a stranger who has learned
/// the SSRC cannot speak in its name, and who is behind a NAT is heard all the same.
class source_filter
{
public:
    static constexpr duration silence = milliseconds(60);
    static constexpr duration long_silence = milliseconds(500);
    static constexpr std::uint8_t probation = 2, long_probation = 5;

    enum class verdict : std::uint8_t
    {
        current,
        changed, ///< from now on, this one is current
        stranger,
    };

    /// Where the other side announced to be; port 0: not known.
    void expect(const endpoint& announced) { announced_ = announced; }

    verdict on_packet(const header& h, const endpoint& from, time_point now);

    std::uint32_t current() const { return current_; }
    /// Where the current one is; that is where answers go (symmetric RTP, RFC 4961).
    const endpoint& address() const { return address_; }
    /// Another number: it is another one, or somewhere else.
    std::uint32_t moves() const { return moves_; }
    bool is_current(std::uint32_t ssrc, const endpoint& from) const
    {
        return any_ && ssrc == current_ && from == address_;
    }
    bool is_announced(const endpoint& from) const
    {
        return announced_.port != 0 && from == announced_;
    }
    /// The current one is no accident: it is where it was announced to be, or has sent two packets
    /// in sequence.
    bool proven() const { return proven_; }

private:
    struct candidate
    {
        bool used = false;
        std::uint8_t in_sequence = 0;
        std::uint16_t next_sequence = 0;
        std::uint32_t ssrc = 0;
        endpoint from{};
        time_point last_seen{};
    };

    candidate& note(const header& h, const endpoint& from, time_point now);
    bool takes_over(const candidate& c, time_point now) const;
    void follow(const header& h, const endpoint& from, bool proven, time_point now);

    endpoint announced_{}, address_{};
    bool any_ = false, proven_ = false;
    std::uint32_t current_ = 0;
    std::uint32_t moves_ = 0;
    std::uint16_t next_sequence_ = 0;
    time_point last_seen_{};
    std::array<candidate, limits::rtp_candidates> candidates_{};
};

} // namespace solosip::rtp
