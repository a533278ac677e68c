#include "benchmark/peers.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>

#ifdef SOLOSIP_HAVE_SOFIA
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su.h>
#endif
#ifdef SOLOSIP_HAVE_OSIP
#include <osipparser2/osip_parser.h>
#include <osipparser2/sdp_message.h>
#endif

namespace benchmark
{
namespace
{

#if defined(SOLOSIP_HAVE_SOFIA) || defined(SOLOSIP_HAVE_OSIP)
volatile std::size_t sink;

std::size_t size_of(const char* s)
{
    return s ? std::strlen(s) : 0;
}
#endif

#ifdef SOLOSIP_HAVE_SOFIA
void sofia(const std::string& text)
{
    msg_t* const m =
        msg_make(sip_default_mclass(), 0, text.data(), static_cast<ssize_t>(text.size()));
    const sip_t* const s = sip_object(m);
    if (!s || !s->sip_via || !s->sip_from || !s->sip_to || !s->sip_cseq) std::abort();
    std::size_t sum = size_of(s->sip_via->v_branch) + size_of(s->sip_from->a_tag) +
                      size_of(s->sip_to->a_tag) + size_of(s->sip_call_id->i_id) +
                      size_of(s->sip_cseq->cs_method_name) + s->sip_cseq->cs_seq;
    if (s->sip_request)
        sum += size_of(s->sip_request->rq_method_name) + size_of(s->sip_request->rq_url->url_user) +
               size_of(s->sip_request->rq_url->url_host);
    if (s->sip_contact) sum += size_of(s->sip_contact->m_url->url_host);
    if (s->sip_content_length) sum += s->sip_content_length->l_length;
    if (s->sip_payload) sum += s->sip_payload->pl_len;
    sink = sum;
    msg_destroy(m);
}
#endif

#ifdef SOLOSIP_HAVE_SOFIA
// Each header from its structure: a parsed message keeps its text, which would be no printing.
std::function<void()> sofia_printer(const std::string& text)
{
    const std::shared_ptr<msg_t> m(
        msg_make(sip_default_mclass(), 0, text.data(), static_cast<ssize_t>(text.size())),
        msg_destroy);
    return [m]
    {
        static char room[8'192];
        std::size_t used = 0;
        for (msg_header_t* h = *msg_chain_head(m.get()); h; h = h->sh_succ)
        {
            const auto n =
                msg_header_e(room + used, static_cast<isize_t>(sizeof room - used), h, 0);
            if (n < 0 || used + static_cast<std::size_t>(n) >= sizeof room) std::abort();
            used += static_cast<std::size_t>(n);
        }
    };
}
#endif

#ifdef SOLOSIP_HAVE_OSIP
std::function<void()> osip_printer(const std::string& text)
{
    osip_message_t* parsed = nullptr;
    if (osip_message_init(&parsed) != 0 ||
        osip_message_parse(parsed, text.data(), text.size()) != 0)
        std::abort();
    const std::shared_ptr<osip_message_t> m(parsed, osip_message_free);
    return [m]
    {
        char* out = nullptr;
        std::size_t length = 0;
        osip_message_force_update(m.get());
        if (osip_message_to_str(m.get(), &out, &length) != 0) std::abort();
        osip_free(out);
    };
}

void osip(const std::string& text)
{
    osip_message_t* m = nullptr;
    if (osip_message_init(&m) != 0 || osip_message_parse(m, text.data(), text.size()) != 0)
        std::abort();
    if (!m->from || !m->to || !m->cseq) std::abort();
    osip_generic_param_t *from_tag = nullptr, *to_tag = nullptr, *branch = nullptr;
    osip_from_get_tag(m->from, &from_tag);
    osip_to_get_tag(m->to, &to_tag);
    osip_via_param_get_byname(static_cast<osip_via_t*>(osip_list_get(&m->vias, 0)),
                              const_cast<char*>("branch"), &branch);
    std::size_t sum = size_of(m->call_id->number) + size_of(m->cseq->method) +
                      static_cast<std::size_t>(std::atoi(m->cseq->number));
    for (const auto* parameter : {from_tag, to_tag, branch})
        if (parameter) sum += size_of(parameter->gvalue);
    if (m->req_uri)
        sum += size_of(m->sip_method) + size_of(m->req_uri->username) + size_of(m->req_uri->host);
    osip_contact_t* contact = nullptr;
    osip_message_get_contact(m, 0, &contact);
    if (contact && contact->url) sum += size_of(contact->url->host);
    if (m->content_length) sum += static_cast<std::size_t>(std::atoi(m->content_length->value));
    osip_body_t* body = nullptr;
    osip_message_get_body(m, 0, &body);
    if (body) sum += body->length;
    sink = sum;
    osip_message_free(m);
}
#endif

#ifdef SOLOSIP_HAVE_OSIP
// It leaves attributes as text, so taking them apart belongs to the work.
void osip_sdp(const std::string& text)
{
    sdp_message_t* d = nullptr;
    if (sdp_message_init(&d) != 0 || sdp_message_parse(d, text.c_str()) != 0) std::abort();
    std::size_t sum = 0;
    for (int i = 0; !sdp_message_endof_media(d, i); ++i)
    {
        const auto* m = static_cast<sdp_media_t*>(osip_list_get(&d->m_medias, i));
        sum += static_cast<std::size_t>(std::atoi(m->m_port)) + size_of(m->m_proto);
        const char* address = sdp_message_c_addr_get(d, i, 0);
        if (!address) address = sdp_message_c_addr_get(d, -1, 0);
        sum += size_of(address);
        osip_list_iterator_t it;
        for (auto* p = static_cast<char*>(osip_list_get_first(&m->m_payloads, &it)); p;
             p = static_cast<char*>(osip_list_get_next(&it)))
            sum += static_cast<std::size_t>(std::atoi(p));
        for (auto* a = static_cast<sdp_attribute_t*>(osip_list_get_first(&m->a_attributes, &it)); a;
             a = static_cast<sdp_attribute_t*>(osip_list_get_next(&it)))
        {
            if (std::strcmp(a->a_att_field, "rtpmap") == 0 && a->a_att_value)
            {
                const char* name = std::strchr(a->a_att_value, ' ');
                const char* rate = name ? std::strchr(name, '/') : nullptr;
                if (rate) sum += static_cast<std::size_t>(std::atoi(rate + 1) + (rate - name));
            }
            else if (std::strcmp(a->a_att_field, "ptime") == 0 && a->a_att_value)
                sum += static_cast<std::size_t>(std::atoi(a->a_att_value));
            else if (std::strcmp(a->a_att_field, "sendonly") == 0)
                ++sum;
        }
    }
    sink = sum;
    sdp_message_free(d);
}
#endif

} // namespace

std::vector<peer> sdp_peers()
{
    std::vector<peer> all;
#ifdef SOLOSIP_HAVE_OSIP
    all.push_back({"osip2: parse, read the offer's fields", osip_sdp, {}});
#endif
    return all;
}

std::vector<peer> peers()
{
    std::vector<peer> all;
#ifdef SOLOSIP_HAVE_SOFIA
    su_init();
    all.push_back({"sofia-sip: parse, read the usual fields", sofia, sofia_printer});
#endif
#ifdef SOLOSIP_HAVE_OSIP
    parser_init();
    all.push_back({"osip2: parse, read the usual fields", osip, osip_printer});
#endif
    return all;
}

} // namespace benchmark
