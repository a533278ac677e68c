// GNU oSIP as a reader.
#include "differential/reading.hpp"

#include <cstring>
#include <memory>

#include <sys/time.h>

#include <osipparser2/osip_parser.h>

namespace differential
{
namespace
{

std::string_view text_of(const char* s)
{
    return s ? std::string_view(s) : std::string_view();
}

std::string uri_of(const osip_uri_t* u)
{
    if (!u) return {};
    return plain_uri(text_of(u->scheme), text_of(u->username), text_of(u->host), text_of(u->port));
}

std::string_view parameter(osip_list_t& list, const char* name)
{
    osip_generic_param_t* found = nullptr;
    std::string copy(name); // it wants a writable one
    osip_generic_param_get_byname(&list, copy.data(), &found);
    return found ? text_of(found->gvalue) : std::string_view();
}

void read_address(reading& r, osip_from_t* a, field uri, field tag)
{
    r[uri] = uri_of(a->url);
    if (const auto t = parameter(a->gen_params, "tag"); !t.empty()) r[tag] = t;
}

std::string size_of(const osip_list_t& list)
{
    return std::to_string(osip_list_size(&list));
}

void read_contacts(reading& r, osip_message_t* m)
{
    std::string contacts;
    for (int i = 0; i < osip_list_size(&m->contacts); ++i)
    {
        const auto* c = static_cast<osip_contact_t*>(osip_list_get(&m->contacts, i));
        const bool star = c && !c->url && text_of(c->displayname) == "*";
        contacts += star ? "*" : c ? uri_of(c->url) : "?";
        contacts += ' ';
    }
    r[field::contact_uris] = contacts;
}

void read_fields(reading& r, osip_message_t* m)
{
    if (MSG_IS_RESPONSE(m))
        r[field::status] = std::to_string(m->status_code);
    else
    {
        r[field::method] = text_of(m->sip_method);
        r[field::request_uri] = uri_of(m->req_uri);
    }
    // It keeps the halves of a Call-ID apart.
    r[field::call_id] = std::string(text_of(m->call_id->number)) +
                        (m->call_id->host ? "@" + std::string(m->call_id->host) : "");
    r[field::cseq_number] = plain_number(text_of(m->cseq->number));
    r[field::cseq_method] = text_of(m->cseq->method);
    read_address(r, m->from, field::from_uri, field::from_tag);
    read_address(r, m->to, field::to_uri, field::to_tag);
    if (auto* v = static_cast<osip_via_t*>(osip_list_get(&m->vias, 0)))
    {
        r[field::via_host] = plain_host(text_of(v->host));
        if (const auto b = parameter(v->via_params, "branch"); !b.empty()) r[field::via_branch] = b;
    }
    read_contacts(r, m);
    osip_header_t* hops = nullptr;
    osip_message_header_get_byname(m, "max-forwards", 0, &hops);
    if (hops) r[field::max_forwards] = plain_number(text_of(hops->hvalue));
    if (m->content_length)
        r[field::content_length] = plain_number(text_of(m->content_length->value));
    std::string body;
    if (osip_list_size(&m->bodies) == 1)
    {
        const auto* b = static_cast<osip_body_t*>(osip_list_get(&m->bodies, 0));
        body.assign(b->body, b->length);
    }
    // It takes a multipart body apart, which then is nowhere as a whole.
    if (osip_list_size(&m->bodies) < 2 &&
        !(m->content_type && lower(text_of(m->content_type->type)) == "multipart"))
        r[field::body] = body;
    r[field::vias] = size_of(m->vias);
    r[field::contacts] = size_of(m->contacts);
    r[field::routes] = size_of(m->routes);
    r[field::record_routes] = size_of(m->record_routes);
}

struct freed
{
    void operator()(osip_message_t* m) const { osip_message_free(m); }
};

} // namespace

void start_osip()
{
    parser_init();
}

reading read_osip(std::string_view message)
{
    reading r;
    osip_message_t* made = nullptr;
    if (osip_message_init(&made) != 0) return r;
    const std::unique_ptr<osip_message_t, freed> m(made);
    if (osip_message_parse(made, message.data(), message.size()) != 0)
    {
        r.why = "parse";
        return r;
    }
    // Its transaction layer wants these.
    r.accepted = made->from && made->to && made->cseq && made->call_id &&
                 osip_list_size(&made->vias) > 0 && made->cseq->number && made->cseq->method &&
                 made->call_id->number &&
                 (MSG_IS_RESPONSE(made) || (made->sip_method && made->req_uri));
    if (r.accepted)
        read_fields(r, made);
    else
        r.why = "incomplete";
    return r;
}

} // namespace differential
