#include "ua/options.hpp"

namespace solosip::ua
{

namespace
{

// The q of RFC 2616 section 3.9: "0", "0.", "0.000" say "never".
bool is_never(const sip::parameters& params)
{
    const auto q = params.find("q");
    return q && q->starts_with('0') && q->find_first_not_of("0.") == q->npos;
}

// RFC 3261 section 20.1: without Accept it is application/sdp, an empty one accepts nothing. What
// cannot be read forbids nothing.
bool accepts_description(const sip::message_view& m)
{
    if (!m.has(sip::header_id::accept)) return true;
    bool wanted = false;
    m.for_each_value(sip::header_id::accept,
                     [&](std::string_view value)
                     {
                         const auto type = sip::parse_media_type(value);
                         wanted = !type || ((type->is("*", "*") || type->is("application", "*") ||
                                             type->is("application", "sdp")) &&
                                            !is_never(type->params));
                         return !wanted;
                     });
    return wanted;
}

} // namespace

void on_options(context& ctx, const incoming& in, bool busy, time_point now)
{
    reply r{busy ? 486 : 200};
    r.headers = {{"Contact", ctx.make_contact(in.local, ctx.is_server(in.source.address))},
                 {"Allow", ctx.allow()},
                 {"Accept", "application/sdp"},
                 {"Accept-Encoding", "identity"},
                 {"Supported", ctx.supported()}};
    ctx.respond(in, r, now);
}

bool refuse_unsupported(context& ctx, const incoming& in, time_point now)
{
    const sip::message_view& m = *in.request;
    const auto uri = sip::parse_uri(m.request_uri());
    if (!uri)
    {
        ctx.respond(in, {400, "Malformed Request-URI"}, now);
        return true;
    }
    if (uri->scheme != sip::uri_scheme::sip)
    {
        // Section 8.2.2.1. A call to sips needs TLS on each hop and a Contact that is sips too
        // (section 12.1.1, RFC 5630 section 4); that cannot be promised over UDP.
        ctx.respond(in, {416}, now);
        return true;
    }
    // Section 8.2.2.3: what a peer may require is what we say that we support.
    std::string unsupported;
    m.for_each_value(sip::header_id::require,
                     [&](std::string_view option)
                     {
                         if (ctx.supports(option)) return;
                         if (!unsupported.empty()) unsupported += ", ";
                         unsupported += option;
                     });
    if (!unsupported.empty() && m.method() != sip::method::cancel)
    {
        ctx.respond(in, {420, {}, {}, {{"Unsupported", unsupported}}}, now);
        return true;
    }
    if (m.method() == sip::method::invite && !accepts_description(m))
    {
        // Section 21.4.7 and RFC 4475 section 3.3.15: our answer would be a session description.
        ctx.respond(in, {406}, now);
        return true;
    }
    return false;
}

} // namespace solosip::ua
