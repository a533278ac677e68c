// What one parser understood of a message, in terms that every parser has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace differential
{

enum class field : std::uint8_t
{
    method,
    status,
    request_uri,
    call_id,
    cseq_number,
    cseq_method,
    from_uri,
    from_tag,
    to_uri,
    to_tag,
    via_host,
    via_branch,
    contact_uris, ///< one after the other, with a space between
    max_forwards,
    content_length,
    body,
    vias,          ///< how many
    contacts,      ///< how many
    routes,        ///< how many
    record_routes, ///< how many
    count
};
constexpr std::size_t field_count = static_cast<std::size_t>(field::count);
std::string_view to_string(field f);

struct reading
{
    bool accepted = false;
    std::string why{}; ///< it was not
    std::array<std::optional<std::string>, field_count> facts{};

    std::optional<std::string>& operator[](field f) { return facts[static_cast<std::size_t>(f)]; }
    const std::optional<std::string>& operator[](field f) const
    {
        return facts[static_cast<std::size_t>(f)];
    }
};

/// A URI in a form that does not depend on how it was written: scheme and host in lower case, the
/// port as a number; `user` is to be without escapes. Of other schemes than sip and sips the scheme
/// alone.
std::string plain_uri(std::string_view scheme, std::string_view user, std::string_view host,
                      std::string_view port);
std::string lower(std::string_view text);
/// In lower case, without the brackets of an IPv6 reference, which some take away.
std::string plain_host(std::string_view host);
/// "007" is "7".
std::string plain_number(std::string_view digits);

reading read_ours(std::string_view message);

struct peer
{
    const char* name;
    reading (*read)(std::string_view message);
};
/// Those that were there when this was built.
const peer* peers(std::size_t& count);

void start_osip();
reading read_osip(std::string_view message);
void start_sofia();
reading read_sofia(std::string_view message);

} // namespace differential
