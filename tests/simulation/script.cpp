#include "simulation/script.hpp"

#include "simulation/scenario.hpp"

#include <algorithm>

namespace solosip::simulation
{
namespace
{

constexpr auto nat_address = ip_address::v4(198, 51, 100, 7);

// '?' begins the headers of a URI, in which most punctuation is escaped (RFC 3261 section 19.1.1).
std::string escaped(const std::string& text)
{
    constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text)
    {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (plain)
            out += c;
        else
            out += {'%', hex[static_cast<unsigned char>(c) >> 4], hex[c & 15]};
    }
    return out;
}

} // namespace

script::script(std::uint64_t seed) : w(seed)
{
    is_long = by_chance(50);
    audible_ = by_chance(8);
    const std::array<ip_address, 3> addresses{alice_address, bob_address, carol_address};
    const std::array<const char*, 3> names{"alice", "bob", "carol"};
    for (std::size_t i = 0; i < 3; ++i)
    {
        all[i] = std::make_unique<node>(w, names[i], addresses[i], any_settings());
        all[i]->engine().take_requests(!by_chance(4));
        all[i]->on_event = [this, who = all[i].get()](const ua::event& e) { on_event(*who, e); };
    }
    if (by_chance(6)) w.put_behind_nat(any().address(), nat_address);
    w.lets_pass = [this](const datagram& d)
    {
        if (!d.is_sip()) return audible_;
        watch.on_sent(d);
        return true;
    };
    w.on_arrival = [this](const datagram& d)
    {
        if (d.is_sip()) watch.on_arrived(d);
    };
    change_weather();
    for (auto& n : all)
        change_manners(*n);
}

ua::settings script::any_settings()
{
    auto& chance = w.random();
    auto s = node::usual();
    constexpr int sessions[] = {0, 90, 100, 120};
    s.session_expires = seconds(is_long ? 600 : sessions[chance.below(4)]);
    s.allow_transfers = !by_chance(4);
    s.ring_limit = seconds(5 + chance.below(56));
    s.early_limit = seconds(10 + chance.below(51));
    s.request_limit = seconds(1 + chance.below(10));
    if (audible_ && by_chance(4)) s.media_limit = seconds(10 + chance.below(30));
    if (by_chance(8)) s.max_call = seconds(20 + chance.below(80));
    if (by_chance(3)) std::reverse(s.codecs.begin(), s.codecs.end());
    return s;
}

node& script::other_than(const node& who)
{
    node& chosen = any();
    return &chosen == &who ? other_than(who) : chosen;
}

std::string script::uri_of(const node& who)
{
    if (!w.has_nat(who.address())) return "sip:x@" + who.address().to_string();
    return "sip:x@" + w.seen_at(who.sip()).to_string();
}

const node* script::partner_of(const node& who, ua::call_id c) const
{
    const auto name = who.call_id_text(c);
    for (const auto& other : all)
        if (other.get() != &who)
            if (const auto theirs = other->established();
                theirs && other->call_id_text(*theirs) == name)
                return other.get();
    return nullptr;
}

// ---- the network

void script::change_weather()
{
    auto& chance = w.random();
    w.sky.loss = by_chance(2) ? chance.below(3) / 100.0 : chance.below(41) / 100.0;
    w.sky.duplication = chance.below(30) / 100.0;
    w.sky.latency = up_to(by_chance(10) ? 3000 : 100);
    w.sky.spread = up_to(by_chance(4) ? 2000 : 50);
}

