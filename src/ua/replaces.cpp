// An INVITE that takes the place of a call that we have (RFC 3891).
#include "solosip/sip/header_values.hpp"
#include "ua/engine_impl.hpp"

namespace solosip::ua
{
namespace
{

// Tags of both sides, as we see the dialog (section 3).
bool names(const sip::dialog_reference& r, const dialog::dialog& d)
{
    // RFC 2543 peers have no tag, which is written as 0 (section 6.1).
    const bool remote = d.has_remote_tag(r.from_tag) || (r.from_tag == "0" && d.has_remote_tag(""));
    return r.call_id == d.call_id() && r.to_tag == d.local_tag() && remote;
}

} // namespace

call::replacing call::may_be_replaced(const sip::dialog_reference& r) const
{
    const auto named =
        std::find_if(legs_.begin(), legs_.end(), [&](const leg& l) { return names(r, l.dialog); });
    if (named == legs_.end()) return replacing::unknown;
    if (ended_) return replacing::ended;
    if (phase_ == phase::established)
    {
        if (chosen_ != static_cast<std::size_t>(named - legs_.begin())) return replacing::ended;
        return r.early_only ? replacing::answered : replacing::yes;
    }
    // An early dialog may only be taken from those who began it.
    return phase_ == phase::proceeding ? replacing::yes : replacing::unknown;
}

// True: the INVITE has been dealt with.
bool engine::impl::on_replacing_invite(const incoming& in, time_point now)
{
    const sip::message_view& m = *in.request;
    const auto value = m.first(sip::header_id::replaces);
    // Not allowed: the header is an extension that we do not know, and such are ignored (RFC 3261
    // section 8.2.2).
    if (!value || !ctx.config.allow_transfers) return false;
    int count = 0;
    for (std::size_t i = 0; i < m.header_count(); ++i)
        if (m.header(i).id == sip::header_id::replaces) ++count;
    const auto wanted = sip::parse_replaces(*value);
    if (count != 1 || !wanted)
    {
        ctx.respond(in, {400, "One Good Replaces"}, now);
        return true;
    }
    auto judged = call::replacing::unknown;
    ua::call* old = nullptr;
    for (const auto& each : calls)
        if (const auto one = each->may_be_replaced(*wanted); one != call::replacing::unknown)
        {
            judged = one;
            old = each.get();
        }
    switch (judged)
    {
    case call::replacing::unknown: ctx.respond(in, {481}, now); return true;
    case call::replacing::ended: ctx.respond(in, {603}, now); return true;
    case call::replacing::answered: ctx.respond(in, {486}, now); return true;
    case call::replacing::yes: break;
    }
    // Its place is to be taken by another one already (RFC 5589 section 6); which, shows soon.
    if (old->follows_refer())
    {
        ctx.respond(in, {491}, now);
        return true;
    }
    auto next = std::make_unique<ua::call>(ctx, static_cast<call_id>(++last_call));
    if (!next->on_invite(in, now, false)) return true;
    ua::call& taker = *next;
    calls.push_back(std::move(next));
    answer_options options;
    options.media_port = old->media_port();
    old->give_way_to(taker.id(), in.request, now);
    (void)taker.answer(options, now);
    return true;
}

} // namespace solosip::ua
