// a=crypto, alone and in descriptions. What is read is written so that it is read again; of an
// offer with keys each side makes the other's keys its own, and what was required is never given
// up.
#include "fuzz/property.hpp"
#include "sdp/crypto_attribute.hpp"
#include "sdp/encryption.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

using namespace solosip;
using fuzz::require;

namespace
{

sdp::local_media ours(srtp_policy policy)
{
    sdp::local_media local;
    local.rtp = {ip_address::v4(192, 0, 2, 1), 4'000};
    local.codecs = {{"PCMA", 8'000, 1, 8, ""}, {"PCMU", 8'000, 1, 0, ""}};
    local.encryption = policy;
    std::uint8_t fill = 1;
    for (const auto suite :
         {srtp_suite::aes_cm_128_hmac_sha1_80, srtp_suite::aes_256_cm_hmac_sha1_80,
          srtp_suite::aes_cm_128_hmac_sha1_32, srtp_suite::aes_256_cm_hmac_sha1_32})
    {
        local.keys.emplace_back().suite = suite;
        std::fill_n(local.keys.back().bytes.begin(), srtp_key_bytes(suite), fill++);
    }
    return local;
}

void check_attribute(std::string_view text)
{
    const auto read = sdp::parse_crypto(text);
    if (!read || !*read) return;
    const auto& a = **read;
    require(a.tag <= 999'999'999 && a.key.mki_bytes <= 128, "numbers are in their bounds");
    const auto printed = sdp::print(a);
    require(printed.find_first_of("\r\n") == printed.npos && sdp::is_crypto(printed), "one line");
    const auto again = sdp::parse_crypto(printed);
    require(again && *again == *read, "printing keeps the attribute");
}

void check_offer(const sdp::description& offer, srtp_policy policy)
{
    const auto local = ours(policy);
    const auto answer = sdp::make_answer(offer, local);
    if (!answer) return;
    const auto& agreed = answer->agreed;
    require(agreed.srtp || policy != srtp_policy::required, "required is required");
    const auto& line = answer->text.media.at(agreed.media_index);
    require(agreed.srtp || !sdp::is_secured(line), "RTP/SAVP has keys");
    if (!agreed.srtp) return;
    require(std::count(local.keys.begin(), local.keys.end(), agreed.srtp->send) == 1,
            "we send by a key of ours");
    require(agreed.srtp->send.suite == agreed.srtp->receive.suite, "one suite for both");
    const auto printed = sdp::parse(sdp::print(answer->text));
    require(printed.has_value(), "our answer parses");
    const auto said = std::count_if(line.attributes.begin(), line.attributes.end(),
                                    [](const std::string& a) { return sdp::is_crypto(a); });
    require(said == 1, "one key in the answer");
    const auto next = sdp::make_next_offer(answer->text, agreed, local);
    require(next.media.at(agreed.media_index).attributes == line.attributes,
            "the next offer keeps suite, tag and key");
}

void check_answer(const sdp::description& answer, srtp_policy policy)
{
    const auto local = ours(policy);
    const auto agreed = sdp::read_answer(sdp::make_offer(local), answer, local);
    if (!agreed) return;
    require(agreed->srtp || policy != srtp_policy::required, "required is required");
    if (agreed->srtp)
        require(std::count(local.keys.begin(), local.keys.end(), agreed->srtp->send) == 1 &&
                    agreed->srtp->send.suite == agreed->srtp->receive.suite,
                "we send by the key that we offered");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_attribute(sdp::is_crypto(text) ? text : "crypto:" + text);
    const auto d = sdp::parse(text);
    if (!d) return 0;
    for (const auto policy : {srtp_policy::preferred, srtp_policy::required})
    {
        check_offer(*d, policy);
        check_answer(*d, policy);
    }
    return 0;
}
