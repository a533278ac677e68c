// What a fuzz target says when a promise is broken; unlike `assert`, in every build.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace solosip::fuzz
{

inline void require(bool holds, const char* property)
{
    if (holds) return;
    std::fprintf(stderr, "broken property: %s\n", property);
    std::abort();
}

/// Whether `part` lies in `whole`; an empty view may be anywhere.
inline bool within(std::string_view part, std::string_view whole)
{
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

} // namespace solosip::fuzz
