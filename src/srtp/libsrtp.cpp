#include "solosip/srtp/libsrtp.hpp"

#include "solosip/base/limits.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <srtp2/srtp.h>

namespace solosip::srtp
{

namespace
{

/// Packets that may come out of order (RFC 3711 section 3.3.2: at least 64).
constexpr unsigned long replay_window = 128;

void choose(srtp_policy_t& p, srtp_suite suite)
{
    // The short tag is for RTP alone (RFC 4568 section 6.2.2, RFC 6188 section 4).
    switch (suite)
    {
    case srtp_suite::aes_cm_128_hmac_sha1_80:
        srtp_crypto_policy_set_rtp_default(&p.rtp);
        srtp_crypto_policy_set_rtcp_default(&p.rtcp);
        return;
    case srtp_suite::aes_cm_128_hmac_sha1_32:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&p.rtp);
        srtp_crypto_policy_set_rtcp_default(&p.rtcp);
        return;
    case srtp_suite::aes_256_cm_hmac_sha1_80:
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&p.rtp);
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&p.rtcp);
        return;
    case srtp_suite::aes_256_cm_hmac_sha1_32:
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(&p.rtp);
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&p.rtcp);
        return;
    }
}

/// A session of libsrtp, of one direction.
class session
{
public:
    session() = default;
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session()
    {
        if (it_) (void)srtp_dealloc(it_);
    }

    bool create(srtp_key key, srtp_ssrc_t ssrc)
    {
        // The highest bytes are zero where the identifier is longer than its number.
        std::array<std::uint8_t, SRTP_MAX_MKI_LEN> id{};
        for (std::size_t i = 0; i < key.mki_bytes && i < 8; ++i)
            id[key.mki_bytes - 1u - i] = static_cast<std::uint8_t>(key.mki >> (8 * i));
        srtp_master_key_t master{key.bytes.data(), id.data(), key.mki_bytes};
        srtp_master_key_t* masters[] = {&master};
        srtp_policy_t policy{};
        choose(policy, key.suite);
        policy.ssrc = ssrc;
        policy.window_size = replay_window;
        if (key.mki_bytes == 0)
            policy.key = key.bytes.data();
        else
        {
            policy.keys = masters;
            policy.num_master_keys = 1;
        }
        return srtp_create(&it_, &policy) == srtp_err_status_ok;
    }
    srtp_t get() const { return it_; }

private:
    srtp_t it_ = nullptr;
};

/// libsrtp reads headers as words, so a packet has to lie where words may.
class aligned
{
public:
    template <class Work>
    std::size_t run(std::span<std::uint8_t> packet, std::size_t size, Work work)
    {
        if (reinterpret_cast<std::uintptr_t>(packet.data()) % alignof(std::uint32_t) == 0)
            return work(packet.data());
        if (packet.size() > copy_.size()) return 0;
        std::memcpy(copy_.data(), packet.data(), size);
        const std::size_t done = work(copy_.data());
        std::memcpy(packet.data(), copy_.data(), done);
        return done;
    }

private:
    alignas(std::uint32_t) std::array<std::uint8_t, limits::rtp_packet_bytes> copy_;
};

class libsrtp_sealer final : public media::sealer
{
public:
    bool create(const srtp_key& key, std::uint32_t ssrc)
    {
        return session_.create(key, {ssrc_specific, ssrc});
    }
    std::size_t seal(std::span<std::uint8_t> buffer, std::size_t size) override
    {
        return run(buffer, size, srtp_protect);
    }
    std::size_t seal_report(std::span<std::uint8_t> buffer, std::size_t size) override
    {
        return run(buffer, size, srtp_protect_rtcp);
    }

private:
    template <class Protect>
    std::size_t run(std::span<std::uint8_t> buffer, std::size_t size, Protect protect)
    {
        if (buffer.size() < size + media::srtp_overhead) return 0;
        return aligned_.run(buffer, size,
                            [&](std::uint8_t* packet) -> std::size_t
                            {
                                int length = static_cast<int>(size);
                                const auto status = protect(session_.get(), packet, &length);
                                if (status != srtp_err_status_ok) return 0;
                                return static_cast<std::size_t>(length);
                            });
    }

    session session_;
    aligned aligned_;
};

class libsrtp_opener final : public media::opener
{
public:
    bool create(const srtp_key& key)
    {
        has_mki_ = key.mki_bytes != 0;
        return session_.create(key, {ssrc_any_inbound, 0});
    }
    std::size_t open(std::span<std::uint8_t> packet) override
    {
        return run(packet, 8, srtp_unprotect_mki);
    }
    std::size_t open_report(std::span<std::uint8_t> packet) override
    {
        return run(packet, 4, srtp_unprotect_rtcp_mki);
    }

private:
    template <class Unprotect>
    std::size_t run(std::span<std::uint8_t> packet, std::size_t ssrc_at, Unprotect unprotect)
    {
        if (packet.size() < ssrc_at + 4) return 0;
        std::uint32_t ssrc = 0; // in network order, as libsrtp has it
        std::memcpy(&ssrc, packet.data() + ssrc_at, sizeof ssrc);
        return aligned_.run(packet, packet.size(),
                            [&](std::uint8_t* at) -> std::size_t
                            {
                                int length = static_cast<int>(packet.size());
                                const auto status =
                                    unprotect(session_.get(), at, &length, has_mki_ ? 1 : 0);
                                if (status != srtp_err_status_ok) return 0;
                                note(ssrc);
                                return static_cast<std::size_t>(length);
                            });
    }

    // libsrtp keeps state for each SSRC that was ever authentic; we keep it for the latest few.
    void note(std::uint32_t ssrc)
    {
        const auto end = ssrcs_.begin() + static_cast<std::ptrdiff_t>(known_);
        auto at = std::find(ssrcs_.begin(), end, ssrc);
        if (at == end)
        {
            if (known_ < ssrcs_.size())
                ++known_;
            else
                (void)srtp_remove_stream(session_.get(), *--at);
            *at = ssrc;
        }
        std::rotate(ssrcs_.begin(), at, at + 1);
    }

    session session_;
    aligned aligned_;
    bool has_mki_ = false;
    std::array<std::uint32_t, limits::srtp_senders> ssrcs_{}; ///< the last one heard first
    std::size_t known_ = 0;
};

class libsrtp_transform final : public media::srtp_transform
{
public:
    std::unique_ptr<media::sealer> make_sealer(const srtp_key& key,
                                               std::uint32_t ssrc) const override
    {
        auto made = std::make_unique<libsrtp_sealer>();
        if (!made->create(key, ssrc)) return nullptr;
        return made;
    }
    std::unique_ptr<media::opener> make_opener(const srtp_key& key) const override
    {
        auto made = std::make_unique<libsrtp_opener>();
        if (!made->create(key)) return nullptr;
        return made;
    }
};

} // namespace

const media::srtp_transform* libsrtp()
{
    // Once in a process; never undone, since others in it may use libsrtp too.
    static const bool works = srtp_init() == srtp_err_status_ok;
    static const libsrtp_transform transform;
    return works ? &transform : nullptr;
}

} // namespace solosip::srtp