void script::change_ways()
{
    node& who = any();
    if (by_chance(3)) return w.mend();
    if (w.has_nat(who.address()))
    {
        w.note(who.name(), "has another port at its NAT");
        return w.rebind(who.address());
    }
    if (by_chance(4))
    {
        w.note(who.name(), "has another address");
        who.move_to(ip_address::v4(192, 0, 2, ++last_address_));
        unnoticed_.insert(&who);
        if (by_chance(4)) return;
        unnoticed_.erase(&who);
        who.engine().network_changed(w.now());
        return who.drain();
    }
    const auto& other = other_than(who);
    w.note(who.name(), "is cut off from " + other.name());
    w.cut(who.address(), other.address());
    if (by_chance(2)) w.cut(other.address(), who.address());
    w.after(up_to(40'000), [this] { w.mend(); });
}

void script::clear()
{
    w.note("", "the sky clears");
    w.sky = {};
    w.mend();
}

// ---- the agents

void script::call_somebody(node& who)
{
    ua::call_options o;
    o.late_offer = by_chance(4);
    o.follow_redirects = by_chance(2);
    if (by_chance(6)) o.headers.push_back({"Require", "100rel"});
    (void)who.call(uri_of(by_chance(20) ? who : other_than(who)), o);
}

// An INVITE with Replaces (RFC 3891) for a call that somebody else has.
void script::take_over(node& who)
{
    const node& whose = other_than(who);
    const auto call = whose.last_call();
    if (!call) return;
    ua::call_options o;
    auto value = watch.replaces_value(whose.home(), whose.call_id_text(*call));
    if (value.empty()) return;
    if (by_chance(6)) value += ";early-only";
    o.headers.push_back({"Replaces", value});
    (void)who.call(uri_of(whose), o);
}

void script::change_call(node& who)
{
    auto& chance = w.random();
    ua::change what;
    if (!by_chance(4)) what.hold = chance.below(2) == 0;
    what.by_update = by_chance(3);
    what.ask = by_chance(5);
    if (by_chance(5)) what.media_port = who.fresh_port();
    (void)who.modify(what);
}

void script::refuse(node& who)
{
    const auto status = static_cast<int>(300 + w.random().below(400));
    const auto call = who.last_call();
    if (!call || !by_chance(2)) return (void)who.reject(status);
    (void)who.engine().reject(*call, 302, {}, w.now(),
                              {{"Contact", '<' + uri_of(other_than(who)) + '>'}});
    who.drain();
}

// Blind, or to somebody's call (RFC 5589 sections 6 and 7).
void script::transfer(node& who)
{
    const node& target = other_than(who);
    const auto call = target.last_call();
    const auto value =
        call ? watch.replaces_value(target.home(), target.call_id_text(*call)) : std::string();
    if (value.empty() || !by_chance(3)) return (void)who.transfer(uri_of(target));
    ua::request refer{"REFER", {}, {}, {}, {}};
    refer.headers = {{"Refer-To", '<' + uri_of(target) + "?Replaces=" + escaped(value) + '>'}};
    (void)who.request_in_call(refer);
}

void script::send_request(node& who)
{
    constexpr const char* methods[] = {"MESSAGE", "OPTIONS", "INFO", "NOTIFY", "REFER", "FROB"};
    ua::request r{methods[w.random().below(6)], uri_of(other_than(who)), {}, {}, {}};
    if (r.method == "MESSAGE" || r.method == "INFO") r.body = "Hello.";
    if (r.method == "REFER") r.headers = {{"Refer-To", '<' + uri_of(other_than(who)) + '>'}};
    if (r.method == "NOTIFY") r.headers = {{"Event", "x"}, {"Subscription-State", "active"}};
    if (by_chance(3))
        (void)who.request(r);
    else
        (void)who.request_in_call(r);
}

void script::change_manners(node& who)
{
    who.how = {.ring = by_chance(2)};
    if (!by_chance(3)) who.how.answer_after = up_to(3000);
    if (by_chance(8)) who.how.reject_with = 486;
}

void script::act_in_call(node& who)
{
    switch (w.random().below(12))
    {
    case 0: (void)who.press("159"); break;
    case 1: (void)who.press("0", ua::digit_method::info); break;
    case 2:
    case 3: transfer(who); break;
    case 4:
    case 5: send_request(who); break;
    default: change_call(who); break;
    }
}

void script::act()
{
    node& who = any();
    switch (w.random().below(23))
    {
    case 0:
    case 1:
    case 2: call_somebody(who); break;
    case 3: take_over(who); break;
    case 4:
    case 5: (void)who.answer(); break;
    case 6: refuse(who); break;
    case 7: (void)who.hang_up(); break;
    case 8: change_manners(who); break;
    case 9: (void)who.early_media(); break;
    case 10: change_weather(); break;
    case 11: change_ways(); break;
    default: act_in_call(who); break;
    }
}

void script::hang_up_all()
{
    for (auto& n : all)
    {
        n->how = {.ring = false, .reject_with = 603};
        if (n->in_call()) (void)n->hang_up();
    }
}

// ---- what they are told

void script::on_event(node& who, const ua::event& e)
{
    std::visit(
        [&](const auto& each)
        {
            if constexpr (requires { ua::call_id(each.call); }) on_call_event(who, each.call, e);
        },
        e);
    if (const auto* wanted = std::get_if<ua::transfer_wanted>(&e))
        decide_transfer(who, wanted->call);
    else if (const auto* asked = std::get_if<ua::incoming_request>(&e))
        answer_request(who, asked->id);
}

void script::on_call_event(const node& who, ua::call_id c, const ua::event& e)
{
    auto& ended = ended_[&who];
    // What became of a transfer may be told later (RFC 5057 section 4).
    const bool late = std::holds_alternative<ua::transfer_done>(e) ||
                      std::holds_alternative<ua::transfer_progress>(e);
    if (ended.contains(c) && !late)
        faults_.push_back(who.name() + " hears of a call that has ended: event " +
                          std::to_string(e.index()));
    if (std::holds_alternative<ua::call_ended>(e)) ended.insert(c);
}

void script::decide_transfer(node& who, ua::call_id c)
{
    if (by_chance(6)) return; // its limit decides
    const bool follows = !by_chance(4);
    w.after(up_to(2000),
            [this, &who, c, follows]
            {
                if (follows && !who.seen.wanted.empty() && who.seen.wanted.back().call == c)
                    return (void)who.follow();
                (void)who.engine().reject_transfer(c, 603, w.now());
                who.drain();
            });
}

void script::answer_request(node& who, ua::incoming_id id)
{
    if (by_chance(6)) return;
    constexpr int statuses[] = {200, 200, 200, 202, 404, 486, 500, 603};
    ua::response r;
    r.status = statuses[w.random().below(8)];
    w.after(up_to(3000), [&who, id, r] { (void)who.respond(id, r); });
}

// ---- what it comes to

void script::measure()
{
    for (const auto& n : all)
    {
        most_ = std::max(most_, n->engine().live_objects());
        check_agreement(*n);
    }
}

namespace
{

bool holds_unheard(const node& one, const node& other)
{
    const auto ours = one.held(), theirs = other.held();
    return (ours == "us" || ours == "both") != (theirs == "peer" || theirs == "both");
}

} // namespace

void script::check_agreement(const node& who)
{
    const auto call = who.established();
    const node* with = call ? partner_of(who, *call) : nullptr;
    if (with == nullptr) return;
    const auto name = who.call_id_text(*call);
    if (!watch.at_rest(who.home(), name) || !watch.at_rest(with->home(), name)) return;
    if (holds_unheard(who, *with))
        faults_.push_back(who.name() + " holds for now, what " + with->name() + " does not know");
    const auto* here = who.audio_of(*call);
    const auto* there = with->audio_of(*with->established());
    if (here && there && here->codec != there->codec)
        faults_.push_back(who.name() + " has another codec for now");
}

std::vector<std::string> script::silences()
{
    std::vector<std::string> found;
    if (!audible_) return found;
    std::map<node*, std::uint64_t> before;
    for (const auto& n : all)
    {
        const auto call = n->established();
        const node* with = call ? partner_of(*n, *call) : nullptr;
        if (with == nullptr || unnoticed_.contains(n.get()) || unnoticed_.contains(with)) continue;
        if (n->held() == "none" || n->held() == "peer")
            before[n.get()] = n->engine().media_statistics().received_packets;
    }
    w.run_for(seconds(2));
    for (const auto& [n, packets] : before)
        if (n->established() && n->engine().media_statistics().received_packets == packets)
            found.push_back(n->name() + " hears nothing");
    return found;
}

std::vector<std::string> script::disagreements(seconds good_for) const
{
    std::vector<std::string> found;
    for (const auto& n : all)
    {
        const auto call = n->established();
        if (!call)
        {
            if (n->in_call()) found.push_back(n->name() + " is in a call that is none yet");
            continue;
        }
        const node* with = partner_of(*n, *call);
        if (with == nullptr)
        {
            const auto life = watch.session_of(n->home(), n->call_id_text(*call));
            if (life > seconds(0) && life <= good_for)
                found.push_back(n->name() + " is left in a call");
            continue;
        }
        if (holds_unheard(*n, *with))
            found.push_back(n->name() + " holds, what " + with->name() + " does not know");
        const auto* here = n->audio_of(*call);
        const auto* there = with->audio_of(*with->established());
        const bool elsewhere = w.has_nat(n->address()) || w.has_nat(with->address()) ||
                               unnoticed_.contains(n.get()) || unnoticed_.contains(with);
        if (!here || !there || elsewhere) continue;
        if (here->codec != there->codec) found.push_back(n->name() + " has another codec");
        if (audible_) continue; // then it goes where the other's comes from
        if (here->remote != with->media())
            found.push_back(n->name() + " sends where " + with->name() + " does not listen");
    }
    return found;
}

} // namespace solosip::simulation
