#include "solosip/dtmf/info.hpp"

#include "dtmf/event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace solosip::dtmf
{

namespace
{

/// Longer presses than this are a mistake in the body.
constexpr std::int64_t longest_ms = 60'000;

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::int64_t> number(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

/// "5", "*", "a", or an event code of two digits: "10" is the star.
std::optional<char> key(std::string_view text)
{
    if (text.size() == 1)
    {
        const char c = text[0] >= 'a' && text[0] <= 'd' ? static_cast<char>(text[0] - 32) : text[0];
        return is_key(c) ? std::optional(c) : std::nullopt;
    }
    const auto code = number(text);
    if (!code || text.size() != 2 || *code < 10) return std::nullopt;
    return key_of(static_cast<unsigned>(*code));
}

/// RFC 4733 section 2.3, at 8 kHz.
result<info_digit> octets(std::string_view body)
{
    std::array<std::uint8_t, payload_bytes> payload{};
    std::transform(body.begin(), body.end(), payload.begin(),
                   [](char c) { return static_cast<std::uint8_t>(c); });
    const auto e = parse_event(payload);
    const auto pressed = e ? key_of(e->code) : std::nullopt;
    if (!pressed) return errc::bad_digit;
    if (!e->end) return errc::cancelled;
    return info_digit{*pressed, milliseconds(e->duration / 8)};
}

bool is_signal(std::string_view name)
{
    return same_name(name, "signal") || same_name(name, "d");
}
bool is_duration(std::string_view name)
{
    return same_name(name, "duration") || same_name(name, "dt");
}

} // namespace

bool is_key(char c)
{
    return code_of(c).has_value();
}

result<info_digit> parse_info(std::string_view subtype, std::string_view body)
{
    const bool event = same_name(subtype, "telephone-event");
    if (event && body.size() == payload_bytes && static_cast<unsigned char>(body[0]) < ' ')
        return octets(body);
    if (!event && !same_name(subtype, "dtmf-relay") && !same_name(subtype, "dtmf"))
        return errc::bad_syntax;

    // Senders use either body under either type, so one reader takes both.
    std::optional<char> pressed;
    milliseconds length{0};
    std::size_t at = 0;
    while (at < body.size())
    {
        const std::size_t end = std::min(body.find_first_of("\r\n", at), body.size());
        const std::string_view line = trimmed(body.substr(at, end - at));
        const auto offset = static_cast<std::uint32_t>(at);
        at = end + 1;
        if (line.empty()) continue;

        const std::size_t equals = line.find('=');
        const bool bare = equals == std::string_view::npos;
        const std::string_view name = bare ? "signal" : trimmed(line.substr(0, equals));
        const std::string_view value = bare ? line : trimmed(line.substr(equals + 1));
        if (is_signal(name))
        {
            if (pressed) return error{errc::bad_syntax, offset};
            pressed = key(value);
            if (!pressed) return error{errc::bad_digit, offset};
        }
        else if (is_duration(name))
        {
            // A length that makes no sense is no reason to lose the digit.
            const auto ms = number(value);
            if (ms) length = milliseconds(std::min(*ms, longest_ms));
        }
    }
    if (!pressed) return errc::bad_digit;
    return info_digit{*pressed, length};
}

std::string make_dtmf_relay(char key, milliseconds length)
{
    return std::string("Signal=") + key + "\r\nDuration=" + std::to_string(length.count()) + "\r\n";
}

} // namespace solosip::dtmf
