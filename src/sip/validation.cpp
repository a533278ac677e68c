#include "solosip/sip/validation.hpp"

#include "sip/text.hpp"

#include <algorithm>
#include <utility>

namespace solosip::sip
{
namespace
{

verdict bad(std::string_view why)
{
    return {400, why, false};
}

struct rule
{
    header_id id;
    std::string_view missing, repeated;
};

// RFC 3261 section 8.1.1; Max-Forwards is younger than RFC 2543 and may be absent.
constexpr rule mandatory[] = {
    {header_id::to, "Missing To", "More Than One To"},
    {header_id::from, "Missing From", "More Than One From"},
    {header_id::call_id, "Missing Call-ID", "More Than One Call-ID"},
    {header_id::cseq, "Missing CSeq", "More Than One CSeq"},
};

constexpr rule single[] = {
    {header_id::max_forwards, {}, "More Than One Max-Forwards"},
    {header_id::content_type, {}, "More Than One Content-Type"},
    {header_id::expires, {}, "More Than One Expires"},
    {header_id::session_expires, {}, "More Than One Session-Expires"},
    {header_id::replaces, {}, "More Than One Replaces"},
    {header_id::refer_to, {}, "More Than One Refer-To"},
};

// Section 8.2.2: what nobody needs to process this message may be malformed. Without it a BYE would
// not end a call, and another phone's binding would keep us from being registered.
bool is_needed(const message_view& m, header_id id)
{
    const auto cseq = m.cseq();
    const method about = cseq ? cseq->method : m.method();
    const bool ends = about == method::bye || about == method::cancel || m.method() == method::ack;
    const bool makes_dialog = about == method::invite || about == method::update ||
                              about == method::subscribe || about == method::notify ||
                              about == method::refer;
    switch (id)
    {
    case header_id::max_forwards: return m.is_request() && !ends;
    case header_id::content_type: return m.is_request() && !ends && !m.body().empty();
    case header_id::contact:
        return m.is_request() && !ends && (makes_dialog || about == method::register_);
    case header_id::record_route: return makes_dialog && !ends && m.status() < 300;
    case header_id::replaces: return m.is_request() && about == method::invite && !ends;
    case header_id::refer_to: return m.is_request() && about == method::refer;
    default: return false;
    }
}

std::size_t count_of(const message_view& m, header_id id)
{
    std::size_t count = 0;
    if (!m.has(id)) return count;
    for (std::size_t i = 0; i < m.header_count(); ++i)
        if (m.header(i).id == id) ++count;
    return count;
}

// Section 25.1: CR stands before LF only, NUL in a quoted-pair only. Some stacks end a line, or all
// headers, at a CR alone, and their strings at a NUL: they would see another message.
bool has_strays(std::string_view head)
{
    for (auto at = head.find('\r'); at != head.npos; at = head.find('\r', at + 1))
        if (at + 1 == head.size() || head[at + 1] != '\n') return true;
    for (auto at = head.find('\0'); at != head.npos; at = head.find('\0', at + 1))
        if (at == 0 || head[at - 1] != '\\') return true;
    return false;
}

// callid = word [ "@" word ]: no white space and no control characters; more than that matters to
// nobody, for it is compared as it is.
bool is_call_id(std::string_view value)
{
    const auto visible = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; };
    return !value.empty() && std::all_of(value.begin(), value.end(), visible);
}

// Via = ( "Via" / "v" ) HCOLON via-parm *(COMMA via-parm), and no list may have an empty element.
verdict check_vias(const message_view& m)
{
    verdict v;
    if (!m.has(header_id::via)) return bad("Missing Via");
    for (std::size_t i = 0; i < m.header_count(); ++i)
        if (const auto line = m.header(i);
            line.id == header_id::via && (line.value.empty() || line.value.ends_with(',')))
            return bad("Bad Via");
    m.for_each_value(header_id::via,
                     [&](std::string_view value)
                     {
                         if (!parse_via(value)) v = bad("Bad Via");
                         return v.ok();
                     });
    return v;
}

verdict check_address(const result<name_addr>& a, std::string_view why)
{
    return a && !a->star ? verdict{} : bad(why);
}

verdict check_addresses(const message_view& m, header_id id, std::string_view why)
{
    verdict v;
    m.for_each_value(id,
                     [&](std::string_view value)
                     {
                         const auto a = parse_name_addr(value);
                         if (!a || (a->star && id != header_id::contact)) v = bad(why);
                         return v.ok();
                     });
    return v;
}

verdict check_cseq(const message_view& m)
{
    const auto c = m.cseq();
    if (!c || c->number > 0x7fff'ffffu) return bad("Bad CSeq");
    if (m.is_request() && c->method_text != m.method_text()) return bad("CSeq Method Mismatch");
    return {};
}

// 1*DIGIT, without the parameters and comments that `number` passes over.
bool is_number(const message_view& m, header_id id)
{
    return m.number(id) && text::all(*m.first(id), text::digit);
}

// Two that say the same do no harm where only what is needed is asked for.
verdict check_length(const message_view& m, demand what)
{
    if (!m.has(header_id::content_length)) return {};
    const auto length = m.first(header_id::content_length);
    for (std::size_t i = 0; i < m.header_count(); ++i)
        if (const auto line = m.header(i); line.id == header_id::content_length)
            if (line.value.data() != length->data() &&
                (what == demand::everything || m.is_request() || line.value != *length))
                return bad("More Than One Content-Length");
    if (!is_number(m, header_id::content_length)) return bad("Bad Content-Length");
    return m.body_truncated() ? bad("Content-Length Too Large") : verdict{};
}

template <class Needed>
verdict check_numbers(const message_view& m, Needed needed)
{
    if (needed(header_id::max_forwards))
    {
        const auto hops = m.number(header_id::max_forwards);
        if (!is_number(m, header_id::max_forwards) || !hops || *hops > 255)
            return bad("Bad Max-Forwards");
    }
    for (const header_id id : {header_id::expires, header_id::min_expires, header_id::rseq})
        if (needed(id) && !is_number(m, id)) return bad("Bad Number");
    return {};
}

verdict check_headers(const message_view& m, demand what)
{
    const auto needed = [&](header_id id)
    { return m.has(id) && (what == demand::everything || is_needed(m, id)); };
    for (const rule& each : mandatory)
    {
        const std::size_t count = count_of(m, each.id);
        if (count == 0) return bad(each.missing);
        if (count > 1) return bad(each.repeated);
    }
    for (const rule& each : single)
        if (needed(each.id) && count_of(m, each.id) > 1) return bad(each.repeated);
    if (!is_call_id(m.call_id())) return bad("Bad Call-ID");
    if (auto v = check_address(m.from(), "Bad From"); !v.ok()) return v;
    if (auto v = check_address(m.to(), "Bad To"); !v.ok()) return v;
    if (auto v = check_cseq(m); !v.ok()) return v;
    if (auto v = check_vias(m); !v.ok()) return v;
    constexpr std::pair<header_id, std::string_view> addresses[] = {
        {header_id::contact, "Bad Contact"},
        {header_id::record_route, "Bad Record-Route"},
        {header_id::route, "Bad Route"},
    };
    for (const auto& [id, why] : addresses)
        if (needed(id))
            if (auto v = check_addresses(m, id, why); !v.ok()) return v;
    if (needed(header_id::content_type) && !m.content_type()) return bad("Bad Content-Type");
    if (auto v = check_numbers(m, needed); !v.ok()) return v;
    return check_length(m, what);
}

// Section 8.2.2.1, and the grammar of the request line, which has single spaces only.
verdict check_request_line(const message_view& m)
{
    const std::size_t exact =
        m.method_text().size() + m.request_uri().size() + m.version().size() + 2;
    if (m.start_line().size() != exact) return bad("Bad Request-Line");
    const auto uri = parse_uri(m.request_uri());
    if (!uri) return bad("Bad Request-URI");
    if (uri->scheme == uri_scheme::other) return {416, reason_phrase(416), false};
    // Section 19.1.1: headers have no place in a Request-URI.
    if (!uri->headers.empty()) return bad("Headers in Request-URI");
    return {};
}

// Without sent-protocol and sent-by in the top Via there is nowhere to answer to; wrong parameters
// behind them do not matter for that.
bool has_sender(const message_view& m)
{
    const std::string_view line = m.first(header_id::via).value_or(std::string_view{});
    return parse_via(line.substr(0, line.find_first_of(";,"))).has_value();
}

verdict judge(const message_view& m, demand what)
{
    if (has_strays(m.bytes().substr(0, m.bytes().size() - m.body().size())))
        return bad("CR or NUL in a Header");
    if (!iequals(m.version(), "SIP/2.0")) return {505, reason_phrase(505), false};
    if (m.is_request())
    {
        // A scheme that is not ours matters less than headers that are wrong.
        const verdict line = check_request_line(m);
        if (line.status == 400) return line;
        const verdict headers = check_headers(m, what);
        return headers.ok() ? line : headers;
    }
    return check_headers(m, what);
}

} // namespace

verdict validate(const message_view& m, demand what)
{
    verdict v = judge(m, what);
    if (v.ok()) return v;
    // Section 17.1.1.3 knows no answer to an ACK, section 18.1.2 none to a response.
    v.silent = m.is_response() || m.method() == method::ack || !has_sender(m);
    return v;
}

} // namespace solosip::sip
