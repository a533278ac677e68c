#include "solosip/sdp/description.hpp"
#include "support/catch.hpp"

using namespace solosip::sdp;

TEST_CASE("an answerer sends what the offerer receives (RFC 3264 section 6.1)")
{
    CHECK(reversed(direction::sendrecv) == direction::sendrecv);
    CHECK(reversed(direction::sendonly) == direction::recvonly);
    CHECK(reversed(direction::recvonly) == direction::sendonly);
    CHECK(reversed(direction::inactive) == direction::inactive);
}

TEST_CASE("two directions at once allow what both allow")
{
    const direction all[] = {direction::sendrecv, direction::sendonly, direction::recvonly,
                             direction::inactive};
    for (const auto a : all)
        for (const auto b : all)
        {
            CAPTURE(to_string(a), to_string(b));
            CHECK(sends(intersect(a, b)) == (sends(a) && sends(b)));
            CHECK(receives(intersect(a, b)) == (receives(a) && receives(b)));
        }
}

TEST_CASE("directions have the names of RFC 8866 section 6.7")
{
    CHECK(to_string(direction::sendrecv) == "sendrecv");
    CHECK(to_string(direction::sendonly) == "sendonly");
    CHECK(to_string(direction::recvonly) == "recvonly");
    CHECK(to_string(direction::inactive) == "inactive");
}
