// Requests that are refused without a transaction (RFC 3261 section 8.2.7): those of strangers, and
// where many ask, those that belong to nothing.
#include "solosip/base/limits.hpp"
#include "ua/engine_impl.hpp"

namespace solosip::ua
{

// A flood of scanners takes up nothing.
bool engine::impl::refuse_stranger(const sip::message_view& m, const endpoint& source)
{
    const int status = ctx.refusal_of(m, source);
    if (status == 0) return false;
    if (find_if([&](const ua::call& c) { return c.has_dialog_for(m) || c.is_merged(m); }) ||
        requests.expects(m))
        return false;
    if (m.method() == sip::method::ack) return true;
    ctx.transactions.refuse(m, status, {}, source, ctx.actions);
    ctx.log(log_level::info, "refused a request of a stranger");
    return true;
}

// To who is in no dialog with us the answer is known without a transaction; where many ask, the
// room for those is needed.
bool engine::impl::refuse_lost(const sip::message_view& m, const endpoint& source)
{
    const auto to = m.to();
    const bool ends_nothing = m.method() == sip::method::ack || m.method() == sip::method::cancel;
    if (!to || to->tag().empty() || ends_nothing) return false;
    if (ctx.transactions.size() < limits::transactions / 2 || ctx.transactions.knows(m))
        return false;
    if (find_if([&](const ua::call& c) { return c.has_dialog_for(m); }) || requests.expects(m))
        return false;
    ctx.transactions.refuse(m, 481, {}, source, ctx.actions);
    return true;
}

} // namespace solosip::ua
