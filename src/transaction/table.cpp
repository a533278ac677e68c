#include "solosip/transaction/transaction.hpp"

#include "transaction/invite_client.hpp"
#include "transaction/invite_server.hpp"
#include "transaction/key.hpp"
#include "transaction/non_invite_client.hpp"
#include "transaction/non_invite_server.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <utility>

namespace solosip::transaction
{
namespace
{

struct client_entry
{
    client_key key;
    std::variant<invite_client, non_invite_client> machine;
};

struct server_entry
{
    server_key key;
    std::variant<invite_server, non_invite_server> machine;
    bool is_ours = false; // a CANCEL that the table answers: nobody else knows its id
};

template <class Entry>
bool is_over(const Entry& e)
{
    return std::visit([](const auto& m) { return m.is_over(); }, e.machine);
}

template <class Entry>
std::optional<time_point> next_timeout(const Entry& e)
{
    return std::visit([](const auto& m) { return m.next_timeout(); }, e.machine);
}

// RFC 3261 section 18.2.2 and RFC 3581 section 4: the source address; its port where the other side
// asked for that with `rport`, else the one its Via names.
destination answer_address(const sip::via& via, const endpoint& source, bool reliable)
{
    constexpr std::uint16_t default_port = 5060;
    destination to{source, reliable};
    if (!reliable && !via.params.has("rport"))
        to.remote.port = via.port != 0 ? via.port : default_port;
    return to;
}

// The To tag of a response that the table makes itself. It begins no dialog, so it need only be the
// same each time (section 8.2.7): FNV-1a of what names the request.
std::string tag_for(const sip::message_view& request)
{
    std::uint64_t hash = 0xcbf29ce484222325u;
    const auto mix = [&](std::string_view text)
    {
        for (const char c : text)
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    };
    mix(request.call_id());
    mix(request.first(sip::header_id::from).value_or(std::string_view{}));
    mix(request.first(sip::header_id::via).value_or(std::string_view{}));
    std::string tag;
    for (int i = 0; i < 12; ++i, hash >>= 5)
        tag += "0123456789abcdefghijklmnopqrstuv"[hash & 31];
    return tag;
}

} // namespace

struct table::state
{
    // A message that has come in, and where its answer goes.
    struct arrival
    {
        const sip::message_view& message;
        endpoint source;
        destination answer_to;
        server_key key;
        time_point now;
    };

    timing times;
    std::uint64_t last_id = 0;
    std::map<id, client_entry> clients;
    std::map<id, server_entry> servers;
    // Of all machines; nothing: not known, to be searched.
    mutable std::optional<std::optional<time_point>> earliest;

    id make_id() { return id{++last_id}; }
    std::size_t size() const { return clients.size() + servers.size(); }

    template <class Map>
    void settle(Map& map, typename Map::iterator at, actions& out);
    template <class Map>
    void settle_all(Map& map, actions& out);

