#include "rtp/rtcp.hpp"

#include "rtp/bytes.hpp"

#include <algorithm>

namespace solosip::rtp
{

namespace
{

using bytes = std::span<const std::uint8_t>;

// RFC 3550 section 12.1, RFC 3611 section 2.
constexpr std::uint8_t sender_report = 200, receiver_report = 201, source_description = 202,
                       goodbye = 203, extended_report = 207;
constexpr std::uint8_t cname_item = 1;
constexpr std::uint8_t voip_block = 7;
constexpr std::size_t block_bytes = 24, sender_bytes = 20, voip_bytes = 36;
constexpr std::size_t longest_cname = 64;

report_block read_block(bytes b)
{
    report_block r;
    r.ssrc = read_u32(b, 0);
    r.fraction_lost = b[4];
    // 24 bits with a sign.
    r.lost = static_cast<std::int32_t>((read_u32(b, 4) & 0xFFFFFF) << 8) >> 8;
    r.highest_sequence = read_u32(b, 8);
    r.jitter = read_u32(b, 12);
    r.last_report = read_u32(b, 16);
    r.since_last_report = read_u32(b, 20);
    return r;
}

voip_metrics read_voip(bytes b)
{
    voip_metrics v;
    v.ssrc = read_u32(b, 4);
    v.loss_rate = b[8];
    v.discard_rate = b[9];
    v.burst_density = b[10];
    v.gap_density = b[11];
    v.burst_ms = read_u16(b, 12);
    v.gap_ms = read_u16(b, 14);
    v.round_trip_ms = read_u16(b, 16);
    v.end_system_ms = read_u16(b, 18);
    v.signal_level = b[20];
    v.noise_level = b[21];
    v.echo_loss = b[22];
    v.gap_minimum = b[23];
    v.r_factor = b[24];
    v.external_r_factor = b[25];
    v.mos_listening = b[26];
    v.mos_conversation = b[27];
    v.receiver = b[28];
    v.jitter_nominal_ms = read_u16(b, 30);
    v.jitter_maximum_ms = read_u16(b, 32);
    v.jitter_ceiling_ms = read_u16(b, 34);
    return v;
}

/// SR and RR differ by the sender's part only. False: shorter than it says.
bool read_report(bytes part, std::uint32_t our_ssrc, rtcp& to)
{
    const bool sr = part[1] == sender_report;
    std::size_t at = 8 + (sr ? sender_bytes : 0);
    const std::size_t blocks = part[0] & 0x1F;
    if (part.size() < at + blocks * block_bytes) return false;
    if (sr)
        to.sent = {std::uint64_t{read_u32(part, 8)} << 32 | read_u32(part, 12), read_u32(part, 16),
                   read_u32(part, 20), read_u32(part, 24)};
    for (std::size_t i = 0; i < blocks; ++i, at += block_bytes)
        if (read_u32(part, at) == our_ssrc) to.about_us = read_block(part.subspan(at));
    return true;
}

/// RFC 3611 section 3: blocks of type, something, length in words less one.
void read_extended(bytes part, std::uint32_t our_ssrc, rtcp& to)
{
    for (std::size_t at = 8; at + 4 <= part.size();)
    {
        const std::size_t size = 4 + std::size_t{4} * read_u16(part, at + 2);
        if (size > part.size() - at) return;
        const bytes block = part.subspan(at, size);
        if (block[0] == voip_block && size == voip_bytes && read_u32(block, 4) == our_ssrc)
            to.voip_about_us = read_voip(block);
        at += size;
    }
}

void read_goodbye(bytes part, rtcp& to)
{
    const std::size_t sources = part[0] & 0x1F;
    for (std::size_t i = 0; i < sources && 8 + 4 * i <= part.size(); ++i)
        to.bye |= read_u32(part, 4 + 4 * i) == to.sender;
}

} // namespace

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|  count  |      type     |     words that follow         |
// |                 SSRC of the sender (but for SDES and BYE)     |
result<rtcp> parse_rtcp(bytes datagram, std::uint32_t our_ssrc)
{
    rtcp all;
    bytes left = datagram;
    while (!left.empty())
    {
        if (left.size() < 4 || left[0] >> 6 != 2) return errc::bad_packet;
        const std::size_t size = 4 + std::size_t{4} * read_u16(left, 2);
        if (size > left.size()) return errc::bad_packet;
        bytes part = left.first(size);
        left = left.subspan(size);
        const bool first = part.data() == datagram.data();
        if ((part[0] & 0x20) != 0)
        {
            // Only the last one may be padded (section A.2).
            if (!left.empty() || first || part.back() == 0 || part.back() > size - 4)
                return errc::bad_packet;
            part = part.first(size - part.back());
        }
        const std::uint8_t type = part[1];
        const bool report = type == sender_report || type == receiver_report;
        if (first && !report) return errc::bad_packet;
        if ((report || type == extended_report) && part.size() < 8) return errc::bad_packet;
        if (first) all.sender = read_u32(part, 4);
        const bool theirs = part.size() >= 8 && read_u32(part, 4) == all.sender;
        if (report && theirs && !read_report(part, our_ssrc, all)) return errc::bad_packet;
        if (type == extended_report && theirs) read_extended(part, our_ssrc, all);
        if (type == goodbye) read_goodbye(part, all);
    }
    if (datagram.empty()) return errc::bad_packet;
    return all;
}

// ---- what we send -------------------------------------------------------------------------------

namespace
{

class printer
{
public:
    explicit printer(std::span<std::uint8_t> to) : to_(to) {}

