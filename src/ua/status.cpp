#include "ua/status.hpp"

#include "solosip/ua/engine.hpp"

namespace solosip::ua
{

errc error_of(int status)
{
    switch (status)
    {
    case 401:
    case 407: return errc::auth_rejected;
    case 403: return errc::forbidden;
    case 404:
    case 410:
    case 484:
    case 485:
    case 604: return errc::not_found;
    case 408:
    case 480: return errc::no_answer;
    case 415:
    case 488:
    case 606: return errc::no_common_codec;
    case 486:
    case 600: return errc::busy;
    case 487: return errc::cancelled;
    case 603:
    case 607: // unwanted, RFC 8197
    case 608: // rejected, RFC 8688
        return errc::declined;
    default: break;
    }
    if (status < 400) return errc::redirected;
    return status / 100 == 5 ? errc::server_failure : errc::rejected;
}

std::string_view to_string(ended_by e)
{
    switch (e)
    {
    case ended_by::us: return "us";
    case ended_by::peer: return "peer";
    case ended_by::network: return "network";
    }
    return "";
}

} // namespace solosip::ua
