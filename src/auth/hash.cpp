#include "auth/hash.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace solosip::auth
{
namespace
{

struct free_digest
{
    void operator()(EVP_MD* d) const noexcept { EVP_MD_free(d); }
};
using kept_digest = std::unique_ptr<EVP_MD, free_digest>;

// A digest that is not there is no error of anybody: OpenSSL's queue of errors stays as it was.
kept_digest fetch(const char* name)
{
    ERR_set_mark();
    kept_digest found(EVP_MD_fetch(nullptr, name, nullptr));
    ERR_pop_to_mark();
    return found;
}

// Fetching takes locks and a search through the providers, far more than hashing a line of text:
// once for each digest, kept until the program ends. Null where it is not available.
const EVP_MD* digest_of(algorithm a)
{
    switch (a)
    {
    case algorithm::md5:
    case algorithm::md5_sess:
    {
        static const kept_digest md5 = fetch("MD5");
        return md5.get();
    }
    case algorithm::sha256:
    case algorithm::sha256_sess:
    {
        static const kept_digest sha256 = fetch("SHA256");
        return sha256.get();
    }
    case algorithm::sha512_256:
    case algorithm::sha512_256_sess:
    {
        static const kept_digest sha512_256 = fetch("SHA512-256");
        return sha512_256.get();
    }
    }
    return nullptr;
}

std::string to_hex(std::span<const std::uint8_t> bytes)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const auto b : bytes)
    {
        text += digits[b >> 4];
        text += digits[b & 15];
    }
    return text;
}

} // namespace

bool available(algorithm a)
{
    return digest_of(a) != nullptr;
}

std::string hex_digest(algorithm a, std::string_view text)
{
    const EVP_MD* const digest = digest_of(a);
    if (!digest) return {};
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, digest, nullptr) != 1) return {};
    return to_hex(std::span(hash).first(size));
}

std::string keyed_hash(std::string_view key, std::string_view text)
{
    const EVP_MD* const digest = digest_of(algorithm::sha256);
    if (!digest) return {};
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (!HMAC(digest, key.data(), static_cast<int>(key.size()), bytes, text.size(), hash.data(),
              &size))
        return {};
    return to_hex(std::span(hash).first(size));
}

bool equal_secrets(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hex_number(std::uint64_t number, std::size_t digits)
{
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; number >>= 4)
        text[i] = "0123456789abcdef"[number & 15];
    return text;
}

bool is_session(algorithm a)
{
    return a == algorithm::md5_sess || a == algorithm::sha256_sess ||
           a == algorithm::sha512_256_sess;
}

} // namespace solosip::auth
