#include "differential/reading.hpp"

#include "solosip/sip/message_view.hpp"
#include "solosip/sip/validation.hpp"

#include <algorithm>

namespace differential
{

using namespace solosip;

std::string_view to_string(field f)
{
    constexpr std::string_view names[] = {"method",          "status",
                                          "Request-URI",     "Call-ID",
                                          "CSeq number",     "CSeq method",
                                          "From URI",        "From tag",
                                          "To URI",          "To tag",
                                          "Via host",        "Via branch",
                                          "Contact URI",     "Max-Forwards",
                                          "Content-Length",  "body",
                                          "number of Via",   "number of Contact",
                                          "number of Route", "number of Record-Route"};
    static_assert(std::size(names) == field_count);
    return names[static_cast<std::size_t>(f)];
}

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string plain_host(std::string_view host)
{
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return lower(host);
}

std::string plain_number(std::string_view digits)
{
    const auto first = digits.find_first_not_of('0');
    return std::string(first == digits.npos ? digits.substr(0, digits.empty() ? 0 : 1)
                                            : digits.substr(first));
}

std::string plain_uri(std::string_view scheme, std::string_view user, std::string_view host,
                      std::string_view port)
{
    std::string out = lower(scheme) + ':';
    if (out != "sip:" && out != "sips:") return out;
    out += std::string(user) + '@' + plain_host(host);
    if (!port.empty() && plain_number(port) != "0") out += ':' + plain_number(port);
    return out;
}

namespace
{

std::string uri_of(const sip::uri_view& u)
{
    return plain_uri(u.scheme_text, sip::unescape(u.user), u.host,
                     u.port == 0 ? "" : std::to_string(u.port));
}

std::string count_of(const sip::message_view& m, sip::header_id id)
{
    std::size_t count = 0;
    m.for_each_value(id, [&](std::string_view) { ++count; });
    return std::to_string(count);
}

void read_address(reading& r, const result<sip::name_addr>& a, field uri, field tag)
{
    if (!a) return;
    r[uri] = uri_of(a->uri);
    if (!a->tag().empty()) r[tag] = a->tag();
}

void read_number(reading& r, const sip::message_view& m, sip::header_id id, field f)
{
    if (const auto n = m.number(id)) r[f] = std::to_string(*n);
}

void read_fields(reading& r, const sip::message_view& m)
{
    if (m.is_request())
    {
        r[field::method] = m.method_text();
        if (const auto u = sip::parse_uri(m.request_uri())) r[field::request_uri] = uri_of(*u);
    }
    else
        r[field::status] = std::to_string(m.status());
    r[field::call_id] = m.call_id();
    if (const auto c = m.cseq())
    {
        r[field::cseq_number] = std::to_string(c->number);
        r[field::cseq_method] = c->method_text;
    }
    read_address(r, m.from(), field::from_uri, field::from_tag);
    read_address(r, m.to(), field::to_uri, field::to_tag);
    if (const auto v = m.top_via())
    {
        r[field::via_host] = plain_host(v->host);
        if (!v->branch().empty()) r[field::via_branch] = v->branch();
    }
    std::string contacts;
    m.for_each_value(sip::header_id::contact,
                     [&](std::string_view value)
                     {
                         const auto a = sip::parse_name_addr(value);
                         contacts += a && a->star ? "*" : a ? uri_of(a->uri) : "?";
                         contacts += ' ';
                     });
    r[field::contact_uris] = contacts;
    read_number(r, m, sip::header_id::max_forwards, field::max_forwards);
    read_number(r, m, sip::header_id::content_length, field::content_length);
    r[field::body] = m.body();
    r[field::vias] = count_of(m, sip::header_id::via);
    r[field::contacts] = count_of(m, sip::header_id::contact);
    r[field::routes] = count_of(m, sip::header_id::route);
    r[field::record_routes] = count_of(m, sip::header_id::record_route);
}

} // namespace

// A scheme that is not ours is understood; that it is refused (416) says nothing of the parser.
reading read_ours(std::string_view message)
{
    reading r;
    sip::message_view m;
    if (const auto parsed = m.parse(message); !parsed)
    {
        r.why = describe(parsed.code());
        return r;
    }
    const auto verdict = sip::validate(m);
    r.accepted = verdict.ok() || verdict.status == 416;
    if (r.accepted)
        read_fields(r, m);
    else
        r.why = verdict.why;
    return r;
}

const peer* peers(std::size_t& count)
{
    static const peer all[] = {
#ifdef SOLOSIP_HAVE_OSIP
        {"osip2", read_osip},
#endif
#ifdef SOLOSIP_HAVE_SOFIA
        {"sofia-sip", read_sofia},
#endif
    };
#ifdef SOLOSIP_HAVE_OSIP
    start_osip();
#endif
#ifdef SOLOSIP_HAVE_SOFIA
    start_sofia();
#endif
    count = std::size(all);
    return all;
}

} // namespace differential
