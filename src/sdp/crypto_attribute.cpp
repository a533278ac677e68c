#include "sdp/crypto_attribute.hpp"

#include "sdp/text.hpp"

#include <algorithm>

namespace solosip::sdp
{

namespace
{

constexpr std::string_view prefix = "crypto:";
constexpr std::string_view method = "inline:";
constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// RFC 3711 section 9.2: packets by one master key.
constexpr std::uint64_t longest_life = std::uint64_t{1} << 48;

std::optional<std::uint64_t> decimal(std::string_view text)
{
    constexpr std::size_t most_digits = 19; // so many fit into 64 bits
    if (text.empty() || text.size() > most_digits) return std::nullopt;
    std::uint64_t n = 0;
    for (const char c : text)
    {
        if (c < '0' || c > '9') return std::nullopt;
        n = n * 10 + static_cast<unsigned>(c - '0');
    }
    return n;
}

// RFC 4648 section 4; padding is discarded (RFC 4568 section 6.1). Exactly as much as `to` takes.
bool read_base64(std::string_view text, std::span<std::uint8_t> to)
{
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i)
        text.remove_suffix(1);
    if (text.size() != (to.size() * 8 + 5) / 6) return false;
    std::uint32_t bits = 0;
    unsigned held = 0;
    std::size_t written = 0;
    for (const char c : text)
    {
        const auto value = digits.find(c);
        if (value == std::string_view::npos) return false;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        to[written++] = static_cast<std::uint8_t>(bits >> held & 0xFF);
    }
    return true;
}

void add_base64(std::string& out, std::span<const std::uint8_t> from)
{
    for (std::size_t i = 0; i < from.size(); i += 3)
    {
        const std::size_t n = std::min<std::size_t>(3, from.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j)
            bits = bits << 8 | (j < n ? from[i + j] : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=';
    }
}

// lifetime = ["2^"] 1*DIGIT
bool is_lifetime(std::string_view text)
{
    const bool power = text.starts_with("2^");
    const auto n = decimal(power ? text.substr(2) : text);
    return n && (power ? *n <= 48 : *n > 0 && *n <= longest_life);
}

// mki = mki-value ":" mki-length
bool read_mki(std::string_view text, srtp_key& key)
{
    const auto value = decimal(until(text, ':'));
    const auto length = number<std::uint8_t>(text, 128);
    if (!value || !length || *length == 0) return false;
    if (*length < 8 && *value >> (8 * *length) != 0) return false;
    key.mki = *value;
    key.mki_bytes = *length;
    return true;
}

// "inline:" <key||salt> ["|" lifetime] ["|" MKI ":" length]
bool read_key(std::string_view text, srtp_key& key)
{
    text.remove_prefix(method.size());
    if (!read_base64(until(text, '|'), std::span(key.bytes).first(srtp_key_bytes(key.suite))))
        return false;
    bool life = false, id = false;
    while (!text.empty())
    {
        const auto part = until(text, '|');
        bool& seen = part.find(':') == part.npos ? life : id;
        if (seen || (&seen == &life && id)) return false; // each once, in this order
        seen = true;
        if (!(life && !id ? is_lifetime(part) : read_mki(part, key))) return false;
    }
    return true;
}

// Section 6.3: what must be understood, and what only helps.
enum class parameter
{
    harmless,
    changes_packets,
    malformed,
};
parameter judge(std::string_view text)
{
    if (text.starts_with('-')) return parameter::harmless; // section 6.3.7
    if (!text.starts_with("WSH=")) return parameter::changes_packets;
    const auto window = decimal(text.substr(4));
    return window && *window >= 64 ? parameter::harmless : parameter::malformed;
}

} // namespace

bool is_crypto(std::string_view attribute)
{
    return attribute.size() >= prefix.size() &&
           same_name(attribute.substr(0, prefix.size()), prefix);
}

result<std::optional<crypto_attribute>> parse_crypto(std::string_view attribute)
{
    using nothing = std::optional<crypto_attribute>;
    attribute.remove_prefix(prefix.size());
    const auto tag = number<std::uint32_t>(word(attribute), 999'999'999);
    if (!tag) return errc::bad_number;
    const auto suite_name = word(attribute);
    const auto keys = word(attribute);
    if (suite_name.empty() || keys.empty()) return errc::bad_syntax;
    const auto suite = srtp_suite_named(suite_name);
    const bool several = keys.find(';') != keys.npos;
    if (!suite || several) return nothing();
    if (keys.size() < method.size() || !same_name(keys.substr(0, method.size()), method))
        return errc::bad_syntax;
    crypto_attribute a;
    a.tag = *tag;
    a.key.suite = *suite;
    if (!read_key(keys, a.key)) return errc::bad_syntax;
    bool usable = true;
    for (auto p = word(attribute); !p.empty(); p = word(attribute))
    {
        const auto verdict = judge(p);
        if (verdict == parameter::malformed) return errc::bad_number;
        if (verdict == parameter::changes_packets) usable = false;
    }
    if (!usable) return nothing();
    return nothing(a);
}

std::string print(const crypto_attribute& a)
{
    std::string out(prefix);
    out += std::to_string(a.tag);
    out += ' ';
    out += to_string(a.key.suite);
    out += ' ';
    out += method;
    add_base64(out, a.key.used());
    if (a.key.mki_bytes != 0)
        out += '|' + std::to_string(a.key.mki) + ':' + std::to_string(a.key.mki_bytes);
    return out;
}

} // namespace solosip::sdp
