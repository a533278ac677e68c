// Extensions that one side cannot do without (RFC 3261 section 21.4.16): 421, sent and heard.
#include "ua/call.hpp"

namespace solosip::ua
{

// What the caller can do; true where that is too little for us, and it has been told so.
bool call::refuse_extensions(const incoming& in, time_point now)
{
    wants_reliable_ = in.request->list_has(sip::header_id::require, "100rel");
    knows_reliable_ = wants_reliable_ || in.request->list_has(sip::header_id::supported, "100rel");
    if (!ctx_.config.require_reliable) return false;
    if (knows_reliable_) // RFC 3262 section 3: who supports it may be asked to do it
    {
        wants_reliable_ = true;
        return false;
    }
    ctx_.respond(in, {421, {}, local_tag_, {{"Require", "100rel"}}}, now);
    return true;
}

// A 421 that names only what we can do, once in a call: then the INVITE goes out again and requires
// it itself, so that nobody on the way can have overlooked that we do it. Session timers are done
// for it even where they are switched off.
bool call::can_do_required(const sip::message_view& refusal)
{
    if (refusal.status() != 421 || !required_.empty()) return false;
    std::string required;
    bool known = true;
    bool by_timer = false;
    refusal.for_each_value(sip::header_id::require,
                           [&](std::string_view option)
                           {
                               const auto name = ctx_.ability(option);
                               known = !name.empty();
                               if (required.find(name) != required.npos) return known;
                               by_timer = by_timer || name == "timer";
                               if (!required.empty()) required += ", ";
                               required += name;
                               return known;
                           });
    if (!known || required.empty()) return false;
    required_ = std::move(required);
    timer_required_ = by_timer;
    return true;
}

std::string call::supported() const
{
    std::string options = ctx_.supported();
    if (timer_required_ && !ctx_.supports("timer")) options += ", timer";
    return options;
}

} // namespace solosip::ua
