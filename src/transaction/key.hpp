// Which transaction a message belongs to.
#pragma once

#include "solosip/base/result.hpp"
#include "solosip/sip/message_view.hpp"

#include <cstdint>
#include <string>

namespace solosip::transaction
{

/// RFC 3261 section 17.1.3: the branch that we made, and the method in CSeq, which tells a CANCEL
/// from its INVITE.
struct client_key
{
    std::string branch, method;

    friend bool operator==(const client_key&, const client_key&) = default;
};

/// Of a request of ours, or of a response to it. Errors: missing_header, bad_syntax.
result<client_key> client_key_of(const sip::message_view& m);

/// RFC 3261 section 17.2.3: with the magic cookie the branch is unique for its sender. Without it,
/// the request comes from an RFC 2543 element and everything is compared; the fields for that stay
/// empty otherwise.
struct server_key
{
    bool has_cookie = false;
    std::string method;
    std::string branch, sent_by; // with the cookie; sent_by in lower case, "host:port"
    std::string uri, to_tag, from_tag, call_id, via;
    std::uint32_t cseq = 0;
};
/// Errors: missing_header, bad_syntax.
result<server_key> server_key_of(const sip::message_view& request);

/// The same request once more.
bool is_repeated(const server_key& known, const server_key& seen);
/// `ack` acknowledges the INVITE `invite`, whose response had `response_tag` in To.
bool is_ack_for(const server_key& invite, const server_key& ack, std::string_view response_tag);
/// `cancel` means `known` (section 9.2: the same but for the method).
bool is_cancel_for(const server_key& known, const server_key& cancel);

} // namespace solosip::transaction
