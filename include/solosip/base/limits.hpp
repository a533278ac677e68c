// Everything that the wire can make grow has its bound here, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace solosip::limits
{

/// The largest SIP message, bytes: what a UDP datagram can hold; a stream may carry no more either.
inline constexpr std::size_t message_bytes = 65'535;

/// Header lines in a message. Busy IMS networks send about 40; RFC 4475 has none above 60.
inline constexpr std::size_t headers = 128;

/// Parameters that are looked at in one header value or URI.
inline constexpr std::size_t parameters = 64;

/// Values of one list header (Via, Route, Record-Route, Contact) that are used.
inline constexpr std::size_t list_values = 64;

/// Parts of one multipart body that are looked at; mail clients make three or four.
inline constexpr std::size_t body_parts = 16;

/// Multiparts within each other: signed, mixed and alternative at most.
inline constexpr std::size_t body_depth = 3;

/// Route set of a dialog: more proxies than this in a row is a loop.
inline constexpr std::size_t route_set = 32;

/// Challenges considered in one 401 or 407 (RFC 8760 allows one for each algorithm and realm).
inline constexpr std::size_t challenges = 16;

/// Times that one request is sent again because of challenges: a first answer, a new nonce, and the
/// same for a second realm behind it. Then the credentials are wrong.
inline constexpr int auth_attempts = 4;

/// Servers on one way that have the same realm but each its own nonces: a proxy at either end. More
/// would let a wrong password be tried more often, as a server that refuses looks like the next.
inline constexpr std::size_t servers_of_a_realm = 2;

/// Realm, nonce and opaque of a challenge, bytes each: they are sent back in every request, which
/// has to fit into a datagram. Real nonces are below 200.
inline constexpr std::size_t auth_value = 1'024;

/// Live transactions of one agent; it has one call, so more is a flood. Beyond it: 503 or silence.
inline constexpr std::size_t transactions = 256;

/// Of these, kept free for the agent's own requests: a flood of strangers must not keep it from
/// hanging up or from staying registered.
inline constexpr std::size_t own_transactions = 32;

/// Requests of others that wait for the application's answer, and of the application's own that
/// wait for one, each: a person reads no faster, and each is a transaction.
inline constexpr std::size_t incoming_requests = 16;
inline constexpr std::size_t requests = 16;

/// Addresses that one call is redirected to, one after the other: more is a loop.
inline constexpr std::size_t redirects = 8;

/// Bindings of ours at addresses where we are no more: who moves quicker leaves them to expire.
inline constexpr std::size_t former_contacts = 4;

/// Dialogs kept for the forks of one INVITE.
inline constexpr std::size_t early_dialogs = 16;

/// Changes of a call (hold, resume) that wait for the one before: a nervous finger.
inline constexpr std::size_t changes = 16;

/// Times that a change is tried again because the other side had one in the middle of it; two sides
/// who draw different times to wait meet so often only by ill will.
inline constexpr int change_attempts = 10;

/// Reliable provisional responses that wait for the PRACK of the one before (RFC 3262).
inline constexpr std::size_t provisionals = 8;

/// Addresses tried for one host name.
inline constexpr std::size_t targets = 16;

/// m= lines in a session description; every one must be answered (RFC 3264 section 6).
inline constexpr std::size_t sdp_media = 16;

/// Payload formats looked at in one m= line.
inline constexpr std::size_t sdp_formats = 64;

/// Payload formats looked at in all m= lines together; browsers offer about 60 for video and 10 for
/// audio.
inline constexpr std::size_t sdp_all_formats = 256;

/// A session description, bytes: several times what comes in a message; one from a file may be
/// long.
inline constexpr std::size_t sdp_bytes = 1'048'576;

/// The largest RTP packet that is read, bytes: an Ethernet frame.
inline constexpr std::size_t rtp_packet_bytes = 1'500;

/// Packets that wait to be played: 200 ms of 10 ms packets, and room for a burst.
inline constexpr std::size_t jitter_packets = 32;

/// Senders (SSRCs) that are looked at as possible successors of the one that is heard.
inline constexpr std::size_t rtp_candidates = 8;

/// Senders (SSRCs) of which SRTP remembers what came already; who changes it with each announcement
/// does not come back to an old one.
inline constexpr std::size_t srtp_senders = 16;

/// Key presses that are remembered so that a late packet does not report them again: many more than
/// fit into the longest delay of a packet.
inline constexpr std::size_t remembered_presses = 64;

/// Digits waiting for the application: a minute of furious pressing.
inline constexpr std::size_t digits = 256;

/// Digits that may wait to be sent.
inline constexpr std::size_t digits_to_send = 256;

/// Items in a play queue.
inline constexpr std::size_t play_queue = 64;

/// Sound that waits for `async_read_audio`, milliseconds: who comes later wants to hear what is
/// said now, not a minute ago.
inline constexpr int unread_audio_ms = 1'000;

/// Events and datagrams that wait to be polled; only an edge that never polls can reach it.
inline constexpr std::size_t output_queue = 1'024;

} // namespace solosip::limits
