// What stands behind requests: theirs, which the application answers, and ours, which wait.
#pragma once

#include "net/call_state.hpp"
#include "solosip/request.hpp"
#include "solosip/transfer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::detail
{

class agent_core;

/// Never changes once a handle exists.
struct request_state
{
    const std::shared_ptr<agent_core> core;
    ua::incoming_id id{};
    request what{};
    std::string from{};
    call_ptr in{};
};

/// Never changes once a handle exists.
struct transfer_state
{
    const std::shared_ptr<agent_core> core;
    std::string target{}, referred_by{};
    call_ptr in{};
};

/// A request of ours that waits for its answer; nobody where the wait was cancelled.
struct asking
{
    ua::request_id request;
    net::operation id;
    handler<response> h;
};

} // namespace solosip::detail
