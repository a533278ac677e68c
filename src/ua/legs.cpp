// Requests inside the dialogs of a call: finding the way, credentials, retries.
#include "solosip/base/limits.hpp"
#include "ua/call.hpp"
#include "ua/status.hpp"

#include <algorithm>

namespace solosip::ua
{

namespace
{

// Those that must tell our Contact: RFC 3311 section 5.1, RFC 3515 section 2.2, RFC 6665 section 4.
bool refreshes_target(sip::method m)
{
    return m == sip::method::update || m == sip::method::refer || m == sip::method::subscribe ||
           m == sip::method::notify;
}

} // namespace

std::optional<std::size_t> call::find_leg(std::string_view remote_tag) const
{
    for (std::size_t i = 0; i < legs_.size(); ++i)
        if (legs_[i].dialog.has_remote_tag(remote_tag)) return i;
    return std::nullopt;
}

std::optional<std::size_t> call::leg_for(const sip::message_view& response)
{
    const auto to = response.to();
    // RFC 3261 section 12.1: a 1xx without a tag makes no dialog; section 12.1.2: a 2xx does.
    if (!to || (to->tag().empty() && response.status() < 200)) return std::nullopt;
    if (const auto known = find_leg(to->tag())) return known;
    auto made = dialog::dialog::from_response(*invite_, response);
    if (!made) return std::nullopt;
    if (legs_.size() >= limits::early_dialogs)
    {
        // An answer counts for more than one of many telephones that ring.
        const auto early =
            std::find_if(legs_.begin(), legs_.end(), [](const leg& l) { return !l.acknowledged; });
        if (response.status() < 200 || early == legs_.end()) return std::nullopt;
        const auto place = static_cast<std::size_t>(early - legs_.begin());
        *early = leg{std::move(*made)};
        std::erase_if(outstanding_, [&](const outstanding& o) { return o.leg == place; });
        if (media_leg_ == place) media_leg_.reset();
        early->talks = first_talks_;
        return place;
    }
    legs_.push_back({std::move(*made)});
    legs_.back().talks = first_talks_;
    return legs_.size() - 1;
}

void call::forget_legs()
{
    // Their PRACKs were numbered from our INVITE on, and the next one has the same Call-ID.
    for (const leg& l : legs_)
        cseq_ = std::max(cseq_, l.dialog.local_cseq());
    outstanding_.clear(); // what their PRACKs hear is nobody's any more
    legs_.clear();
    media_leg_.reset();
}

void call::note_abilities(leg& l, const sip::message_view& m)
{
    if (m.has(sip::header_id::allow)) // RFC 3311 section 4
        l.allows_update = m.list_has(sip::header_id::allow, "UPDATE");
}

result<void> call::send_request(request_id id, request r, time_point now)
{
    if (phase_ != phase::established || ended_) return errc::call_ended;
    const bool describes_session =
        r.method == "UPDATE" && r.content_type.find("sdp") != std::string::npos;
    if (describes_session) return errc::bad_config; // offers have an order of their own
    const auto mine = static_cast<std::size_t>(
        std::count_if(outstanding_.begin(), outstanding_.end(),
                      [](const outstanding& o) { return o.request.user.has_value(); }));
    if (mine + legs_[*chosen_].waiting.size() >= limits::requests) return errc::too_many;
    in_dialog out;
    out.method = sip::method_from(r.method);
    if (out.method == sip::method::unknown) out.method_text = std::move(r.method);
    for (auto& h : r.headers)
        out.headers.emplace_back(std::move(h.name), std::move(h.value));
    if (!r.body.empty() && r.content_type.empty()) r.content_type = "text/plain";
    out.content_type = std::move(r.content_type);
    out.body = std::move(r.body);
    out.user = id;
    send_in_dialog(*chosen_, std::move(out), now);
    return {};
}

void call::send_in_dialog(std::size_t leg_index, in_dialog request, time_point now)
{
    leg& l = legs_[leg_index];
    const auto uri = sip::parse_uri(l.dialog.next_hop());
    if (!uri || uri->host.empty())
    {
        on_in_dialog_done({{}, leg_index, std::move(request)}, errc::bad_uri, now);
        return;
    }
    hop wanted = hop_of(*uri);
    // The way of the INVITE is known already, and its address family works.
    if (!l.way && first_hop_ == wanted && target_index_ < targets_.size())
    {
        l.heading = wanted;
        l.way = targets_[target_index_];
    }
    const bool known = l.way && l.heading == wanted;
    if (known && !waits_for_ack())
    {
        issue(leg_index, std::move(request), now);
        return;
    }
    // One call asks for little at a time; whoever fills this is being made a fool of.
    if (l.waiting.size() < limits::digits_to_send) l.waiting.push_back(std::move(request));
    if (known) return;
    if (!l.looking || l.heading != wanted) l.looking = ctx_.look_up(wanted);
    l.way.reset();
    l.heading = std::move(wanted);
}

void call::on_leg_targets(leg& l, const result<std::vector<target>>& targets, time_point now)
{
    l.looking.reset();
    const auto index = static_cast<std::size_t>(&l - legs_.data());
    if (targets && !targets->empty())
    {
        l.way = targets->front();
        if (moved_ && phase_ == phase::offered) (void)find_place(l);
        send_waiting(l, now);
        start_change(now);
        return;
    }
    const bool moves = !changes_.empty() && changes_.front().moved;
    if (const auto way = last_way(); way && !moved_ && !moves)
    {
        ctx_.log(log_level::warning, "the other side's Contact leads nowhere");
        l.way = way; // and stays it for that Contact
        send_waiting(l, now);
        start_change(now);
        return;
    }
    l.heading.reset();
    for (auto& request : std::exchange(l.waiting, {}))
        on_in_dialog_done({{}, index, std::move(request)}, errc::dns_failed, now);
    if (!change_out_ && !changes_.empty() && changes_.front().moved && !try_move_again(now))
        on_change_done(errc::dns_failed, 0, now);
}

// RFC 3261 section 12.2.1.1 knows the Contact only; but there are those with a name or an address
// of their own network in it, and where the INVITE went, or came from, somebody has answered.
std::optional<target> call::last_way() const
{
    const bool caller = !target_.empty();
    if (!caller) return target{source_, local_};
    if (target_index_ >= targets_.size()) return std::nullopt;
    return targets_[target_index_];
}

// Whoever has not got our 2xx yet knows no dialog: 481 would be the answer, and the end of the
// call. So what we have to say waits for the ACK.
void call::send_waiting(leg& l, time_point now)
{
    if (!l.way || l.looking || waits_for_ack()) return;
    const auto index = static_cast<std::size_t>(&l - legs_.data());
    for (auto& request : std::exchange(l.waiting, {}))
        issue(index, std::move(request), now);
}

// The call is over: what has not been sent yet never will be, but for what belongs to its end, and
// for its subscriptions (RFC 5057 section 4).
void call::drop_waiting(bool bye_too, time_point now)
{
    for (std::size_t i = 0; i < legs_.size(); ++i)
        for (auto& request : std::exchange(legs_[i].waiting, {}))
        {
            const auto m = request.method;
            const bool stays = m == sip::method::ack ||
                               (m == sip::method::notify && !request.user) ||
                               (m == sip::method::bye && !bye_too);
            if (stays)
                legs_[i].waiting.push_back(std::move(request));
            else
                on_in_dialog_done({{}, i, std::move(request)}, errc::call_ended, now);
        }
}

void call::issue(std::size_t leg_index, in_dialog request, time_point now)
{
    leg& l = legs_[leg_index];
    dialog::request_parts parts;
    parts.method = request.method;
    parts.method_text = request.method_text;
    if (refreshes_target(request.method))
        parts.contact = ctx_.make_contact(l.way->local, is_ours(l));
    parts.via = ctx_.make_via(l.way->local);
    parts.cseq = request.cseq;
    parts.headers = request.headers;
    if (request.method == sip::method::invite || request.method == sip::method::update)
    {
        // They refresh the target (section 12.2), and tell what we can do (RFC 3311 section 5.1).
        parts.contact = ctx_.make_contact(l.way->local, is_ours(l));
        parts.headers.emplace_back("Allow", ctx_.allow());
        parts.headers.emplace_back("Supported", supported());
        add_session_headers(parts.headers);
    }
    if (!ctx_.config.user_agent.empty())
        parts.headers.emplace_back("User-Agent", ctx_.config.user_agent);
    parts.content_type = request.content_type;
    parts.body = request.body;
    auto made = l.dialog.make_request(parts);
    if (!made)
    {
        on_in_dialog_done({{}, leg_index, std::move(request)}, made.code(), now);
        return;
    }
    if (request.method == sip::method::refer && !request.user && refer_out_)
        refer_out_->cseq = l.dialog.local_cseq();
    if (request.method == sip::method::ack)
    {
        const bool trusted =
            l.way->remote.address == request.secrets_for || (ctx_.registers && is_ours(l));
        if (!trusted) // he who asked for credentials never sees this ACK
        {
            made->remove(sip::header_id::authorization);
            made->remove(sip::header_id::proxy_authorization);
        }
        if (l.acks.size() == kept_acks) l.acks.erase(l.acks.begin());
        l.acks.push_back({request.cseq.value_or(0), {l.way->remote, made->bytes()}});
        const transmit& ack = l.acks.back().message;
        ctx_.send(ack.to, ack.bytes);
        return;
    }
    const auto started = ctx_.start(*made, l.way->remote, is_ours(l), now);
    if (started)
        outstanding_.push_back({*started, leg_index, std::move(request), l.way->remote});
    else
        on_in_dialog_done({{}, leg_index, std::move(request)}, started.code(), now);
}

// A call through our servers stays with them as far as they have put themselves on its route;
// without one its requests go straight to the other side.
bool call::is_ours(const leg& l) const
{
    if (!ctx_.registers || !ours_) return ours_;
    // Whoever answers can write a route of their own, so it is the next hop that counts.
    return l.way &&
           (ctx_.is_server(l.way->remote.address) || (first_hop_ && first_hop_ == l.heading));
}

void call::on_in_dialog_response(outstanding o, const sip::message_view& response, time_point now)
{
    const int status = response.status();
    const auto method = o.request.method;
    if ((status == 401 || status == 407) && (!ended_ || method == sip::method::bye) &&
        ctx_.can_answer(response, o.to, is_ours(legs_[o.leg]), o.request.attempt))
    {
        send_in_dialog(o.leg, std::move(o.request), now);
        return;
    }
    if (method == sip::method::bye && status == 500 && phase_ != phase::finished &&
        !std::exchange(o.request.again, true))
    {
        // A NOTIFY behind it has overtaken it, which makes it out of order (section 12.2.2).
        send_in_dialog(o.leg, std::move(o.request), now);
        return;
    }
    if (!o.request.user && (method == sip::method::invite || method == sip::method::update))
    {
        on_change_response(std::move(o), response, now);
        return;
    }
    if (method == sip::method::refer && !o.request.user) on_refer_response(response, now);
    if (o.request.user)
    {
        const errc why = status < 300 ? errc{} : error_of(status);
        ctx_.emit(request_done{*o.request.user, why, response_of(response)});
        o.request.told = true;
    }
    if (status < 300)
    {
        ctx_.note_success(response, o.to, is_ours(legs_[o.leg]));
        on_in_dialog_done(o, errc{}, now);
        return;
    }
    // RFC 3261 section 12.2.1.2: the dialog is gone at the other end.
    const bool dialog_gone = status == 481 || status == 408;
    on_in_dialog_done(o, dialog_gone ? errc::call_ended : errc::rejected, now, status,
                      response.reason());
}

void call::on_in_dialog_done(const outstanding& o, errc why, time_point now, int status,
                             std::string_view reason)
{
    if (o.request.user && !o.request.told) ctx_.emit(request_done{*o.request.user, why, {}});
    // A NOTIFY without its subscription ends that only (RFC 5057 section 5.1), and what a late
    // PRACK hears says nothing of the call that came of its INVITE.
    const bool fatal = (why == errc::call_ended || why == errc::timed_out) &&
                       o.request.method != sip::method::notify &&
                       o.request.method != sip::method::prack;
    // Without the ACK the other side gives up in a while, and nobody has told us.
    const bool unheard = o.request.method == sip::method::ack && why != errc::call_ended;
    if ((fatal || unheard) && chosen_ == o.leg && !ended_ && o.request.method != sip::method::bye)
    {
        send_bye(o.leg, now);
        if (status == 0 && !unheard) status = why == errc::timed_out ? 408 : 481;
        end({ended_by::network, status, std::string(reason), unheard ? why : errc::timed_out}, now);
    }
    if (o.request.method == sip::method::info && !o.request.user) on_info_done(why, now);
    if (o.request.method == sip::method::notify && !o.request.user) on_notify_done(why);
    if (o.request.method == sip::method::refer && !o.request.user && why != errc{} && refer_out_)
        finish_refer(why, now);
    const bool offers =
        o.request.method == sip::method::invite || o.request.method == sip::method::update;
    if (offers && !o.request.user)
    {
        take_back_change();
        if (why == errc::call_ended || !try_move_again(now)) on_change_done(why, 0, now);
    }
}

} // namespace solosip::ua
