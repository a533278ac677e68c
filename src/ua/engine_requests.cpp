// The engine's commands for transfers and for requests of any method.
#include "solosip/base/limits.hpp"
#include "ua/engine_impl.hpp"

#include <utility>

namespace solosip::ua
{

result<request_id> engine::send_request(request r, time_point now)
{
    if (const auto good = check_request(r); !good) return good.error();
    if (impl_->sent.size() >= limits::requests) return errc::too_many;
    const identity* who = impl_->ctx.who ? &*impl_->ctx.who : nullptr;
    if (const auto good = check_sender(r, who); !good) return good.error();
    auto target = complete_target(r.target, who);
    if (!target) return target.error();
    r.target = std::move(*target);
    const auto id = static_cast<request_id>(++impl_->last_request);
    impl_->sent.emplace_back(impl_->ctx, id, std::move(r)).start();
    impl_->carry_out(now);
    return id;
}

result<request_id> engine::send_request(call_id c, request r, time_point now)
{
    return impl_->command(c, now,
                          [&](ua::call& it) -> result<request_id>
                          {
                              if (const auto good = check_request(r); !good) return good.error();
                              if (r.method == "REGISTER") return errc::bad_config;
                              const auto id = static_cast<request_id>(++impl_->last_request);
                              const auto sent = it.send_request(id, std::move(r), now);
                              if (!sent) return sent.error();
                              return id;
                          });
}

result<void> engine::transfer(call_id c, std::string_view to, time_point now)
{
    return impl_->command(c, now,
                          [&](ua::call& it) -> result<void>
                          {
                              const auto* who = impl_->ctx.who ? &*impl_->ctx.who : nullptr;
                              auto target = complete_target(to, who);
                              if (!target) return target.error();
                              return it.transfer(std::move(*target), now);
                          });
}

result<call_id> engine::accept_transfer(call_id c, time_point now, call_options options)
{
    ua::call* it = impl_->find(c);
    if (!it) return errc::call_ended;
    if (const auto good = check_options(options); !good) return good.error();
    const auto target = it->follow_refer(options, now);
    if (!target) return target.error();
    const auto id = static_cast<call_id>(++impl_->last_call);
    auto next = std::make_unique<ua::call>(impl_->ctx, id);
    next->set_referrer(it);
    next->start(target->uri, std::move(options), now);
    impl_->calls.push_back(std::move(next));
    impl_->carry_out(now);
    return id;
}

result<void> engine::reject_transfer(call_id c, int status, time_point now)
{
    return impl_->command(c, now, [&](ua::call& it) { return it.decline_refer(status, now); });
}

void engine::take_requests(bool on)
{
    impl_->ctx.takes_requests = on;
}

result<void> engine::respond(incoming_id id, const response& r, time_point now)
{
    auto done = impl_->requests.respond(id, r, now);
    impl_->carry_out(now);
    return done;
}

} // namespace solosip::ua
