#include "solosip/auth/digest.hpp"

#include "auth/hash.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <utility>

namespace solosip::auth
{
namespace
{

// A nonce is three fields of lower-case hex: the time in nanoseconds, randomness, and the keyed
// hash of both and of the realm.
constexpr std::size_t time_digits = 16;
constexpr std::size_t random_digits = 16;
constexpr std::size_t hash_digits = 64;
constexpr std::size_t nonce_digits = time_digits + random_digits + hash_digits;

std::optional<std::uint64_t> number_of(std::string_view hex)
{
    std::uint64_t number = 0;
    const auto [end, ec] = std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
    if (ec != std::errc{} || end != hex.data() + hex.size() || hex.empty()) return std::nullopt;
    return number;
}

std::string lower(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// RFC 7616 section 3.4.6: they name the same thing; a proxy may have rewritten one of them a
// little.
bool same_uri(std::string_view a, std::string_view b)
{
    if (a == b) return true;
    const auto left = sip::parse_uri(a);
    const auto right = sip::parse_uri(b);
    return left && right && sip::equivalent(*left, *right);
}

} // namespace

verifier::verifier(random_source& random, std::string realm, std::vector<algorithm> algorithms,
                   duration nonce_life)
    : random_(&random), realm_(std::move(realm)), algorithms_(std::move(algorithms)),
      nonce_life_(nonce_life)
{
    std::erase_if(algorithms_, [](algorithm a) { return !available(a); });
    std::sort(algorithms_.begin(), algorithms_.end(), std::greater<>{});
    algorithms_.erase(std::unique(algorithms_.begin(), algorithms_.end()), algorithms_.end());
    std::array<std::uint8_t, 32> key{};
    random.fill(key);
    key_.assign(key.begin(), key.end());
}

std::vector<std::string> verifier::challenges(time_point now, bool stale) const
{
    const std::string nonce = make_nonce(now);
    std::vector<std::string> values;
    for (const auto a : algorithms_)
    {
        std::string value = "Digest realm=" + sip::quote(realm_) + ", nonce=\"" + nonce + '"';
        value.append(", algorithm=").append(to_string(a)).append(", qop=\"auth\"");
        if (stale) value += ", stale=true";
        values.push_back(std::move(value));
    }
    return values;
}

std::optional<verifier::parsed_answer> verifier::read(const sip::message_view& request,
                                                      bool proxy) const
{
    const auto wanted = proxy ? sip::header_id::proxy_authorization : sip::header_id::authorization;
    for (std::size_t i = 0; i < request.header_count(); ++i)
    {
        const auto line = request.header(i);
        if (line.id != wanted) continue;
        const auto parsed = sip::parse_auth(line.value);
        if (!parsed || !parsed->is_digest() || parsed->text("realm") != realm_) continue;

        const auto text = [&](std::string_view name)
        { return parsed->text(name).value_or(std::string{}); };
        parsed_answer a{text("username"), text("nonce"),  text("uri"),
                        text("response"), text("cnonce"), text("nc")};
        const auto algo = algorithm_from(parsed->text("algorithm").value_or("MD5"));
        if (!algo || std::find(algorithms_.begin(), algorithms_.end(), *algo) == algorithms_.end())
            continue;
        a.algo = *algo;
        const auto qop = parsed->text("qop");
        if (qop && !sip::iequals(*qop, "auth")) continue; // the only one offered
        a.qop = qop ? quality::auth : quality::none;
        if (qop && (a.cnonce.empty() || a.nc.size() != 8 || !number_of(a.nc))) continue;
        if (a.user.empty() || a.nonce.empty() || a.uri.empty()) continue;
        return a;
    }
    return std::nullopt;
}

verifier::outcome verifier::judge(const sip::message_view& request, const parsed_answer& a,
                                  const std::optional<std::string>& password, time_point now) const
{
    response_input in;
    in.method = request.method_text();
    in.uri = a.uri;
    in.nonce = a.nonce;
    in.cnonce = a.cnonce;
    in.nonce_count = static_cast<std::uint32_t>(number_of(a.nc).value_or(0));
    in.qop = a.qop;
    // The same work for a user who does not exist: time shall not tell who does.
    const std::string ha1 = make_ha1(a.algo, a.user, realm_, password.value_or(std::string{}));
    const bool right = equal_secrets(make_response(a.algo, ha1, in), lower(a.response)) &&
                       password.has_value() && same_uri(a.uri, request.request_uri());

    const auto age = age_of(a.nonce, now);
    if (!right) return age ? outcome::wrong : outcome::challenge;
    return age && *age <= nonce_life_ ? outcome::accepted : outcome::stale;
}

std::string verifier::make_nonce(time_point now) const
{
    const auto stamp = static_cast<std::uint64_t>(now.time_since_epoch().count());
    std::string text = hex_number(stamp, time_digits) + hex_number(random_->u64(), random_digits);
    return text + keyed_hash(key_, text + realm_);
}

std::optional<duration> verifier::age_of(std::string_view nonce, time_point now) const
{
    if (nonce.size() != nonce_digits) return std::nullopt;
    const std::string_view text = nonce.substr(0, time_digits + random_digits);
    const std::string expected = keyed_hash(key_, std::string(text) + realm_);
    if (!equal_secrets(expected, nonce.substr(text.size()))) return std::nullopt;
    const auto stamp = number_of(text.substr(0, time_digits));
    if (!stamp) return std::nullopt;
    return duration(now.time_since_epoch().count() - static_cast<duration::rep>(*stamp));
}

} // namespace solosip::auth
