#include "solosip/rtp/packet.hpp"

#include "rtp/bytes.hpp"

namespace solosip::rtp
{

namespace
{

constexpr std::uint8_t version_bits = 2 << 6;
constexpr std::uint8_t version_mask = 3 << 6;

} // namespace

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|X|  CC   |M|     PT      |            sequence           |
// |                           timestamp                           |
// |                             SSRC                              |
// |                  CSRC, CC of them (RFC 3550 5.1)              |
// |     of the profile            |  words that follow (5.3.1)    |
result<packet> parse(std::span<const std::uint8_t> datagram)
{
    if (datagram.size() < header_bytes || (datagram[0] & version_mask) != version_bits ||
        is_rtcp(datagram))
        return errc::bad_packet;

    std::size_t begin = header_bytes + std::size_t{4} * (datagram[0] & 0x0F);
    const bool extended = (datagram[0] & 0x10) != 0;
    if (extended)
    {
        if (datagram.size() < begin + 4) return errc::bad_packet;
        begin += 4 + std::size_t{4} * read_u16(datagram, begin + 2);
    }
    if (begin > datagram.size()) return errc::bad_packet;

    std::size_t end = datagram.size();
    const bool padded = (datagram[0] & 0x20) != 0;
    if (padded)
    {
        // The last octet counts the padding, itself included.
        const std::size_t padding = datagram.back();
        if (padding == 0 || padding > end - begin) return errc::bad_packet;
        end -= padding;
    }

    packet p;
    p.marker = (datagram[1] & 0x80) != 0;
    p.payload_type = datagram[1] & 0x7F;
    p.sequence = read_u16(datagram, 2);
    p.timestamp = read_u32(datagram, 4);
    p.ssrc = read_u32(datagram, 8);
    p.payload = datagram.subspan(begin, end - begin);
    return p;
}

bool print_header(const header& h, std::span<std::uint8_t> to)
{
    if (to.size() < header_bytes) return false;
    to[0] = version_bits;
    to[1] = static_cast<std::uint8_t>((h.marker ? 0x80 : 0) | (h.payload_type & 0x7F));
    write_u16(to, 2, h.sequence);
    write_u32(to, 4, h.timestamp);
    write_u32(to, 8, h.ssrc);
    return true;
}

} // namespace solosip::rtp
