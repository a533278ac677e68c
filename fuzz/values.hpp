// Properties of everything that has a parser of its own: URIs and header values.
#pragma once

#include "fuzz/property.hpp"
#include "solosip/sip/header_values.hpp"
#include "solosip/sip/headers.hpp"
#include "solosip/sip/uri.hpp"

#include <string>

namespace solosip::fuzz
{

using namespace sip;

inline void check_parameters(const parameters& p, std::string_view whole)
{
    require(within(p.text(), whole), "parameters lie in the value");
    std::size_t count = 0;
    for (const auto& each : p)
    {
        require(within(each.name, whole), "a parameter's name lies in the value");
        require(!each.value || within(*each.value, whole), "a parameter's value lies in the value");
        require(p.has(each.name), "a parameter is found by its name");
        require(++count <= whole.size(), "parameters end");
    }
}

inline void check_uri(std::string_view text)
{
    const auto u = parse_uri(text);
    if (!u)
    {
        require(u.error().offset <= text.size(), "the offset lies in the URI");
        return;
    }
    for (const auto part : {u->scheme_text, u->user, u->password, u->host, u->headers, u->opaque})
        require(within(part, text), "parts of a URI lie in it");
    require(u->text == text, "a URI knows its text");
    check_parameters(u->params, text);
    require(equivalent(*u, *u), "a URI is equivalent to itself");
    require(unescape(u->user).size() <= u->user.size(), "decoding never grows");
    const std::string escaped = "sip:" + escape_user(unescape(u->user)) + "@h";
    require(u->user.empty() || parse_uri(escaped), "escaped text is a user part");
}

template <class T>
bool parsed(const result<T>& r, std::string_view value)
{
    require(r || r.error().offset <= value.size(), "the offset lies in the value");
    return r.has_value();
}

inline void check_other_values(std::string_view value)
{
    if (const auto t = parse_token_value(value); parsed(t, value))
    {
        require(within(t->token, value), "a token lies in the value");
        check_parameters(t->params, value);
    }
    if (const auto r = parse_rack(value); parsed(r, value))
        require(within(r->cseq.method_text, value), "a RAck lies in the value");
    for (const auto& d : {parse_replaces(value), parse_target_dialog(value)})
        if (parsed(d, value))
            require(within(d->call_id, value) && within(d->to_tag, value) &&
                        within(d->from_tag, value),
                    "a dialog lies in the value");
    if (const auto r = parse_retry_after(value); parsed(r, value))
        require(within(r->comment, value), "a comment lies in the value");
    if (const auto w = parse_warning(value); parsed(w, value))
        require(within(w->agent, value) && within(w->text, value), "a warning lies in the value");
    if (const auto t = parse_timestamp(value); parsed(t, value))
        require(within(t->time, value) && within(t->delay, value), "a timestamp lies in the value");
    if (const auto p = parse_parameter_list(value); parsed(p, value)) check_parameters(*p, value);
    if (const auto p = parse_parameter_list(value, ';'); parsed(p, value))
        check_parameters(*p, value);
    static_cast<void>(parsed(parse_session_expires(value), value));
    static_cast<void>(parsed(parse_date(value), value));
}

inline void check_value(std::string_view value)
{
    check_other_values(value);
    check_uri(value);
    if (const auto a = parse_name_addr(value); parsed(a, value))
    {
        require(within(a->display_name, value), "a display name lies in the value");
        require(a->star || within(a->uri.text, value), "a URI lies in the value");
        if (!a->star) check_uri(a->uri.text);
        check_parameters(a->params, value);
        require(unquote(quote(a->display_name)) == a->display_name, "quotes come off again");
    }
    if (const auto v = parse_via(value); parsed(v, value))
    {
        require(within(v->transport, value) && within(v->host, value), "a Via lies in the value");
        check_parameters(v->params, value);
    }
    if (const auto c = parse_cseq(value); parsed(c, value))
        require(within(c->method_text, value), "a method lies in the value");
    if (const auto a = parse_auth(value); parsed(a, value))
    {
        check_parameters(a->params, value);
        for (const auto& each : a->params)
            require(a->text(each.name).has_value(), "text is found");
    }
    if (const auto m = parse_media_type(value); parsed(m, value))
    {
        require(within(m->type, value) && within(m->subtype, value), "a type lies in the value");
        check_parameters(m->params, value);
    }
    static_cast<void>(parsed(parse_number(value), value));
}

} // namespace solosip::fuzz
