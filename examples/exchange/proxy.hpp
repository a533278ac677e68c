// Passes calls between registered users on, without a state of its own (RFC 3261 section 16.11).
#pragma once

#include "solosip/base/endpoint.hpp"
#include "solosip/sip/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace solosip::examples
{

class stateless_proxy
{
public:
    struct passed_on
    {
        endpoint to;
        std::string bytes;
    };

    /// The request as it goes on to `contact`, which is reached at `next`: one Max-Forwards less
    /// and our Via on top. All copies of one request get the same branch, and so do its CANCEL and
    /// the ACK of a refusal, because ours is made of theirs. Nothing where Max-Forwards is used up
    /// or the request would grow too large.
    std::optional<passed_on> request(const sip::message_view& m, const std::string& contact,
                                     const endpoint& next, const endpoint& source,
                                     const endpoint& local) const;

    /// The response without our Via, for the one below it; nothing where the top Via is not ours.
    std::optional<passed_on> response(const sip::message_view& m) const;

private:
    static constexpr std::string_view mark_ = "z9hG4bKexchange.";
};

} // namespace solosip::examples
