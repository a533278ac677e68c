// Of what kind is a disagreement?
#pragma once

#include "differential/reading.hpp"

#include <string>
#include <vector>

namespace differential
{

/// One line for each way in which `p` and we read `message` differently; empty where we agree.
///
///     PEER refuses: PART SHAPE      we take it; it would too if PART were another
///     PEER takes: REASON            we refuse it, for that
///     PEER FIELD: RELATION SHAPE    both take it and understand another FIELD
///
/// SHAPE says what is odd in the text in question.
std::vector<std::string> kinds(const peer& p, std::string_view message);

} // namespace differential
