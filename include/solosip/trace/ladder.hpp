// The call ladder: who said what to whom and when, as text.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::trace
{

/// Collects messages and notes, and draws them: one column for us and one for each peer address, an
/// arrow for each message, seconds since the first entry.
///
///       seconds   192.0.2.1:40000                    192.0.2.7:5060
///        +0.000   |----- REGISTER sip:192.0.2.7 --------->|  CSeq 1
///        +0.001   |<---- 401 Unauthorized ----------------|  CSeq 1 REGISTER; Digest SHA-256, MD5
///        +0.503   |----- REGISTER sip:192.0.2.7 --------->|  CSeq 1 (again)
///
/// It keeps what it draws, not the messages, and at most `entry_limit` of them: the oldest go
/// first. No secret reaches it: responses of digests, passwords and keys are never kept.
class ladder
{
public:
    /// A call has some ten messages; this is a day of registering every minute, or 0.5 MB.
    static constexpr std::size_t entry_limit = 3'000;
    /// Columns besides ours; what goes to and comes from further peers shares the last.
    static constexpr std::size_t peer_limit = 6;

    /// A datagram that we sent to or received from `peer`.
    void message(time_point when, bool sent, const endpoint& local, const endpoint& peer,
                 std::string_view bytes);
    /// Something between messages: "answered", "digit 5".
    void note(time_point when, std::string_view text);

    /// The drawing, lines ended by "\n"; empty where nothing has happened.
    std::string text() const;

    std::size_t size() const { return entries_.size(); }

private:
    enum class kind : std::uint8_t
    {
        sent,
        received,
        note,
    };
    struct entry
    {
        time_point when;
        ladder::kind what;
        std::uint8_t peer = 0; // index into peers_
        bool again = false;    // the same bytes as shortly before
        std::uint64_t hash = 0;
        std::string label;  // on the arrow
        std::string detail; // behind the last column
    };

    std::uint8_t column_of(const endpoint& peer);
    void keep(entry e);
    std::size_t column_width() const;
    std::string heading(std::size_t width) const;
    std::string arrow(const entry& e, std::size_t width) const;

    endpoint local_{};
    std::vector<endpoint> peers_;
    bool peers_share_ = false;
    std::deque<entry> entries_;
    time_point first_{};
    std::size_t left_out_ = 0;
};

} // namespace solosip::trace
