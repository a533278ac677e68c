#include "solosip/base/srtp.hpp"

#include <algorithm>

namespace solosip
{

namespace
{

struct row
{
    srtp_suite suite;
    std::string_view name;
    std::size_t key_bytes; // key and 14 of salt
};
constexpr row rows[] = {
    {srtp_suite::aes_cm_128_hmac_sha1_80, "AES_CM_128_HMAC_SHA1_80", 30},
    {srtp_suite::aes_cm_128_hmac_sha1_32, "AES_CM_128_HMAC_SHA1_32", 30},
    {srtp_suite::aes_256_cm_hmac_sha1_80, "AES_256_CM_HMAC_SHA1_80", 46},
    {srtp_suite::aes_256_cm_hmac_sha1_32, "AES_256_CM_HMAC_SHA1_32", 46},
};

const row& row_of(srtp_suite s)
{
    return rows[static_cast<std::size_t>(s)];
}

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

} // namespace

std::string_view to_string(srtp_suite s)
{
    return row_of(s).name;
}

std::size_t srtp_key_bytes(srtp_suite s)
{
    return row_of(s).key_bytes;
}

std::optional<srtp_suite> srtp_suite_named(std::string_view name)
{
    for (const row& r : rows)
        if (std::equal(name.begin(), name.end(), r.name.begin(), r.name.end(),
                       [](char a, char b) { return upper(a) == b; }))
            return r.suite;
    return std::nullopt;
}

void srtp_key::wipe(std::span<std::uint8_t> secret)
{
    // Volatile: the compiler may not leave out what it thinks nobody reads.
    for (std::uint8_t& each : secret)
        *static_cast<volatile std::uint8_t*>(&each) = 0;
}

} // namespace solosip
