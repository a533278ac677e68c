// Method and header names as numbers, so that the rest of the library compares no text.
#pragma once

#include <cstdint>
#include <string_view>

namespace solosip::sip
{

/// The methods that this library knows; `unknown` for every other token. Method names are
/// case-sensitive (RFC 3261 section 7.1).
enum class method : std::uint8_t
{
    unknown,
    invite,
    ack,
    bye,
    cancel,
    options,
    register_, // `register` is a keyword
    prack,     // RFC 3262
    update,    // RFC 3311
    info,      // RFC 6086
    refer,     // RFC 3515
    message,   // RFC 3428
    notify,    // RFC 6665
    subscribe, // RFC 6665
    publish,   // RFC 3903
};

method method_from(std::string_view token) noexcept;
/// "INVITE"; "" for `unknown`.
std::string_view to_string(method m) noexcept;

/// The headers that this library knows by number; `other` for every other name. Header names are
/// case-insensitive, some have a compact form of one letter (RFC 3261 section 7.3.1).
enum class header_id : std::uint8_t
{
    other,
    // RFC 3261 section 20, in its order
    accept,
    accept_encoding,
    accept_language,
    alert_info,
    allow,
    authentication_info,
    authorization,
    call_id,
    call_info,
    contact,
    content_disposition,
    content_encoding,
    content_language,
    content_length,
    content_type,
    cseq,
    date,
    error_info,
    expires,
    from,
    in_reply_to,
    max_forwards,
    mime_version,
    min_expires,
    organization,
    priority,
    proxy_authenticate,
    proxy_authorization,
    proxy_require,
    record_route,
    reply_to,
    require,
    retry_after,
    route,
    server,
    subject,
    supported,
    timestamp,
    to,
    unsupported,
    user_agent,
    via,
    warning,
    www_authenticate,
    // extensions
    rack,                  // RFC 3262
    rseq,                  // RFC 3262
    allow_events,          // RFC 6665
    event,                 // RFC 6665
    subscription_state,    // RFC 6665
    privacy,               // RFC 3323
    p_asserted_identity,   // RFC 3325
    p_preferred_identity,  // RFC 3325
    reason,                // RFC 3326
    path,                  // RFC 3327
    refer_to,              // RFC 3515
    service_route,         // RFC 3608
    accept_contact,        // RFC 3841
    reject_contact,        // RFC 3841
    request_disposition,   // RFC 3841
    replaces,              // RFC 3891
    referred_by,           // RFC 3892
    session_expires,       // RFC 4028
    min_se,                // RFC 4028
    answer_mode,           // RFC 5373
    priv_answer_mode,      // RFC 5373
    flow_timer,            // RFC 5626
    info_package,          // RFC 6086
    recv_info,             // RFC 6086
    history_info,          // RFC 7044
    p_access_network_info, // RFC 7315
    p_associated_uri,      // RFC 7315
    p_called_party_id,     // RFC 7315
    p_visited_network_id,  // RFC 7315
    p_charging_vector,     // RFC 7315
    refer_sub,             // RFC 4488
    refer_events_at,       // RFC 7614
    target_dialog,         // RFC 4538
    sip_etag,              // RFC 3903
    sip_if_match,          // RFC 3903
    count
};

/// Long or compact name in any case.
header_id header_id_from(std::string_view name) noexcept;
/// The usual spelling of the long name, "Call-ID"; "" for `other`.
std::string_view to_string(header_id id) noexcept;

/// The usual reason phrase of a status code (RFC 3261 section 21); "" where none is known.
std::string_view reason_phrase(int status) noexcept;

} // namespace solosip::sip
