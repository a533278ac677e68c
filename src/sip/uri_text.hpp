// Grammar rules that URIs and header values share.
#pragma once

#include "sip/text.hpp"
#include "solosip/sip/uri.hpp"

#include <cstdint>
#include <string_view>

namespace solosip::sip
{

/// host = hostname / IPv4address / IPv6reference; the brackets stay in the view.
bool scan_host(text::scanner& s, std::string_view& host);

/// The URI that begins where `s` stands, into `u`; false with `s` at the wrong place. What follows
/// it is for the caller to look at.
bool scan_uri(text::scanner& s, uri_view& u);

/// port = 1*DIGIT, at most 65535.
bool scan_port(text::scanner& s, std::uint16_t& port);

} // namespace solosip::sip
