#include "transaction/key.hpp"

namespace solosip::transaction
{
namespace
{

// sent-by is compared without regard to case (RFC 3261 section 7.3.1).
std::string sent_by_of(const sip::via& v)
{
    std::string text(v.host);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text + ':' + std::to_string(v.port);
}

std::string first_via_text(const sip::message_view& m)
{
    std::string text;
    m.for_each_value(sip::header_id::via,
                     [&](std::string_view value)
                     {
                         text = value;
                         return false;
                     });
    return text;
}

// All but method and To tag.
bool same_sender(const server_key& a, const server_key& b)
{
    if (a.has_cookie != b.has_cookie) return false;
    if (a.has_cookie) return a.branch == b.branch && a.sent_by == b.sent_by;
    return a.cseq == b.cseq && a.call_id == b.call_id && a.from_tag == b.from_tag &&
           a.uri == b.uri && a.via == b.via;
}

} // namespace

result<client_key> client_key_of(const sip::message_view& m)
{
    const auto via = m.top_via();
    if (!via) return via.error();
    const auto cseq = m.cseq();
    if (!cseq) return cseq.error();
    if (via->branch().empty()) return errc::bad_syntax;
    return client_key{std::string(via->branch()), std::string(cseq->method_text)};
}

result<server_key> server_key_of(const sip::message_view& request)
{
    const auto via = request.top_via();
    if (!via) return via.error();
    server_key key;
    key.method = request.method_text();
    key.has_cookie = via->has_cookie();
    if (key.has_cookie)
    {
        key.branch = via->branch();
        key.sent_by = sent_by_of(*via);
        return key;
    }
    const auto cseq = request.cseq();
    if (!cseq) return cseq.error();
    const auto from = request.from();
    if (!from) return from.error();
    const auto to = request.to();
    if (!to) return to.error();
    key.uri = request.request_uri();
    key.to_tag = to->tag();
    key.from_tag = from->tag();
    key.call_id = request.call_id();
    key.via = first_via_text(request);
    key.cseq = cseq->number;
    return key;
}

bool is_repeated(const server_key& known, const server_key& seen)
{
    return known.method == seen.method && known.to_tag == seen.to_tag && same_sender(known, seen);
}

bool is_ack_for(const server_key& invite, const server_key& ack, std::string_view response_tag)
{
    return invite.method == "INVITE" && ack.method == "ACK" && same_sender(invite, ack) &&
           (ack.has_cookie || ack.to_tag == response_tag);
}

bool is_cancel_for(const server_key& known, const server_key& cancel)
{
    return known.method != "CANCEL" && cancel.method == "CANCEL" && known.to_tag == cancel.to_tag &&
           same_sender(known, cancel);
}

} // namespace solosip::transaction
