// The one function of OpenSSL that the room `base` calls, so that its tests need no cross-built
// library.
#pragma once

#include <sys/random.h>

inline int RAND_bytes(unsigned char* to, int count)
{
    return getrandom(to, static_cast<std::size_t>(count), 0) == count ? 1 : 0;
}
