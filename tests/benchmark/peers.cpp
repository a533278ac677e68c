#include "benchmark/peers.hpp"

#include <cstdlib>
#include <cstring>

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

#ifdef SOLOSIP_HAVE_SOFIA
void sofia(const std::string& text)
{
    msg_t* const m =
        msg_make(sip_default_mclass(), 0, text.data(), static_cast<ssize_t>(text.size()));
    const sip_t* const s = sip_object(m);
    if (!s || !s->sip_via || !s->sip_from || !s->sip_to || !s->sip_cseq) std::abort();
    msg_destroy(m);
}
#endif

#ifdef SOLOSIP_HAVE_OSIP
void osip(const std::string& text)
{
    osip_message_t* m = nullptr;
    if (osip_message_init(&m) != 0 || osip_message_parse(m, text.data(), text.size()) != 0)
        std::abort();
    if (!m->from || !m->to || !m->cseq) std::abort();
    osip_message_free(m);
}
#endif

#ifdef SOLOSIP_HAVE_OSIP
volatile std::size_t sink;

std::size_t size_of(const char* s)
{
    return s ? std::strlen(s) : 0;
}

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
    all.push_back({"osip2: parse, read the offer's fields", osip_sdp});
#endif
    return all;
}

std::vector<peer> peers()
{
    std::vector<peer> all;
#ifdef SOLOSIP_HAVE_SOFIA
    su_init();
    all.push_back({"sofia-sip: parse, read the usual fields", sofia});
#endif
#ifdef SOLOSIP_HAVE_OSIP
    parser_init();
    all.push_back({"osip2: parse, read the usual fields", osip});
#endif
    return all;
}

} // namespace benchmark
