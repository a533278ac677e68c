// The four verbs; each returns the exit status or throws `mistake`.
#pragma once

#include "options.hpp"

namespace solosip::program
{

int run_parse(const options& o);
/// register, call and answer.
int run_agent(const options& o);

} // namespace solosip::program
