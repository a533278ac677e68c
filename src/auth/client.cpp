#include "solosip/auth/digest.hpp"

#include "auth/hash.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace solosip::auth
{
namespace
{

constexpr std::size_t cnonce_length = 16; // 80 bits

std::string realm_key(const challenge& c)
{
    return (c.proxy ? 'p' : 'w') + c.realm;
}

bool same_realm(const challenge& a, const challenge& b)
{
    return a.proxy == b.proxy && a.realm == b.realm;
}

// RFC 8760 section 2.4: of several challenges for one realm the strongest that we know. Of equals
// the first, which the server prefers (RFC 7616 section 3.7).
std::vector<challenge> strongest_of_each_realm(std::vector<challenge> all)
{
    std::vector<challenge> chosen;
    for (auto& c : all)
    {
        const auto same = std::find_if(chosen.begin(), chosen.end(),
                                       [&](const challenge& x) { return same_realm(x, c); });
        if (same == chosen.end())
            chosen.push_back(std::move(c));
        else if (c.algo > same->algo)
            *same = std::move(c);
    }
    return chosen;
}

// Without -sess: HA1 is the same.
algorithm plain(algorithm a)
{
    switch (a)
    {
    case algorithm::md5_sess: return algorithm::md5;
    case algorithm::sha256_sess: return algorithm::sha256;
    case algorithm::sha512_256_sess: return algorithm::sha512_256;
    default: return a;
    }
}

quality quality_for(const challenge& c)
{
    if (c.offers_auth) return quality::auth;
    return c.offers_auth_int ? quality::auth_int : quality::none;
}

} // namespace

void client::set_credentials(credentials c)
{
    credentials_ = std::move(c);
    sessions_.clear();
}

void client::clear()
{
    credentials_.reset();
    sessions_.clear();
}

client::session* client::find(const challenge& c)
{
    for (auto& s : sessions_)
        if (same_realm(s.from, c)) return &s;
    return nullptr;
}

void client::remember(const challenge& c)
{
    session* s = find(c);
    // The same nonce once more (for another request): its count goes on.
    if (s && s->from.nonce == c.nonce && s->from.algo == c.algo) return;
    if (!s)
    {
        if (sessions_.size() >= limits::challenges) sessions_.erase(sessions_.begin());
        s = &sessions_.emplace_back();
    }
    s->from = c;
    s->count = 0;
    s->cnonce = random_->token(cnonce_length);
    s->ha1 = !credentials_->ha1.empty()
                 ? credentials_->ha1
                 : make_ha1(c.algo, credentials_->user, c.realm, credentials_->password);
}

void client::forget(const challenge& c)
{
    std::erase_if(sessions_, [&](const session& s) { return same_realm(s.from, c); });
}

client::outcome client::on_challenge(const sip::message_view& response, attempt& a)
{
    if (!credentials_) return outcome::refused;
    auto known = challenges_of(response);
    if (!credentials_->realm.empty())
        std::erase_if(known, [&](const challenge& c) { return c.realm != credentials_->realm; });
    if (!credentials_->ha1.empty())
        std::erase_if(known,
                      [&](const challenge& c) { return plain(c.algo) != credentials_->ha1_by; });
    const auto chosen = strongest_of_each_realm(std::move(known));
    if (chosen.empty() || a.tries >= limits::auth_attempts) return outcome::refused;

    bool refused = false;
    for (const auto& c : chosen)
    {
        const std::string key = realm_key(c);
        const auto before = a.answered.find(key);
        const bool answered = before != a.answered.end();
        const bool same_nonce = answered && before->second == c.nonce;
        // Servers that forget nonces without saying `stale` are common, so one that was learned
        // from another request may be refused; one that was given a moment ago may not.
        if (same_nonce || (answered && !c.stale))
        {
            forget(c);
            refused = true;
        }
    }
    if (refused) return outcome::refused;
    for (const auto& c : chosen)
    {
        remember(c);
        a.answered[realm_key(c)] = c.nonce;
    }
    ++a.tries;
    return outcome::retry;
}

std::string client::answer(session& s, const sip::message_view& request) const
{
    const challenge& c = s.from;
    const quality qop = quality_for(c);
    ++s.count;
    s.uri = request.request_uri();

    response_input in;
    in.method = request.method_text();
    in.uri = request.request_uri();
    in.body = request.body();
    in.nonce = c.nonce;
    in.cnonce = s.cnonce;
    in.nonce_count = s.count;
    in.qop = qop;

    std::string text = "Digest username=" + sip::quote(credentials_->user);
    text += ", realm=" + sip::quote(c.realm);
    text += ", nonce=" + sip::quote(c.nonce);
    text += ", uri=" + sip::quote(in.uri);
    text += ", response=\"" + make_response(c.algo, s.ha1, in) + '"';
    if (c.algorithm_named) text.append(", algorithm=").append(to_string(c.algo));
    // Without qop there is no cnonce (RFC 7616 section 3.4), but -sess cannot do without.
    if (qop != quality::none || is_session(c.algo)) text += ", cnonce=\"" + s.cnonce + '"';
    if (c.opaque_named) text += ", opaque=" + sip::quote(c.opaque);
    if (qop != quality::none)
    {
        text += qop == quality::auth ? ", qop=auth" : ", qop=auth-int";
        text += ", nc=" + nonce_count_text(s.count);
    }
    return text;
}

void client::authorize(sip::message& request)
{
    request.remove(sip::header_id::authorization);
    request.remove(sip::header_id::proxy_authorization);
    if (!credentials_) return;
    for (auto& s : sessions_)
    {
        const auto name =
            s.from.proxy ? sip::header_id::proxy_authorization : sip::header_id::authorization;
        // A user name with a line break is all that can be refused; then the request goes without.
        (void)request.append(name, answer(s, *request));
    }
}

bool client::on_success(const sip::message_view& response)
{
    const auto info = response.first(sip::header_id::authentication_info);
    if (!info || !credentials_) return true;
    // The header is the tail of a challenge: parameters without a scheme (RFC 7616 section 3.5).
    const std::string text = "Digest " + std::string(*info);
    const auto parsed = sip::parse_auth(text);
    if (!parsed) return true;
    const auto cnonce = parsed->text("cnonce");
    for (auto& s : sessions_)
    {
        if (s.from.proxy || (cnonce && *cnonce != s.cnonce)) continue;
        if (const auto proof = parsed->text("rspauth"))
            if (const auto expected = rspauth(s, *parsed, response.body());
                expected && !sip::iequals(*expected, *proof))
                return false;
        const auto next = parsed->text("nextnonce");
        if (!next || next->empty() || next->size() > limits::auth_value ||
            next->find_first_of(std::string_view("\r\n\0", 3)) != next->npos)
            return true;
        s.from.nonce = *next;
        s.count = 0;
        s.cnonce = random_->token(cnonce_length);
        return true;
    }
    return true;
}

// RFC 7616 section 3.5: as the response, but A2 has no method. Nothing where it is about another
// request than the last.
std::optional<std::string> client::rspauth(const session& s, const sip::auth_params& info,
                                           std::string_view body)
{
    response_input in;
    in.uri = s.uri;
    in.body = body;
    in.nonce = s.from.nonce;
    in.cnonce = s.cnonce;
    in.nonce_count = s.count;
    if (const auto nc = info.text("nc"); nc && !sip::iequals(*nc, nonce_count_text(s.count)))
        return std::nullopt;
    const auto qop = info.text("qop");
    if (!qop)
        in.qop = quality_for(s.from);
    else
        in.qop = sip::iequals(*qop, "auth-int") ? quality::auth_int : quality::auth;
    return make_response(s.from.algo, s.ha1, in);
}

} // namespace solosip::auth
