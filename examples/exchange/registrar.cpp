#include "registrar.hpp"

#include <algorithm>

namespace solosip::examples
{
namespace
{

bool same_contact(std::string_view a, std::string_view b)
{
    const auto first = sip::parse_uri(a);
    const auto second = sip::parse_uri(b);
    return first && second && sip::equivalent(*first, *second);
}

void drop_expired(std::vector<binding>& from, time_point now)
{
    std::erase_if(from, [now](const binding& b) { return b.expires <= now; });
}

} // namespace

// RFC 3261 section 10.3, steps 6 and 7: what the request asks for, before anything is changed.
registrar::changes registrar::read(const sip::message_view& request) const
{
    const auto general = request.number(sip::header_id::expires);
    changes out;
    bool others = false;
    request.for_each_value(sip::header_id::contact,
                           [&](std::string_view value)
                           {
                               const auto contact = sip::parse_name_addr(value);
                               if (!contact || (!contact->star && !contact->uri.is_sip()))
                                   out.status = 400;
                               else if (contact->star)
                                   out.all_go = true;
                               else
                               {
                                   others = true;
                                   seconds wanted = general ? seconds(*general) : limits_.usual;
                                   if (const auto own = contact->params.find("expires"))
                                       if (const auto number = sip::parse_number(*own))
                                           wanted = seconds(*number);
                                   if (wanted > seconds(0) && wanted < limits_.shortest)
                                       out.status = 423;
                                   out.list.push_back({std::string(contact->uri.text),
                                                       std::min(wanted, limits_.longest)});
                               }
                           });
    if (out.all_go && (others || !general || *general != 0)) out.status = 400;
    return out;
}

int registrar::apply(std::vector<binding>& to, const changes& wanted, const binding& pattern,
                     time_point now, registrar_answer& out) const
{
    // Section 10.3: within one Call-ID a lower or equal CSeq is an old request overtaken by a new.
    const auto overtaken = [&](const binding& b)
    { return b.call_id == pattern.call_id && pattern.cseq <= b.cseq; };

    if (wanted.all_go)
    {
        if (std::any_of(to.begin(), to.end(), overtaken)) return 500;
        for (const auto& b : to)
            out.removed.push_back(b.contact);
        to.clear();
    }
    for (const auto& c : wanted.list)
    {
        const auto at =
            std::find_if(to.begin(), to.end(),
                         [&](const binding& b) { return same_contact(b.contact, c.contact); });
        if (at != to.end() && overtaken(*at)) return 500;
        if (at != to.end()) to.erase(at);
        if (c.expires == seconds(0))
        {
            out.removed.push_back(c.contact);
            continue;
        }
        if (to.size() >= limits_.contacts_per_user) return 403;
        to.insert(to.begin(), pattern);
        to.front().contact = c.contact;
        to.front().expires = now + c.expires;
        out.added.push_back(c.contact);
    }
    return 200;
}

registrar_answer registrar::update(const std::string& user, const sip::message_view& request,
                                   const endpoint& source, time_point now)
{
    registrar_answer out;
    const changes wanted = read(request);
    out.status = wanted.status;
    if (out.status != 200) return out;

    const auto cseq = request.cseq();
    const binding pattern{{}, source, std::string(request.call_id()), cseq ? cseq->number : 0, {}};
    auto present = users_[user];
    drop_expired(present, now);
    out.status = apply(present, wanted, pattern, now, out);
    if (out.status != 200) return out;

    for (const auto& b : present)
    {
        const auto left = std::chrono::ceil<seconds>(b.expires - now).count();
        out.contacts.push_back("<" + b.contact + ">;expires=" + std::to_string(left));
    }
    users_[user] = std::move(present);
    return out;
}

std::vector<binding> registrar::bindings_of(std::string_view user, time_point now) const
{
    const auto at = users_.find(user);
    if (at == users_.end()) return {};
    auto alive = at->second;
    drop_expired(alive, now);
    return alive;
}

} // namespace solosip::examples
