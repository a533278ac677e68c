// Which payload numbers the formats of an offer get.
#pragma once

#include "solosip/sdp/offer_answer.hpp"

#include <cstdint>
#include <vector>

namespace solosip::sdp
{

/// Gives out the numbers of one m= line. What a number has meant in the session it goes on meaning
/// (RFC 3264 section 8.3.2): a format takes the number it has, and no other one takes that.
class numbering
{
public:
    /// `before` is what we said last of this line.
    numbering(const media& before, const payload_numbers& session);

    /// Appends `f` under the number it has, else under its own, else under a free one (RFC 3551
    /// section 3: 96-127). Leaves it out where there is none.
    void add(media& line, format f) const;

private:
    bool is_free(const media& line, std::uint8_t number) const;
    std::optional<std::uint8_t> number_for(const media& line, const format& f) const;

    std::vector<format> ours_, theirs_; ///< each number at most once in both
};

/// As it is.
void add_format(media& line, format f);

} // namespace solosip::sdp
