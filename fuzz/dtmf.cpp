// Event packets in any order, and INFO bodies. No more presses than packets, none from a sender of
// one packet, nothing open after a silence; a body that is made can be read.
#include "dtmf/event.hpp"
#include "dtmf/receiver.hpp"
#include "fuzz/property.hpp"
#include "solosip/dtmf/info.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>

using namespace solosip;
using fuzz::require;

namespace
{

void check_body(std::string_view subtype, std::string_view body)
{
    const auto d = dtmf::parse_info(subtype, body);
    if (!d)
    {
        require(d.error().offset <= body.size(), "the offset lies in the body");
        return;
    }
    require(dtmf::is_key(d->key), "what is read is a key");
    require(d->length >= milliseconds(0), "no length is negative");
    const auto again = dtmf::parse_info("dtmf-relay", dtmf::make_dtmf_relay(d->key, d->length));
    require(again && again->key == d->key && again->length == d->length,
            "a body can be read again");
}

class presses
{
public:
    /// Five octets: what changes, and the event.
    void packet(std::span<const std::uint8_t> in)
    {
        const std::uint8_t change = in[0];
        now_ += milliseconds(change & 0x0F ? (change & 0x0F) * 5 : 0);
        if ((change & 0x30) == 0x10) timestamp_ += in[4] * 160u;
        if ((change & 0x30) == 0x20) timestamp_ -= in[4];
        if ((change & 0x30) == 0x30) timestamp_ += 0xFFFF;
        rtp::packet p;
        p.marker = (change & 0x40) != 0;
        p.ssrc = change & 0x80 ? in[4] % 4u : 7u;
        p.timestamp = timestamp_;
        p.payload = in.subspan(1, dtmf::payload_bytes);
        const bool trusted = p.ssrc == 7;
        ++packets_[p.ssrc];
        require(receiver_.receive(p, trusted, now_), "four octets are an event");
        ++total_;
        hear();
    }

    void finish()
    {
        for (int i = 0; receiver_.next_timeout(); ++i)
        {
            require(i <= 4, "a deadline that is served goes away");
            now_ = std::max(now_, *receiver_.next_timeout());
            receiver_.handle_timeout(now_);
        }
        hear();
        require(heard_ <= total_, "no more presses than packets");
        const bool single =
            std::all_of(packets_.begin(), packets_.end(),
                        [](const auto& each) { return each.first != 7 && each.second == 1; });
        require(!single || heard_ == 0, "one packet of a stranger presses nothing");
        receiver_.finish();
        require(!receiver_.poll(), "nothing is open after a silence");
    }

private:
    void hear()
    {
        while (const auto p = receiver_.poll())
        {
            require(dtmf::is_key(p->key), "what is heard is a key");
            ++heard_;
        }
    }

    dtmf::receiver receiver_;
    time_point now_{seconds(1000)};
    std::uint32_t timestamp_ = 0xFFFFF000;
    std::map<std::uint32_t, int> packets_;
    int total_ = 0, heard_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] < 64)
    {
        check_body(data[0] % 2 ? "dtmf" : "dtmf-relay", text);
        return 0;
    }
    presses all;
    for (std::span<const std::uint8_t> in(data + 1, size - 1); in.size() >= 5; in = in.subspan(5))
        all.packet(in);
    all.finish();
    return 0;
}