    void begin(std::uint8_t type, std::size_t count)
    {
        begin_ = at_;
        u8(static_cast<std::uint8_t>(0x80 | count));
        u8(type);
        u16(0);
    }
    void end()
    {
        while ((at_ - begin_) % 4 != 0)
            u8(0);
        write_u16(to_, begin_ + 2, static_cast<std::uint16_t>((at_ - begin_) / 4 - 1));
    }
    void u8(std::uint8_t v) { to_[at_++] = v; }
    void u16(std::uint16_t v)
    {
        write_u16(to_, at_, v);
        at_ += 2;
    }
    void u32(std::uint32_t v)
    {
        write_u32(to_, at_, v);
        at_ += 4;
    }
    void text(std::string_view t)
    {
        for (const char c : t)
            u8(static_cast<std::uint8_t>(c));
    }
    std::size_t size() const { return at_; }

private:
    std::span<std::uint8_t> to_;
    std::size_t at_ = 0, begin_ = 0;
};

void print_block(printer& p, const report_block& b)
{
    p.u32(b.ssrc);
    p.u32(std::uint32_t{b.fraction_lost} << 24 | (static_cast<std::uint32_t>(b.lost) & 0xFFFFFF));
    p.u32(b.highest_sequence);
    p.u32(b.jitter);
    p.u32(b.last_report);
    p.u32(b.since_last_report);
}

void print_voip(printer& p, const voip_metrics& v)
{
    p.u8(voip_block);
    p.u8(0);
    p.u16(voip_bytes / 4 - 1);
    p.u32(v.ssrc);
    for (const std::uint8_t b : {v.loss_rate, v.discard_rate, v.burst_density, v.gap_density})
        p.u8(b);
    for (const std::uint16_t w : {v.burst_ms, v.gap_ms, v.round_trip_ms, v.end_system_ms})
        p.u16(w);
    for (const std::uint8_t b :
         {v.signal_level, v.noise_level, v.echo_loss, v.gap_minimum, v.r_factor,
          v.external_r_factor, v.mos_listening, v.mos_conversation, v.receiver, std::uint8_t{0}})
        p.u8(b);
    for (const std::uint16_t w : {v.jitter_nominal_ms, v.jitter_maximum_ms, v.jitter_ceiling_ms})
        p.u16(w);
}

} // namespace

std::size_t print_rtcp(const rtcp_report& r, std::span<std::uint8_t> to)
{
    if (to.size() < rtcp_report_bytes) return 0;
    printer p(to);
    p.begin(r.sent ? sender_report : receiver_report, r.block ? 1 : 0);
    p.u32(r.sender);
    if (r.sent)
    {
        p.u32(static_cast<std::uint32_t>(r.sent->ntp >> 32));
        p.u32(static_cast<std::uint32_t>(r.sent->ntp & 0xFFFFFFFF));
        p.u32(r.sent->timestamp);
        p.u32(r.sent->packets);
        p.u32(r.sent->octets);
    }
    if (r.block) print_block(p, *r.block);
    p.end();

    const std::string_view cname = r.cname.substr(0, longest_cname);
    p.begin(source_description, 1);
    p.u32(r.sender);
    p.u8(cname_item);
    p.u8(static_cast<std::uint8_t>(cname.size()));
    p.text(cname);
    p.u8(0); // the end of the list of items; `end` fills up the word
    p.end();

    if (r.voip)
    {
        p.begin(extended_report, 0);
        p.u32(r.sender);
        print_voip(p, *r.voip);
        p.end();
    }
    if (r.bye)
    {
        p.begin(goodbye, 1);
        p.u32(r.sender);
        p.end();
    }
    return p.size();
}

} // namespace solosip::rtp
