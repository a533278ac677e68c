#include "solosip/sdp/description.hpp"

#include <charconv>

namespace solosip::sdp
{

namespace
{

void add(std::string& out, std::uint64_t number)
{
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

void add_address(std::string& out, const ip_address& a)
{
    out += a.is_v6 ? "IN IP6 " : "IN IP4 ";
    out += a.to_string();
}

void add_connection(std::string& out, const std::optional<ip_address>& a)
{
    out += "c=";
    if (a)
        add_address(out, *a);
    else
        out += "IN IP4 address.invalid"; // a name that cannot resolve (RFC 6761 section 6.4)
    out += "\r\n";
}

void add_attribute(std::string& out, std::string_view name, std::uint64_t number)
{
    out += "a=";
    out += name;
    out += ':';
    add(out, number);
    out += "\r\n";
}

void add_format(std::string& out, const format& f)
{
    if (!f.name.empty())
    {
        out += "a=rtpmap:";
        add(out, f.payload_type);
        out += ' ';
        out += f.name;
        out += '/';
        add(out, f.clock_rate);
        if (f.channels != 1)
        {
            out += '/';
            add(out, f.channels);
        }
        out += "\r\n";
    }
    if (!f.fmtp.empty())
    {
        out += "a=fmtp:";
        add(out, f.payload_type);
        out += ' ';
        out += f.fmtp;
        out += "\r\n";
    }
}

void add_rtcp(std::string& out, const media& m)
{
    if (m.rtcp_port)
    {
        out += "a=rtcp:";
        add(out, *m.rtcp_port);
        if (m.rtcp_address)
        {
            out += ' ';
            add_address(out, *m.rtcp_address);
        }
        out += "\r\n";
    }
    if (m.rtcp_mux) out += "a=rtcp-mux\r\n";
}

void add_others(std::string& out, const std::vector<std::string>& attributes)
{
    for (const auto& a : attributes)
    {
        out += "a=";
        out += a;
        out += "\r\n";
    }
}

void add_media(std::string& out, const description& d, const media& m)
{
    out += "m=";
    out += m.kind;
    out += ' ';
    add(out, m.port);
    out += ' ';
    out += m.protocol;
    for (const auto& token : m.format_tokens)
    {
        out += ' ';
        out += token;
    }
    out += "\r\n";
    if (m.address != d.address) add_connection(out, m.address);
    for (const auto& f : m.formats)
        add_format(out, f);
    if (m.ptime) add_attribute(out, "ptime", *m.ptime);
    if (m.maxptime) add_attribute(out, "maxptime", *m.maxptime);
    if (m.port != 0 || m.direction != d.direction) // a refused line needs none
    {
        out += "a=";
        out += to_string(m.direction);
        out += "\r\n";
    }
    add_rtcp(out, m);
    add_others(out, m.attributes);
}

} // namespace

std::string print(const description& d)
{
    std::string out;
    out.reserve(512);
    out += "v=0\r\no=";
    out += d.username;
    out += ' ';
    add(out, d.session_id);
    out += ' ';
    add(out, d.version);
    out += ' ';
    add_address(out, d.origin);
    out += "\r\ns=";
    out += d.session_name;
    out += "\r\n";
    if (d.address) add_connection(out, d.address);
    out += "t=0 0\r\n";
    if (d.direction != direction::sendrecv)
    {
        out += "a=";
        out += to_string(d.direction);
        out += "\r\n";
    }
    add_others(out, d.attributes);
    for (const auto& m : d.media)
        add_media(out, d, m);
    return out;
}

} // namespace solosip::sdp
