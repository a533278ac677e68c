#include "benchmark/peers.hpp"

#include <cstdlib>

#ifdef SOLOSIP_HAVE_SOFIA
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su.h>
#endif
#ifdef SOLOSIP_HAVE_OSIP
#include <osipparser2/osip_parser.h>
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

} // namespace

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
