#include "net/srtp.hpp"

namespace solosip::net
{

const media::srtp_transform* srtp()
{
    return nullptr;
}

} // namespace solosip::net