    void on_response(const sip::message_view& m, const endpoint& source, time_point now,
                     actions& out);
    void on_request(const arrival& a, actions& out);
    std::map<id, server_entry>::iterator known(const server_key& key);
    bool repeated(const arrival& a, actions& out);
    void on_cancel(const arrival& a, actions& out);
    void begin(const arrival& a, actions& out);
    void begin_invite(id t, const arrival& a);
    void refuse(const arrival& a, actions& out) const;
    // Strangers may not use up what our own requests need, nor what a peer in a dialog needs to say
    // goodbye.
    bool is_full(const arrival& a) const
    {
        const auto to = a.message.to();
        const bool in_dialog = to && !to->tag().empty();
        // Anybody can write a tag: half of that room is nobody's but ours.
        const auto kept = in_dialog ? limits::own_transactions / 2 : limits::own_transactions;
        return servers.size() >= limits::transactions - kept || size() >= limits::transactions;
    }
};

// Removes a machine that has come to its end. Each change of a machine passes here.
template <class Map>
void table::state::settle(Map& map, typename Map::iterator at, actions& out)
{
    earliest.reset();
    if (!is_over(at->second)) return;
    bool known = true;
    if constexpr (std::is_same_v<typename Map::mapped_type, server_entry>)
        known = !at->second.is_ours;
    if (known) out.push_back(terminated{at->first});
    map.erase(at);
}

template <class Map>
void table::state::settle_all(Map& map, actions& out)
{
    for (auto at = map.begin(); at != map.end();)
        settle(map, at++, out);
}

void table::state::on_response(const sip::message_view& m, const endpoint& source, time_point now,
                               actions& out)
{
    // Section 8.1.3.3: with a second Via it was meant for a proxy.
    int vias = 0;
    m.for_each_value(sip::header_id::via, [&](std::string_view) { return ++vias < 2; });
    const auto key = client_key_of(m);
    if (vias != 1 || !key) return;
    for (auto at = clients.begin(); at != clients.end(); ++at)
    {
        if (at->second.key != *key) continue;
        std::visit([&](auto& machine) { machine.on_response(m, source, now, out); },
                   at->second.machine);
        return settle(clients, at, out);
    }
    out.push_back(stray_response{sip::message(m), source});
}

std::map<id, server_entry>::iterator table::state::known(const server_key& key)
{
    return std::find_if(servers.begin(), servers.end(),
                        [&](const auto& each)
                        {
                            const server_entry& entry = each.second;
                            const auto* invite = std::get_if<invite_server>(&entry.machine);
                            return is_repeated(entry.key, key) ||
                                   (invite && is_ack_for(entry.key, key, invite->to_tag()));
                        });
}

bool table::state::repeated(const arrival& a, actions& out)
{
    const auto at = known(a.key);
    if (at == servers.end()) return false;
    std::visit([&](auto& machine) { machine.on_request(a.message, a.source, a.now, out); },
               at->second.machine);
    settle(servers, at, out);
    return true;
}

void table::state::on_request(const arrival& a, actions& out)
{
    if (repeated(a, out)) return;
    switch (a.message.method())
    {
    case sip::method::ack: // for a 2xx: it has no transaction
        out.push_back(deliver_request{std::nullopt, sip::message(a.message), a.source});
        return;
    case sip::method::cancel: return on_cancel(a, out);
    default: break;
    }
    if (is_full(a)) return refuse(a, out);
    begin(a, out);
}

void table::state::begin_invite(id t, const arrival& a)
{
    const auto trying = sip::make_response(a.message, 100, {}, {}, a.source);
    invite_server machine(t, a.answer_to, trying ? trying.value().bytes() : std::string{}, times);
    machine.start(a.now);
    servers.emplace(t, server_entry{a.key, std::move(machine)});
}

void table::state::begin(const arrival& a, actions& out)
{
    const id t = make_id();
    earliest.reset();
    if (a.message.method() == sip::method::invite)
        begin_invite(t, a);
    else
    {
        non_invite_server machine(t, a.answer_to, times);
        machine.start(a.now);
        servers.emplace(t, server_entry{a.key, std::move(machine)});
    }
    out.push_back(deliver_request{t, sip::message(a.message), a.source});
}

// Section 9.2: 200 where the request is known, even if it is too late for it, else 481; that it was
// cancelled is only said of an INVITE without a final response.
void table::state::on_cancel(const arrival& a, actions& out)
{
    int status = 481;
    std::optional<id> waiting;
    std::string tag;
    for (const auto& [t, entry] : servers)
    {
        if (!is_cancel_for(entry.key, a.key)) continue;
        status = 200;
        if (const auto* invite = std::get_if<invite_server>(&entry.machine))
        {
            tag = invite->to_tag();
            if (invite->current() == invite_server::state::proceeding) waiting = t;
        }
        break;
    }
    const auto answer =
        sip::make_response(a.message, status, {}, tag.empty() ? tag_for(a.message) : tag, a.source);
    if (!answer) return;
    if (is_full(a))
        out.push_back(send{a.answer_to, answer.value().bytes()});
    else
    {
        const id t = make_id();
        non_invite_server machine(t, a.answer_to, times);
        (void)machine.respond(answer.value(), a.now, out); // a new machine takes any response
        settle(servers, servers.emplace(t, server_entry{a.key, std::move(machine), true}).first,
               out);
    }
    if (waiting) out.push_back(cancelled{*waiting, sip::message(a.message)});
}

// Section 21.5.4, without keeping anything.
void table::state::refuse(const arrival& a, actions& out) const
{
    auto answer = sip::make_response(a.message, 503, {}, tag_for(a.message), a.source);
    if (!answer || !answer.value().set(sip::header_id::retry_after, "10")) return;
    out.push_back(send{a.answer_to, answer.value().bytes()});
}

table::table(timing t) : s_(std::make_unique<state>())
{
    s_->times = t;
}
table::~table() = default;
table::table(table&&) noexcept = default;
table& table::operator=(table&&) noexcept = default;

result<id> table::start(const sip::message& request, const destination& to, time_point now,
                        actions& out)
{
    assert(request->is_request() && request->method() != sip::method::ack);
    if (s_->size() >= limits::transactions) return errc::too_many;
    auto key = client_key_of(*request);
    if (!key) return key.error();

    const id t = s_->make_id();
    const auto run = [&](auto machine)
    {
        machine.start(now, out);
        s_->clients.emplace(t, client_entry{std::move(*key), std::move(machine)});
    };
    if (request->method() == sip::method::invite)
        run(invite_client(t, request, to, s_->times));
    else
        run(non_invite_client(t, request, to, s_->times));
    s_->earliest.reset();
    return t;
}

const sip::message* table::request_of(id t) const
{
    const auto at = s_->clients.find(t);
    if (at == s_->clients.end()) return nullptr;
    return std::visit([](const auto& machine) { return &machine.request(); }, at->second.machine);
}

void table::abandon(id t, actions& out)
{
    const auto at = s_->clients.find(t);
    if (at == s_->clients.end()) return;
    std::visit([](auto& machine) { machine.abandon(); }, at->second.machine);
    s_->settle(s_->clients, at, out);
}

result<void> table::respond(id t, const sip::message& response, time_point now, actions& out)
{
    const auto at = s_->servers.find(t);
    if (at == s_->servers.end()) return errc::call_ended;
    const auto done = std::visit([&](auto& machine) { return machine.respond(response, now, out); },
                                 at->second.machine);
    s_->settle(s_->servers, at, out);
    return done;
}

void table::receive(const sip::message_view& m, const endpoint& source, time_point now,
                    actions& out, bool reliable)
{
    if (m.is_response()) return s_->on_response(m, source, now, out);
    const auto via = m.top_via();
    auto key = server_key_of(m);
    if (!via || !key) return; // `sip::validate` has not seen it
    s_->on_request({m, source, answer_address(*via, source, reliable), std::move(*key), now}, out);
}

bool table::knows(const sip::message_view& request) const
{
    const auto key = server_key_of(request);
    return key && s_->known(*key) != s_->servers.end();
}

void table::refuse(const sip::message_view& request, int status, std::string_view reason,
                   const endpoint& source, actions& out, bool reliable) const
{
    auto answer = sip::make_response(request, status, reason, tag_for(request), source);
    if (!answer) return;
    // A Via that cannot be read whole may be what is wrong: the source is the best guess then.
    const auto via = request.top_via();
    const destination to =
        via ? answer_address(*via, source, reliable) : destination{source, reliable};
    out.push_back(send{to, answer.value().bytes()});
}

void table::transport_error(const destination& to, time_point, actions& out)
{
    for (auto& [t, entry] : s_->clients)
        std::visit(
            [&](auto& machine)
            {
                if (machine.to() == to) machine.on_transport_error(out);
            },
            entry.machine);
    s_->settle_all(s_->clients, out);
}

std::optional<time_point> table::next_timeout() const
{
    if (s_->earliest) return *s_->earliest;
    std::optional<time_point> first;
    for (const auto& [t, entry] : s_->clients)
        first = earlier(first, transaction::next_timeout(entry));
    for (const auto& [t, entry] : s_->servers)
        first = earlier(first, transaction::next_timeout(entry));
    s_->earliest = first;
    return first;
}

void table::handle_timeout(time_point now, actions& out)
{
    const auto first = next_timeout();
    if (!first || *first > now) return;
    const auto run = [&](auto& map)
    {
        for (auto& [t, entry] : map)
            std::visit([&](auto& machine) { machine.on_timeout(now, out); }, entry.machine);
        s_->settle_all(map, out);
    };
    run(s_->clients);
    run(s_->servers);
}

std::size_t table::size() const
{
    return s_->size();
}

} // namespace solosip::transaction
