// What an offer and its answer say about SRTP (RFC 4568 section 5), also where the m= line does not
// speak of it (RFC 8643).
#pragma once

#include "sdp/crypto_attribute.hpp"
#include "solosip/sdp/offer_answer.hpp"

#include <optional>

namespace solosip::sdp
{

/// RTP/AVP or RTP/AVPF, or one of these with SRTP.
bool is_rtp_audio(const media& m);
/// RTP/SAVP or RTP/SAVPF: without a key it is nothing.
bool is_secured(const media& m);

/// Adds what we offer for a new line. Of a line that `agreed` has encrypted only the suite in force
/// is offered again, by its tag in `before`, so that nothing changes but what has to.
void offer_encryption(media& m, const local_media& local);
void offer_encryption_again(media& m, const media& before, const agreement& agreed,
                            const local_media& local);

/// One of their ways to encrypt an offered line that we can do, with our key for it.
struct accepted_crypto
{
    crypto_attribute theirs, ours;
};
/// The first one that they name (section 5.1.2); nothing where there is none.
std::optional<accepted_crypto> accept_crypto(const media& theirs, const local_media& local);
/// Whether the line can be taken with that.
bool may_take(const media& theirs, bool encrypted, srtp_policy policy);

/// What the answer means. Nothing: it is not encrypted, and need not be. Errors: srtp_required,
/// and no_common_codec where we would not encrypt anyway.
result<std::optional<srtp_keys>> read_crypto(const media& offered, const media& answered,
                                             srtp_policy policy);

} // namespace solosip::sdp
