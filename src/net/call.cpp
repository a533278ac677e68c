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

std::optional<std::string> call::header(std::string_view name) const
{
    if (!state_) return std::nullopt;
    if (state_->incoming)
    {
        const auto value = state_->invite->first(name);
        return value ? std::optional<std::string>(*value) : std::nullopt;
    }
    const std::lock_guard lock(state_->mutex);
    return detail::find_header(state_->answer, name);
}

std::any call::user_data() const
{
    if (!state_) return {};
    const std::lock_guard lock(state_->mutex);
    return state_->user_data;
}

void call::set_user_data(std::any data) const
{
    if (!state_) return;
    const std::lock_guard lock(state_->mutex);
    state_->user_data.swap(data); // the old one goes after the lock
}

std::optional<ending> call::outcome() const
{
    if (!state_) return std::nullopt;
    const std::lock_guard lock(state_->mutex);
    return state_->outcome;
}

std::optional<srtp_suite> call::srtp() const
{
    if (!state_) return std::nullopt;
    const std::lock_guard lock(state_->mutex);
    return state_->srtp;
}

statistics call::stats() const
{
    return state_ ? state_->stats.load() : statistics{};
}

hold_state call::held() const
{
    if (!state_) return {};
    const std::lock_guard lock(state_->mutex);
    return state_->held;
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
    transfers.abandon();
    on_transfer_progress = nullptr;
    (void)std::exchange(readers, {});
    (void)std::exchange(sounds, {});
    (void)std::exchange(presses, {});
    (void)std::exchange(changes, {});
    (void)std::exchange(audio_readers, {});
    recording_watchers.abandon();
    hold_watchers.abandon();
    on_progress = nullptr;
}

} // namespace solosip::detail
