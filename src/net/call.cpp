#include "solosip/call.hpp"

#include "net/core.hpp"

namespace solosip
{

call::call(detail::call_ptr state)
    : state_(std::move(state)), executor_(state_->core->pump.executor())
{
}

std::string call::remote_uri() const
{
    if (!state_) return {};
    const std::lock_guard lock(state_->mutex);
    return state_->remote_uri;
}

std::optional<ending> call::outcome() const
{
    if (!state_) return std::nullopt;
    const std::lock_guard lock(state_->mutex);
    return state_->outcome;
}

statistics call::stats() const
{
    if (!state_) return {};
    const std::lock_guard lock(state_->mutex);
    return state_->stats;
}

void call::clear_playback() const
{
    if (state_) state_->core->post([c = state_] { c->core->clear_playback(*c); });
}

void call::stop_recording() const
{
    if (state_) state_->core->post([c = state_] { c->core->stop_recording(*c); });
}

void call::hang_up() const
{
    if (state_) state_->core->post([c = state_] { c->core->hang_up(*c); });
}

} // namespace solosip

namespace solosip::detail
{

void call_state::abandon()
{
    connecting.abandon();
    ends.abandon();
    (void)std::exchange(readers, {});
    (void)std::exchange(sounds, {});
    (void)std::exchange(presses, {});
    on_progress = nullptr;
}

} // namespace solosip::detail
