// A message as JSON, for `solosip parse --json`.
#pragma once

#include "solosip/sip/message_view.hpp"

#include <nlohmann/json.hpp>

namespace solosip::program
{

/// Start line and body; `headers`: the lines as they stand there; `fields`: for each known header
/// the list of its values, taken apart. A value that its parser refuses is
/// {"text", "error", "offset"}; text may hold bytes that are no UTF-8.
nlohmann::ordered_json describe_message(const sip::message_view& m);

} // namespace solosip::program
