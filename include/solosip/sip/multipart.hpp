// Bodies of several parts (RFC 2046 section 5.1), as far as finding one of them.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sip/headers.hpp"

#include <optional>
#include <string_view>

namespace solosip::sip
{

/// One part; views into the body.
struct body_part
{
    std::string_view headers; ///< the lines before the empty one, may be empty
    std::string_view content;

    /// The value of that header of the part, in any case; nothing where there is none.
    std::optional<std::string_view> header(std::string_view name) const;
    /// Its Content-Type; text/plain where there is none (RFC 2046 section 5.2).
    result<media_type> type() const;
};

/// Takes a multipart body apart from front to back. Preamble and epilogue are skipped, and a body
/// without its last boundary ends with its bytes.
class multipart
{
public:
    /// `boundary` without quotes and without "--"; an empty one gives no parts.
    multipart(std::string_view body, std::string_view boundary);

    /// The next part, or nothing behind the last.
    std::optional<body_part> next();

private:
    std::string_view rest_;
    std::string_view boundary_;
};

/// The content of that type in a body whose own Content-Type is `type`: the whole body, or the
/// first such part of a multipart, also of a multipart within it. Nothing where there is none. A
/// session description whose Content-Disposition is not "session" is passed over.
///
///     const auto sdp = sip::find_content(m.body(), *m.content_type(), "application", "sdp");
std::optional<std::string_view> find_content(std::string_view body, const media_type& type,
                                             std::string_view wanted_type,
                                             std::string_view wanted_subtype);

} // namespace solosip::sip
