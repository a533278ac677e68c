#include "simulation/watcher.hpp"

#include "solosip/sip/header_values.hpp"

#include <algorithm>
#include <cstdlib>

namespace solosip::simulation
{
namespace
{

using sip::method;

constexpr auto lifetime = seconds(32); // 64*T1

bool describes_session(const sip::message_view& m)
{
    const auto type = m.content_type();
    return !m.body().empty() && type && type->is("application", "sdp");
}

bool is_reliable(const sip::message_view& m)
{
    return m.number(sip::header_id::rseq) && m.list_has(sip::header_id::require, "100rel");
}

std::string to_tag(const sip::message_view& m)
{
    const auto to = m.to();
    return to ? std::string(to->tag()) : std::string();
}

std::string from_tag(const sip::message_view& m)
{
    const auto from = m.from();
    return from ? std::string(from->tag()) : std::string();
}

seconds session_in(const sip::message_view& m)
{
    const auto value = m.first(sip::header_id::session_expires);
    const auto parsed =
        value ? sip::parse_session_expires(*value) : result<sip::session_expires>(errc::bad_syntax);
    return parsed ? seconds(parsed->seconds) : seconds(0);
}

} // namespace

// ---- what is new

bool watcher::is_news(const datagram& d, const ip_address& who, char direction)
{
    const auto hash = std::hash<std::string_view>()(d.bytes) * 31 +
                      std::hash<std::string>()(who.to_string() + direction);
    if (!known_.insert(hash).second) return false;
    agents_[who].last_news = world_.now();
    return true;
}

void watcher::fault(const ip_address& who, const sip::message_view& m, std::string_view what)
{
    const auto us = std::chrono::duration_cast<microseconds>(world_.now().time_since_epoch());
    faults_.push_back(
        std::to_string(us.count()) + ' ' + who.to_string() + ' ' + std::string(m.start_line()) +
        " | " + std::string(m.first(sip::header_id::cseq).value_or("")) + ": " + std::string(what));
}

void watcher::on_sent(const datagram& d)
{
    const auto who = world_.owner_of(d.from);
    if (!is_news(d, who, '>') || who == world_.owner_of(d.to)) return;
    sip::message_view m;
    const auto number = m.parse(d.bytes) ? m.cseq() : result<sip::cseq>(errc::bad_syntax);
    if (!number) return;
    const key k{number->number, number->method};
    view& v = agents_[who].views[std::string(m.call_id())];
    if (m.is_request())
        request_sent(who, v, m, k);
    else
        response_sent(who, v, m, k);
}

void watcher::on_arrived(const datagram& d)
{
    const auto who = world_.owner_of(d.to);
    if (!is_news(d, who, '<') || who == world_.owner_of(d.from)) return;
    sip::message_view m;
    const auto number = m.parse(d.bytes) ? m.cseq() : result<sip::cseq>(errc::bad_syntax);
    if (!number) return;
    view& v = agents_[who].views[std::string(m.call_id())];
    if (m.is_request())
        request_heard(v, m, {number->number, number->method});
    else
        response_heard(v, m, {number->number, number->method});
}

// ---- requests of the agent's

void watcher::request_sent(const ip_address& who, view& v, const sip::message_view& m, key k)
{
    if (k.second == method::ack) return check_ack(who, v, m, k);
    if (k.second == method::cancel)
    {
        // RFC 3261 section 9.1.
        const auto invite = v.ours.find({k.first, method::invite});
        if (invite == v.ours.end() || !invite->second.provisional)
            fault(who, m, "a CANCEL before any answer");
        else if (invite->second.final != 0)
            fault(who, m, "a CANCEL after the final answer");
        v.ours[k] = {};
        return;
    }
    if (v.last_number && k.first != *v.last_number + 1)
        fault(who, m, "is not numbered one higher than the request before");
    v.last_number = k.first;
    if (!to_tag(m).empty())
        check_state(who, v, m, k);
    else if (k.second == method::invite)
    {
        for (const auto& [other, s] : v.ours)
            if (other.second == method::invite && s.final < 300)
                fault(who, m, "an INVITE beside one that is not refused");
        v.is_caller = true;
        v.local_tag = from_tag(m);
    }
    if (k.second == method::bye) v.bye_sent = true;
    v.ours[k] = {describes_session(m)};
    if (describes_session(m)) offer_sent(who, v, m, k);
}

// RFC 3261 sections 12.2 and 14.1, and 15 for the BYE.
void watcher::check_state(const ip_address& who, const view& v, const sip::message_view& m, key k)
{
    if (!v.remote_tags.contains(to_tag(m))) fault(who, m, "in no dialog");
    // Of what is behind the BYE a subscription may live on (RFC 5057 section 4).
    if ((v.bye_sent || v.bye_heard) && k.second != method::notify) fault(who, m, "after a BYE");
    if (!v.confirmed && k.second != method::update && (k.second != method::prack || !v.is_caller))
        fault(who, m, "in an early dialog");
    const auto waits_for_ack = [&](const heard& h)
    {
        return h.final >= 200 && h.final < 300 && !h.acknowledged &&
               world_.now() < h.answered + lifetime;
    };
    const auto first =
        std::find_if(v.theirs.begin(), v.theirs.end(),
                     [](const auto& each) { return each.first.second == method::invite; });
    if (k.second == method::bye && !v.is_caller && first != v.theirs.end() &&
        waits_for_ack(first->second))
        fault(who, m, "a BYE before the ACK");
    if (k.second != method::invite) return;
    for (const auto& [other, s] : v.ours)
        if (other.second == method::invite && s.final == 0)
            fault(who, m, "an INVITE beside one of ours");
    for (const auto& [other, h] : v.theirs)
        if (other.second == method::invite && (h.final == 0 || waits_for_ack(h)))
            fault(who, m, "an INVITE beside one of theirs");
}

void watcher::check_ack(const ip_address& who, view& v, const sip::message_view& m, key k)
{
    const key of{k.first, method::invite};
    const auto invite = v.ours.find(of);
    if (invite == v.ours.end() || invite->second.final == 0)
        return fault(who, m, "acknowledges nothing");
    const bool open = v.state == talk::remote_offer && v.opener == of;
    if (open && !describes_session(m)) fault(who, m, "leaves an offer without an answer");
    if (!open && describes_session(m)) fault(who, m, "answers no offer");
    if (open) v.state = talk::stable;
}

void watcher::offer_sent(const ip_address& who, view& v, const sip::message_view& m, key k)
{
    if (k.second == method::prack && v.state == talk::remote_offer)
    {
        v.state = talk::stable; // it answers
        return;
    }
    if (v.state != talk::stable) fault(who, m, "offers while an offer is open");
    v.state = talk::local_offer;
    v.opener = k;
}

// ---- its answers

// An INVITE that comes again when its transaction is gone is a new one to the agent.
bool watcher::is_straggler(const view& v, const sip::message_view& m, const heard& h) const
{
    return m.cseq()->method == method::invite && h.final != 0 &&
           world_.now() >= h.answered + lifetime && m.status() > 100 && m.status() < 300 &&
           to_tag(m) != v.local_tag;
}

void watcher::start_anew(view& v, key k)
{
    auto before = std::move(v.theirs);
    v = {};
    v.theirs = std::move(before);
    heard& h = v.theirs[k];
    h = {.describes = h.describes};
    if (!h.describes) return;
    v.state = talk::remote_offer;
    v.opener = k;
}

void watcher::response_sent(const ip_address& who, view& v, const sip::message_view& m, key k)
{
    const auto at = v.theirs.find(k);
    if (at == v.theirs.end()) return fault(who, m, "answers nothing");
    heard& h = at->second;
    if (is_straggler(v, m, h)) start_anew(v, k);
    if (k.second == method::invite && m.status() > 100 && m.status() < 300)
    {
        v.early = true;
        v.local_tag = to_tag(m);
        v.remote_tag = from_tag(m);
        v.remote_tags.insert(v.remote_tag);
    }
    if (m.status() < 200)
    {
        if (k.second != method::invite || !is_reliable(m) || !describes_session(m)) return;
        description_answered(who, v, m, k, h);
        h.described = true;
        return;
    }
    if (h.final != 0)
    {
        // A straggler that comes when its transaction is gone is a new request to the agent.
        if (world_.now() < h.answered + lifetime) fault(who, m, "is a second final answer");
        return;
    }
    h.final = m.status();
    h.answered = world_.now();
    if (m.status() >= 300)
    {
        if (v.state != talk::stable && v.opener == k) v.state = talk::stable;
        return;
    }
    if (h.overlaps) fault(who, m, "takes an offer while another one is open");
    const bool invite = k.second == method::invite;
    if (k.second == method::bye) v.bye_heard = true;
    if (invite) v.confirmed = true;
    if (invite || k.second == method::update) v.session = session_in(m);
    if (describes_session(m) && !h.described) description_answered(who, v, m, k, h);
}

void watcher::description_answered(const ip_address& who, view& v, const sip::message_view& m,
                                   key k, heard& h)
{
    if (h.describes)
    {
        if (v.state != talk::remote_offer || v.opener != k) fault(who, m, "answers no offer");
        v.state = talk::stable;
        return;
    }
    if (k.second != method::invite) fault(who, m, "may not offer");
    if (v.state != talk::stable) fault(who, m, "offers while an offer is open");
    v.state = talk::local_offer;
    v.opener = k;
}

// ---- what it hears

void watcher::request_heard(view& v, const sip::message_view& m, key k)
{
    const key invite{k.first, method::invite};
    if (k.second == method::ack)
    {
        if (const auto at = v.theirs.find(invite); at != v.theirs.end())
            at->second.acknowledged = true;
        if (v.state == talk::local_offer && v.opener == invite && v.theirs.contains(invite))
            v.state = talk::stable;
        return;
    }
    if (v.theirs.contains(k)) return;
    if (k.second == method::invite && to_tag(m).empty())
    {
        auto before = std::move(v.theirs); // another try after a refusal
        v = {};
        v.theirs = std::move(before);
    }
    // Who goes on has our 2xx (RFC 5407 section 3.1.4).
    if (k.second == method::invite)
        for (auto& [other, h] : v.theirs)
            h.acknowledged = true;
    heard& h = v.theirs[k];
    h.describes = describes_session(m);
    const bool offers =
        h.describes && (k.second == method::invite || k.second == method::update ||
                        (k.second == method::prack && v.state != talk::local_offer));
    if (h.describes && k.second == method::prack && v.state == talk::local_offer)
        v.state = talk::stable;
    if (!offers) return;
    h.overlaps = v.state != talk::stable;
    if (h.overlaps) return;
    v.state = talk::remote_offer;
    v.opener = k;
}

void watcher::response_heard(view& v, const sip::message_view& m, key k)
{
    const auto at = v.ours.find(k);
    if (at == v.ours.end()) return;
    sent& s = at->second;
    const bool invite = k.second == method::invite;
    if (invite && m.status() > 100 && m.status() < 300 && !to_tag(m).empty())
    {
        v.early = true;
        v.remote_tags.insert(to_tag(m));
    }
    const bool mine = v.state == talk::local_offer && v.opener == k;
    if (m.status() < 200)
    {
        s.provisional = true;
        if (!invite || !is_reliable(m) || !describes_session(m) || s.final != 0) return;
        if (mine)
            v.state = talk::stable;
        else if (!s.describes && v.state == talk::stable && !s.described)
        {
            v.state = talk::remote_offer;
            v.opener = k;
        }
        s.described = true;
        return;
    }
    if (s.final != 0) return;
    s.final = m.status();
    if (m.status() >= 300)
    {
        if (v.state != talk::stable && v.opener == k) v.state = talk::stable;
        // Overtaken by a later request: it may be said once more (section 12.2.2).
        if (k.second == method::bye && m.status() == 500) v.bye_sent = false;
        return;
    }
    if (invite || k.second == method::update) v.session = session_in(m);
    if (invite)
    {
        v.confirmed = true;
        v.remote_tag = to_tag(m);
    }
    if (mine) v.state = talk::stable;
    if (invite && !s.describes && !s.described && describes_session(m))
    {
        v.state = talk::remote_offer; // the ACK has to answer
        v.opener = k;
    }
}

// ---- what it all comes to

std::vector<std::string> watcher::unanswered() const
{
    std::vector<std::string> all;
    for (const auto& [who, a] : agents_)
        for (const auto& [call_id, v] : a.views)
            for (const auto& [k, h] : v.theirs)
                if (h.final == 0)
                    all.push_back(who.to_string() + ' ' + std::to_string(k.first) + ' ' +
                                  std::string(sip::to_string(k.second)) + ' ' + call_id);
    return all;
}

bool watcher::at_rest(const ip_address& who, const std::string& call_id) const
{
    const auto a = agents_.find(who);
    if (a == agents_.end()) return true;
    const auto found = a->second.views.find(call_id);
    if (found == a->second.views.end()) return true;
    const view& v = found->second;
    return v.state == talk::stable &&
           std::all_of(v.ours.begin(), v.ours.end(),
                       [](const auto& each) { return each.second.final != 0; }) &&
           std::all_of(v.theirs.begin(), v.theirs.end(),
                       [](const auto& each)
                       {
                           const heard& h = each.second;
                           const bool waits = each.first.second == method::invite && h.final < 300;
                           return h.final != 0 && (!waits || h.acknowledged);
                       });
}

time_point watcher::last_news(const ip_address& who) const
{
    const auto at = agents_.find(who);
    return at == agents_.end() ? time_point{} : at->second.last_news;
}

seconds watcher::session_of(const ip_address& who, const std::string& call_id) const
{
    const auto a = agents_.find(who);
    if (a == agents_.end()) return seconds(0);
    const auto v = a->second.views.find(call_id);
    return v == a->second.views.end() ? seconds(0) : v->second.session;
}

std::string watcher::replaces_value(const ip_address& who, const std::string& call_id) const
{
    const auto a = agents_.find(who);
    if (a == agents_.end()) return {};
    const auto v = a->second.views.find(call_id);
    if (v == a->second.views.end() || v->second.remote_tags.empty()) return {};
    const auto& tag = v->second.remote_tag;
    return call_id + ";to-tag=" + v->second.local_tag +
           ";from-tag=" + (tag.empty() ? *v->second.remote_tags.begin() : tag);
}

} // namespace solosip::simulation
