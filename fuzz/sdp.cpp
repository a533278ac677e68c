// One session description. The view stays in its text and says what the owned description says;
// printing keeps everything; what is answered and offered after it can be read by the other side.
#include "fuzz/property.hpp"
#include "solosip/sdp/description_view.hpp"
#include "solosip/sdp/offer_answer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace solosip;
using fuzz::require;
using fuzz::within;

namespace
{

void check_media(const sdp::media_view& m, const sdp::media& owned, std::string_view text)
{
    require(within(m.kind(), text) && within(m.protocol(), text), "an m= line lies in the text");
    require(m.kind() == owned.kind && m.protocol() == owned.protocol && m.port() == owned.port,
            "the m= line is the same");
    require(m.address() == owned.address && m.direction() == owned.direction &&
                m.ptime() == owned.ptime && m.maxptime() == owned.maxptime &&
                m.rtcp_port() == owned.rtcp_port && m.rtcp_address() == owned.rtcp_address &&
                m.rtcp_mux() == owned.rtcp_mux,
            "what belongs to an m= line is the same");
    require(m.format_count() == owned.formats.size(), "as many formats");
    for (std::size_t i = 0; i < m.format_count(); ++i)
    {
        const auto f = m.format(i);
        const sdp::format& o = owned.formats[i];
        require(within(f.fmtp, text), "parameters of a format lie in the text");
        require(f.payload_type == o.payload_type && f.name == o.name && f.fmtp == o.fmtp &&
                    f.clock_rate == o.clock_rate && f.channels == o.channels,
                "a format is the same");
        require(f.payload_type < 128, "a payload type has seven bits");
    }
    std::size_t tokens = 0;
    m.for_each_token(
        [&](std::string_view token)
        {
            require(within(token, text) && tokens < owned.format_tokens.size() &&
                        token == owned.format_tokens[tokens],
                    "a token is the same");
            ++tokens;
        });
    std::size_t attributes = 0;
    m.for_each_attribute(
        [&](std::string_view a)
        {
            require(within(a, text) && attributes < owned.attributes.size() &&
                        a == owned.attributes[attributes],
                    "an attribute is the same");
            ++attributes;
        });
    require(tokens == owned.format_tokens.size() && attributes == owned.attributes.size(),
            "nothing is lost");
}

sdp::local_media ours(bool v6, sdp::direction d)
{
    sdp::local_media local;
    local.rtp = {v6 ? *ip_address::parse("2001:db8::1") : ip_address::v4(192, 0, 2, 1), 4'000};
    local.codecs = {{"PCMA", 8'000, 1, 8, ""},
                    {"PCMU", 8'000, 1, 0, ""},
                    {"L16", 16'000, 1, 102, ""},
                    {"G722", 8'000, 1, 9, ""}};
    local.direction = d;
    local.rtcp_mux = true;
    return local;
}

// What a refused line says of its formats means nothing, and a reader may know more about them.
bool same_meaning(const sdp::description& a, const sdp::description& b)
{
    if (a.media.size() != b.media.size() || a.session_id != b.session_id || a.version != b.version)
        return false;
    for (std::size_t i = 0; i < a.media.size(); ++i)
    {
        const sdp::media &x = a.media[i], &y = b.media[i];
        if (x.port != y.port || x.kind != y.kind || x.protocol != y.protocol ||
            x.format_tokens != y.format_tokens)
            return false;
        if (x.port != 0 && (x.formats != y.formats || x.direction != y.direction ||
                            x.ptime != y.ptime || x.rtcp_mux != y.rtcp_mux))
            return false;
    }
    return true;
}

// RFC 3264: the other side must understand our answer as we do, and our next offer too.
void check_answer(const sdp::description& offer, const sdp::local_media& local)
{
    const auto answer = sdp::make_answer(offer, local);
    if (!answer) return;
    const auto& agreed = answer->agreed;
    require(answer->text.media.size() == offer.media.size(), "one line for each m= line");
    require(agreed.media_index < offer.media.size(), "our line is one of them");
    for (std::size_t i = 0; i < offer.media.size(); ++i)
        require((answer->text.media[i].port == 0) == (i != agreed.media_index),
                "every other line is refused");
    require(agreed.codec.payload_type < 128 && agreed.receive_payload_type < 128, "seven bits");
    require(agreed.ptime > 0, "a packet has a length");
    const auto printed = sdp::parse(sdp::print(answer->text));
    require(printed.has_value(), "our answer parses");
    require(same_meaning(*printed, answer->text), "our answer is what we mean");
    require(sdp::read_answer(offer, *printed, local).has_value(), "it answers the offer");

    auto later = local;
    ++later.version;
    const auto next = sdp::make_next_offer(answer->text, agreed, later);
    require(next.media.size() == offer.media.size(), "lines stay (section 8)");
    bool in_use = false;
    for (const sdp::format& f : next.media[agreed.media_index].formats)
    {
        in_use = in_use || f.payload_type == agreed.receive_payload_type;
        for (const sdp::format& was : answer->text.media[agreed.media_index].formats)
            require(f.payload_type != was.payload_type ||
                        (f.clock_rate == was.clock_rate && f.channels == was.channels),
                    "a number means what it meant (section 8.3.2)");
    }
    require(in_use, "the codec in use is offered");
    const auto next_printed = sdp::parse(sdp::print(next));
    require(next_printed && same_meaning(*next_printed, next), "our next offer is what we mean");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    sdp::description_view view;
    const auto parsed = view.parse(text);
    const auto owned = sdp::parse(text);
    require(parsed.has_value() == owned.has_value(), "both accept, or neither");
    if (!parsed)
    {
        require(parsed.error().offset <= size, "the offset lies in the text");
        require(parsed.error() == owned.error(), "both refuse for the same reason");
        return 0;
    }
    require(within(view.username(), text) && within(view.session_name(), text), "in the text");
    require(view.session_id() == owned->session_id && view.version() == owned->version &&
                view.address() == owned->address && view.direction() == owned->direction,
            "the session is the same");
    require(view.media_count() == owned->media.size(), "as many m= lines");
    for (std::size_t i = 0; i < view.media_count(); ++i)
        check_media(view.media(i), owned->media[i], text);

    const auto again = sdp::parse(sdp::print(*owned));
    require(again && *again == *owned, "printing keeps the description");
    check_answer(*owned, ours(false, sdp::direction::sendrecv));
    check_answer(*owned, ours(true, sdp::direction::sendonly));
    const auto offer = sdp::make_offer(ours(false, sdp::direction::sendrecv));
    static_cast<void>(sdp::read_answer(offer, *owned, ours(false, sdp::direction::sendrecv)));
    return 0;
}
