#include "solosip/sdp/description.hpp"

namespace solosip::sdp
{

namespace
{

// A direction is two independent wishes; the rest is their combination.
struct wishes
{
    bool send, receive;
};

wishes split(direction d)
{
    return {d == direction::sendrecv || d == direction::sendonly,
            d == direction::sendrecv || d == direction::recvonly};
}

direction join(wishes w)
{
    if (w.send) return w.receive ? direction::sendrecv : direction::sendonly;
    return w.receive ? direction::recvonly : direction::inactive;
}

} // namespace

std::string_view to_string(direction d)
{
    switch (d)
    {
    case direction::sendrecv: return "sendrecv";
    case direction::sendonly: return "sendonly";
    case direction::recvonly: return "recvonly";
    case direction::inactive: return "inactive";
    }
    return "sendrecv";
}

direction reversed(direction d)
{
    const wishes w = split(d);
    return join({w.receive, w.send});
}

direction intersect(direction a, direction b)
{
    const wishes x = split(a), y = split(b);
    return join({x.send && y.send, x.receive && y.receive});
}

bool sends(direction d)
{
    return split(d).send;
}
bool receives(direction d)
{
    return split(d).receive;
}

} // namespace solosip::sdp
