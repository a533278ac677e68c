#include "ua/options.hpp"

namespace solosip::ua
{

void on_options(context& ctx, const incoming& in, bool busy, time_point now)
{
    reply r{busy ? 486 : 200};
    r.headers = {{"Contact", ctx.make_contact(in.local)},
                 {"Allow", std::string(allowed_methods)},
                 {"Accept", "application/sdp"},
                 {"Accept-Encoding", "identity"}};
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
    if (!uri->is_sip())
    {
        ctx.respond(in, {416}, now); // section 8.2.2.1
        return true;
    }
    switch (m.method())
    {
    case sip::method::invite:
    case sip::method::options:
    case sip::method::bye:
    case sip::method::info:
    case sip::method::ack:
    case sip::method::cancel: break;
    default:
        // Section 8.2.1: 405 for a method that is known, 501 where it is none (section 21.5.2).
        ctx.respond(in,
                    {m.method() == sip::method::unknown ? 501 : 405,
                     {},
                     {},
                     {{"Allow", std::string(allowed_methods)}}},
                    now);
        return true;
    }
    // Section 8.2.2.3: we know no extension that a peer could require.
    std::string unsupported;
    m.for_each_value(sip::header_id::require,
                     [&](std::string_view option)
                     {
                         if (!unsupported.empty()) unsupported += ", ";
                         unsupported += option;
                     });
    if (unsupported.empty() || m.method() == sip::method::cancel) return false;
    ctx.respond(in, {420, {}, {}, {{"Unsupported", unsupported}}}, now);
    return true;
}

} // namespace solosip::ua
