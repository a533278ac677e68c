#include "solosip/invitation.hpp"

#include "net/core.hpp"

namespace solosip
{

invitation::invitation(detail::call_ptr state)
    : state_(std::move(state)), executor_(state_->core->pump.executor())
{
}

std::string invitation::from() const
{
    return state_ ? state_->from : std::string();
}

std::string invitation::to() const
{
    return state_ ? state_->to : std::string();
}

std::string invitation::display_name() const
{
    return state_ ? state_->display_name : std::string();
}

std::optional<std::string> invitation::header(std::string_view name) const
{
    if (!state_) return std::nullopt;
    const auto value = state_->invite->first(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

std::vector<solosip::header> invitation::headers() const
{
    return state_ ? ua::headers_of(*state_->invite) : std::vector<solosip::header>();
}

void invitation::ring(std::vector<solosip::header> headers) const
{
    if (state_)
        state_->core->post([c = state_, headers = std::move(headers)]() mutable
                           { c->core->ring(*c, std::move(headers)); });
}

void invitation::reject(int status, std::string reason, std::vector<solosip::header> headers) const
{
    if (state_)
        state_->core->post(
            [c = state_, status, reason = std::move(reason), headers = std::move(headers)]() mutable
            { c->core->reject(*c, status, reason, std::move(headers)); });
}

} // namespace solosip
