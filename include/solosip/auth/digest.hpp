// Digest authentication (RFC 3261 section 22, RFC 7616, RFC 8760) for the one who is asked and the
// one who asks.
#pragma once

#include "solosip/base/limits.hpp"
#include "solosip/base/random.hpp"
#include "solosip/base/result.hpp"
#include "solosip/base/time.hpp"
#include "solosip/sip/message.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::auth
{

/// From weak to strong; a higher one is preferred.
enum class algorithm : std::uint8_t
{
    md5,
    md5_sess,
    sha256,
    sha256_sess,
    sha512_256,
    sha512_256_sess,
};
std::optional<algorithm> algorithm_from(std::string_view token); ///< case-insensitive
std::string_view to_string(algorithm a);
/// Whether libcrypto has it: MD5 may be missing where only approved digests are allowed.
bool available(algorithm a);

enum class quality : std::uint8_t
{
    none, ///< RFC 2069 style, no qop
    auth,
    auth_int,
};

/// Lower-case hex of the digest of `text`; the EVP digest is fetched once and kept. Empty where the
/// algorithm is not available.
std::string hex_digest(algorithm a, std::string_view text);

/// What goes into a response besides the secret.
struct response_input
{
    std::string_view method, uri, body;
    std::string_view nonce, cnonce;
    std::uint32_t nonce_count = 1;
    quality qop = quality::none;
};
/// HA1 = H(user:realm:password), before the -sess step.
std::string make_ha1(algorithm a, std::string_view user, std::string_view realm,
                     std::string_view password);
/// RFC 7616 section 3.4.1.
std::string make_response(algorithm a, std::string_view ha1, const response_input& in);

struct credentials
{
    std::string user;
    std::string password;
    /// Only this realm is answered; empty: any realm that the account's own servers name.
    std::string realm{};
    /// Instead of a password: `make_ha1` of all this by `ha1_by`, lower-case hex. Then only
    /// challenges of that algorithm, with or without -sess, can be answered.
    std::string ha1{};
    algorithm ha1_by = algorithm::md5;
};

/// A challenge of a server as far as it matters.
struct challenge
{
    bool proxy = false; ///< 407 / Proxy-Authenticate
    std::string realm, nonce, opaque;
    algorithm algo = algorithm::md5;
    bool algorithm_named = false; ///< the parameter was there, so it is echoed
    bool opaque_named = false;    ///< the same
    bool offers_auth = false, offers_auth_int = false;
    bool stale = false;
    std::string asked_by{}; ///< whoever `client::on_challenge` was told it came from
};
/// All digest challenges of a 401 or 407 that we could answer, in message order.
std::vector<challenge> challenges_of(const sip::message_view& response);

/// Client side: remembers the nonce of each server that has challenged, and its count, and answers
/// challenges for one account. One for each agent; requests of all dialogs share it. Give it only
/// to requests that go to the account's own servers: an answer lets whoever reads it guess
/// passwords in peace.
class client
{
    // What is known of one server. One cnonce for each nonce: -sess algorithms hash the first one
    // (RFC 7616 section 3.4.2), and those who take the present one see the same.
    struct session
    {
        challenge from;
        std::uint32_t count = 0;
        std::string ha1, cnonce;
        std::string uri{}; ///< of the last answer
    };
    // What one request has heard from the servers of one realm and kind. They stand in a row, in
    // the order of the way: one that challenges has let the request come to it.
    struct row
    {
        std::vector<std::string> answered{}; ///< nonces; empty: it has heard nothing yet
        std::size_t place = 0;               ///< in the row, of the last that challenged
        std::size_t count = 1;               ///< at that place: a fork has several
        bool guessed = false;                ///< it may have been one before that place
        std::vector<session> before{};       ///< what stood there and behind
    };

public:
    /// `random` must outlive the client.
    explicit client(random_source& random) : random_(&random) {}

    /// Forgets what was learned for other credentials.
    void set_credentials(credentials c);
    /// Knows nothing any more.
    void clear();
    bool has_credentials() const { return credentials_.has_value(); }

    /// Progress of one request through its challenges: keep one with each request, beginning empty.
    struct attempt
    {
        int tries = 0;
        /// By realm, with "w" or "p" in front for WWW- and Proxy-Authenticate.
        std::map<std::string, row, std::less<>> rows;
    };

    enum class outcome : std::uint8_t
    {
        retry,   ///< send the request again, with `authorize`
        refused, ///< the credentials are wrong, missing, or for another realm: give up
    };

    /// Takes in a 401 or 407. The strongest algorithm wins for each realm. A request that has
    /// answered a 401 of a realm and hears another one without `stale` is refused, unless it looks
    /// like another server's; after a 407 there may be a second proxy of the realm
    /// (`limits::servers_of_a_realm`). What it carried from earlier requests does not count: never
    /// an endless loop (see also `limits::auth_attempts`). A refused realm is forgotten, so no
    /// later request repeats it. `asked_by` names whom the request went to, in any way: what he
    /// asked for only he gets. All servers of one account may have one name, as the empty one.
    outcome on_challenge(const sip::message_view& response, attempt& a,
                         std::string_view asked_by = {});

    /// Authorization and Proxy-Authorization for every challenge known that applies, replacing
    /// those that stand in `request`; counts nonces up. Called for each request before it is sent
    /// (so that later ones are not challenged again), after `on_challenge` for the retry.
    void authorize(sip::message& request, std::string_view to = {});

    /// Authentication-Info with `nextnonce` and `rspauth` (RFC 7616 section 3.5), from whom the
    /// request went to. False: whoever answered does not know the password; nothing is learned from
    /// it then.
    bool on_success(const sip::message_view& response, std::string_view from = {});

private:
    std::vector<std::size_t> row_of(const challenge& c) const;
    session begin(const challenge& c) const;
    bool take_in(const std::vector<challenge>& same_realm, row& r);
    std::optional<std::size_t> place_for(const std::vector<challenge>& same_realm, row& r,
                                         std::size_t known);
    void restore(const challenge& c, const row& r);
    void append(session s);
    void put(const std::vector<challenge>& same_realm, row& r);
    void forget(const challenge& c);
    std::string answer(session& s, const sip::message_view& request) const;
    static std::optional<std::string> rspauth(const session& s, const sip::auth_params& info,
                                              std::string_view body);

    random_source* random_;
    std::optional<credentials> credentials_;
    std::vector<session>
        sessions_; // those of one realm in the order of the way; at most limits::challenges
};

/// Server side: makes nonces that carry their own time and a keyed hash, so nothing is stored for
/// strangers, and checks answers. Being without memory it cannot see that an answer was used
/// before; the life of a nonce bounds that.
class verifier
{
public:
    /// `random` must outlive the verifier. Algorithms that are not available are left out.
    verifier(random_source& random, std::string realm, std::vector<algorithm> algorithms,
             duration nonce_life = std::chrono::minutes(5));

    enum class outcome : std::uint8_t
    {
        accepted,
        challenge, ///< nothing for us in the request: 401/407 with `challenges`
        stale,     ///< right answer, but an old or unknown nonce: the same with stale=true
        wrong,     ///< the password or user is wrong: best 403, as a new nonce invites a new try
    };
    /// `find_password` returns the password of a user, or nothing.
    template <class F>
    outcome check(const sip::message_view& request, bool proxy, time_point now,
                  F&& find_password) const
    {
        const auto answer = read(request, proxy);
        if (!answer) return outcome::challenge;
        return judge(request, *answer, find_password(std::string_view(answer->user)), now);
    }

    /// Header values for WWW-Authenticate or Proxy-Authenticate, strongest first.
    std::vector<std::string> challenges(time_point now, bool stale = false) const;

private:
    struct parsed_answer
    {
        std::string user, nonce, uri, response, cnonce, nc;
        algorithm algo = algorithm::md5;
        quality qop = quality::none;
    };
    std::optional<parsed_answer> read(const sip::message_view& request, bool proxy) const;
    outcome judge(const sip::message_view& request, const parsed_answer& a,
                  const std::optional<std::string>& password, time_point now) const;
    std::string make_nonce(time_point now) const;
    /// The age of a nonce of ours; nothing for one that is not.
    std::optional<duration> age_of(std::string_view nonce, time_point now) const;

    random_source* random_;
    std::string realm_;
    std::vector<algorithm> algorithms_; // strongest first
    duration nonce_life_;
    std::string key_;
};

} // namespace solosip::auth
