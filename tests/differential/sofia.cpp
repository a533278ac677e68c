// Sofia-SIP as a reader.
#include "differential/reading.hpp"

#include "solosip/sip/uri.hpp"

#include <memory>

#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>

namespace differential
{
namespace
{

std::string_view text_of(const char* s)
{
    return s ? std::string_view(s) : std::string_view();
}

std::string uri_of(const url_t& u)
{
    if (u.url_type == url_any) return "*";
    return plain_uri(text_of(u.url_scheme), solosip::sip::unescape(text_of(u.url_user)),
                     text_of(u.url_host), text_of(u.url_port));
}

template <class Header>
std::string count_of(const Header* first, Header* Header::*next)
{
    std::size_t count = 0;
    for (; first; first = first->*next)
        ++count;
    return std::to_string(count);
}

void read_address(reading& r, const sip_addr_t& a, field uri, field tag)
{
    r[uri] = uri_of(a.a_url[0]);
    if (a.a_tag && *a.a_tag) r[tag] = a.a_tag;
}

void read_fields(reading& r, const sip_t& s)
{
    if (s.sip_status)
        r[field::status] = std::to_string(s.sip_status->st_status);
    else
    {
        r[field::method] = text_of(s.sip_request->rq_method_name);
        r[field::request_uri] = uri_of(s.sip_request->rq_url[0]);
    }
    r[field::call_id] = text_of(s.sip_call_id->i_id);
    r[field::cseq_number] = std::to_string(s.sip_cseq->cs_seq);
    r[field::cseq_method] = text_of(s.sip_cseq->cs_method_name);
    read_address(r, *s.sip_from, field::from_uri, field::from_tag);
    read_address(r, *s.sip_to, field::to_uri, field::to_tag);
    r[field::via_host] = plain_host(text_of(s.sip_via->v_host));
    if (s.sip_via->v_branch && *s.sip_via->v_branch) r[field::via_branch] = s.sip_via->v_branch;
    std::string contacts;
    for (const sip_contact_t* c = s.sip_contact; c; c = c->m_next)
        contacts += uri_of(c->m_url[0]) + ' ';
    r[field::contact_uris] = contacts;
    if (s.sip_max_forwards) r[field::max_forwards] = std::to_string(s.sip_max_forwards->mf_count);
    if (s.sip_content_length)
        r[field::content_length] = std::to_string(s.sip_content_length->l_length);
    r[field::body] =
        s.sip_payload ? std::string(s.sip_payload->pl_data, s.sip_payload->pl_len) : std::string();
    r[field::vias] = count_of(s.sip_via, &sip_via_t::v_next);
    r[field::contacts] = count_of(s.sip_contact, &sip_contact_t::m_next);
    r[field::routes] = count_of(s.sip_route, &sip_route_t::r_next);
    r[field::record_routes] = count_of(s.sip_record_route, &sip_route_t::r_next);
}

struct freed
{
    void operator()(msg_t* m) const { msg_destroy(m); }
};

} // namespace

void start_sofia()
{
    su_init();
}

reading read_sofia(std::string_view message)
{
    reading r;
    const std::unique_ptr<msg_t, freed> m(msg_make(sip_default_mclass(), MSG_FLG_MAILBOX,
                                                   message.data(),
                                                   static_cast<ssize_t>(message.size())));
    const sip_t* s = m ? sip_object(m.get()) : nullptr;
    if (!s || s->sip_error || msg_has_error(m.get()))
    {
        r.why = "parse";
        return r;
    }
    // As its transaction layer asks before it takes a message.
    if (!(s->sip_request || s->sip_status) || !s->sip_via || sip_sanity_check(s) != 0)
    {
        r.why = "sanity";
        return r;
    }
    r.accepted = true;
    read_fields(r, *s);
    return r;
}

} // namespace differential
