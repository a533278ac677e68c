#include "net/srtp.hpp"
#include "solosip/srtp/libsrtp.hpp"

namespace solosip::net
{

const media::srtp_transform* srtp()
{
    return solosip::srtp::libsrtp();
}

} // namespace solosip::net
