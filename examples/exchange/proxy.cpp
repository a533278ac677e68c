#include "proxy.hpp"

namespace solosip::examples
{
namespace
{

// Section 18.2.1 and RFC 3581: the answer must find back to where the request came from.
std::string marked_via(std::string_view value, const endpoint& source)
{
    std::string out(value);
    const auto via = sip::parse_via(value);
    if (!via) return out;
    out += ";received=" + source.address.to_string();
    if (const auto rport = via->params.find("rport"); rport && rport->empty())
    {
        constexpr std::string_view name = ";rport";
        const auto at = out.find(name);
        if (at != std::string::npos)
            out.insert(at + name.size(), "=" + std::to_string(source.port));
    }
    return out;
}

std::string_view first_value(const sip::message_view& m, sip::header_id id)
{
    std::string_view first;
    m.for_each_value(id,
                     [&](std::string_view v)
                     {
                         first = v;
                         return false;
                     });
    return first;
}

} // namespace

std::optional<stateless_proxy::passed_on>
stateless_proxy::request(const sip::message_view& m, const std::string& contact,
                         const endpoint& next, const endpoint& source, const endpoint& local) const
{
    const auto top = m.top_via();
    const auto hops = m.number(sip::header_id::max_forwards);
    if (!top || !top->has_cookie() || (hops && *hops == 0)) return std::nullopt;

    const std::string below = marked_via(first_value(m, sip::header_id::via), source);
    const std::string ours = "SIP/2.0/UDP " + host_text(local.address) + ':' +
                             std::to_string(local.port) + ";branch=" + std::string(mark_) +
                             std::string(top->branch());
    sip::message out(m);
    out.remove_first_value(sip::header_id::via);
    // Section 16.4: a route to us has done its work.
    if (const auto route = sip::parse_name_addr(first_value(m, sip::header_id::route));
        route && route->uri.host == host_text(local.address) && route->uri.port == local.port)
        out.remove_first_value(sip::header_id::route);
    const std::string left = std::to_string(hops ? *hops - 1 : 69);
    if (!out.prepend(sip::header_id::via, below) || !out.prepend(sip::header_id::via, ours) ||
        !out.set(sip::header_id::max_forwards, left) || !out.set_request_uri(contact))
        return std::nullopt;
    return passed_on{next, out.bytes()};
}

std::optional<stateless_proxy::passed_on>
stateless_proxy::response(const sip::message_view& m) const
{
    const auto ours = m.top_via();
    if (!ours || !ours->branch().starts_with(mark_)) return std::nullopt;
    sip::message out(m);
    out.remove_first_value(sip::header_id::via);
    const auto below = out->top_via();
    if (!below) return std::nullopt;

    // Section 18.2.2, from the values that `request` has put there.
    const auto received = below->params.find("received");
    const auto address = ip_address::parse(received.value_or(below->host));
    if (!address) return std::nullopt;
    const auto rport = sip::parse_number(below->params.find("rport").value_or(""));
    const std::uint32_t sent_by = below->port != 0 ? below->port : 5060;
    const std::uint32_t port = rport ? *rport : sent_by;
    return passed_on{{*address, static_cast<std::uint16_t>(port)}, out.bytes()};
}

} // namespace solosip::examples
