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
    return (c.proxy ? 'p' : 'w') + c.realm + '\n' + c.asked_by;
}

bool same_realm(const challenge& a, const challenge& b)
{
    return a.proxy == b.proxy && a.realm == b.realm && a.asked_by == b.asked_by;
}

// RFC 8760 section 2.4: of several challenges for one realm those of the strongest algorithm that
// we know. With one algorithm and several nonces they come from several servers, which a fork has
// reached (RFC 3261 section 22.3).
std::vector<std::vector<challenge>> by_realm(std::vector<challenge> all)
{
    std::vector<std::vector<challenge>> chosen;
    for (auto& c : all)
    {
        const auto same =
            std::find_if(chosen.begin(), chosen.end(),
                         [&](const auto& group) { return same_realm(group.front(), c); });
        if (same == chosen.end())
            chosen.push_back({std::move(c)});
        else if (c.algo > same->front().algo)
            *same = {std::move(c)};
        else if (c.algo == same->front().algo &&
                 std::none_of(same->begin(), same->end(),
                              [&](const challenge& x) { return x.nonce == c.nonce; }))
            same->push_back(std::move(c));
    }
    return chosen;
}

// Servers write their challenges in one way each.
bool looks_different(const challenge& a, const challenge& b)
{
    return a.algo != b.algo || a.opaque_named != b.opaque_named || a.offers_auth != b.offers_auth ||
           a.offers_auth_int != b.offers_auth_int || a.nonce.size() != b.nonce.size();
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

std::vector<std::size_t> client::row_of(const challenge& c) const
{
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < sessions_.size(); ++i)
        if (same_realm(sessions_[i].from, c)) found.push_back(i);
    return found;
}

client::session client::begin(const challenge& c) const
{
    return {c, 0,
            !credentials_->ha1.empty()
                ? credentials_->ha1
                : make_ha1(c.algo, credentials_->user, c.realm, credentials_->password),
            random_->token(cnonce_length)};
}

void client::forget(const challenge& c)
{
    std::erase_if(sessions_, [&](const session& s) { return same_realm(s.from, c); });
}

void client::restore(const challenge& c, const row& r)
{
    const auto known = row_of(c);
    for (std::size_t i = known.size(); i-- > r.place;)
        sessions_.erase(sessions_.begin() + static_cast<std::ptrdiff_t>(known[i]));
    for (const session& s : r.before)
        append(s);
}

void client::append(session s)
{
    if (sessions_.size() >= limits::challenges) sessions_.erase(sessions_.begin());
    sessions_.push_back(std::move(s));
}

// Who of the row asks? Nothing says it, but that the servers before have let the request pass.
// Nothing comes back where it can only be one that refuses what it was given.
std::optional<std::size_t> client::place_for(const std::vector<challenge>& same_realm, row& r,
                                             std::size_t known)
{
    const challenge& c = same_realm.front();
    if (r.answered.empty())
    {
        // A proxy that only finds the nonce too old says so (`stale`); one that does not is likely
        // to be another one. Servers that forget nonces without saying it are common, though, so
        // what is guessed here can be taken back.
        const bool another =
            known == 0 || (c.proxy && !c.stale && known < limits::servers_of_a_realm);
        const std::size_t place = another ? known : known - std::min(known, same_realm.size());
        r.guessed = place > 0;
        return place;
    }
    if (r.guessed && r.place > 0) // what stands there was good, so it was one before
    {
        restore(c, r);
        r.guessed = r.place > 1;
        return r.place - 1;
    }
    r.guessed = false;
    const std::size_t next = r.place + r.count;
    if (next < known) return next;
    if (c.stale) return r.place; // a nonce with a very short life
    const auto row_now = row_of(c);
    const bool same_server = !c.proxy && r.place < row_now.size() &&
                             !looks_different(sessions_[row_now[r.place]].from, c);
    if (same_server || next >= limits::servers_of_a_realm) return std::nullopt;
    return next;
}

// From `r.place` on.
void client::put(const std::vector<challenge>& same_realm, row& r)
{
    const auto known = row_of(same_realm.front());
    r.before.clear();
    for (std::size_t i = r.place; i < known.size(); ++i)
        r.before.push_back(sessions_[known[i]]);
    r.count = same_realm.size();
    for (std::size_t i = 0; i < same_realm.size(); ++i)
    {
        const challenge& c = same_realm[i];
        if (r.place + i < known.size())
        {
            session& s = sessions_[known[r.place + i]];
            // The same nonce once more (for another request): its count goes on.
            if (s.from.nonce != c.nonce || s.from.algo != c.algo) s = begin(c);
            continue;
        }
        append(begin(c));
    }
}

// False: it refuses what we have.
bool client::take_in(const std::vector<challenge>& same_realm, row& r)
{
    const auto was_answered = [&](const challenge& c)
    { return std::find(r.answered.begin(), r.answered.end(), c.nonce) != r.answered.end(); };
    const challenge& first = same_realm.front();
    // A nonce that stood at the wrong place has not been seen by whom it came from.
    const bool misplaced = r.guessed && r.place > 0;
    if (!misplaced && std::any_of(same_realm.begin(), same_realm.end(), was_answered)) return false;
    const auto known = row_of(first);
    // Another request has heard it already.
    const auto same =
        std::find_if(known.begin(), known.end(),
                     [&](std::size_t i) { return sessions_[i].from.nonce == first.nonce; });
    const auto place = r.answered.empty() && same != known.end()
                           ? static_cast<std::size_t>(same - known.begin())
                           : place_for(same_realm, r, known.size());
    if (!place) return false;
    r.place = *place;
    put(same_realm, r);
    for (const challenge& c : same_realm)
        r.answered.push_back(c.nonce);
    return true;
}

client::outcome client::on_challenge(const sip::message_view& response, attempt& a,
                                     std::string_view asked_by)
{
    if (!credentials_) return outcome::refused;
    auto known = challenges_of(response);
    for (challenge& c : known)
        c.asked_by = asked_by;
    if (!credentials_->realm.empty())
        std::erase_if(known, [&](const challenge& c) { return c.realm != credentials_->realm; });
    if (!credentials_->ha1.empty())
        std::erase_if(known,
                      [&](const challenge& c) { return plain(c.algo) != credentials_->ha1_by; });
    const auto chosen = by_realm(std::move(known));
    if (chosen.empty() || a.tries >= limits::auth_attempts) return outcome::refused;

    bool refused = false;
    for (const auto& group : chosen)
    {
        // One that was given a moment ago may not be refused, one from an earlier request may.
        if (take_in(group, a.rows[realm_key(group.front())])) continue;
        forget(group.front());
        refused = true;
    }
    if (refused) return outcome::refused;
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

void client::authorize(sip::message& request, std::string_view to)
{
    request.remove(sip::header_id::authorization);
    request.remove(sip::header_id::proxy_authorization);
    if (!credentials_) return;
    for (auto& s : sessions_)
    {
        if (s.from.asked_by != to) continue;
        const auto name =
            s.from.proxy ? sip::header_id::proxy_authorization : sip::header_id::authorization;
        // A user name with a line break is all that can be refused; then the request goes without.
        (void)request.append(name, answer(s, *request));
    }
}

bool client::on_success(const sip::message_view& response, std::string_view from)
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
        if (s.from.proxy || s.from.asked_by != from) continue;
        if (cnonce && *cnonce != s.cnonce) continue;
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
