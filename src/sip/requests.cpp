// Requests that are made of another one: ACK for a refusal, and CANCEL.
#include "solosip/sip/compose.hpp"
#include "solosip/sip/message.hpp"

namespace solosip::sip
{
namespace
{

std::optional<std::string_view> top_via_text(const message_view& m)
{
    std::optional<std::string_view> top;
    m.for_each_value(header_id::via,
                     [&](std::string_view value)
                     {
                         top = value;
                         return false;
                     });
    return top;
}

// A copied value may be folded, and a line break is what the writer refuses.
std::string one_line(std::string_view value)
{
    std::string out(value);
    for (char& c : out)
        if (c == '\r' || c == '\n') c = ' ';
    return out;
}

// Request-URI, top Via, From, Call-ID, the number of the CSeq and the Route headers are the
// INVITE's, so that both take the same way (RFC 3261 sections 9.1 and 17.1.1.3).
result<message> make_companion(method m, const message_view& invite, std::string_view to)
{
    const auto via = top_via_text(invite);
    const auto from = invite.first(header_id::from);
    const auto number = invite.cseq();
    if (!via || !from || invite.call_id().empty()) return errc::missing_header;
    if (!number) return number.error();
    return compose(
        [&](writer& w)
        {
            w.request(m, invite.request_uri());
            w.header(header_id::via, one_line(*via));
            for (std::size_t i = 0; i < invite.header_count(); ++i)
                if (const auto line = invite.header(i); line.id == header_id::route)
                    w.header(header_id::route, one_line(line.value));
            w.header(header_id::from, one_line(*from));
            w.header(header_id::to, one_line(to));
            w.header(header_id::call_id, invite.call_id());
            w.header(header_id::cseq, {std::to_string(number->number), " ", to_string(m)});
            w.header(header_id::max_forwards, 70u);
        });
}

} // namespace

result<message> make_ack(const message_view& invite, const message_view& response)
{
    const auto to = response.first(header_id::to);
    if (!to) return errc::missing_header;
    return make_companion(method::ack, invite, *to);
}

result<message> make_cancel(const message_view& invite)
{
    const auto to = invite.first(header_id::to);
    if (!to) return errc::missing_header;
    return make_companion(method::cancel, invite, *to);
}

} // namespace solosip::sip
