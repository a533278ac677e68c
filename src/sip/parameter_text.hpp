// Checks of parameter text, for the parsers of header values.
#pragma once

#include "sip/text.hpp"
#include "solosip/base/result.hpp"
#include "solosip/sip/parameters.hpp"

namespace solosip::sip
{

/// *( SEMI generic-param ) from where `s` stands to its end, into `out`. Where it returns an error
/// code (`errc{}` is none), `s` stands at the wrong place.
errc scan_parameters(text::scanner& s, parameters& out);

/// auth-param *( COMMA auth-param ) to the end, likewise, or with another separator.
errc scan_auth_parameters(text::scanner& s, parameters& out, char separator = ',');

/// Takes the next parameter off `rest`; false where there is none left.
bool next_parameter(std::string_view& rest, char separator, parameter& out);

} // namespace solosip::sip
