// The response to a request (RFC 3261 section 8.2.6).
#include "sip/text.hpp"
#include "solosip/sip/message.hpp"

#include <functional>

namespace solosip::sip
{
namespace
{

// Folds become one space, so that a copied value is one line.
void append_unfolded(std::string& out, std::string_view value)
{
    for (std::size_t i = 0; i < value.size(); ++i)
    {
        if (value[i] != '\r' && value[i] != '\n')
        {
            out += value[i];
            continue;
        }
        while (i + 1 < value.size() && text::is_space(value[i + 1]))
            ++i;
        out += ' ';
    }
}

void append_line(std::string& out, std::string_view name, std::string_view value)
{
    out += name;
    out += ": ";
    append_unfolded(out, value);
    out += "\r\n";
}

bool is_address(std::string_view host, const ip_address& a)
{
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto parsed = ip_address::parse(host);
    return parsed && *parsed == a;
}

// RFC 3261 section 18.2.1: "received" where the sent-by host is not the source address.
// RFC 3581 section 4: a valueless "rport" asks for the port, and for "received" in any case.
void append_top_via(std::string& out, std::string_view value, const endpoint& source)
{
    const auto v = parse_via(value);
    if (!v) return append_unfolded(out, value);
    const bool wants_port = v->params.has("rport");
    const bool received = wants_port || !is_address(v->host, source.address);
    const std::string_view params = v->params.text();
    if (!received) return append_unfolded(out, value);
    const std::size_t before =
        params.empty() ? value.size() : static_cast<std::size_t>(params.data() - value.data());
    append_unfolded(out, text::trim(value.substr(0, before)));
    for (const auto& each : v->params)
    {
        if (iequals(each.name, "received")) continue;
        out += ';';
        out += each.name;
        if (iequals(each.name, "rport"))
        {
            out += '=';
            out += std::to_string(source.port);
        }
        else if (each.value)
        {
            out += '=';
            append_unfolded(out, *each.value);
        }
    }
    out += ";received=";
    out += source.address.to_string();
}

bool holds(std::string_view all, std::string_view part)
{
    const std::less_equal<const char*> up_to;
    return up_to(all.data(), part.data()) &&
           up_to(part.data() + part.size(), all.data() + all.size());
}

// In the lines in which they came, so that the response has no more lines than the request.
void append_vias(std::string& out, const message_view& request, const endpoint& source)
{
    std::size_t line = 0;
    bool top = true;
    request.for_each_value(header_id::via,
                           [&](std::string_view value)
                           {
                               const std::size_t before = line;
                               while (!holds(request.header(line).value, value))
                                   ++line;
                               if (!top && line == before)
                                   out += ", ";
                               else
                                   out += top ? "Via: " : "\r\nVia: ";
                               if (top)
                                   append_top_via(out, value, source);
                               else
                                   append_unfolded(out, value);
                               top = false;
                           });
    if (!top) out += "\r\n";
}

void append_to(std::string& out, const message_view& request, int status, std::string_view to_tag)
{
    const auto value = request.first(header_id::to);
    if (!value) return;
    out += "To: ";
    append_unfolded(out, *value);
    // An address that cannot be read cannot be asked for its tag; it goes back as it came.
    const auto to = request.to();
    if (status != 100 && !to_tag.empty() && to && !to->params.has("tag"))
    {
        out += ";tag=";
        out += to_tag;
    }
    out += "\r\n";
}

void append_copies(std::string& out, const message_view& request, header_id id, bool all)
{
    for (std::size_t i = 0; i < request.header_count(); ++i)
    {
        const header_field field = request.header(i);
        if (field.id != id) continue;
        append_line(out, to_string(id), field.value);
        if (!all) return;
    }
}

} // namespace

result<message> make_response(const message_view& request, int status, std::string_view reason,
                              std::string_view to_tag, const endpoint& source)
{
    if (!request.is_request()) return errc::bad_start_line;
    if (status < 100 || status > 699) return errc::bad_number;
    if (text::has_line_break(reason)) return errc::bad_header;
    if (!to_tag.empty() && !text::all(to_tag, text::token)) return errc::bad_header;

    std::string out = "SIP/2.0 ";
    out += std::to_string(status);
    out += ' ';
    out += reason.empty() ? reason_phrase(status) : reason;
    out += "\r\n";
    append_vias(out, request, source);
    if (status > 100 && status < 300) append_copies(out, request, header_id::record_route, true);
    append_copies(out, request, header_id::from, false);
    append_to(out, request, status, to_tag);
    append_copies(out, request, header_id::call_id, false);
    append_copies(out, request, header_id::cseq, false);
    if (status == 100) append_copies(out, request, header_id::timestamp, false);
    out += "Content-Length: 0\r\n\r\n";
    return message::parse(std::move(out));
}

} // namespace solosip::sip
