// Who is reachable where: the bindings of RFC 3261 section 10.3, kept in memory.
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/base/result.hpp"
#include "solosip/base/time.hpp"
#include "solosip/sip/message.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::examples
{

/// A contact that a user has registered.
struct binding
{
    std::string contact; ///< a URI
    endpoint source;     ///< where the REGISTER came from; requests go there
    std::string call_id;
    std::uint32_t cseq = 0;
    time_point expires{};
};

/// What `registrar::update` did; `status` 200 means that all of the request's contacts were taken.
struct registrar_answer
{
    int status = 200;
    std::vector<std::string> contacts{}; ///< header values for the 200, each with its expires
    std::vector<std::string> added{}, removed{}; ///< URIs, for the log
};

class registrar
{
public:
    struct limits_for_bindings
    {
        seconds shortest{60}, usual{600}, longest{3600};
        std::size_t contacts_per_user = 8; ///< more are answered 403: a user has few telephones
    };

    registrar() = default;
    explicit registrar(limits_for_bindings l) : limits_(l) {}

    /// Takes in the contacts of a REGISTER that has been authenticated as `user`. All or nothing,
    /// as RFC 3261 section 10.3 asks. Statuses: 200; 400 for contacts that cannot be read or `*`
    /// together with others; 403 for too many; 423 where an expiry is too short; 500 for a request
    /// that is older than the binding it would change.
    registrar_answer update(const std::string& user, const sip::message_view& request,
                            const endpoint& source, time_point now);

    /// The bindings of `user` that are alive, latest registration first.
    std::vector<binding> bindings_of(std::string_view user, time_point now) const;

    seconds shortest() const { return limits_.shortest; }

private:
    struct change
    {
        std::string contact;
        seconds expires;
    };
    struct changes
    {
        int status = 200;
        bool all_go = false; ///< `Contact: *`
        std::vector<change> list{};
    };
    changes read(const sip::message_view& request) const;
    int apply(std::vector<binding>& to, const changes& wanted, const binding& pattern,
              time_point now, registrar_answer& out) const;

    limits_for_bindings limits_;
    std::map<std::string, std::vector<binding>, std::less<>> users_;
};

} // namespace solosip::examples
