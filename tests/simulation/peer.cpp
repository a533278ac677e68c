#include "simulation/peer.hpp"

#include "solosip/rtp/packet.hpp"

#include "support/catch.hpp"

#include <algorithm>

namespace solosip::simulation
{

namespace
{

constexpr std::uint16_t media_port = 7000;

void replace(std::string& text, std::string_view what, std::string_view by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

} // namespace

std::string header_of(const sip::message& m, std::string_view name)
{
    std::string all;
    for (std::size_t i = 0; i < m->header_count(); ++i)
        if (sip::iequals(m->header(i).name, name))
        {
            if (!all.empty()) all += ", ";
            all += m->header(i).value;
        }
    return all;
}

peer::peer(world& w, std::string name, ip_address address)
    : participant(w, std::move(name), address)
{
}

std::string peer::sdp(const std::string& formats, const std::string& more) const
{
    std::string text = "v=0\r\no=- 1 1 IN IP4 " + address().to_string() + "\r\ns=-\r\nc=IN IP4 " +
                       address().to_string() + "\r\nt=0 0\r\nm=audio " +
                       std::to_string(media_port) + " RTP/AVP " + formats +
                       "\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";
    return text + more;
}

// ---- what it has heard

void peer::on_datagram(const datagram& d)
{
    if (!d.is_sip() && d.to.port != media_port) return; // RTCP
    if (d.to.port == media_port)
    {
        ++media_packets;
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(d.bytes.data()),
                              d.bytes.size());
        if (const auto p = rtp::parse(bytes); p && !rtp::is_rtcp(bytes))
        {
            payload_type = p->payload_type;
            payload_bytes = p->payload.size();
        }
        return;
    }
    auto m = sip::message::parse(std::string(d.bytes));
    INFO(d.bytes);
    REQUIRE(m.has_value());
    inbox.push_back({world_.now(), d.from, *m});
    if (on_message) on_message(*m);
}

const sip::message& peer::last(sip::method m) const
{
    for (auto it = inbox.rbegin(); it != inbox.rend(); ++it)
        if (it->message->is_request() && it->message->method() == m) return it->message;
    INFO(world_.log());
    FAIL("no such request was heard");
    throw std::logic_error("unreachable");
}

const sip::message& peer::last(int status) const
{
    for (auto it = inbox.rbegin(); it != inbox.rend(); ++it)
        if (it->message->status() == status) return it->message;
    INFO(world_.log());
    FAIL("no response with this status was heard: " << status);
    throw std::logic_error("unreachable");
}

int peer::count(sip::method m) const
{
    return static_cast<int>(std::count_if(
        inbox.begin(), inbox.end(),
        [&](const heard& h) { return h.message->is_request() && h.message->method() == m; }));
}

int peer::count(int status) const
{
    return static_cast<int>(std::count_if(
        inbox.begin(), inbox.end(), [&](const heard& h) { return h.message->status() == status; }));
}

// ---- what it says

void peer::transmit(const endpoint& to, const std::string& head, const std::string& body)
{
    std::string text = head;
    if (!text.ends_with('\n')) text += '\n';
    if (!body.empty() && text.find("Content-Type:") == std::string::npos)
        text += "Content-Type: application/sdp\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\n\n";
    std::string bytes;
    for (const char c : text)
    {
        if (c == '\n') bytes += '\r';
        bytes += c;
    }
    bytes += body;
    last_to_ = to;
    last_said_ = bytes;
    world_.send(sip(), to, bytes);
}

void peer::say_again()
{
    world_.send(sip(), last_to_, last_said_);
}

void peer::say_media(const endpoint& to, std::string_view bytes)
{
    world_.send({address(), media_port}, to, bytes);
}

void peer::answer(const sip::message& request, const std::string& status_and_reason,
                  const std::string& more, const std::string& body)
{
    std::string text = "SIP/2.0 " + status_and_reason + "\n";
    for (std::size_t i = 0; i < request->header_count(); ++i)
    {
        const auto h = request->header(i);
        const bool early_or_good = status_and_reason[0] < '3';
        if (h.id == sip::header_id::via || h.id == sip::header_id::from ||
            h.id == sip::header_id::call_id || h.id == sip::header_id::cseq ||
            (h.id == sip::header_id::record_route && early_or_good))
            text += std::string(h.name) + ": " + std::string(h.value) + "\n";
        if (h.id == sip::header_id::to)
        {
            text += "To: " + std::string(h.value);
            if (!tag.empty() && h.value.find("tag=") == std::string_view::npos &&
                !status_and_reason.starts_with("100"))
                text += ";tag=" + tag;
            text += "\n";
        }
    }
    // To where it came from: our peers have symmetric sockets (RFC 3581).
    endpoint to;
    for (const auto& h : inbox)
        if (h.message.bytes() == request.bytes()) to = h.from;
    transmit(to, text + more, body);
}

std::string peer::fresh_branch()
{
    return "z9hG4bK-" + name() + "-" + std::to_string(++branches_);
}

std::string peer::fill(const std::string& text)
{
    std::string out = text;
    const auto via = [&](const std::string& branch)
    { return "SIP/2.0/UDP " + host() + ";branch=" + branch + ";rport"; };
    if (out.find("{via}") != std::string::npos) replace(out, "{via}", via(fresh_branch()));
    replace(out, "{via-invite}", via(with.invite_branch));
    if (out.find("{cseq}") != std::string::npos)
        replace(out, "{cseq}", std::to_string(++with.cseq));
    replace(out, "{cseq-invite}", std::to_string(with.invite_cseq));
    replace(out, "{target}", with.target);
    replace(out, "{from}", with.from);
    replace(out, "{to}", with.to);
    replace(out, "{call-id}", with.call_id);
    replace(out, "{host}", host());
    return out;
}

void peer::say(const endpoint& to, const std::string& text, const std::string& body)
{
    transmit(to, fill(text), body);
}

// ---- dialogs

namespace
{

constexpr const char* lines = "From: {from}\nTo: {to}\nCall-ID: {call-id}\nMax-Forwards: 70\n";

} // namespace

void peer::invite(const endpoint& at, const std::string& target, const std::string& more,
                  std::optional<std::string> body)
{
    with = {};
    with.at = at;
    with.target = target;
    with.from = "<sip:" + name() + "@" + address().to_string() + ">;tag=" + tag;
    with.to = "<" + target + ">";
    with.call_id = name() + "-" + std::to_string(world_.random().u32());
    with.invite_branch = fresh_branch();
    with.invite_cseq = with.cseq = 1;
    say(at,
        std::string("INVITE {target} SIP/2.0\nVia: {via-invite}\nCSeq: {cseq-invite} INVITE\n") +
            lines + contact() + more,
        body.value_or(sdp()));
}

void peer::acknowledge(const std::string& body)
{
    const auto& ok = last(200);
    with.to = header_of(ok, "To");
    if (const auto contact_uri = ok->contact()) with.target = std::string(contact_uri->uri.text);
    say(with.at, std::string("ACK {target} SIP/2.0\nVia: {via}\nCSeq: {cseq-invite} ACK\n") + lines,
        body);
}

void peer::acknowledge_refusal(const sip::message& response)
{
    const auto to = with.to;
    with.to = header_of(response, "To");
    say(with.at,
        std::string("ACK {target} SIP/2.0\nVia: {via-invite}\nCSeq: {cseq-invite} ACK\n") + lines);
    with.to = to;
}

void peer::cancel()
{
    say(with.at, std::string("CANCEL {target} SIP/2.0\nVia: {via-invite}\n"
                             "CSeq: {cseq-invite} CANCEL\n") +
                     lines);
}

void peer::adopt(const sip::message& invite, const endpoint& at)
{
    with = {};
    with.at = at;
    with.from = header_of(invite, "To");
    if (with.from.find("tag=") == std::string::npos) with.from += ";tag=" + tag;
    with.to = header_of(invite, "From");
    with.call_id = header_of(invite, "Call-ID");
    with.target = std::string(invite->contact()->uri.text);
}

void peer::request(const std::string& method, const std::string& more, const std::string& body)
{
    if (method == "INVITE")
    {
        with.invite_branch = fresh_branch();
        with.invite_cseq = ++with.cseq;
        say(with.at,
            "INVITE {target} SIP/2.0\nVia: {via-invite}\nCSeq: {cseq-invite} INVITE\n" +
                std::string(lines) + contact() + more,
            body);
        return;
    }
    say(with.at,
        method + " {target} SIP/2.0\nVia: {via}\nCSeq: {cseq} " + method + "\n" + lines + more,
        body);
}

} // namespace solosip::simulation
