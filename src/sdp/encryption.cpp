#include "sdp/encryption.hpp"

#include "sdp/static_types.hpp"

#include <algorithm>
#include <vector>

namespace solosip::sdp
{

namespace
{

std::optional<crypto_attribute> usable(std::string_view attribute)
{
    if (!is_crypto(attribute)) return std::nullopt;
    const auto read = parse_crypto(attribute);
    return read ? *read : std::nullopt; // section 5.1.2: an invalid one counts as none
}

const srtp_key* key_for(srtp_suite suite, const local_media& local)
{
    for (const srtp_key& k : local.keys)
        if (k.suite == suite) return &k;
    return nullptr;
}

} // namespace

bool is_secured(const media& m)
{
    return same_name(m.protocol, "RTP/SAVP") || same_name(m.protocol, "RTP/SAVPF");
}

bool is_rtp_audio(const media& m)
{
    return same_name(m.kind, "audio") &&
           (same_name(m.protocol, "RTP/AVP") || same_name(m.protocol, "RTP/AVPF") || is_secured(m));
}

void offer_encryption(media& m, const local_media& local)
{
    if (local.encryption == srtp_policy::off) return;
    if (local.encryption == srtp_policy::required) m.protocol = "RTP/SAVP";
    std::uint32_t tag = 0;
    for (const srtp_key& k : local.keys)
        // Each one makes the INVITE, a datagram, longer by a hundred bytes; nobody wants a 256-bit
        // key with a short tag.
        if (k.suite != srtp_suite::aes_256_cm_hmac_sha1_32)
            m.attributes.push_back(print(crypto_attribute{++tag, k}));
}

void offer_encryption_again(media& m, const media& before, const agreement& agreed,
                            const local_media& local)
{
    m.protocol = before.protocol;
    if (!agreed.srtp) return;
    const srtp_key* const ours = key_for(agreed.srtp->send.suite, local);
    if (ours == nullptr) return;
    std::erase_if(m.attributes, [](const std::string& a) { return is_crypto(a); });
    for (const auto& a : before.attributes)
        if (const auto said = usable(a); said && said->key.suite == ours->suite)
            m.attributes.push_back(print(crypto_attribute{said->tag, *ours}));
}

std::optional<accepted_crypto> accept_crypto(const media& theirs, const local_media& local)
{
    for (const auto& a : theirs.attributes)
        if (const auto offered = usable(a))
            if (const srtp_key* ours = key_for(offered->key.suite, local))
                return accepted_crypto{*offered, {offered->tag, *ours}};
    return std::nullopt;
}

bool may_take(const media& theirs, bool encrypted, srtp_policy policy)
{
    return encrypted || (!is_secured(theirs) && policy != srtp_policy::required);
}

result<std::optional<srtp_keys>> read_crypto(const media& offered, const media& answered,
                                             srtp_policy policy)
{
    std::vector<crypto_attribute> ours;
    for (const auto& a : offered.attributes)
        if (const auto o = usable(a)) ours.push_back(*o);
    const auto said =
        std::count_if(answered.attributes.begin(), answered.attributes.end(),
                      [](const std::string& attribute) { return is_crypto(attribute); });
    const errc unusable = policy == srtp_policy::off ? errc::no_common_codec : errc::srtp_required;
    // Who was offered none has none to say: left alone.
    if (said == 0 || (ours.empty() && !is_secured(answered)))
    {
        const bool needed =
            is_secured(offered) || is_secured(answered) || policy == srtp_policy::required;
        if (needed) return unusable;
        return std::optional<srtp_keys>();
    }
    // Section 5.1.3: exactly one, with tag and suite of one that was offered.
    if (said != 1) return unusable;
    for (const auto& a : answered.attributes)
        if (const auto theirs = usable(a))
            for (const auto& o : ours)
                if (o.tag == theirs->tag && o.key.suite == theirs->key.suite)
                    return std::optional<srtp_keys>(srtp_keys{o.key, theirs->key});
    return unusable;
}

} // namespace solosip::sdp
